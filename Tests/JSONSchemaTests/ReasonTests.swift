import Testing

@testable import JSONSchema

@Suite("9 The words of json-schema-validator")
struct ReasonTests {
  @Test(
    "each keyword must be refused in its own words",
    arguments: [
      (#"{"required":["price","name"]}"#, "{}", #"object has missing required properties (["name","price"])"#),
      (
        #"{"type":"integer"}"#, #""x""#,
        #"instance type (string) does not match any allowed primitive type (allowed: ["integer"])"#
      ),
      (
        #"{"type":"number"}"#, "null",
        #"instance type (null) does not match any allowed primitive type (allowed: ["integer","number"])"#
      ),
      (
        #"{"type":["string","array"]}"#, "1.5",
        #"instance type (number) does not match any allowed primitive type (allowed: ["array","string"])"#
      ),
      (#"{"minimum":0}"#, "-1", "numeric instance is lower than the required minimum (minimum: 0, found: -1)"),
      (#"{"maximum":1.5}"#, "2", "numeric instance is greater than the required maximum (maximum: 1.5, found: 2)"),
      (
        #"{"minimum":0,"exclusiveMinimum":true}"#, "0",
        "numeric instance is not strictly greater than the required minimum 0"
      ),
      (
        #"{"maximum":0,"exclusiveMaximum":true}"#, "0",
        "numeric instance is not strictly lower than the required maximum 0"
      ),
      (#"{"multipleOf":5}"#, "7", "remainder of division is not zero (7 / 5)"),
      (#"{"minLength":3}"#, #""x""#, #"string "x" is too short (length: 1, required minimum: 3)"#),
      (#"{"maxLength":1}"#, #""é💩""#, #"string "é💩" is too long (length: 2, maximum allowed: 1)"#),
      (#"{"pattern":"^a"}"#, #""b\"c""#, #"ECMA 262 regex "^a" does not match input string "b"c""#),
      (#"{"enum":["a","b"]}"#, #""x""#, #"instance value ("x") not found in enum (possible values: ["a","b"])"#),
      (
        #"{"enum":[1,{"a":[null]}]}"#, #"{"a":[true]}"#,
        #"instance value ({"a":[true]}) not found in enum (possible values: [1,{"a":[null]}])"#
      ),
      (
        #"{"additionalProperties":false}"#, #"{"x":1,"b":2}"#,
        #"object instance has properties which are not allowed by the schema: ["b","x"]"#
      ),
      (#"{"minProperties":1}"#, "{}", "object has too few properties (found 0 but schema requires at least 1)"),
      (#"{"maxProperties":0}"#, #"{"a":1}"#, "object has too many properties (found 1 but schema requires at most 0)"),
      (
        #"{"dependencies":{"a":["c","b"]}}"#, #"{"a":1,"b":1}"#,
        #"property "a" of object has missing property dependencies (schema requires ["b","c"]; missing: ["c"])"#
      ),
      (#"{"minItems":1}"#, "[]", "array is too short: must have at least 1 elements but instance has 0 elements"),
      (#"{"maxItems":1}"#, "[1,2]", "array is too long: must have at most 1 elements but instance has 2 elements"),
      (#"{"uniqueItems":true}"#, "[1,1]", "array must not contain duplicate elements"),
      (
        #"{"items":[{}],"additionalItems":false}"#, "[1,2]",
        "schema only allows 1 elements in array but instance has 2 elements"
      ),
      (
        #"{"allOf":[{"minimum":1},{"maximum":9},{}]}"#, "0",
        "instance failed to match all required schemas (matched only 2 out of 3)"
      ),
      (
        #"{"anyOf":[{"minimum":1},{"type":"null"}]}"#, "0",
        "instance failed to match at least one required schema among 2"
      ),
      (#"{"oneOf":[{},{},{"type":"null"}]}"#, "0", "instance failed to match exactly one schema (matched 2 out of 3)"),
      (#"{"not":{}}"#, "0", "instance matched a schema which it should not have"),
      (#"{"format":"email"}"#, #""x""#, #"string "x" is not a valid email address"#),
      (#"{"format":"uuid"}"#, #""x""#, #"input string "x" is not a valid UUID"#),
      (#"{"format":"md5"}"#, #""x""#, "input string has incorrect length (1, expected 32)"),
      (#"{"format":"base64"}"#, #""a!==""#, #"illegal character "!" at index 1 (not in Base64 alphabet)"#),
      (
        #"{"format":"date-time"}"#, #""x""#,
        #"string "x" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"#
      ),
    ])
  func words(_ schema: String, _ document: String, _ reason: String) {
    #expect(Checked(schema).reasons(document) == [reason])
  }

  @Test("several reasons must come in the alphabetical order of their keywords, those of members in that of the names")
  func order() {
    #expect(
      Checked(#"{"type":"object","required":["b"],"minProperties":3,"additionalProperties":false}"#).reasons(
        #"{"a":1}"#)
        == [
          #"object instance has properties which are not allowed by the schema: ["a"]"#,
          "object has too few properties (found 1 but schema requires at least 3)",
          #"object has missing required properties (["b"])"#,
        ])
    #expect(
      Checked(#"{"additionalProperties":{"type":"null"}}"#).reasons(#"{"b":1,"a":"x"}"#) == [
        #"instance type (string) does not match any allowed primitive type (allowed: ["null"])"#,
        #"instance type (integer) does not match any allowed primitive type (allowed: ["null"])"#,
      ])
  }

  @Test("members must be looked at only where nothing was found in the object itself")
  func notDeep() {
    let schema = Checked(#"{"required":["b"],"properties":{"a":{"type":"null"},"c":{"items":{"type":"null"}}}}"#)
    #expect(schema.reasons(#"{"a":1}"#) == [#"object has missing required properties (["b"])"#])
    // Once a member is wrong, those behind it are looked at, but not what is in them.
    #expect(schema.reasons(#"{"a":1,"b":1,"c":[1]}"#).count == 1)
    #expect(schema.reasons(#"{"a":null,"b":1,"c":[1,2]}"#).count == 2)
  }

  @Test("a long value must be shown in part, and many reasons not all")
  func lengths() {
    let text = String(repeating: "é", count: 100_000)
    let reason = Checked(#"{"maxLength":1}"#).reasons("\"\(text)\"").first ?? ""
    #expect(reason.count < 700 && reason.contains("é…\" is too long (length: 100000, maximum allowed: 1)"))
    let many = Checked(#"{"items":{"type":"null"}}"#).reasons(
      "[\(Array(repeating: "1", count: 500).joined(separator: ","))]")
    #expect(many.count == Reason.mostReasons)
    let names = (0..<500).map { "\"n\($0)\":1" }.joined(separator: ",")
    #expect((Checked(#"{"additionalProperties":false}"#).reasons("{\(names)}").first ?? "").hasSuffix(",…]"))
  }
}
