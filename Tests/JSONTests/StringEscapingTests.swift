import Bytes
import JSON
import Testing

@Suite struct StringEscapingTests {
  static func escaped(_ text: String, _ style: JSONStyle) -> String {
    let out = ByteBuffer()
    JSONWriter.write(string: text, style: style, into: out)
    return out.readable.text
  }

  @Test("json-smart must escape control characters, U+007F to U+009F and U+2000 to U+20FF, in capital digits")
  func smart() {
    let text = "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}\u{80}\u{9f}\u{a0}\u{1fff}\u{2000}\u{2028}\u{20ff}\u{2100}é😀"
    #expect(
      Self.escaped(text, .smart)
        == "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\\u007F\\u0080\\u009F\u{a0}\u{1fff}\\u2000\\u2028\\u20FF\u{2100}é😀\""
    )
  }

  @Test("a slash must be escaped where JSONArray.toString escapes it, and there only")
  func slash() {
    #expect(Self.escaped("a/b</c>", .smartProtectingSlash) == #""a\/b<\/c>""#)
    #expect(Self.escaped("a/b", .smart) == #""a/b""#)
    #expect(Self.escaped("a/b", .standard) == #""a/b""#)
  }

  @Test("the standard style must escape what RFC 8259 asks for only")
  func standard() {
    #expect(Self.escaped("\"\\\u{0}\u{7f}\u{80}\u{2028}é", .standard) == "\"\\\"\\\\\\u0000\u{7f}\u{80}\u{2028}é\"")
  }

  @Test(
    "an escape must be found wherever it falls in a machine word",
    arguments: ["\"", "/", "\n", "\u{7f}", "\u{2028}", "\u{85}"])
  func places(character: String) {
    let escape =
      ["\"": "\\\"", "/": "\\/", "\n": "\\n", "\u{7f}": "\\u007F", "\u{2028}": "\\u2028", "\u{85}": "\\u0085"][
        character] ?? ""
    for before in 0..<20 {
      for after in 0..<10 {
        let (left, right) = (String(repeating: "x", count: before), String(repeating: "é", count: after))
        #expect(Self.escaped(left + character + right, .smartProtectingSlash) == "\"\(left)\(escape)\(right)\"")
      }
    }
  }

  @Test("escapes of the text that the style does not need must be undone")
  func normalised() throws {
    let text = #"["\u0041\/\u00e9\u2028\u0001\ud83d\ude00\"\\"]"#
    #expect(try JSONWriterTests.written(text, .smart) == "[\"A/é\\u2028\\u0001😀\\\"\\\\\"]")
    #expect(try JSONWriterTests.written(text, .smartProtectingSlash) == "[\"A\\/é\\u2028\\u0001😀\\\"\\\\\"]")
  }
}
