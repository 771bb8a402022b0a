import Testing

@testable import JSONSchema

@Suite("Keywords for objects (draft 04, validation § 5.4)")
struct ObjectValidationTests {
  @Test("they must not look at anything but objects")
  func others() {
    let schema =
      #"{"required":["a"],"minProperties":1,"maxProperties":1,"properties":{"a":{"type":"null"}},"additionalProperties":false,"dependencies":{"a":["b"]}}"#
    for value in ["[]", "1", "null", "true", #""a""#] { #expect(takes(schema, value), "\(value)") }
  }

  @Test("`properties` must validate the members that are there")
  func properties() {
    let schema = #"{"properties":{"a":{"type":"integer"},"b\"c":{"type":"string"}}}"#
    #expect(takes(schema, "{}") && takes(schema, #"{"a":1,"b\"c":"x","other":[]}"#))
    #expect(takes(schema, #"{"\u0061":1}"#) && !takes(schema, #"{"\u0061":"1"}"#))
    #expect(!takes(schema, #"{"a":"1"}"#) && !takes(schema, #"{"b\u0022c":1}"#))
  }

  @Test("a name that is written twice must count once, with its last value")
  func repeatedNames() {
    #expect(takes(#"{"properties":{"a":{"type":"integer"}},"maxProperties":1}"#, #"{"a":"x","a":1}"#))
    #expect(!takes(#"{"properties":{"a":{"type":"integer"}}}"#, #"{"a":1,"a":"x"}"#))
  }

  @Test("many properties must each be found, whatever their names hash to")
  func manyProperties() {
    let names = (0..<300).map { "property-with-a-long-name-\($0)-in-the-middle-of-it" }
    let properties = names.map { #""\#($0)":{"type":"integer"}"# }.joined(separator: ",")
    let schema = Checked(#"{"properties":{\#(properties)},"additionalProperties":false}"#)
    for name in names {
      #expect(schema.takes(#"{"\#(name)":1}"#))
      #expect(!schema.takes(#"{"\#(name)":"1"}"#))
    }
    #expect(!schema.takes(#"{"property-with-a-long-name-300-in-the-middle-of-it":1}"#))
  }

  @Test("`patternProperties` must validate every member whose name a pattern is found in")
  func patternProperties() {
    let schema = #"{"patternProperties":{"a+":{"type":"integer"},"aaa":{"maximum":20},"^x$":{"type":"null"}}}"#
    #expect(takes(schema, #"{"a":21,"aaaa":18,"b":"free","xx":1}"#))
    #expect(!takes(schema, #"{"bab":"1"}"#) && !takes(schema, #"{"aaaa":31}"#) && !takes(schema, #"{"x":1}"#))
    #expect(takes(schema, #"{"X":1,"A":"regular expressions look at case"}"#))
  }

  @Test("`additionalProperties` must apply to members that neither a property nor a pattern knows")
  func additionalProperties() {
    let forbidden = #"{"properties":{"a":{}},"patternProperties":{"^v":{}},"additionalProperties":false}"#
    #expect(takes(forbidden, #"{"a":1,"vector":2}"#) && !takes(forbidden, #"{"b":1}"#))
    let schema = #"{"properties":{"a":{}},"additionalProperties":{"type":"boolean"}}"#
    #expect(takes(schema, #"{"a":1,"b":true}"#) && !takes(schema, #"{"a":1,"b":1}"#))
    #expect(takes(#"{"additionalProperties":true}"#, #"{"b":1}"#))
    #expect(!takes(#"{"additionalProperties":false}"#, #"{"b":1}"#) && takes(#"{"additionalProperties":false}"#, "{}"))
  }

  @Test("`additionalProperties` must not look into `allOf` beside it")
  func additionalPropertiesAreBlind() {
    #expect(!takes(#"{"allOf":[{"properties":{"a":{}}}],"additionalProperties":{"type":"boolean"}}"#, #"{"a":1}"#))
  }

  @Test("`required` must want every name, whatever its value; an empty list wants none")
  func required() {
    let schema = #"{"required":["a","b\nc","constructor"]}"#
    #expect(takes(schema, #"{"a":null,"b\nc":1,"constructor":{}}"#) && !takes(schema, #"{"a":1,"constructor":1}"#))
    #expect(takes(#"{"required":[]}"#, "{}"))
  }

  @Test("`minProperties` and `maxProperties` must count members")
  func counts() {
    let schema = #"{"minProperties":1,"maxProperties":2}"#
    #expect(!takes(schema, "{}") && takes(schema, #"{"a":1}"#) && takes(schema, #"{"a":1,"b":1}"#))
    #expect(!takes(schema, #"{"a":1,"b":1,"c":1}"#))
    #expect(takes(#"{"maxProperties":0}"#, "{}") && !takes(#"{"maxProperties":0}"#, #"{"a":1}"#))
    #expect(takes(#"{"maxProperties":2.0}"#, #"{"a":1,"b":1}"#), "a whole number may be written with a fraction")
  }

  @Test("`dependencies` must apply when the member is there: names that must be too, or a schema for the whole object")
  func dependencies() {
    let names = #"{"dependencies":{"card":["address","name"]}}"#
    #expect(
      takes(names, "{}") && takes(names, #"{"card":1,"address":1,"name":1}"#) && !takes(names, #"{"card":1,"name":1}"#))
    let schema = #"{"dependencies":{"bar":{"properties":{"foo":{"type":"integer"}},"required":["foo"]}}}"#
    #expect(takes(schema, #"{"foo":"free"}"#) && takes(schema, #"{"foo":1,"bar":1}"#))
    #expect(!takes(schema, #"{"foo":"x","bar":1}"#) && !takes(schema, #"{"bar":1}"#))
  }

  @Test("names with escapes, and names that JavaScript knows, must be names like any other")
  func oddNames() {
    let schema =
      #"{"properties":{"foo\nbar":{"type":"number"},"__proto__":{"type":"number"},"toString":{"properties":{"length":{"type":"string"}}}},"dependencies":{"foo'bar":["foo\"bar"]}}"#
    #expect(takes(schema, #"{"foo\nbar":1,"__proto__":1,"toString":{"length":"x"}}"#))
    #expect(!takes(schema, #"{"__proto__":"x"}"#) && !takes(schema, #"{"toString":{"length":1}}"#))
    #expect(!takes(schema, #"{"foo'bar":1}"#) && takes(schema, #"{"foo'bar":1,"foo\"bar":1}"#))
  }
}
