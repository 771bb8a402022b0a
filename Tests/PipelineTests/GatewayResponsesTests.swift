import APIModel
import Bytes
import Testing

@testable import Pipeline

private let request = "GET /dev/a?q=1 HTTP/1.1\r\nHost: c\r\nX-H: h"

@Suite("10 Gateway responses")
struct GatewayResponsesTests {
  /// What a failure comes to in an API with customised responses.
  private func shown(
    _ failure: GatewayFailure, _ responses: [GatewayResponseType: (inout GatewayResponse) -> Void] = [:],
    request: String = request, variables: [String: String] = [:]
  ) -> String {
    let bench = Bench(
      variables: variables,
      api: { api in
        for (type, change) in responses {
          var response = GatewayResponse(location: here)
          change(&response)
          api.gatewayResponses[type] = response
        }
      })
    #expect(bench.errors == [])
    let exchange = bench.exchange(request)
    _ = try? exchange.route(in: bench.plan, from: 4)
    return Bench.shown(failure, exchange)
  }

  @Test(
    "Each type must have its status, error type and body by default",
    arguments: [
      (.accessDenied, 403, "AccessDeniedException", #"{"Message":"User is not authorized to access this resource"}"#),
      (.apiConfigurationError, 500, "InternalServerErrorException", #"{"message": "Internal server error"}"#),
      (.authorizerConfigurationError, 500, "AuthorizerConfigurationException", #"{"message":null}"#),
      (.authorizerFailure, 500, "AuthorizerFailureException", #"{"message":"Internal server error"}"#),
      (.badRequestParameters, 400, "BadRequestException", #"{"message":"Missing required request parameters"}"#),
      (.badRequestBody, 400, "BadRequestException", #"{"message":"Invalid request body"}"#),
      (
        .expiredToken, 403, "ExpiredTokenException",
        #"{"message":"The security token included in the request is expired"}"#
      ),
      (
        .integrationFailure, 504, "InternalServerErrorException",
        #"{"message": "Network error communicating with endpoint"}"#
      ),
      (.invalidAPIKey, 403, "ForbiddenException", #"{"message":"Forbidden"}"#),
      (
        .invalidSignature, 403, "InvalidSignatureException",
        #"{"message":"The request signature we calculated does not match the signature you provided."}"#
      ),
      (
        .missingAuthenticationToken, 403, "MissingAuthenticationTokenException",
        #"{"message":"Missing Authentication Token"}"#
      ),
      (.quotaExceeded, 429, "LimitExceededException", #"{"message":"Limit Exceeded"}"#),
      (.requestTooLarge, 413, "RequestTooLargeException", #"{"message":"Request Too Long"}"#),
      (.resourceNotFound, 404, "ResourceNotFoundException", #"{"message":"Not Found"}"#),
      (.throttled, 429, "TooManyRequestsException", #"{"message":"Too Many Requests"}"#),
      (.unauthorized, 401, "UnauthorizedException", #"{"message":"Unauthorized"}"#),
      (.unsupportedMediaType, 415, "BadRequestException", #"{"message":"Unsupported Media Type"}"#),
      (.wafFiltered, 403, "ForbiddenException", #"{"message":"Forbidden"}"#),
      (.default4XX, 400, "BadRequestException", #"{"message":"Bad Request"}"#),
      (.default5XX, 500, "InternalServerErrorException", #"{"message": "Internal server error"}"#),
    ] as [(GatewayResponseType, Int, String, String)])
  func defaults(_ type: GatewayResponseType, _ status: Int, _ errorType: String, _ body: String) {
    #expect(
      shown(GatewayFailure(type, reason: "test"))
        == "\(status)\r\nx-amzn-ErrorType: \(errorType)\r\nContent-Type: application/json\r\n\r\n\(body)")
  }

  @Test("A timeout must have 41 bytes of body, and carry a trace id")
  func timeout() {
    #expect(
      shown(.timeout("slow")) == """
        504\r
        x-amzn-ErrorType: InternalServerErrorException\r
        X-Amzn-Trace-Id: Root=1-6553f100-0123456789abcdef44556677\r
        Content-Type: application/json\r
        \r
        {"message": "Endpoint request timed out"}
        """)
    #expect(#"{"message": "Endpoint request timed out"}"#.utf8.count == 41)
    #expect(#"{"message": "Internal server error"}"#.utf8.count == 36)
  }

  @Test("A backend that answers nonsense must be 502")
  func malformed() {
    #expect(
      shown(.malformedResponse("x")) == """
        502\r
        x-amzn-ErrorType: InternalServerErrorException\r
        Content-Type: application/json\r
        \r
        {"message": "Internal server error"}
        """)
  }

  @Test("An address that leads nowhere must be Forbidden, and not be customised")
  func forbidden() {
    #expect(
      shown(.forbidden("x"), [.wafFiltered: { $0.statusCode = 418 }, .default4XX: { $0.statusCode = 418 }])
        == "403\r\nx-amzn-ErrorType: ForbiddenException\r\nContent-Type: application/json\r\n\r\n{\"message\":\"Forbidden\"}"
    )
  }

  @Test("A type that is customised must be used; else its class; else the default")
  func resolution() {
    let both: [GatewayResponseType: (inout GatewayResponse) -> Void] = [
      .throttled: { $0.statusCode = 503 }, .default4XX: { $0.statusCode = 418 }, .default5XX: { $0.statusCode = 599 },
    ]
    #expect(shown(GatewayFailure(.throttled, reason: ""), both).hasPrefix("503\r\n"))
    #expect(shown(GatewayFailure(.unauthorized, reason: ""), both).hasPrefix("418\r\n"))
    #expect(shown(.timeout(""), both).hasPrefix("599\r\n"))
    #expect(shown(.malformedResponse(""), both).hasPrefix("599\r\n"))
    #expect(
      shown(GatewayFailure(.unauthorized, reason: ""), [.default5XX: { $0.statusCode = 599 }]).hasPrefix("401\r\n"))
    #expect(shown(.timeout(""), [.default5XX: { _ in }]).hasPrefix("504\r\n"))
  }

  @Test("413 must not be customised")
  func tooLarge() {
    #expect(
      shown(.tooLarge(""), [.requestTooLarge: { $0.statusCode = 418 }, .default4XX: { $0.statusCode = 418 }])
        .hasPrefix("413\r\n"))
  }

  @Test("A template must have its variables put in, and nothing else of Velocity")
  func substitution() {
    let text = """
      {"m":$context.error.messageString,"raw":"$context.error.message","t":"$context.error.responseType",\
      "id":"$context.requestId","v":"$stageVariables.v","q":"$method.request.querystring.q",\
      "h":"method.request.header.X-H","p":"$method.request.path.proxy","none":"$context.nothing",\
      "vtl":"#if($x)$x.y#end $5 $context."}
      """
    let expected = """
      {"m":"Unauthorized","raw":"Unauthorized","t":"UNAUTHORIZED",\
      "id":"01234567-89ab-4def-8011-223344556677","v":"vee","q":"1",\
      "h":"h","p":"a","none":"",\
      "vtl":"#if($x)$x.y#end $5 $context."}
      """
    let shown = shown(
      GatewayFailure(.unauthorized, reason: ""),
      [.unauthorized: { $0.responseTemplates["application/json"] = source(text) }], variables: ["v": "vee"])
    #expect(shown.split(separator: "\r\n\r\n").last.map(String.init) == expected)
  }

  @Test("A template may have all values of a header or of a query parameter, joined with commas")
  func multiValues() {
    let shown = shown(
      GatewayFailure(.unauthorized, reason: ""),
      [
        .unauthorized: {
          $0.responseTemplates["text/plain"] = source(
            "$method.request.multivalueheader.X-H|method.request.multivaluequerystring.q|$method.request.multivalueheader.X"
          )
        }
      ], request: "GET /dev/a?q=1&q=%202 HTTP/1.1\r\nHost: c\r\nX-H: a\r\nX-H: b")
    #expect(shown.hasSuffix("\r\n\r\na,b|1, 2|"))
  }

  @Test("`validationErrorString` and what the request lacks must be empty where there is none")
  func missingVariables() {
    let shown = shown(
      GatewayFailure(.unauthorized, reason: ""),
      [
        .unauthorized: {
          $0.responseTemplates["application/json"] = source(
            #"{"a":"$context.error.validationErrorString","b":"$stageVariables.none","c":"$method.request.querystring.none"}"#
          )
        }
      ])
    #expect(shown.hasSuffix("\r\n\r\n" + #"{"a":"","b":"","c":""}"#))
  }

  @Test("A type that is customised in part must have its own defaults for the rest, and nothing of its class")
  func partly() {
    let shown = shown(
      GatewayFailure(.throttled, reason: ""),
      [
        .throttled: { $0.responseParameters["gatewayresponse.header.Retry-After"] = "'1'" },
        .default4XX: {
          $0.statusCode = 418
          $0.responseTemplates["application/json"] = source("class")
        },
      ])
    #expect(
      shown
        == "429\r\nx-amzn-ErrorType: TooManyRequestsException\r\nRetry-After: 1\r\nContent-Type: application/json\r\n\r\n"
        + #"{"message":"Too Many Requests"}"#)
  }

  @Test(
    "A class must give its headers and templates to every type of it that is not customised, each with its own status")
  func classes() {
    let responses: [GatewayResponseType: (inout GatewayResponse) -> Void] = [
      .default4XX: {
        $0.responseParameters["gatewayresponse.header.Access-Control-Allow-Origin"] = "'*'"
        $0.responseTemplates["application/json"] = source(#"{"t":"$context.error.responseType"}"#)
      }
    ]
    for type in GatewayResponseType.allCases where type != .requestTooLarge && type != .default4XX {
      let defaults = GatewayResponseDefaults(type)
      let shown = shown(GatewayFailure(type, reason: ""), responses)
      #expect(shown.hasPrefix("\(defaults.status)\r\n"))
      #expect(shown.contains("Access-Control-Allow-Origin: *") == (defaults.status < 500), "\(type)")
      #expect(shown.hasSuffix(#"{"t":"\#(type.rawValue)"}"#) == (defaults.status < 500), "\(type)")
    }
  }

  @Test(
    "The template that every type has by default must give the body that it has by default [messages with a space apart]"
  )
  func defaultTemplate() {
    let template = #"{"message":$context.error.messageString}"#
    for type in GatewayResponseType.allCases where type != .requestTooLarge && type != .accessDenied {
      let plain = shown(GatewayFailure(type, reason: ""))
      let templated = shown(
        GatewayFailure(type, reason: ""), [type: { $0.responseTemplates["application/json"] = source(template) }])
      #expect(plain.replacing(#""message": "#, with: #""message":"#) == templated, "\(type)")
    }
  }

  @Test("A message must be quoted as JSON wherever it is put into it")
  func quoting() {
    #expect(
      shown(GatewayFailure(.badRequestBody, message: "a\"b\\c\n\u{1}é", reason: ""))
        .hasSuffix("\r\n\r\n" + #"{"message":"a\"b\\c\n\u0001é"}"#))
    #expect(
      shown(
        GatewayFailure(.authorizerConfigurationError, reason: ""),
        [.default5XX: { $0.responseTemplates["application/json"] = source("$context.error.messageString") }]
      ).hasSuffix("\r\n\r\nnull"))
  }

  @Test("Among several templates `Accept` must choose, then `Content-Type`, then JSON; the content type must follow")
  func choice() {
    let templates: (inout GatewayResponse) -> Void = {
      $0.responseTemplates = [
        "application/json": source("json"), "text/html": source("html"),
        "application/xml": source("xml"),
      ]
    }
    func chosen(_ fields: String) -> String {
      let text = shown(
        GatewayFailure(.unauthorized, reason: ""), [.unauthorized: templates],
        request: "GET /dev/a HTTP/1.1\r\nHost: c\r\n\(fields)\r\n\r\n")
      return text.split(separator: "\r\n").filter { !$0.hasPrefix("x-amzn") && !$0.hasPrefix("401") }
        .joined(separator: "|")
    }
    #expect(chosen("Accept: text/html;q=1, application/xml") == "Content-Type: text/html|html")
    #expect(chosen("Accept: image/png\r\nContent-Type: application/XML; x") == "Content-Type: application/xml|xml")
    #expect(chosen("Accept: */*") == "Content-Type: application/json|json")
    #expect(chosen("X: 1") == "Content-Type: application/json|json")
  }

  @Test("Headers may come from static text, the request, the context and stage variables")
  func headers() {
    let shown = shown(
      GatewayFailure(.unauthorized, reason: ""),
      [
        .default4XX: {
          $0.responseParameters = [
            "gatewayresponse.header.A": "'*'", "gatewayresponse.header.B": "method.request.header.X-H",
            "gatewayresponse.header.C": "method.request.querystring.q", "gatewayresponse.header.D": "context.stage",
            "gatewayresponse.header.E": "stageVariables.v", "gatewayresponse.header.F": "method.request.path.proxy",
            "gatewayresponse.header.G": "method.request.multivalueheader.X-H",
            "gatewayresponse.header.H": "context.nothing", "gatewayresponse.header.Content-Type": "'a/b'",
          ]
        }
      ], variables: ["v": "vee"])
    #expect(
      shown
        == "401\r\nx-amzn-ErrorType: UnauthorizedException\r\nA: *\r\nB: h\r\nC: 1\r\nContent-Type: a/b\r\nD: dev\r\n"
        + "E: vee\r\nF: a\r\nG: h\r\n\r\n{\"message\":\"Unauthorized\"}")
  }

  @Test("A header of the same name must stand in place of the error type; one of the gateway's own be remapped")
  func ownHeaders() {
    let shown = shown(
      GatewayFailure(.unauthorized, reason: ""),
      [
        .unauthorized: {
          $0.responseParameters = [
            "gatewayresponse.header.X-Amzn-ErrorType": "'Mine'", "gatewayresponse.header.Server": "'s'",
            "gatewayresponse.header.Transfer-Encoding": "'chunked'",
          ]
        }
      ])
    #expect(
      shown == "401\r\nx-amzn-Remapped-Server: s\r\nX-Amzn-ErrorType: Mine\r\nContent-Type: application/json\r\n\r\n"
        + #"{"message":"Unauthorized"}"#)
  }

  @Test("Mistakes in a customised response must be errors")
  func mistakes() {
    let bench = Bench(api: {
      var response = GatewayResponse(location: here)
      response.statusCode = 99
      response.responseParameters = [
        "gatewayresponse.header.A": "star", "header.B": "'x'", "gatewayresponse.header.C": "method.request.body",
      ]
      $0.gatewayResponses[.throttled] = response
    })
    #expect(bench.errors.count == 4)
  }

  @Test("A failure before any exchange must be answered too")
  func withoutExchange() {
    let fields = ByteBuffer()
    let body = ByteBuffer()
    let status = GatewayResponses.write(
      .wire(status: 400, message: "Bad Request", reason: "x"), Bench.facts, fields: fields, body: body)
    #expect(
      Bench.shown(status, fields, body) == "400\r\nContent-Type: application/json\r\n\r\n{\"message\":\"Bad Request\"}")
  }
}

@Suite("1.4 No resource or no method")
struct MissingRouteTests {
  @Test("Both must be 403 Missing Authentication Token")
  func missing() {
    let expected = """
      403\r
      x-amzn-ErrorType: MissingAuthenticationTokenException\r
      Content-Type: application/json\r
      \r
      {"message":"Missing Authentication Token"}
      """
    #expect(Bench("GET", "/a").response("GET /dev/b HTTP/1.1\r\nHost: c") == expected)
    #expect(Bench("GET", "/a").response("POST /dev/a HTTP/1.1\r\nHost: c") == expected)
  }
}
