import APIModel
import Testing

@testable import Configuration

@Suite struct YAMLReaderTests {
  @Test("a value must know its line and its column in characters")
  func places() throws {
    let root = try Loading.document("a: 1\nü: { b: [x, \"ö\", y] }\n")
    let list = try #require(root["ü"]?["b"])
    guard case .sequence(let items) = list.content else {
      Issue.record("no list")
      return
    }
    #expect(items.map(\.location.description) == ["x.yaml:2:10", "x.yaml:2:13", "x.yaml:2:18"])
    #expect(root.members?.map(\.keyLocation.line) == [1, 2])
  }

  @Test("numbers must stay the text that they were")
  func numbers() throws {
    let root = try Loading.document("[1e400, 12345678901234567890, 0.10, 1.0]")
    #expect(JSONText.of(root) == "[1e400,12345678901234567890,0.10,1.0]")
  }

  @Test(
    "a plain scalar must have the type of YAML 1.2's core schema",
    arguments: [
      ("true", "true"), ("True", "true"), ("yes", "\"yes\""), ("~", "null"), ("null", "null"), ("\"null\"", "\"null\""),
      ("0x1F", "31"), ("0o17", "15"), (".5", "0.5"), ("+1", "1"), ("010", "10"), ("1.", "1"), (".inf", "\".inf\""),
      ("2024-01-01", "\"2024-01-01\""), ("1_000", "\"1_000\""), ("'1'", "\"1\""), ("!!str 1", "\"1\""), ("-", "[null]"),
      ("-0.0", "-0.0"), ("1e3", "1e3"), ("1E+3", "1e+3"), ("e3", "\"e3\""), (".", "\".\""), ("-.", "\"-.\""),
    ])
  func types(text: String, json: String) throws {
    #expect(JSONText.of(try Loading.document(text)) == json)
  }

  @Test("an alias must stand for the value of its anchor")
  func aliases() throws {
    let root = try Loading.document("a: &x { b: 1 }\nc: *x\nd: [*x, *x]\n")
    #expect(JSONText.of(root) == #"{"a":{"b":1},"c":{"b":1},"d":[{"b":1},{"b":1}]}"#)
  }

  @Test("a merge key must bring in what the object does not say itself, the first of several first")
  func merges() throws {
    let root = try Loading.document(
      "a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], x: 3 }\nd: { \"<<\": 4 }\n")
    #expect(JSONText.of(try #require(root["c"])) == #"{"x":3,"y":1,"z":2}"#)
    #expect(JSONText.of(try #require(root["d"])) == #"{"<<":4}"#)
  }

  @Test("a document that unfolds into billions of values must be an error, and soon")
  func billionLaughs() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...40 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(
      Loading.failure(Array(text.utf8))
        == "x.yaml:6:55: error: the document has more than 1000000 values when its aliases are written out")
  }

  @Test("aliases inside aliases must not nest deeper than a document may")
  func deepAliases() {
    var text = "a0: &a0 [x]\n"
    for level in 1...300 { text += "a\(level): &a\(level) [[*a\(level - 1)]]\n" }
    #expect(
      Loading.failure(Array(text.utf8))
        == "x.yaml:101:15: error: lists and objects are nested more than 200 deep")
  }

  @Test(
    "deep nesting must be an error",
    arguments: ["[", "{a: ", "- ", "? ", "[{a: "])
  func depth(opening: String) throws {
    let failure = try #require(Loading.failure(Array(String(repeating: opening, count: 100_000).utf8)))
    #expect(failure.contains("nested more than 200 deep") || failure.contains("a key must be text"))
  }

  @Test("a byte that is not UTF-8 must be named by its place")
  func encoding() {
    #expect(
      Loading.failure(Array("a: ü\nb: ".utf8) + [0xFF])
        == "x.yaml:2:4: error: the file is not in UTF-8: this byte is not part of a character")
  }

  @Test("a file that is too long must be an error")
  func size() {
    let bytes = [UInt8](repeating: UInt8(ascii: " "), count: 100 << 20)
    #expect(
      Loading.failure(bytes) == "x.yaml:1:1: error: the file is 100 MiB long; a document may have at most 16 MiB")
  }
}
