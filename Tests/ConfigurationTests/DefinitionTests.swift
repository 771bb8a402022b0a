import APIModel
import Testing

@testable import Configuration

@Suite struct DefinitionTests {
  private let head = "openapi: 3.0.1\ninfo: { title: t, version: \"1\" }\n"

  private func methods(_ body: String, more: [String: String] = [:]) throws -> [String: Method] {
    let files = ["gateway.yaml": Loading.gateway("api.yaml"), "api.yaml": head + body].merging(more) { $1 }
    return try #require(Loading.snapshot(files).apis.first?.resources.first { $0.path == "/a" }).methods
  }

  private let mock = "x-amazon-apigateway-integration: { type: mock }"

  @Test("the resources on the way to a path, and the root, must be there without methods")
  func intermediateResources() throws {
    let api = try Loading.api(head + "paths:\n  /a/b/{c}:\n    get: { \(mock) }\n")
    #expect(api.resources.map(\.path) == ["/", "/a", "/a/b", "/a/b/{c}"])
    #expect(api.resources.map(\.methods.count) == [0, 0, 0, 1])
  }

  @Test("a resource must have the same id whenever the definition is read")
  func resourceIDs() throws {
    let one = try Loading.api(head + "paths:\n  /a: {}\n  /b: {}\n").resources.map(\.id)
    let other = try Loading.api(head + "paths:\n  /b: {}\n  /a: {}\n  /c: {}\n").resources.map(\.id)
    #expect(one == Array(other.prefix(3)))
    #expect(one.allSatisfy { $0.wholeMatch(of: /[a-z0-9]{10}/) != nil })
  }

  @Test("an operation's parameter must come before the path's of the same name and place")
  func parametersOverride() throws {
    let get = try methods(
      """
      paths:
        /a:
          parameters: [{ name: q, in: query }, { name: h, in: header, required: true }]
          get: { parameters: [{ name: q, in: query, required: true }], \(mock) }
      """)["GET"]
    #expect(get?.requestParameters == ["method.request.querystring.q": true, "method.request.header.h": true])
  }

  @Test("an integration without a timeout must have the one of gateway.yaml")
  func timeouts() throws {
    let files = [
      "gateway.yaml": Loading.gateway("api.yaml") + "timeouts: { integration: 90s }\n",
      "api.yaml": head + """
        paths:
          /a:
            get: { x-amazon-apigateway-integration: { type: mock } }
            put: { x-amazon-apigateway-integration: { type: mock, timeoutInMillis: 50 } }
        """,
    ]
    let api = try #require(Loading.snapshot(files).apis.first)
    let methods = try #require(api.resources.last).methods
    #expect(methods["GET"]?.integration?.timeoutInMillis == 90_000)
    #expect(methods["PUT"]?.integration?.timeoutInMillis == 50)
  }

  @Test("integration responses must come by ascending status, then as they are written")
  func responseOrder() throws {
    let get = try methods(
      """
      paths:
        /a:
          get:
            responses: { "500": { description: x }, "400": { description: x } }
            x-amazon-apigateway-integration:
              type: mock
              responses:
                default: { statusCode: 500 }
                z: { statusCode: 400 }
                a: { statusCode: "400" }
      """)["GET"]
    #expect(get?.integration?.responses.map(\.selectionPattern) == ["z", "a", nil])
  }

  @Test("the document's security must apply to a method that has none of its own")
  func rootSecurity() throws {
    let methods = try methods(
      """
      security: [{ key: [] }]
      paths:
        /a:
          get: { \(mock) }
          put: { security: [], \(mock) }
      components: { securitySchemes: { key: { type: apiKey, in: header, name: X-API-Key } } }
      """)
    #expect(methods["GET"]?.apiKeyRequired == true)
    #expect(methods["PUT"]?.apiKeyRequired == false)
  }

