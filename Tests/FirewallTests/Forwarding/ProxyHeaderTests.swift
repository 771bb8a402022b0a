import Testing

@testable import Firewall

struct ProxyHeaderTests {
  private func read(_ bytes: [UInt8]) throws(ProxyHeader.Flaw) -> ProxyHeader? {
    let result: Result<ProxyHeader?, ProxyHeader.Flaw> = bytes.withUnsafeBytes { raw in
      do throws(ProxyHeader.Flaw) { return .success(try ProxyHeader.read(raw)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func client(_ address: String, _ port: UInt16, to destination: UInt16) throws -> ProxyHeader.Client {
    ProxyHeader.Client(address: try #require(IPAddress(address)), port: port, destinationPort: destination)
  }

  /// A header of version 2.
  private func binary(command: UInt8, family: UInt8, _ rest: [UInt8], length: Int? = nil) -> [UInt8] {
    let length = length ?? rest.count
    return [
      13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x20 | command, family, UInt8(length >> 8), UInt8(length & 255),
    ]
      + rest
  }

  private let v4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 1, 0xDC, 0x04, 0x01, 0xBB]

  @Test("version 1 must give the client's address and both ports")
  func text() throws {
    let header = try #require(try read(Array("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET / ".utf8)))
    #expect(header.client == (try client("192.0.2.1", 56324, to: 443)))
    #expect(header.byteCount == 45)
    let v6 = try #require(try read(Array("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n".utf8)))
    #expect(v6.client == (try client("2001:db8::1", 1, to: 65535)))
  }

  @Test("version 1 must allow a proxy that does not know, whatever it writes behind that")
  func unknown() throws {
    #expect(try read(Array("PROXY UNKNOWN\r\n".utf8)) == ProxyHeader(client: nil, byteCount: 15))
    #expect(try read(Array("PROXY UNKNOWN ffff:f::1 x 65 6\r\n".utf8))?.client == nil)
  }

  @Test("version 2 must give the client's address and both ports, and skip what else it says")
  func binaryAddresses() throws {
    let header = try #require(try read(binary(command: 1, family: 0x11, v4 + [3, 0, 1, 7]) + [71, 69]))
    #expect(header.client == (try client("192.0.2.1", 56324, to: 443)))
    #expect(header.byteCount == 32)
    let source: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
    let v6 = source + [UInt8](repeating: 0, count: 15) + [1] + [0, 80, 31, 144]
    #expect(try read(binary(command: 1, family: 0x21, v6))?.client == (try client("2001:db8::1", 80, to: 8080)))
  }

  @Test("a mapped IPv4 address must be the IPv4 address", arguments: [UInt8(0x21)])
  func mapped(family: UInt8) throws {
    let mapped = [UInt8](repeating: 0, count: 10) + [255, 255, 192, 0, 2, 1]
    #expect(
      try read(binary(command: 1, family: family, mapped + mapped + [0, 1, 0, 2]))?.client?.address
        == IPAddress("192.0.2.1"))
  }

  @Test("version 2 must keep the connection's own address for health checks and families without one")
  func local() throws {
    #expect(try read(binary(command: 0, family: 0, [])) == ProxyHeader(client: nil, byteCount: 16))
    #expect(try read(binary(command: 0, family: 0x11, v4))?.client == nil)
    for family in [UInt8(0x00), 0x12, 0x22, 0x31, 0x32] {
      #expect(try read(binary(command: 1, family: family, v4)) == ProxyHeader(client: nil, byteCount: 28))
    }
  }

  @Test("a header that is not whole must be waited for, wherever it is cut off")
  func incomplete() throws {
    for whole in [Array("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".utf8), binary(command: 1, family: 0x11, v4)] {
      for count in 0..<whole.count { #expect(try read(Array(whole.prefix(count))) == nil) }
      #expect(try read(whole) != nil)
    }
  }

  @Test(
    "bytes that are no header must be refused at once",
    arguments: ["GET / HTTP/1.1\r\n", "P\r\n", "PROXX", "\u{16}\u{3}\u{1}", "\r\nGET", " PROXY", "proxy tcp4"])
  func foreign(_ text: String) {
    #expect(throws: ProxyHeader.Flaw.noHeader) { try read(Array(text.utf8)) }
  }

  @Test(
    "a text header that breaks the grammar must be refused",
    arguments: [
      "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 \r\n",
      "PROXY TCP4 ::1 198.51.100.1 56324 443\r\n", "PROXY TCP6 192.0.2.1 198.51.100.1 56324 443\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 01 443\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.1 1 443\n", "PROXY UDP4 192.0.2.1 198.51.100.1 1 443\r\n", "PROXY \r\n",
      "PROXY  TCP4 192.0.2.1 198.51.100.1 1 443\r\n", "PROXY TCP4 192.0.2.300 198.51.100.1 1 443\r\n",
      "PROXY UNKNOWN " + String(repeating: "x", count: 120) + "\r\n",
    ])
  func malformed(_ text: String) {
    #expect(throws: ProxyHeader.Flaw.malformed) { try read(Array(text.utf8)) }
  }

  @Test("a binary header must be refused when its version, command, family or length is none")
  func malformedBinary() {
    var version = binary(command: 1, family: 0x11, v4)
    version[12] = 0x11
    #expect(throws: ProxyHeader.Flaw.malformed) { try read(version) }
    #expect(throws: ProxyHeader.Flaw.malformed) { try read(binary(command: 2, family: 0x11, v4)) }
    #expect(throws: ProxyHeader.Flaw.malformed) { try read(binary(command: 1, family: 0x13, v4)) }
    #expect(throws: ProxyHeader.Flaw.malformed) { try read(binary(command: 1, family: 0x11, Array(v4.dropLast()))) }
    #expect(throws: ProxyHeader.Flaw.malformed) { try read(binary(command: 1, family: 0x21, v4)) }
    #expect(throws: ProxyHeader.Flaw.tooLarge) { try read(binary(command: 1, family: 0x11, v4, length: 4081)) }
  }

  @Test("no bytes may trap the reader")
  func anything() {
    var generator = SplitMix(state: 7)
    for _ in 0..<20_000 {
      var bytes =
        generator.next() % 2 == 0
        ? binary(command: 1, family: 0x21, v4 + v4 + v4 + v4)
        : Array(
          "PROXY TCP6 2001:db8::1 ::1 1 65535\r\n".utf8)
      for _ in 0...(generator.next() % 4) {
        bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
      }
      let header = try? read(bytes)
      if let header { #expect(header.byteCount <= bytes.count) }
    }
  }

  private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
