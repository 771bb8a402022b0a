import Testing

@testable import JSONSchema

@Suite("References and ids (draft 04, core §§ 5, 7)")
struct SchemaDocumentsTests {
  @Test("`#` must be the document itself, however deep a body is nested")
  func root() {
    let schema = ##"{"properties":{"foo":{"$ref":"#"}},"additionalProperties":false}"##
    #expect(takes(schema, #"{"foo":{"foo":{"foo":false}}}"#))
    #expect(!takes(schema, #"{"foo":{"foo":{"bar":false}}}"#))
  }

  @Test("a pointer must lead to objects and list elements, its escapes undone")
  func pointers() {
    let schema =
      ##"{"definitions":{"a~b":{"type":"integer"},"c/d":{"type":"integer"},"e%f":{"type":"integer"},"g\"h":{"type":"integer"},"":{"definitions":{"":{"type":"integer"}}}},"items":[{"type":"integer"},{"$ref":"#/items/0"}],"properties":{"1":{"$ref":"#/definitions/a~0b"},"2":{"$ref":"#/definitions/c~1d"},"3":{"$ref":"#/definitions/e%25f"},"4":{"$ref":"#/definitions/g%22h"},"5":{"$ref":"#/definitions//definitions/"}}}"##
    #expect(takes(schema, "[1,2]") && !takes(schema, #"[1,"2"]"#))
    for name in 1...5 {
      #expect(takes(schema, #"{"\#(name)":1}"#) && !takes(schema, #"{"\#(name)":"x"}"#), "\(name)")
    }
  }

  @Test("references to references must lead to the end")
  func chains() {
    let schema =
      ##"{"definitions":{"a":{"type":"integer"},"b":{"$ref":"#/definitions/a"},"c":{"$ref":"#/definitions/b"}},"$ref":"#/definitions/c"}"##
    #expect(takes(schema, "1") && !takes(schema, #""a""#))
  }

  @Test("keywords beside `$ref` must count for nothing")
  func siblings() {
    let schema =
      ##"{"definitions":{"list":{"type":"array"}},"properties":{"a":{"$ref":"#/definitions/list","maxItems":1}}}"##
    #expect(takes(schema, #"{"a":[1,2]}"#) && !takes(schema, #"{"a":"x"}"#))
  }

  @Test("a property may be called `$ref`")
  func propertyNamedReference() {
    let schema = ##"{"properties":{"$ref":{"$ref":"#/definitions/text"}},"definitions":{"text":{"type":"string"}}}"##
    #expect(takes(schema, #"{"$ref":"a"}"#) && !takes(schema, #"{"$ref":1}"#))
  }

  @Test("the schema of schemas must be known without a network")
  func metaSchema() {
    let schema = #"{"$ref":"http://json-schema.org/draft-04/schema#"}"#
    #expect(takes(schema, #"{"definitions":{"a":{"type":"integer"}},"minLength":1,"items":[{},{"enum":[1]}]}"#))
    #expect(!takes(schema, #"{"minLength":-1}"#) && !takes(schema, #"{"definitions":{"a":{"type":1}}}"#))
    #expect(!takes(schema, #"{"exclusiveMinimum":true}"#) && !takes(schema, #"{"required":["a","a"]}"#))
    #expect(Checked(MetaSchema.text).takes(MetaSchema.text), "it must take itself")
  }

  @Test("documents must refer to one another by address, in circles too")
  func documents() {
    let checked = Checked(
      #"{"properties":{"node":{"$ref":"https://models.test/api/Node"}}}"#,
      more: [
        "https://models.test/api/Node":
          #"{"required":["name"],"properties":{"next":{"$ref":"Node"},"leaf":{"$ref":"Leaf#/definitions/leaf"}}}"#,
        "https://models.test/api/Leaf": #"{"definitions":{"leaf":{"type":"null"}}}"#,
      ])
    #expect(checked.problems == [])
    #expect(checked.takes(#"{"node":{"name":1,"next":{"name":2,"leaf":null}}}"#))
    #expect(!checked.takes(#"{"node":{"name":1,"next":{"leaf":null}}}"#))
    #expect(!checked.takes(#"{"node":{"name":1,"leaf":1}}"#))
  }

