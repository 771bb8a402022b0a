import Testing

@testable import Firewall

/// What an enemy sends must be screened within the work that is allowed for it, and never trap.
struct HostileTests {
  private func acl() throws -> WebACL {
    var rules: [Rule] = []
    func add(_ statement: Statement) {
      rules.append(Rule(name: "r\(rules.count)", priority: rules.count, statement: statement, action: .count()))
    }
    let fields: [FieldToMatch] = [
      .uriPath, .queryString, .allQueryArguments([.urlDecode, .combineDuplicates]), .headers(.all, .all, .proceed),
      .cookies(.all, .all, .proceed), .headerOrder(.proceed), .body(.proceed), .method,
      .jsonBody(.init(paths: ["/a/0/b", "/x"], scope: .all)), .singleHeader("x-a"),
    ]
    for field in fields {
      for transformation in TextTransformation.allCases {
        add(.bytes(field, .contains, "needle", [.urlDecode, transformation, .utf8ToUnicode]))
      }
      add(try .regex(field, #"\w+@\w+"#, "(?i)select.+from"))
      add(.bytes(field, .containsWord, "aaaa"))
    }
    return WebACL(name: "all", defaultAction: .allow(), rules: rules)
  }

  @Test(
    "a flood of one byte in every part must be screened",
    arguments: ["a", "%", "&", "=", "\\", "/", "{", "[", "\"", ",", ";", "#", "é"])
  func flood(_ byte: String) throws {
    let screened = try Screened(try acl())
    let many = String(repeating: byte, count: 60_000)
    // Others may not stand in a target.
    let path = "a&=/,;".contains(byte) ? many : "x"
    let head = "GET /\(path)?\(path) HTTP/1.1\nX-A: \(many)\nCookie: \(many)\nX-B: \(many)"
    #expect(try screened(head, body: many).action == .allow)
  }

  @Test("nested encodings must cost what their length costs")
  func nested() throws {
    var text = "<script>"
    for _ in 0..<8 { text = text.utf8.map { "%25" + String($0, radix: 16) }.joined().prefix(8000).description }
    let screened = try Screened(try acl())
    #expect(try screened("GET /?\(text) HTTP/1.1", body: text).action == .allow)
  }

  @Test("random bytes must not trap")
  func random() throws {
    let screened = try Screened(try acl())
    var random = SplitMix(seed: 3)
    let pieces = [
      "%", "%u", "41", "&", "=", ";", "\\", "\\u{", "/*", "*/", "..", "/", "{", "}", "[", "]", "\"", ":", ",", "&#x",
      "é", "a",
    ]
    for _ in 0..<300 {
      var text = ""
      for _ in 0..<(random.next() % 60) { text += pieces[Int(random.next() % UInt64(pieces.count))] }
      let target = text.unicodeScalars.filter { $0.isASCII && $0 != "#" }.map(String.init).joined()
      let head = "GET /\(target) HTTP/1.1\nX-A: \(text)\nCookie: \(text)"
      do { #expect(try screened(head, body: text).action == .allow) } catch is Screened.NotARequest {}
    }
  }
}
