import APIModel
import Testing

@testable import Configuration

@Suite struct JSONReaderTests {
  private func read(_ text: String) throws -> DocumentNode { try Loading.document(text, file: "x.json") }

  @Test("JSON must come back as it was, its numbers digit for digit")
  func exactness() throws {
    let text = #"{"a":[1e400,12345678901234567890,0.10,-0,true,null],"b":{"":"\"\\\n\t/ü"},"c":[],"d":{}}"#
    #expect(JSONText.of(try read(text)) == text)
  }

  @Test("a value must know its line and its column in characters")
  func places() throws {
    let root = try read("{\n  \"ü\": [1, \"öö\",\r\n 2]\n}")
    guard case .sequence(let items) = root["ü"]?.content else {
      Issue.record("no list")
      return
    }
    #expect(items.map(\.location.description) == ["x.json:2:9", "x.json:2:12", "x.json:3:2"])
  }

  @Test(
    "an escape must become its character",
    arguments: [
      (#""\u00fc""#, "ü"), (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
      (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\/\b\f""#, "/\u{8}\u{C}"), (#""\u0000""#, "\0"),
    ])
  func escapes(text: String, value: String) throws { #expect(try read(text).scalar?.text == value) }

  @Test(
    "what is not JSON must be an error with a place",
    arguments: [
      ("", "1:1: error: the file is empty"),
      ("[1 2]", "1:4: error: a comma or `]` is expected here"),
      ("{\"a\" 1}", "1:6: error: a colon is expected behind the key `a`"),
      ("{\"a\": 1 \"b\"}", "1:9: error: a comma or `}` is expected here"),
      ("{a: 1}", "1:2: error: a key in double quotes is expected here"),
      ("[01]", "1:2: error: `01` is not a JSON value"),
      ("[+1]", "1:2: error: `+1` is not a JSON value"),
      ("[.5]", "1:2: error: `.5` is not a JSON value"),
      ("[1.]", "1:2: error: `1.` is not a JSON value"),
      ("[nul]", "1:2: error: `nul` is not a JSON value"),
      ("[,]", "1:2: error: a value is expected here"),
      ("\"a\nb\"", "1:3: error: a control character must be written as an escape in a string"),
      ("\"\\u12\"", "1:2: error: `\\u` must be followed by four hexadecimal digits"),
      ("\"abc", "1:5: error: the file ends inside a string"),
      ("{\"a\": 1", "1:8: error: the file ends inside an object"),
    ])
  func mistakes(text: String, message: String) {
    #expect(Loading.failure(Array(text.utf8), file: "x.json") == "x.json:\(message)")
  }

  @Test("deep nesting must be an error", arguments: ["[", "{\"a\":"])
  func depth(opening: String) {
    let text = String(repeating: opening, count: 100_000)
    let column = 201 * opening.utf8.count + 1
    #expect(
      Loading.failure(Array(text.utf8), file: "x.json")
        == "x.json:1:\(column): error: lists and objects are nested more than 200 deep")
  }

  @Test("a byte order mark must be no part of the text")
  func byteOrderMark() throws {
    #expect(try read("\u{FEFF}{\"a\": 1}")["a"]?.location.description == "x.json:1:7")
  }
}
