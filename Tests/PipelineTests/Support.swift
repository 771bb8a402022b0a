import APIModel
import Bytes
import HTTPWire
import Testing

@testable import Pipeline

let here = SourceLocation(file: "api.yaml", line: 1, column: 1)

func source(_ text: String) -> TemplateSource { TemplateSource(text: text, location: here, isFile: true) }

/// An API with one method, and what a request to it comes to. Stages are run as Gateway runs them.
struct Bench {
  var api = RestAPI(id: "api1", name: "Test")
  var stage = Stage(name: "dev", location: here)
  var diagnostics: [Diagnostic] = []
  let plan: DeploymentPlan

  /// - Parameter build: changes the method, and its integration, before they are compiled.
  init(
    _ httpMethod: String = "ANY", _ path: String = "/{proxy+}", _ kind: Integration.Kind = .httpProxy,
    uri: String? = "http://origin.test:9000/base/{proxy}", variables: [String: String] = [:],
    _ build: (inout Method, inout Integration) -> Void = { _, _ in }, api change: (inout RestAPI) -> Void = { _ in }
  ) {
    stage.variables = variables
    var integration = Integration(kind: kind, location: here)
    integration.httpMethod = kind == .mock ? nil : "ANY"
    integration.uri = kind == .mock ? nil : uri
    if path.contains("{proxy+}"), kind != .mock {
      integration.requestParameters["integration.request.path.proxy"] = "method.request.path.proxy"
    }
    if kind == .http || kind == .mock {
      integration.responses = [.init(selectionPattern: nil, statusCode: 200, location: here)]
    }
    var method = Method(httpMethod: httpMethod, location: here)
    build(&method, &integration)
    method.integration = integration
    for response in integration.responses where method.methodResponses[response.statusCode] == nil {
      var declared = APIModel.MethodResponse(statusCode: response.statusCode)
      for key in response.responseParameters.keys { declared.responseParameters[key] = false }
      method.methodResponses[response.statusCode] = declared
    }
    api.resources = [Resource(id: "res1", path: path, methods: [httpMethod: method], location: here)]
    change(&api)
    plan = DeploymentPlan(api, stage: stage, diagnostics: &diagnostics)
  }

  var method: MethodPlan { plan.methods[0] }
  var errors: [String] { diagnostics.filter { $0.severity == .error }.map(\.message) }
  var warnings: [String] { diagnostics.filter { $0.severity == .warning }.map(\.message) }

  static let facts = RequestFacts(
    requestID: (0x0123_4567_89AB_CDEF, 0x0011_2233_4455_6677), extendedID: 0xFEDC_BA98_7654_3210,
    epochMilliseconds: 1_700_000_000_123, sender: RequestSender(clientAddress: "203.0.113.7", port: 8080))

  /// An exchange for a request's text; `body` is what comes behind its head.
  func exchange(_ text: String) -> Exchange {
    let buffer = ByteBuffer()
    buffer.write(text.contains("\r\n\r\n") ? text : text + "\r\n\r\n")
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    let result = parser.parse(buffer: buffer, into: head)
    let exchange = Exchange(head: head)
    exchange.begin(head: head, facts: Self.facts)
    guard case .complete(let count) = result else {
      Issue.record("\(text) is not a request: \(result)")
      return exchange
    }
    buffer.readIndex += count
    if !buffer.isEmpty {
      let body = ByteBuffer()
      body.write(buffer.readable)
      exchange.body = body
    }
    return exchange
  }

  /// What goes to the origin: request line, fields, empty line, body. The stage is the path's first segment.
  func sent(_ request: String) -> String {
    let exchange = exchange(request)
    let out = ByteBuffer()
    do {
      let plan = try exchange.route(in: plan, from: 4)
      try MethodRequest.run(plan, exchange)
      try MethodRequest.checkBody(plan, exchange)
      switch try IntegrationRequest.run(plan, exchange, into: out) {
      case .mock(let status): return "mock \(status)"
      case .http: return out.readable.text + "\r\n" + exchange.integrationBody.readable.text
      case .stream: return out.readable.text + "\r\n"
      }
    } catch {
      return Bench.shown(error, exchange)
    }
  }

  /// What the client gets: status, fields, empty line, body. Identifiers are left out.
  /// - Parameter answer: the origin's whole response, for HTTP and HTTP_PROXY.
  func response(_ request: String, origin answer: String = "HTTP/1.1 200 OK\r\n\r\n") -> String {
    let exchange = exchange(request)
    let fields = ByteBuffer()
    let body = ByteBuffer()
    do {
      let plan = try exchange.route(in: plan, from: 4)
      if let prepared = plan.preparedResponse(for: exchange) {
        prepared.write(exchange, into: fields)
        body.write(prepared.body)
        return Self.shown(prepared.status, fields, body)
      }
      try MethodRequest.run(plan, exchange)
      try MethodRequest.checkBody(plan, exchange)
      let status: Int
      switch try IntegrationRequest.run(plan, exchange, into: ByteBuffer()) {
      case .mock(let code):
        status = try Pipeline.IntegrationResponse.run(
          plan, exchange, status: code, head: nil, body: nil, fields: fields, into: body)
      case .http where plan.kind == .http:
        let (head, payload) = Self.answer(answer)
        status = try Pipeline.IntegrationResponse.run(
          plan, exchange, status: head.status, head: head, body: payload, fields: fields, into: body)
      case .http, .stream:
        let (head, payload) = Self.answer(answer)
        ProxyResponse.write(head, into: fields)
        body.write(payload.readable)
        status = head.status
      }
      Pipeline.MethodResponse.finish(plan, exchange, status: status, fields: fields)
      return Self.shown(status, fields, body)
    } catch {
      return Self.shown(error, exchange)
    }
  }

  static func answer(_ text: String) -> (ResponseHead, ByteBuffer) {
    let buffer = ByteBuffer()
    buffer.write(text)
    let head = ResponseHead(buffer: buffer)
    var parser = ResponseHeadParser()
    let payload = ByteBuffer()
    if case .complete(let count) = parser.parse(buffer: buffer, into: head, answering: .get) {
      buffer.readIndex += count
      payload.write(buffer.readable)
    } else {
      Issue.record("\(text) is not a response")
    }
    return (head, payload)
  }

  static func shown(_ failure: GatewayFailure, _ exchange: Exchange) -> String {
    let fields = ByteBuffer()
    let body = ByteBuffer()
    let status = GatewayResponses.write(failure, exchange, fields: fields, body: body)
    return shown(status, fields, body)
  }

  static func shown(_ status: Int, _ fields: ByteBuffer, _ body: ByteBuffer) -> String {
    let identifiers =
      "x-amzn-RequestId: 01234567-89ab-4def-8011-223344556677\r\nx-amz-apigw-id: /ty6mHZUMhBVZnc=\r\n"
    let lines = fields.readable.text
    #expect(lines.contains(identifiers), "every answer has its identifiers")
    var rest = lines[...]
    if let place = rest.range(of: identifiers) { rest.removeSubrange(place) }
    return "\(status)\r\n\(rest)\r\n\(body.readable.text)"
  }
}