  @Test("an `id` must change what references below it are relative to, and give an address")
  func ids() {
    let tree =
      ##"{"id":"http://localhost:1234/tree","properties":{"nodes":{"items":{"$ref":"node"}}},"required":["nodes"],"definitions":{"node":{"id":"http://localhost:1234/node","properties":{"value":{"type":"number"},"subtree":{"$ref":"tree"}},"required":["value"]}}}"##
    #expect(takes(tree, #"{"nodes":[{"value":1,"subtree":{"nodes":[{"value":1.1}]}}]}"#))
    #expect(!takes(tree, #"{"nodes":[{"value":1,"subtree":{"nodes":[{"value":"x"}]}}]}"#))
    let named = ##"{"allOf":[{"$ref":"#foo"}],"definitions":{"A":{"id":"#foo","type":"integer"}}}"##
    #expect(takes(named, "1") && !takes(named, #""a""#))
    let nested =
      ##"{"id":"http://localhost:1234/root","allOf":[{"$ref":"http://localhost:1234/nested.json#foo"}],"definitions":{"A":{"id":"nested.json","definitions":{"B":{"id":"#foo","type":"integer"}}}}}"##
    #expect(takes(nested, "1") && !takes(nested, #""a""#))
    let file =
      ##"{"id":"file:///c:/folder/file.json","definitions":{"foo":{"type":"number"}},"allOf":[{"$ref":"#/definitions/foo"}]}"##
    #expect(takes(file, "1") && !takes(file, #""a""#))
  }

  @Test("an `id` must count relative to the nearest schema around it that has one, and not where it is none")
  func nearestIDs() {
    let deep =
      ##"{"id":"http://example.com/a.json","definitions":{"x":{"id":"http://example.com/b/c.json","not":{"definitions":{"y":{"id":"d.json","type":"number"}}}}},"allOf":[{"$ref":"http://example.com/b/d.json"}]}"##
    #expect(takes(deep, "1") && !takes(deep, #""a""#))
    let inEnum =
      ##"{"definitions":{"fake":{"enum":[{"id":"https://x.test/y.json","type":"null"}]},"real":{"id":"https://x.test/y.json","type":"string"}},"anyOf":[{"$ref":"#/definitions/fake"},{"$ref":"https://x.test/y.json"}]}"##
    #expect(takes(inEnum, #""text""#) && takes(inEnum, #"{"id":"https://x.test/y.json","type":"null"}"#))
    #expect(!takes(inEnum, "1"))
    let beside =
      ##"{"id":"http://x.test/base/","definitions":{"foo":{"id":"http://x.test/foo.json","type":"string"},"base":{"id":"foo.json","type":"number"}},"allOf":[{"id":"http://x.test/","$ref":"foo.json"}]}"##
    #expect(takes(beside, "1") && !takes(beside, #""a""#))
  }

  @Test("one schema applied twice to one value is no circle")
  func twice() {
    let schema =
      ##"{"definitions":{"int":{"type":"integer"}},"allOf":[{"properties":{"foo":{"$ref":"#/definitions/int"}}},{"additionalProperties":{"$ref":"#/definitions/int"}}]}"##
    #expect(takes(schema, #"{"foo":1}"#) && !takes(schema, #"{"foo":"x"}"#))
  }

  @Test("a reference that leads nowhere must be a mistake at its place; nothing is fetched")
  func nowhere() {
    #expect(
      problems(##"{"items":{"$ref":"#/definitions/a"}}"##) == [
        "error #/items/$ref: `$ref` leads nowhere: there is no `#/definitions/a`"
      ])
    #expect(
      problems(#"{"properties":{"a":{"$ref":"http://localhost/x.json"}}}"#) == [
        "error #/properties/a/$ref: `$ref` leads nowhere: there is no `http://localhost/x.json`"
      ])
    #expect(problems(##"{"allOf":[{"$ref":"#nobody"}]}"##).count == 1)
    #expect(problems(#"{"$ref":1}"#) == ["error #/$ref: `$ref` must be text, not `1`"])
  }

  @Test("a circle that no value gets out of must be a mistake, however long it is")
  func circles() {
    #expect(problems(##"{"$ref":"#"}"##) == ["error #/$ref: this `$ref` leads round in a circle"])
    #expect(problems(##"{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}"##).count == 1)
    for schema in [
      ##"{"allOf":[{"$ref":"#"}]}"##, ##"{"not":{"anyOf":[{},{"oneOf":[{"$ref":"#"}]}]}}"##,
      ##"{"dependencies":{"a":{"$ref":"#"}}}"##,
      ##"{"definitions":{"a":{"allOf":[{"$ref":"#/definitions/b"}]},"b":{"anyOf":[{"$ref":"#/definitions/a"}]}}}"##,
    ] {
      let problems = problems(schema)
      #expect(
        problems.count == 1 && problems[0].contains("applies itself to the same value over and over"), "\(schema)")
      // Even so it must come to an end.
      _ = Checked(schema).verdict(#"{"a":1}"#)
    }
  }

  @Test("a schema that leads out of itself in other schemas must not be taken for a circle")
  func noCircles() {
    #expect(
      problems(
        ##"{"allOf":[{"properties":{"a":{"$ref":"#"}}},{"items":{"$ref":"#"}}],"additionalProperties":{"$ref":"#"}}"##)
        == [])
  }
}
