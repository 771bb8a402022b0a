import FuzzerDriver

@testable import TLSTermination

@_cdecl("FuzzClientHello_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A client's first message, and the extension that names a host: whatever it is, fingerprints have their shape, and that of what
/// was understood, written again, is the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  if let name = ServerName.parse(bytes.assumingMemoryBound(to: UInt8.self)) {
    require(name.utf8.count <= 3 * 255, "a name of \(name.utf8.count) bytes")
    require(!name.utf8.contains { (65...90).contains($0) }, "capitals in \(name)")
    var table = HostTable<Int>()
    table.add(name, 1)
    table.add("*.example.com", 2)
    require(name.isEmpty || name.hasPrefix("*.") || table.find(name.lowercased()) == 1, "\(name) is not found")
  }
  guard let hello = ClientHello(bytes) else { return 0 }
  let fingerprint = TLSFingerprint(hello)
  require(fingerprint.ja3.count == 32 && fingerprint.ja3.allSatisfy(isHexadecimal), "\(fingerprint.ja3)")
  let parts = fingerprint.ja4.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
  require(
    parts.count == 3 && parts.map(\.count) == [10, 12, 12], "\(String(decoding: fingerprint.ja4, as: UTF8.self))")
  require(parts[1...].allSatisfy { $0.allSatisfy(isHexadecimal) }, "\(parts)")
  let again = write(hello).withUnsafeBytes { ClientHello($0) }
  require(again.map { TLSFingerprint($0) } == fingerprint, "what was understood is another client, written again")
  return 0
}

private func isHexadecimal(_ byte: UInt8) -> Bool { byte &- 48 < 10 || byte &- 97 < 6 }

private func number(_ value: Int, _ width: Int) -> [UInt8] {
  (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

private func vector(_ bytes: [UInt8], _ width: Int) -> [UInt8] { number(bytes.count, width) + bytes }

/// The message with nothing but what was taken from it, and a value of GREASE in front of every list.
private func write(_ hello: ClientHello) -> [UInt8] {
  func words(_ list: [UInt16]) -> [UInt8] { ([0x1A1A] + list).flatMap { number(Int($0), 2) } }
  var list: [UInt8] = number(0x2A2A, 2) + number(0, 2)
  for type in hello.extensions {
    let content: [UInt8] =
      switch type {
      case 10: vector(words(hello.groups), 2)
      case 11: vector(hello.pointFormats, 1)
      case 13: vector(words(hello.signatureAlgorithms), 2)
      case 16: hello.firstProtocol.map { vector(vector($0, 1), 2) } ?? []
      case 43:
        hello.versions.count < 127
          ? vector(words(hello.versions), 1) : vector(Array(words(hello.versions).dropFirst(2)), 1)
      default: []
      }
    list += number(Int(type), 2) + vector(content, 2)
  }
  let body =
    number(Int(hello.version), 2) + [UInt8](repeating: 0, count: 32) + [0] + vector(words(hello.ciphers), 2) + [1, 0]
    + vector(list, 2)
  return [1] + vector(body, 3)
}
