import Bytes
import JSON
import Testing

@Suite struct JSONWriterTests {
  static func written(_ text: String, _ style: JSONStyle) throws -> String {
    let document = try JSONDocument(parsing: text)
    let out = ByteBuffer()
    JSONWriter.write(document.root, style: style, into: out)
    return out.readable.text
  }

  @Test("white space must go and everything else stay in its place")
  func compact() throws {
    let text = " { \"a\" : [ 1 , [ ] , { } , [ true , false , null ] ] , \"b\" : { \"c\" : \"d\" } } "
    for style in [JSONStyle.smart, .smartProtectingSlash, .standard] {
      #expect(try Self.written(text, style) == #"{"a":[1,[],{},[true,false,null]],"b":{"c":"d"}}"#)
    }
  }

  @Test("a repeated name must be written once, with its last value")
  func repeatedNames() throws {
    #expect(try Self.written(#"{"a":[1],"b":2,"a":{"c":[3]},"b":4}"#, .smart) == #"{"a":{"c":[3]},"b":4}"#)
  }

  @Test("numbers must be Java's, or stay as they are in the standard style")
  func numbers() throws {
    #expect(
      try Self.written("[1.10,1e5,-0,1E400,12345678901234567890]", .smart)
        == "[1.1,100000.0,0,null,12345678901234567890]")
    #expect(try Self.written("[1.10,1e5,-0,1E400]", .standard) == "[1.10,1e5,-0,1E400]")
  }

  @Test("what is written must be read back as the same")
  func roundTrip() throws {
    for line in try Goldens.lines("permissive.jsonl") {
      let once = try Self.written(line, .standard)
      #expect(try Self.written(once, .standard) == once)
      let smart = try Self.written(line, .smart)
      #expect(try Self.written(smart, .smart) == smart)
      #expect(try Self.written(Self.written(line, .smartProtectingSlash), .smart) == smart)
    }
  }

  @Test("a text must be quoted with no more escapes than it needs")
  func quoted() {
    #expect(JSONWriter.quoted("a\"b\\c/\n\r\t\u{8}\u{C}\u{1}é💩") == #""a\"b\\c/\n\r\t\b\f\u0001é💩""#)
    #expect(JSONWriter.quoted("") == "\"\"")
  }
}
