import Testing

@testable import HTTPWire

@Suite("Authority")
struct AuthorityTests {
  private func isValid(_ text: String, requiringPort: Bool = false) -> Bool {
    Array(text.utf8).withUnsafeBytes { Authority.isValid($0, requiringPort: requiringPort) }
  }

  @Test(
    "a host may stand alone or with a port",
    arguments: ["a", "a.b-c_d~e", "1.2.3.4", "[::1]", "[1:2:3:4:5:6:7:8]", "a:0", "a:65535", "[::]:443"])
  func valid(_ text: String) {
    #expect(isValid(text))
    #expect(isValid(text, requiringPort: true) == (text.hasPrefix("[") ? text.contains("]:") : text.contains(":")))
  }

  @Test(
    "what is no host and no port must be refused",
    arguments: [
      "", ":", ":1", "a:", "a:x", "a:65536", "a:99999", "a:000001", "a:1:2", "a b", "a@b", "a/", "[", "[]", "[:",
      "[::1", "[::1]x", "[::1]:", "::1", "a[::1]", "[x::]",
      "a%20", "a,b", "a\u{0}", "ä",
    ])
  func invalid(_ text: String) {
    #expect(!isValid(text))
  }
}
