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
    "an IPv6 address must be whole",
    arguments: [
      ("::", true), ("::1", true), ("1::", true), ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7::", true),
      ("::2:3:4:5:6:7:8", true), ("1::8", true),
      ("fe80::abcd:EF01", true), ("::ffff:1.2.3.4", true), ("1:2:3:4:5:6:1.2.3.4", true), ("::1.2.3.4", true),
      ("", false), (":", false), (":::", false),
      ("1", false), ("1:2", false), ("1:2:3:4:5:6:7", false), ("1:2:3:4:5:6:7:8:9", false), ("1::2::3", false),
      ("12345::", false), ("g::", false),
      ("1:", false), (":1", false), ("1:2:3:4:5:6:7:", false), (":1:2:3:4:5:6:7", false), ("::1:", false),
      ("1:2:3:4:5:6:7:8::", false), ("1:2:3:4::5:6:7:8", false),
      ("1.2.3.4", false), ("::1.2.3", false), ("::1.2.3.256", false), ("::1.2.3.04", false), ("::1.2.3.4.5", false),
      ("::1.2.3.4:5", false), ("::1..2.3", false),
      ("1:2:3:4:5:6:7:1.2.3.4", false), ("::%lo", false), ("::1 ", false), ("1:::2", false), ("::12345.1.1.1", false),
    ])
  func addresses(_ text: String, _ expected: Bool) {
    #expect(isValid("[\(text)]") == expected)
    #expect(isValid("[\(text)]:80") == expected)
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
