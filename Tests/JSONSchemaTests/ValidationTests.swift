import Testing

@testable import JSONSchema

@Suite("Keywords for any value (draft 04, validation § 5.5)")
struct ValidationTests {
  private static let values: [(type: String, text: String)] = [
    ("array", "[]"), ("boolean", "true"), ("boolean", "false"), ("integer", "-3"), ("null", "null"),
    ("number", "1.5"), ("object", "{}"), ("string", #""s""#),
  ]

  @Test("`type` must take values of its type and no others", arguments: values.map(\.type))
  func type(_ type: String) {
    let schema = Checked(#"{"type":"\#(type)"}"#)
    for value in Self.values {
      let isNumber = type == "number" && value.type == "integer"
      #expect(schema.takes(value.text) == (value.type == type || isNumber), "\(value.text) as \(type)")
    }
  }

  @Test("a number with a fraction or an exponent must not be an integer, even 1.0 (draft 04 § 3.5)")
  func integers() {
    for number in ["1.0", "1e3", "1E0"] { #expect(!takes(#"{"type":"integer"}"#, number)) }
    for number in ["0", "-0", "12345678910111213141516171819202122232425262728293031"] {
      #expect(takes(#"{"type":"integer"}"#, number))
    }
  }

  @Test("several types must take each of them")
  func types() {
    #expect(takes(#"{"type":["integer","null"]}"#, "1"))
    #expect(takes(#"{"type":["integer","null"]}"#, "null"))
    #expect(!takes(#"{"type":["integer","null"]}"#, "1.5"))
    #expect(!takes(#"{"type":["integer","null"]}"#, "\"1\""))
  }

  @Test("`enum` must compare by value: numbers however they are written, members in any order")
  func enumeration() {
    let schema = Checked(#"{"enum":[1,"a\nb",null,true,[1,{"x":1,"y":[]}],{"a":1,"b":2.0}]}"#)
    for good in ["1", "1.0", "10e-1", #""a\u000ab""#, "null", "true", #"[1.0,{"y":[],"x":1}]"#, #"{"b":2,"a":1.00}"#] {
      #expect(schema.takes(good), "\(good)")
    }
    for bad in ["2", "false", "0", #""a""#, "[]", #"{"a":1}"#, #"{"a":1,"b":2,"c":3}"#, #"["1",{"x":1,"y":[]}]"#] {
      #expect(!schema.takes(bad), "\(bad)")
    }
  }

  @Test("`enum` must tell false from 0, true from 1, and texts that look alike")
  func lookalikes() {
    #expect(!takes(#"{"enum":[false]}"#, "0") && !takes(#"{"enum":[[false]]}"#, "[0]"))
    #expect(!takes(#"{"enum":[1]}"#, "true") && !takes(#"{"enum":[{"a":1}]}"#, #"{"a":true}"#))
    #expect(!takes(#"{"enum":["\u00e4"]}"#, #""a\u0308""#))
    #expect(!takes(#"{"enum":["µ"]}"#, #""μ""#))
    #expect(takes(#"{"enum":["a\u0000b"]}"#, #""a\u0000b""#) && !takes(#"{"enum":["a\u0000b"]}"#, #""ab""#))
  }

  @Test("`enum` must take `$ref` in its values for what it says, and not follow it")
  func referencesInEnum() {
    let schema = ##"{"definitions":{"s":{"type":"string"}},"enum":[{"$ref":"#/definitions/s"}]}"##
    #expect(takes(schema, ##"{"$ref":"#/definitions/s"}"##))
    #expect(!takes(schema, #""text""#))
  }

  @Test("`allOf` must want all, `anyOf` one or more, `oneOf` exactly one, `not` none")
  func combinations() {
    let schemas = #"[{"minimum":2},{"maximum":4}]"#
    #expect(takes(#"{"allOf":\#(schemas)}"#, "3"))
    #expect(!takes(#"{"allOf":\#(schemas)}"#, "1") && !takes(#"{"allOf":\#(schemas)}"#, "5"))
    #expect(takes(#"{"anyOf":\#(schemas)}"#, "1") && takes(#"{"anyOf":\#(schemas)}"#, "3"))
    #expect(!takes(#"{"anyOf":[{"minimum":2},{"type":"string"}]}"#, "1"))
    #expect(takes(#"{"oneOf":\#(schemas)}"#, "1") && takes(#"{"oneOf":\#(schemas)}"#, "5"))
    #expect(!takes(#"{"oneOf":\#(schemas)}"#, "3"))
    #expect(!takes(#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, "3"))
    #expect(takes(#"{"not":{"type":"string"}}"#, "3") && !takes(#"{"not":{"type":"string"}}"#, #""a""#))
    #expect(takes(#"{"not":{"not":{}}}"#, "1"))
  }

  @Test("combinations must count beside other keywords and inside each other")
  func nestedCombinations() {
    let schema =
      #"{"type":"object","properties":{"a":{"allOf":[{"anyOf":[{"enum":[1]},{"enum":[2]}]},{"not":{"enum":[2]}}]}}}"#
    #expect(takes(schema, #"{"a":1}"#))
    #expect(!takes(schema, #"{"a":2}"#) && !takes(schema, #"{"a":3}"#))
    #expect(!takes(#"{"properties":{"bar":{"type":"integer"}},"anyOf":[{"required":["bar"]}]}"#, #"{"bar":"x"}"#))
  }

  @Test("an empty schema must take everything")
  func empty() {
    for value in Self.values { #expect(takes("{}", value.text)) }
  }

  @Test("`default`, `title`, `description` and what nobody knows must ask for nothing")
  func annotations() {
    #expect(takes(#"{"default":1,"title":"t","description":"d","example":{"a":1},"x-mine":[]}"#, #""anything""#))
    #expect(takes(#"{"properties":{"a":{"type":"integer","default":"wrong"}}}"#, "{}"))
  }
}
