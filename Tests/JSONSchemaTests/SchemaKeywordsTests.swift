import Testing

@testable import JSONSchema

@Suite("Mistakes in schemas")
struct SchemaKeywordsTests {
  @Test(
    "a keyword with a value that it cannot have must be an error at its place",
    arguments: [
      (
        #"{"type":"strng"}"#,
        "#/type: `strng` is not a type: one of array, boolean, integer, null, number, object, string"
      ),
      (
        #"{"type":["null","x"]}"#,
        "#/type/1: `x` is not a type: one of array, boolean, integer, null, number, object, string"
      ),
      (#"{"type":7}"#, "#/type: `type` must be a type or a list of types, not `7`"),
      (#"{"type":[]}"#, "#/type: `type` must have at least one type"),
      (#"{"enum":"a"}"#, "#/enum: `enum` must be a list of values, not `a`"),
      (#"{"enum":[]}"#, "#/enum: `enum` must have at least one value"),
      (#"{"allOf":{}}"#, "#/allOf: `allOf` must be a list of schemas, not an object"),
      (#"{"oneOf":[]}"#, "#/oneOf: `oneOf` must have at least one schema"),
      (#"{"not":[]}"#, "#/not: a schema must be an object, not a list"),
      (#"{"anyOf":[{},3]}"#, "#/anyOf/1: a schema must be an object, not `3`"),
      (#"{"properties":[]}"#, "#/properties: `properties` must be an object, not a list"),
      (#"{"properties":{"a":"x"}}"#, "#/properties/a: a schema must be an object, not `x`"),
      (#"{"properties":{"a":true}}"#, "#/properties/a: a schema must be an object, not `true`; write {}"),
      (
        #"{"patternProperties":{"a(":{}}}"#,
        "#/patternProperties/a(: `a(` is not a regular expression: missing closing parenthesis, at character 3"
      ),
      (
        #"{"additionalProperties":1}"#,
        "#/additionalProperties: `additionalProperties` must be a schema, `true` or `false`, not `1`"
      ),
      (
        #"{"required":true}"#,
        "#/required: `required` must be a list of names, not `true`; draft 04 lists the required properties beside `properties`"
      ),
      (#"{"required":["a",1]}"#, "#/required: `required` must be a list of names"),
      (#"{"minProperties":-1}"#, "#/minProperties: `minProperties` must be a whole number, 0 or more, not `-1`"),
      (#"{"maxLength":1.5}"#, "#/maxLength: `maxLength` must be a whole number, 0 or more, not `1.5`"),
      (#"{"minItems":"1"}"#, "#/minItems: `minItems` must be a whole number, 0 or more, not `1`"),
      (#"{"dependencies":{"a":"b"}}"#, "#/dependencies: `dependencies` of `a` must be a list of names, not `b`"),
      (#"{"items":true}"#, "#/items: `items` must be a schema or a list of schemas, not `true`"),
      (
        #"{"additionalItems":"x"}"#, "#/additionalItems: `additionalItems` must be a schema, `true` or `false`, not `x`"
      ),
      (#"{"uniqueItems":"yes"}"#, "#/uniqueItems: `uniqueItems` must be `true` or `false`, not `yes`"),
      (
        #"{"pattern":"[a"}"#,
        "#/pattern: `[a` is not a regular expression: missing terminating ] for character class, at character 1"
      ),
      (#"{"pattern":1}"#, "#/pattern: `pattern` must be text, not `1`"),
      (#"{"format":{}}"#, "#/format: `format` must be text, not an object"),
      (#"{"multipleOf":0}"#, "#/multipleOf: `multipleOf` must be a number above 0, with at most 36 digits, not `0`"),
      (#"{"multipleOf":-2}"#, "#/multipleOf: `multipleOf` must be a number above 0, with at most 36 digits, not `-2`"),
      (#"{"minimum":"0"}"#, "#/minimum: `minimum` must be a number, not `0`"),
      (
        #"{"exclusiveMinimum":5}"#,
        "#/exclusiveMinimum: `exclusiveMinimum` must be `true` or `false` in draft 04, not `5`; write `minimum: 5` and `exclusiveMinimum: true`"
      ),
      (
        #"{"exclusiveMaximum":true}"#,
        "#/exclusiveMaximum: `exclusiveMaximum` says something of `maximum`, which is missing"
      ),
      (
        #"{"definitions":{"a":{"type":"x"}}}"#,
        "#/definitions/a/type: `x` is not a type: one of array, boolean, integer, null, number, object, string"
      ),
      (#"{"id":1}"#, "#/id: `id` must be text, not `1`"),
      ("[]", "#: a schema must be an object, not a list"),
      ("true", "#: a schema must be an object, not `true`; write {}"),
    ])
  func errors(_ schema: String, _ problem: String) { #expect(problems(schema) == ["error \(problem)"]) }

  @Test(
    "a keyword that another draft or OpenAPI has, and draft 04 has not, must be warned of",
    arguments: [
      (
        #"{"const":1}"#, "#/const: `const` has no meaning in draft 04 and is not validated; write `enum` with one value"
      ),
      (
        #"{"items":{"nullable":true}}"#,
        "#/items/nullable: `nullable` has no meaning in draft 04 and is not validated; write `type` as a list that has `null` in it"
      ),
      (#"{"if":{}}"#, "#/if: `if` has no meaning in draft 04 and is not validated; write `anyOf`"),
      (#"{"contains":{}}"#, "#/contains: `contains` has no meaning in draft 04 and is not validated"),
      (
        #"{"$schema":"http://json-schema.org/draft-07/schema#"}"#,
        "#/$schema: models are read as draft 04, whatever `$schema` says; write http://json-schema.org/draft-04/schema#"
      ),
    ])
  func warnings(_ schema: String, _ problem: String) { #expect(problems(schema) == ["warning \(problem)"]) }

  @Test("what says nothing about values must be let be, and so must properties with a keyword's name")
  func silence() {
    #expect(
      problems(
        #"{"$schema":"http://json-schema.org/draft-04/schema#","title":"t","description":"d","default":1,"example":{"$ref":"x"},"discriminator":{},"readOnly":true,"xml":{},"format":"int32","properties":{"const":{},"nullable":{},"$ref":{}}}"#
      )
        == [])
  }

  @Test("every mistake must be found at once")
  func several() {
    #expect(problems(#"{"type":"x","minLength":-1,"properties":{"a":{"pattern":"("}}}"#).count == 3)
  }
}
