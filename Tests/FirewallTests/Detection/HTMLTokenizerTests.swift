import Testing

@testable import Firewall

@Suite("HTML's tokens")
struct HTMLTokenizerTests {
  /// Tokens as text, `<name>`, `name=value`, `!declaration`.
  private func tokens(_ text: String, isInTag: Bool = false) -> [String] {
    Array(text.utf8).withUnsafeBytes { bytes in
      func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
      var tokenizer = HTMLTokenizer(bytes, from: 0, to: bytes.count, isInTag: isInTag)
      var tokens: [String] = []
      while true {
        switch tokenizer.next() {
        case .tag(let name): tokens.append("<" + part(name))
        case .attribute(let name, let value, let hasValue):
          tokens.append(part(name) + (hasValue ? "=" + part(value) : ""))
        case .tagEnd: tokens.append(">")
        case .comment(let range): tokens.append("--" + part(range))
        case .declaration(let range): tokens.append("!" + part(range))
        case .instruction(let range): tokens.append("?" + part(range))
        case .end: return tokens
        }
      }
    }
  }

  @Test("text must give nothing, and a sign without a letter be text")
  func text() {
    #expect(tokens("a < b <3 <- c") == [])
  }

  @Test("a tag must give its name, its attributes and its end")
  func tags() {
    #expect(tokens("x<a href=\"b\" c='d' e=f g>h</a>") == ["<a", "href=b", "c=d", "e=f", "g", ">", "<a", ">"])
    #expect(tokens("<img/src=x/onerror=y>") == ["<img", "src=x/onerror=y", ">"])
    #expect(tokens("<a b = c>") == ["<a", "b=c", ">"])
    #expect(tokens("<a b=`c d`>") == ["<a", "b=c d", ">"])
    #expect(tokens("<a b") == ["<a", "b"])
    #expect(tokens("<a b=\"c") == ["<a", "b=c"])
  }

  @Test("a text within a tag must give attributes at once")
  func withinATag() {
    #expect(tokens("onload=x y", isInTag: true) == ["onload=x", "y"])
    #expect(tokens(">x<b>", isInTag: true) == [">", "<b", ">"])
  }

  @Test("comments, declarations and instructions must give their content")
  func markup() {
    #expect(tokens("<!--a-->") == ["--a"])
    #expect(tokens("<!DOCTYPE html>") == ["!DOCTYPE html"])
    #expect(tokens("<?xml version='1.0'?>") == ["?xml version='1.0'?"])
  }

  @Test("a name must be its first letters without its prefix and NULs")
  func names() {
    func name(_ text: String) -> HTMLName { Array(text.utf8).withUnsafeBytes { HTMLName($0, 0..<$0.count) } }
    #expect(name("SCRIPT").letters == HTMLName.letters("script"))
    #expect(name("x:scr\0ipt").letters == HTMLName.letters("script"))
    #expect(name("foreignObject").letters == HTMLName.letters("foreignobject"))
    #expect(name("foreignObject").length == 13)
  }

  @Test(
    "an address must be known by its scheme, however it is spelled",
    arguments: [
      ("javascript:x", true), (" JavaScript:x", true), ("java\nscript:x", true), ("&#106;avascript:x", true),
      ("&#x6a;avascript&colon;x", true),
      ("vbscript:x", true), ("feed:javascript:x", true), ("http://x", false), ("javascript", false),
      ("/javascript:x", false), ("mailto:x", false),
    ])
  func schemes(_ text: String, _ isScript: Bool) {
    let found = Array(text.utf8).withUnsafeBytes { ScriptAddress.scheme($0, 0..<$0.count) }
    #expect((found?.scheme == .script) == isScript)
  }

  @Test("an address with data must be harmless only with a picture")
  func data() {
    func found(_ text: String) -> ScriptAddress.Scheme? {
      Array(text.utf8).withUnsafeBytes { ScriptAddress.scheme($0, 0..<$0.count)?.scheme }
    }
    #expect(found("data:text/html,x") == .data)
    #expect(found("data:,x") == .data)
    #expect(found("data:image/svg+xml,x") == .data)
    #expect(found("data:image/png;base64,x") == nil)
  }
}
