import Testing

@testable import JSONSchema

@Suite("Keywords for arrays (draft 04, validation § 5.3)")
struct ArrayValidationTests {
  @Test("they must not look at anything but arrays")
  func others() {
    let schema = #"{"items":{"type":"null"},"minItems":1,"maxItems":1,"uniqueItems":true}"#
    for value in ["{}", #"{"0":"x","length":9}"#, "1", "null", #""aa""#] { #expect(takes(schema, value), "\(value)") }
  }

  @Test("`items` with a schema must validate every element")
  func items() {
    let schema = #"{"items":{"type":"integer"}}"#
    #expect(takes(schema, "[]") && takes(schema, "[1,2]") && !takes(schema, #"[1,"2"]"#))
    #expect(!takes(#"{"items":{"items":{"type":"integer"}}}"#, #"[[1],[2,"3"]]"#))
  }

  @Test("`items` with a list must validate by place, and `additionalItems` what stands behind")
  func places() {
    let places = #""items":[{"type":"integer"},{"type":"string"}]"#
    #expect(takes("{\(places)}", #"[1,"a",null]"#) && takes("{\(places)}", "[1]") && takes("{\(places)}", "[]"))
    #expect(!takes("{\(places)}", #"["a",1]"#))
    #expect(takes(#"{\#(places),"additionalItems":false}"#, #"[1,"a"]"#))
    #expect(!takes(#"{\#(places),"additionalItems":false}"#, #"[1,"a",null]"#))
    #expect(takes(#"{\#(places),"additionalItems":{"type":"null"}}"#, #"[1,"a",null]"#))
    #expect(!takes(#"{\#(places),"additionalItems":{"type":"null"}}"#, #"[1,"a",1]"#))
    #expect(takes(#"{\#(places),"additionalItems":true}"#, #"[1,"a",1]"#))
  }

  @Test("`additionalItems` without a list in `items` must mean nothing")
  func additionalItemsAlone() {
    #expect(takes(#"{"additionalItems":false}"#, "[1,2,3]"))
    #expect(takes(#"{"additionalItems":{"type":"null"}}"#, "[1,2,3]"))
    #expect(takes(#"{"items":{"type":"integer"},"additionalItems":false}"#, "[1,2,3]"))
  }

  @Test("`minItems` and `maxItems` must count elements")
  func counts() {
    let schema = #"{"minItems":1,"maxItems":2}"#
    #expect(!takes(schema, "[]") && takes(schema, "[1]") && takes(schema, "[1,2]") && !takes(schema, "[1,2,3]"))
  }

  @Test(
    "`uniqueItems` must find elements of equal value",
    arguments: [
      "[1,1]", "[1,2,1.0]", "[1e2,100]", "[-0,0.0]", #"["a","\u0061"]"#, "[[],[]]", #"[{"a":1,"b":2},{"b":2.0,"a":1}]"#,
      "[null,null]", #"[{"a":[{"b":[1]}]},{"a":[{"b":[1.00]}]}]"#, "[0.1,1e-1]", "[true,false,true]",
    ])
  func duplicates(_ text: String) { #expect(!takes(#"{"uniqueItems":true}"#, text)) }

  @Test(
    "`uniqueItems` must tell different elements apart",
    arguments: [
      "[]", "[1]", "[1,2]", "[1,true,\"1\",[1],{\"1\":1},null]", "[0,false,\"\",null,[],{}]", "[[1,2],[2,1],[[1],2]]",
      #"[{"a":1,"b":2},{"a":2,"b":1},{"a":1}]"#, #"["ab","a","b"]"#, #"[["a","b"],["a\",\"b"],["ab"]]"#,
      "[1,10,100,0.1,-1]", #"[{"a":{"b":1}},{"a":{"c":1}}]"#, "[12345678901234567890,12345678901234567891]",
    ])
  func unique(_ text: String) {
    #expect(takes(#"{"uniqueItems":true}"#, text))
    #expect(takes(#"{"uniqueItems":false}"#, "[1,1]"))
  }

  @Test("`uniqueItems` must find two equal elements among many")
  func many() {
    let numbers = (0..<5000).map(String.init)
    let schema = Checked(#"{"uniqueItems":true}"#)
    #expect(schema.takes("[\(numbers.joined(separator: ","))]"))
    #expect(!schema.takes("[\(numbers.joined(separator: ",")),2500.0]"))
  }
}
