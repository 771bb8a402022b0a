import APIModel
import JSONSchema
import Testing

@testable import Pipeline

@Suite("9 Bodies and their models")
struct BodyValidationTests {
  private static let pet =
    #"{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"price":{"type":"number","minimum":0}}}"#

  /// A method whose validator looks at bodies.
  private func bench(
    _ kind: Integration.Kind = .httpProxy, models: [String: String] = ["application/json": "Pet"],
    schemas: [String: String] = ["Pet": pet], validates: Bool = true, parameters: Bool = false,
    api change: @escaping (inout RestAPI) -> Void = { _ in }
  ) -> Bench {
    Bench("POST", "/a", kind, uri: "http://o.test/") { method, integration in
      method.requestValidator = "v"
      method.requestModels = models
      method.requestParameters = ["method.request.header.X-Needed": parameters]
      if kind == .mock { integration.requestTemplates["application/json"] = source(#"{"statusCode": 200}"#) }
    } api: { api in
      api.requestValidators["v"] = RequestValidator(
        name: "v", validateRequestBody: validates, validateRequestParameters: parameters)
      for (name, schema) in schemas { api.models[name] = Model(name: name, schema: schema, location: here) }
      change(&api)
    }
  }

  private func post(_ body: String, type: String? = "application/json", fields: String = "") -> String {
    "POST /dev/a HTTP/1.1\r\nHost: c\r\n" + (type.map { "Content-Type: \($0)\r\n" } ?? "") + fields
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private let refused =
    "400\r\nx-amzn-ErrorType: BadRequestException\r\nContent-Type: application/json\r\n\r\n"
    + #"{"message":"Invalid request body"}"#

  @Test("A body that is not what the model describes must be 400 Invalid request body, of any kind of integration")
  func refusal() {
    for kind in [Integration.Kind.httpProxy, .http, .mock] {
      let bench = bench(kind)
      #expect(bench.errors == [])
      #expect(bench.response(post(#"{"name":1}"#)) == refused)
      #expect(bench.response(post(#"{"name":"x","price":-1}"#)) == refused)
      #expect(bench.response(post(#"{"name":"x","price":1}"#)).hasPrefix("200"))
    }
  }

  @Test("A body that is right must go to the integration as it came")
  func forwarded() {
    let body = #"{ "name" : "x", "other": [1, 2] }"#
    #expect(bench().sent(post(body)).hasSuffix("\r\n\r\n\(body)"))
  }

  @Test("An empty body must be validated as an empty object")
  func emptyBody() {
    #expect(bench().response(post("")) == refused)
    #expect(bench().response("POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Type: application/json") == refused)
    #expect(bench(schemas: ["Pet": #"{"type":"object"}"#]).response(post("")).hasPrefix("200"))
  }

  @Test(
    "A body that is not JSON must be refused [inferred: so must one of white space, and one that is only nearly JSON]")
  func notJSON() {
    for body in ["nonsense", "{", "  ", "{name:'x'}", #"{"name":"x",}"#, "{\"name\":\"\u{1}\"}", #"{"name":"x"} more"#]
    {
      #expect(bench().response(post(body)) == refused, "\(body)")
    }
  }

  @Test("The content type must choose the model, its parameters and capitals disregarded; without one it is JSON's")
  func choice() {
    let bench = bench(
      models: ["application/json": "Pet", "application/vnd.list+json; v=1": "List"],
      schemas: ["Pet": Self.pet, "List": #"{"type":"array"}"#])
    #expect(bench.response(post("[]", type: "application/vnd.list+json")).hasPrefix("200"))
    #expect(bench.response(post("{}", type: "Application/VND.list+JSON; charset=utf-8")) == refused)
    #expect(bench.response(post("[]", type: "application/json;charset=utf-8")) == refused)
    #expect(bench.response(post("[]", type: nil)) == refused)
  }

  @Test("A content type without a model must not be validated, unless there is one for `$default`")
  func defaults() {
    #expect(bench().response(post("not json", type: "text/plain")).hasPrefix("200"))
    let bench = bench(
      models: ["application/json": "Pet", "$default": "List"], schemas: ["Pet": Self.pet, "List": #"{"type":"array"}"#])
    #expect(bench.response(post("[]", type: "text/plain")).hasPrefix("200"))
    #expect(bench.response(post("{}", type: "text/plain")) == refused)
    #expect(bench.response(post("{}")) == refused)
  }

  @Test("Parameters must be looked at before the body")
  func parametersFirst() {
    let bench = bench(parameters: true)
    #expect(
      bench.response(post("nonsense")).hasSuffix(#"{"message":"Missing required request parameters: [X-Needed]"}"#))
    #expect(bench.response(post("nonsense", fields: "X-Needed: 1\r\n")) == refused)
    #expect(bench.response(post(#"{"name":"x"}"#, fields: "X-Needed: 1\r\n")).hasPrefix("200"))
  }

  @Test("Without a validator that looks at bodies, and without a model, nothing must be looked at or waited for")
  func noValidation() {
    let off = bench(validates: false)
    #expect(off.response(post("nonsense")).hasPrefix("200") && off.method.streams && off.method.bodyModels == nil)
    let none = bench(models: [:])
    #expect(none.response(post("nonsense")).hasPrefix("200") && none.method.streams && !none.method.needsBody)
    let prepared = bench(.mock, validates: false)
    #expect(prepared.method.preparedResponse(for: prepared.exchange(post("{}"))) != nil)
  }

  @Test("A method that validates bodies must have them whole, and no response ready before it has looked")
  func needsBody() {
    #expect(bench().method.needsBody && !bench().method.streams)
    let mock = bench(.mock)
    #expect(mock.method.preparedResponse(for: mock.exchange(post("{}"))) == nil)
  }

  // MARK: Reasons

  @Test("The reasons must be in `$context.error.validationErrorString`, as a list in brackets")
  func validationErrorString() {
    func shown(_ mediaType: String, _ template: String) -> String? {
      let bench = bench { api in
        var response = GatewayResponse(location: here)
        response.responseTemplates[mediaType] = source(template)
        response.responseParameters["gatewayresponse.header.X-Why"] = "context.error.validationErrorString"
        api.gatewayResponses[.badRequestBody] = response
      }
      let text = bench.response(post(#"{"price":"x"}"#))
      #expect(text.contains(#"X-Why: [object has missing required properties (["name"])]"#))
      return text.split(separator: "\r\n\r\n").last.map(String.init)
    }
    #expect(
      shown("text/plain", "$context.error.message: $context.error.validationErrorString")
        == #"Invalid request body: [object has missing required properties (["name"])]"#)
    // [inferred]
    #expect(
      shown("application/json", #"{"m":$context.error.messageString,"why":"$context.error.validationErrorString"}"#)
        == #"{"m":"Invalid request body","why":"[object has missing required properties ([\"name\"])]"}"#)
  }

  @Test("Several reasons must be separated by a comma and a space")
  func severalReasons() throws {
    let bench = bench(schemas: ["Pet": #"{"required":["a"],"minProperties":2}"#])
    let exchange = bench.exchange(post("{}"))
    let plan = try exchange.route(in: bench.plan, from: 4)
    let failure = #expect(throws: GatewayFailure.self) { try MethodRequest.checkBody(plan, exchange) }
    #expect(
      failure?.validationErrors
        == #"[object has too few properties (found 0 but schema requires at least 2), object has missing required properties (["a"])]"#
    )
  }

  @Test("A body that takes too much work to validate must be refused")
  func tooMuchWork() {
    let bench = bench(schemas: ["Pet": ##"{"allOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}]}"##])
    #expect(bench.errors == [])
    let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
    #expect(bench.response(post(deep)) == refused)
  }

  // MARK: Models

  @Test("Models must refer to one another by their addresses, in circles too")
  func references() {
    let address = Model.address(api: "api1", name: "Tree")
    #expect(address == "https://apigateway.amazonaws.com/restapis/api1/models/Tree")
    let bench = bench(
      models: ["application/json": "Tree"],
      schemas: [
        "Tree":
          #"{"properties":{"children":{"type":"array","items":{"$ref":"\#(address)"}},"pet":{"$ref":"\#(Model.address(api: "api1", name: "Pet"))"}}}"#,
        "Pet": Self.pet,
      ])
    #expect(bench.errors == [])
    #expect(bench.response(post(#"{"children":[{"children":[],"pet":{"name":"x"}}]}"#)).hasPrefix("200"))
    #expect(bench.response(post(#"{"children":[{"children":[{"children":1}]}]}"#)) == refused)
    #expect(bench.response(post(#"{"children":[{"pet":{}}]}"#)) == refused)
  }

  @Test("`oneOf` and the type `null` must be known in models")
  func oneOfAndNull() {
    let bench = bench(schemas: ["Pet": #"{"oneOf":[{"type":"null"},{"type":"object","required":["a"]}]}"#])
    #expect(bench.response(post("null")).hasPrefix("200") && bench.response(post(#"{"a":1}"#)).hasPrefix("200"))
    #expect(bench.response(post("1")) == refused)
  }

  @Test("The models Empty and Error must be there without being declared")
  func builtIn() {
    let bench = bench(models: ["application/json": "Empty", "text/json": "Error"], schemas: [:])
    #expect(bench.errors == [])
    #expect(bench.response(post("{}")).hasPrefix("200") && bench.response(post("[]")) == refused)
    #expect(bench.response(post(#"{"message":1}"#, type: "text/json")) == refused)
  }

  @Test("A mistake in a model that bodies are validated with must be an error, in any other a warning")
  func mistakes() {
    let schemas = ["Pet": Self.pet, "Other": #"{"type":"objct","nullable":true}"#]
    let unused = bench(schemas: schemas)
    #expect(unused.errors == [] && unused.warnings.count == 1)
    #expect(bench(models: ["application/json": "Other"], schemas: schemas).errors.count == 1)
    let address = Model.address(api: "api1", name: "Other")
    #expect(
      bench(schemas: ["Pet": #"{"items":{"$ref":"\#(address)"}}"#, "Other": schemas["Other"] ?? ""]).errors.count == 1)
    #expect(bench(models: ["application/json": "Pat"]).errors == ["there is no model `Pat`"])
    #expect(bench(schemas: ["Pet": "{"]).errors.first?.hasPrefix("the model `Pet` is not JSON: 1:2") == true)
  }

  @Test("A name with characters that no address has must be a model's name all the same")
  func oddNames() {
    let address = Model.address(api: "api1", name: "A b#é")
    #expect(address.hasSuffix("/models/A%20b%23%c3%a9"))
    let bench = bench(schemas: ["Pet": #"{"$ref":"\#(address)"}"#, "A b#é": #"{"type":"array"}"#])
    #expect(bench.errors == [] && bench.response(post("{}")) == refused && bench.response(post("[]")).hasPrefix("200"))
  }
}
