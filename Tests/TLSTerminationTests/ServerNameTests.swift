import Testing

@testable import TLSTermination

@Suite struct ServerNameTests {
  /// An extension's bytes around a name.
  private func list(_ name: String, type: UInt8 = 0, claimed: Int? = nil) -> [UInt8] {
    let count = claimed ?? name.utf8.count
    return [0, UInt8(truncatingIfNeeded: count + 3), type, UInt8(truncatingIfNeeded: count >> 8)]
      + [UInt8(truncatingIfNeeded: count)] + Array(name.utf8)
  }

  private func parsed(_ bytes: [UInt8]) -> String? { bytes.withUnsafeBufferPointer { ServerName.parse($0) } }

  @Test("the host must be read in small letters and without a dot at its end")
  func names() {
    #expect(parsed(list("api.example.com")) == "api.example.com")
    #expect(parsed(list("API.Example.COM.")) == "api.example.com")
    #expect(parsed(list("xn--mnchen-3ya.test")) == "xn--mnchen-3ya.test")
  }

  @Test("what is no list of names must be none, however it lies about its length")
  func hostile() {
    #expect(parsed([]) == nil)
    #expect(parsed([0, 0, 0, 0]) == nil)
    #expect(parsed(list("")) == nil)
    #expect(parsed(list("a.test", type: 1)) == nil)
    #expect(parsed(list("a.test", claimed: 7)) == nil)
    #expect(parsed(list("a.test", claimed: 65_535)) == nil)
    #expect(parsed(list(String(repeating: "a", count: 300))) == nil)
    // Bytes that are no text are still compared byte for byte.
    #expect(parsed([0, 5, 0, 0, 2, 0xFF, 0xFE]) != "a")
  }

  @Test("a host must find its own entry, else that of the wildcard one label above it, and the first of two")
  func table() {
    var table = HostTable<Int>()
    table.add("a.test", 1)
    table.add("*.test", 2)
    table.add("*.A.Test", 3)
    table.add("a.test", 4)
    #expect(table.find("a.test") == 1)
    #expect(table.find("b.test") == 2)
    #expect(table.find("b.a.test") == 3)
    for name in ["test", ".test", "", ".", "c.b.a.test", "atest"] { #expect(table.find(name) == nil, "\(name)") }
  }

  @Test("the protocol must be found in what the client offers, which may be cut off")
  func protocols() {
    func chosen(_ ours: [ApplicationProtocol], _ offered: [UInt8]) -> Range<Int>? {
      offered.withUnsafeBufferPointer { ApplicationProtocol.choose(ours, from: $0) }
    }
    let both: [UInt8] = [8] + Array("http/1.1".utf8) + [2] + Array("h2".utf8)
    #expect(chosen([.http1], both) == 1..<9)
    #expect(chosen([.http2, .http1], both) == 10..<12)
    #expect(chosen([.http2], Array(both.dropLast())) == nil)
    #expect(chosen([.http1], []) == nil)
    #expect(chosen([.http1], [0, 0, 0]) == nil)
    #expect(chosen([.http1], [255, 1]) == nil)
  }
}
