import Bytes
import JSON
import Testing

@Suite struct PermissiveParserTests {
  /// What `$input.json('$')` writes.
  static func written(_ text: String) throws(JSONError) -> String {
    let document = try JSONDocument(parsing: text.isEmpty ? "{}" : text, as: .permissive)
    let out = ByteBuffer()
    JSONWriter.write(document.root, style: document.root.kind == .string ? .smartProtectingSlash : .smart, into: out)
    return out.readable.text
  }

  @Test(
    "what json-smart makes of lenient text must come out the same",
    arguments: [
      ("{a:1}", #"{"a":1}"#), ("{'a':'b'}", #"{"a":"b"}"#), (#"{"a":1,}"#, #"{"a":1}"#), ("[1,2,,3,]", "[1,2,3]"),
      ("[1 2]", #"["1 2"]"#), (#"{"a":tru}"#, #"{"a":"tru"}"#), ("{,}", "{}"), ("[,]", "[]"), (" ", #""""#),
      (#"{"a":NaN,"b":Infinity,"c":nan}"#, #"{"a":NaN,"b":"Infinity","c":"nan"}"#), ("hello world", #""hello world""#),
      (
        "[01,-01,1.,.5,-.5,1.e5,1e,0x10,+1,1-2,--1,-]",
        #"[1,-1,1.0,".5",-0.5,100000.0,"1e","0x10","+1","1-2","--1",0]"#
      ),
      (#"{"a":1} trailing"#, #"{"a":1}"#), ("[1]]]", "[1]"), ("{statusCode: 200}", #"{"statusCode":200}"#),
      ("{statusCode:200, 'x':'it is', y:[a b, c]}", #"{"statusCode":200,"x":"it is","y":["a b","c"]}"#),
      ("{\"a\":\"x\ny\"}", #"{"a":"x\ny"}"#), ("{\"a\":\"x\\n\ny\u{1}\"}", #"{"a":"x\ny"}"#),
      (#"["\x41\q\v\0"]"#, #"["A"]"#),
      (#"['it\'s']"#, #"["it's"]"#), ("[it's]", #"["it's"]"#), ("{a b : c d , e:f}", #"{"a b":"c d","e":"f"}"#),
      ("[a:b]", #"["a:b"]"#), ("{a:b:c}", #"{"a":"b:c"}"#), ("[true false]", #"["true false"]"#),
      ("[nullx, null , truex]", #"["nullx",null,"truex"]"#), (#"{"a":1 "b":2}"#, #"{"a":"1 \"b\":2"}"#),
      (#"{"a":,"b":1}"#, #"{"a":"","b":1}"#), (#"[{"a":1}{"b":2}]"#, #"[{"a":1},{"b":2}]"#), ("{1:2}", #"{"1":2}"#),
      (#"/* c */ {"a":1}"#, #""\/* c *\/ {\"a\":1}""#), (#"["a"b]"#, #"["a","b"]"#), ("[\u{b}1\u{b}]", #"["1"]"#),
      ("\u{feff}{\"a\":1}", "\"\u{feff}{\\\"a\\\":1}\""), ("[1\u{a0},2]", "[1,\"\u{a0}\",2]"), ("{'':''}", #"{"":""}"#),
      (#"["a\ud83d\q\ude00"]"#, #"["a😀"]"#), ("[1e5x,1.5 x]", #"["1e5x","1.5 x"]"#), ("[1~]", #"[1,"~"]"#),
      (#"["\n","# + "\"a\u{7f}b\",\"\\n\u{7f}\"]", #"["\n","a\u007Fb","\n"]"#), ("[\u{b}null]", #"["null"]"#),
      ("{null:null}", #"{"null":null}"#), ("[1.5\n,\t2 ]", "[1.5,2]"),
    ] as [(String, String)])
  func lenient(text: String, expected: String) throws {
    #expect(try Self.written(text) == expected)
  }

  @Test(
    "what json-smart refuses must be refused",
    arguments: [
      #""abc"#, #"{"a":"b"#, #"{"a""#, #"{"a":"#, "[", "[[", #"{"a" 1}"#, #"{"a":}"#, "}", "]", ":", "[1\u{1a}]",
      #"{"a":{"b":1}"#, "{:1}", #"{"a":[1]"b":2}"#, #"{"a":"b" c}"#, #"["\x4"]"#, #"["\u00zz"]"#, "{[]:1}", "[}",
      "[1e+]",
      "[-.]", "[:]", #"{"a"}"#,
    ] as [String])
  func refused(text: String) {
    #expect(throws: JSONError.self) { try JSONDocument(parsing: text, as: .permissive) }
    #expect(throws: JSONError.self) { try JSONDocument(parsing: text) }
  }

  @Test("a long number with an exponent beyond BigDecimal's must be refused, which strict JSON does not ask for")
  func longExponents() throws {
    let text = "[1.00000000000000000e99999999999]"
    #expect(throws: JSONError.self) { try JSONDocument(parsing: text, as: .permissive) }
    #expect(throws: Never.self) { try JSONDocument(parsing: text) }
    #expect(try Self.written("[1e9999999999,1.00000000000000000e999999999]") == "[null,1.00000000000000000E+999999999]")
  }

  @Test("ill-formed UTF-8 must be repaired, as Java does before json-smart sees a body")
  func illFormedUTF8() throws {
    let document = try JSONDocument(parsing: Array("[\"a".utf8) + [0xFF, 0xC3] + Array("b\"]".utf8), as: .permissive)
    #expect(document.root.element(at: 0)?.string == "a\u{FFFD}\u{FFFD}b")
    withExtendedLifetime(document) {}
  }

  @Test("seeded bodies must be read as the oracle has read them")
  func goldens() throws {
    for line in try Goldens.lines("permissive.jsonl") {
      let golden = try JSONDocument(parsing: line)
      guard let body = golden.root.member("body")?.string else { continue }
      if let expected = golden.root.member("output")?.string {
        #expect(try Self.written(body) == expected, "\(body)")
      } else {
        #expect(throws: JSONError.self, "\(body)") { try Self.written(body) }
      }
      withExtendedLifetime(golden) {}
    }
  }
}
