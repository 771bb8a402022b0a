import Bytes
import JSON
import Testing

@Suite struct StringDecodingTests {
  @Test(
    "escapes must be decoded",
    arguments: [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""a\u00e9\u4e2d\u0041""#, "aé中A"), (#""""#, ""),
      (#""\ud83d\ude00!""#, "😀!"), (#""\u0000""#, "\0"), (#""\\u0041""#, "\\u0041"), (#""\\\\\"""#, "\\\\\""),
      (#""twelve bytes\nand some more behind""#, "twelve bytes\nand some more behind"),
      (#""\uD7FF\uE000\uFFFF\uDBFF\uDFFF""#, "\u{D7FF}\u{E000}\u{FFFF}\u{10FFFF}"),
    ] as [(String, String)])
  func escapes(text: String, contents: String) throws {
    let document = try JSONDocument(parsing: text)
    #expect(document.root.string == contents)
    let out = ByteBuffer()
    document.root.writeContents(into: out)
    #expect(out.readable.text == contents)
  }

  @Test(
    "half a surrogate pair must become a question mark, as Java writes it",
    arguments: [
      (#""\ud83d""#, "?"), (#""\ude00""#, "?"), (#""\ud83dx\ude00""#, "?x?"), (#""\ud83d\ud83d\ude00""#, "?😀"),
      (#""\ude00\ud83d""#, "??"), (#""\ud83d\n""#, "?\n"), (#""\ud83d\u0041""#, "?A"),
      (#""\ud83d\\ude00""#, "?\\ude00"),
    ] as [(String, String)])
  func loneSurrogates(text: String, contents: String) throws {
    let document = try JSONDocument(parsing: text)
    #expect(document.root.string == contents)
    let permissive = try JSONDocument(parsing: "[\(text),]", as: .permissive)
    #expect(permissive.root.element(at: 0)?.string == contents)
    withExtendedLifetime(permissive) {}
  }
}
