import APIModel
import Testing

@testable import Pipeline

@Suite("9 Required parameters")
struct RequiredParameterTests {
  private func bench(validates: Bool = true) -> Bench {
    Bench("GET", "/{issuer}", uri: "http://o.test/") { method, _ in
      method.requestValidator = "v"
      method.requestParameters = [
        "method.request.header.x-header-param": true, "method.request.path.issuer": true,
        "method.request.querystring.qs1": true, "method.request.querystring.optional": false,
      ]
    } api: {
      $0.requestValidators["v"] = RequestValidator(
        name: "v", validateRequestBody: false, validateRequestParameters: validates)
    }
  }

  @Test("Those that are missing or blank must be named in the order of their whole keys")
  func missing() {
    func body(_ request: String) -> String? {
      let lines = bench().response(request).split(separator: "\r\n").map(String.init)
      #expect(lines[0] == "400" && lines.contains("x-amzn-ErrorType: BadRequestException"))
      return lines.last
    }
    #expect(
      body("GET /dev/%20 HTTP/1.1\r\nHost: c")
        == #"{"message":"Missing required request parameters: [x-header-param, qs1]"}"#)
    #expect(
      body("GET /dev/i?qs1=+&optional=1 HTTP/1.1\r\nHost: c\r\nx-header-param: \t")
        == #"{"message":"Missing required request parameters: [x-header-param, qs1]"}"#)
    #expect(
      body("GET /dev/i?qs1 HTTP/1.1\r\nHost: c\r\nx-header-param: 1")
        == #"{"message":"Missing required request parameters: [qs1]"}"#)
  }

  @Test("A request that has them must go on, headers compared without regard to case")
  func present() {
    #expect(bench().response("GET /dev/i?qs1=1 HTTP/1.1\r\nHost: c\r\nX-Header-Param: 1").hasPrefix("200"))
  }

  @Test("Without a validator that looks at parameters they must not be asked for")
  func noValidator() {
    #expect(bench(validates: false).response("GET /dev/i HTTP/1.1\r\nHost: c").hasPrefix("200"))
  }

  @Test("A validator that does not exist must be an error")
  func unknown() {
    let bench = Bench { method, _ in method.requestValidator = "nope" }
    #expect(bench.errors == ["there is no request validator `nope`"])
  }
}

@Suite("What is not enforced yet")
struct RefusalTests {
  private let request = "GET /dev/a HTTP/1.1\r\nHost: c\r\nAuthorization: x\r\nx-api-key: y"

  @Test("A method that asks for credentials must let nobody in, and be warned of")
  func refusals() {
    let iam = Bench { method, _ in method.authorizationType = .iam }
    #expect(iam.response(request).hasSuffix(#"{"message":"Missing Authentication Token"}"#))
    let custom = Bench { method, _ in
      method.authorizationType = .custom
      method.authorizer = "a"
    }
    #expect(custom.response(request).hasPrefix("403\r\nx-amzn-ErrorType: AccessDeniedException"))
    let cognito = Bench { method, _ in method.authorizationType = .cognito }
    #expect(cognito.response(request).hasPrefix("403"))
    let key = Bench { method, _ in method.apiKeyRequired = true }
    #expect(key.response(request).hasSuffix(#"{"message":"Forbidden"}"#))
    let policy = Bench(api: { $0.policy = "{}" })
    #expect(policy.response(request).hasPrefix("403"))
    for bench in [iam, custom, cognito, key, policy] {
      #expect(bench.errors.isEmpty && bench.warnings.contains { $0.contains("not yet enforced") })
    }
  }

  @Test("A parameter's name that is used in two places must be warned of")
  func repeatedNames() {
    let bench = Bench { method, _ in
      method.requestParameters = ["method.request.header.a": false, "method.request.querystring.a": false]
    }
    #expect(bench.warnings == ["the parameter `a` is declared in more than one place"])
  }

  @Test("What fails for every request must be warned of")
  func certainFailures() {
    #expect(
      Bench("GET", "/a", .http, uri: "http://o.test/") { $1.responses = [] }.warnings
        == ["GET /a has no integration response: it answers 500"])
    let mock = Bench("GET", "/a", .mock) {
      $1.requestTemplates["application/json"] = source("{}")
      $1.responses = [.init(selectionPattern: nil, statusCode: 200, location: here)]
      _ = $0
    }
    #expect(
      mock.warnings == [
        "GET /a: the request template gives `{}`, which has no integer `statusCode`: it answers 500"
      ])
  }

  @Test("A static MOCK must not answer ahead of the refusal")
  func mock() {
    let bench = Bench("GET", "/a", .mock) { method, _ in method.apiKeyRequired = true }
    #expect(bench.response(request).hasPrefix("403"))
  }

  @Test(
    "Integrations that are not built, and a method without one, must answer 500",
    arguments: [Integration.Kind.aws, .awsProxy])
  func unsupported(_ kind: Integration.Kind) {
    let bench = Bench("GET", "/a", kind, uri: "arn:aws:apigateway:eu-west-1:lambda:path/x")
    #expect(bench.errors.isEmpty && bench.warnings.count == 1)
    #expect(bench.response(request).hasSuffix(#"{"message": "Internal server error"}"#))
    var diagnostics: [Diagnostic] = []
    var api = RestAPI(id: "a", name: "a")
    api.resources = [
      Resource(id: "r", path: "/a", methods: ["GET": Method(httpMethod: "GET", location: here)], location: here)
    ]
    _ = DeploymentPlan(api, stage: Stage(name: "dev", location: here), diagnostics: &diagnostics)
    #expect(diagnostics.map(\.severity) == [.warning])
  }
}
