import JSON
import Testing

@Suite struct TapeParserTests {
  @Test(
    "what RFC 8259 allows must be accepted",
    arguments: [
      "[]", "{}", " [ ] ", "\t\r\n{\n}\t", "[[]]", "[[],[[]],{}]", #"{"a":{}}"#, "0", "-0", "1", "-1", "10", "1.0",
      "-0.0",
      "1e1", "1E1", "1e+1", "1e-1", "1.5E-10", "0e0", "0.1e1", "123456789012345678901234567890", "1e999", "true",
      "false",
      "null", #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\uD83D\uDE00""#, #""\uD83D""#,
      #""\uDE00""#,
      "\"\u{7f}\"", "\"é\"", "\"\u{800}\u{ffff}\u{10000}\u{10ffff}\"", #"{"":0}"#, #"{"a":1,"a":2}"#, #"{"a\u0062":1}"#,
      "[1 , 2]", #"{ "a" : 1 , "b" : [ ] }"#, "[\n        1,\n                2\n]", "[null,true,false,\"\",0,[],{}]",
      "\"\u{2028}\u{2029}\"", "\"\\\\u0022\"", #"["/"]"#,
    ] as [String])
  func accepted(text: String) throws {
    #expect(throws: Never.self) { try JSONDocument(parsing: text) }
  }

  @Test(
    "what RFC 8259 does not allow must be refused",
    arguments: [
      "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1}", "{1}", "[1]]", "[][]",
      #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a" 1}"#, #"{"a"::1}"#, #"{"a":1 "b":2}"#,
      #"{"a":1,,"b":2}"#,
      "{a:1}", "{'a':1}", "['a']", "{1:1}", "{null:1}", #"{"a":1]"#, #"["a":1]"#, "[\"a", "\"", "\"a", "'a'", "a",
      "tru",
      "TRUE", "nul", "nullx", "True", "[nan]", "[NaN]", "[Infinity]", "[-Infinity]", "[-]", "[+1]", "[01]", "[-01]",
      "[1.]",
      "[.5]", "[-.5]", "[1.e1]", "[1e]", "[1e+]", "[1E-]", "[1.5e]", "[0x1]", "[1_000]", "[1a]", "[--1]", "[1-1]",
      "[1.2.3]",
      "[0e]", "[0.e1]", "[1 000]", #"["\a"]"#, #"["\x41"]"#, #"["\'"]"#, #"["\u"]"#, #"["\u00"]"#, #"["\u00g0"]"#,
      #"["\"]"#,
      #"["\"#, #"["\u12"#, #"["\uD83D\"]"#, #"["\uD83D\u"]"#, "[\"\n\"]", "[\"\t\"]", "[\"\0\"]", "[\"\u{1f}\"]",
      "[\u{c}]",
      "[\u{a0}1]", "[1]\0", "\0", "\u{feff}[]", "[1]\u{feff}", "[1]//", "[1]/* */", "/* */[1]", "[1]#", "[1];", "{}}",
      "{\"a\":1}}",
      "[\u{2060}]", "[1\u{b}]", "1 2", "\"\" \"\"", "[}", "{]", "[1,\0]", "*", "é", "[é]", "<json/>",
    ] as [String])
  func refused(text: String) {
    #expect(throws: JSONError.self) { try JSONDocument(parsing: text) }
  }

  @Test(
    "ill-formed UTF-8 must be refused inside strings as elsewhere",
    arguments: [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
      [0xE2, 0x82],
      [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE],
      [0xFF],
    ] as [[UInt8]])
  func illFormedUTF8(bytes: [UInt8]) {
    for padding in 0..<9 {
      let text = Array("[\"".utf8) + Array(repeating: UInt8(ascii: "x"), count: padding) + bytes + Array("\"]".utf8)
      let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: text) }
      #expect(error?.reason == .invalidUTF8)
    }
    #expect(throws: JSONError.self) { try JSONDocument(parsing: Array("[".utf8) + bytes + Array("]".utf8)) }
    #expect(throws: JSONError.self) { try JSONDocument(parsing: Array("{\"".utf8) + bytes + Array("\":1}".utf8)) }
  }

  @Test("no beginning of a text may be accepted in place of the whole")
  func truncated() throws {
    let text = Array(#"{"a":[1,-2.5e3,"é\u00e9\n",true],"b":{"c":null,"d":[]},"e":false}"#.utf8)
    _ = try JSONDocument(parsing: text)
    for length in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONDocument(parsing: Array(text[..<length])) }
    }
  }

  @Test("a string must be found whole wherever its end falls in a machine word")
  func stringLengths() throws {
    for length in 0..<40 {
      let contents = String(repeating: "x", count: length)
      for tail in ["", "\\n", "é", "\\u00e9"] {
        let document = try JSONDocument(parsing: "[\"\(contents)\(tail)\",\"\(contents)\"]")
        let decoded = ["", "\n", "é", "é"][["", "\\n", "é", "\\u00e9"].firstIndex(of: tail) ?? 0]
        #expect(document.root.element(at: 0)?.string == contents + decoded)
        #expect(document.root.element(at: 1)?.string == contents)
      }
    }
  }
}