  @Test("a value that a mapping cannot have must be dropped with AWS's warning")
  func droppedMappings() {
    let files = [
      "gateway.yaml": Loading.gateway("api.yaml"),
      "api.yaml": head
        + """
        paths:
          /a:
            get:
              x-amazon-apigateway-integration:
                type: http_proxy
                httpMethod: GET
                uri: http://127.0.0.1/
                requestParameters: { x: null }
        """,
    ]
    #expect(
      Loading.diagnostics(files) == [
        "api.yaml:10:33: warning: Invalid format for 'requestParameters'. Expected type string for property 'x' but got "
          + "null; it is left out"
      ])
  }

  // MARK: References

  @Test("references must lead within the file, into other files, and from there back")
  func references() throws {
    let get = try methods(
      """
      paths:
        /a: { $ref: "parts/items.yaml#/a" }
      x-mock: { type: mock, requestTemplates: { application/json: { $ref: "t.vtl" } } }
      """,
      more: [
        "parts/items.yaml": """
        a:
          get:
            parameters: [{ $ref: "../api.yaml#/components/parameters/q" }, { $ref: one.json }]
            x-amazon-apigateway-integration: { $ref: "../api.yaml#/x-mock" }
        """,
        "api.yaml": head + """
          paths:
            /a: { $ref: "parts/items.yaml#/a" }
          x-mock: { type: mock, requestTemplates: { application/json: { $ref: t.vtl } } }
          components: { parameters: { q: { name: q, in: query, required: true } } }
          """,
        "parts/one.json": #"{"name": "h", "in": "header"}"#,
        "t.vtl": "constant",
      ])["GET"]
    #expect(get?.requestParameters == ["method.request.querystring.q": true, "method.request.header.h": false])
    let template = try #require(get?.integration?.requestTemplates["application/json"])
    #expect(template.text == "constant")
    #expect(template.isFile)
    #expect(template.location.description == "t.vtl:1:1")
  }

  @Test("a pointer's escapes must be undone")
  func pointers() {
    #expect(Reference("#/paths/~1a~1%7Bid%7D/~0x", from: "f").keys == ["paths", "/a/{id}", "~x"])
    #expect(Reference("other.yaml", from: "a/f").description == "a/other.yaml#")
    #expect(Reference("../o.yaml#/x", from: "a/b/f").file == "a/o.yaml")
    #expect(Reference("../../o.yaml#/x", from: "a/f").file == "../o.yaml")
    #expect(Reference("/o/./p/../q.yaml#", from: "a/f").file == "/o/q.yaml")
  }

  @Test("schemas of other files must become models, those that refer to themselves too")
  func foreignSchemas() throws {
    let files = [
      "gateway.yaml": Loading.gateway("api.yaml"),
      "api.yaml": head + """
        paths:
          /a:
            post:
              operationId: add
              requestBody: { content: { application/json: { schema: { $ref: "schemas.yaml#/Tree" } } } }
              responses: { "200": { description: x, content: { text/json: { schema: { type: string } } } } }
              \(mock)
        components: { schemas: { Leaf: { type: string } } }
        """,
      "schemas.yaml": """
      Tree: { properties: { left: { $ref: "#/Tree" }, leaf: { $ref: "#/Leaf" }, own: { $ref: "api.yaml#/components/schemas/Leaf" } } }
      Leaf: { type: integer }
      """,
    ]
    let api = try #require(Loading.snapshot(files).apis.first)
    let address = "https://apigateway.amazonaws.com/restapis/a/models/"
    #expect(
      api.models.mapValues(\.schema) == [
        "Leaf": #"{"type":"string"}"#, "Leaf2": #"{"type":"integer"}"#, "addResponse200": #"{"type":"string"}"#,
        "Tree": #"{"properties":{"left":{"$ref":"\#(address)Tree"},"leaf":{"$ref":"\#(address)Leaf2"},"#
          + #""own":{"$ref":"\#(address)Leaf"}}}"#,
      ])
    #expect(api.resources.last?.methods["POST"]?.requestModels == ["application/json": "Tree"])
  }

  @Test("a reference that is a model's address on AWS must mean the model of that name, whatever the API's id there")
  func addressesOfModels() throws {
    let aws = "https://apigateway.amazonaws.com/restapis/x1y2z3/models/"
    let files = [
      "gateway.yaml": Loading.gateway("api.yaml"),
      "api.yaml": head + """
        paths:
          /a:
            post:
              requestBody: { content: { application/json: { schema: { $ref: "\(aws)Tree" } }, text/json: { schema: { $ref: "\(aws)Empty" } } } }
              \(mock)
        components: { schemas: { Tree: { properties: { next: { $ref: "\(aws)Tree" }, name: { $ref: "\(aws)Name#/items" } } }, Name: { items: {} } } }
        """,
    ]
    let api = try #require(Loading.snapshot(files).apis.first)
    let here = "https://apigateway.amazonaws.com/restapis/a/models/"
    #expect(
      api.models["Tree"]?.schema
        == ##"{"properties":{"next":{"$ref":"\##(here)Tree"},"name":{"$ref":"\##(here)Name#/items"}}}"##)
    #expect(
      api.resources.last?.methods["POST"]?.requestModels == ["application/json": "Tree", "text/json": "Empty"])
  }

  @Test("what looks like a reference in an example, or is called like one, must be let be")
  func noReferences() throws {
    let schema =
      #"{"example":{"$ref":"x"},"enum":[{"$ref":"y"}],"properties":{"$ref":{"type":"string"},"example":{"items":{}}}}"#
    let files = [
      "gateway.yaml": Loading.gateway("api.yaml"),
      "api.yaml": head + "paths: {}\ncomponents: { schemas: { A: \(schema) } }\n",
    ]
    #expect(try Loading.snapshot(files).apis.first?.models["A"]?.schema == schema)
  }

  @Test("an operation's validator must come before the document's")
  func validators() throws {
    let methods = try methods(
      """
      x-amazon-apigateway-request-validators: { all: { validateRequestBody: true, validateRequestParameters: true }, none: {} }
      x-amazon-apigateway-request-validator: all
      paths:
        /a:
          get: { \(mock) }
          put: { x-amazon-apigateway-request-validator: none, \(mock) }
      """)
    #expect(methods["GET"]?.requestValidator == "all" && methods["PUT"]?.requestValidator == "none")
  }

  @Test("ten thousand schemas that lead to one another must be read")
  func schemaChain() throws {
    var schemas = ""
    for number in 0..<10_000 { schemas += "S\(number): { items: { $ref: \"#/S\(number + 1)\" } }\n" }
    let files = [
      "gateway.yaml": Loading.gateway("api.yaml"),
      "api.yaml": head + "paths: {}\ncomponents: { schemas: { First: { $ref: \"s.yaml#/S0\" } } }\n",
      "s.yaml": schemas + "S10000: { type: string }\n",
    ]
    #expect(try Loading.snapshot(files).apis.first?.models.count == 10_002)
  }

  @Test("more references than a reader follows must be an error")
  func longChain() {
    var text = head + "paths: { /a: { $ref: \"#/x-chain/c0\" } }\nx-chain:\n"
    for number in 0..<100 { text += "  c\(number): { $ref: \"#/x-chain/c\(number + 1)\" }\n" }
    text += "  c100: {}\n"
    #expect(
      Loading.diagnostics(["gateway.yaml": Loading.gateway("api.yaml"), "api.yaml": text])
        == ["api.yaml:68:16: error: more than 64 `$ref`s lead to one another"])
  }
}

@Suite struct DeepDefinitionTests {
  @Test("a schema as deep as a document may be must become a model", arguments: ["api.json", "api.yaml"])
  func deepSchema(file: String) throws {
    let depth = 190
    let schema =
      String(repeating: #"{"items":"#, count: depth) + #"{"type":"string"}"# + String(repeating: "}", count: depth)
    let api = try Loading.api(
      #"{"openapi": "3.0.1", "paths": {}, "components": {"schemas": {"Deep": \#(schema)}}}"#, file: file)
    #expect(api.models["Deep"]?.schema == schema)
  }

  @Test("JSON that does not say so in its name must be read as JSON, tabs and all")
  func unnamedJSON() throws {
    let api = try Loading.api("{\n\t\"openapi\": \"3.0.1\",\n\t\"paths\": {\n\t\t\"\\/a\": {}\n\t}\n}\n")
    #expect(api.resources.map(\.path) == ["/", "/a"])
  }
}
