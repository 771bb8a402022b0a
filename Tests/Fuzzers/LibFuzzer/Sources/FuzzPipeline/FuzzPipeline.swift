import APIModel
import Bytes
import FuzzerDriver
import HTTPSemantics
import HTTPWire
import JSON
import WireProperties

@testable import Pipeline

@_cdecl("FuzzPipeline_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A byte of choices, a request to an API with its body, a zero byte, and its origin's answer: the origin gets one request, the
/// client one answer, the log one line, whatever either of them has sent.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var bytes = UnsafeRawBufferPointer(start: start, count: count)[...]
  guard let choices = bytes.popFirst() else { return 0 }
  let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
  let buffer = ByteBuffer()
  buffer.write(UnsafeRawBufferPointer(rebasing: parts[0]))
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  guard case .complete(let count) = parser.parse(buffer: buffer, into: head), head.method != .connect,
    head.pathBytes.starts(with: "/dev/".utf8)
  else { return 0 }
  buffer.readIndex += count
  let exchange = Exchange(head: head)
  exchange.begin(head: head, facts: APIs.facts)
  let body = ByteBuffer()
  body.write(buffer.readable)
  if !body.isEmpty { exchange.body = body }
  let out = ByteBuffer()
  let (fields, answer) = (ByteBuffer(), ByteBuffer())
  var status: Int
  do {
    let plan = try exchange.route(in: APIs.all[Int(choices) % APIs.all.count], from: 4)
    try MethodRequest.run(plan, exchange)
    try MethodRequest.checkBody(plan, exchange)
    let call = try IntegrationRequest.run(plan, exchange, into: out)
    checkRequest(call, out, exchange)
    status = try respond(
      parts.count > 1 ? UnsafeRawBufferPointer(rebasing: parts[1]) : nil, plan, call, exchange, fields, answer)
    MethodResponse.finish(plan, exchange, status: status, fields: fields)
  } catch {
    fields.clear()
    answer.clear()
    status = GatewayResponses.write(error, exchange, fields: fields, body: answer)
  }
  checkAnswer(status, fields)
  checkLog(exchange, status)
  checkText(bytes)
  exchange.end()
  return 0
}

// MARK: The APIs

private enum APIs {
  static let facts = RequestFacts(
    requestID: (1, 2), extendedID: 3, epochMilliseconds: 1_790_000_000_123,
    sender: RequestSender(clientAddress: "203.0.113.7", port: 8080))

  static let all = [plan(.httpProxy), plan(.http), plan(.mock)]

  private static let here = SourceLocation(file: "api.yaml", line: 1, column: 1)

  /// Every source that a client or an origin can fill, in every place that a mapping can fill.
  private static func plan(_ kind: Integration.Kind) -> DeploymentPlan {
    var integration = Integration(kind: kind, location: here)
    integration.httpMethod = kind == .mock ? nil : "ANY"
    integration.uri = kind == .mock ? nil : "http://o.test/{proxy}/{p}/x?a={q}&b={h}"
    let template =
      #"{"statusCode": 200, "p": "$input.params('p')", "b": $input.json('$'), "e": "$util.escapeJavaScript($input.body)"}"#
    integration.requestTemplates = ["application/json": TemplateSource(text: template, location: here, isFile: false)]
    if kind != .mock {
      integration.requestParameters = [
        "integration.request.path.proxy": "method.request.path.proxy",
        "integration.request.path.p": "method.request.header.X-P",
        "integration.request.path.q": "method.request.querystring.q",
        "integration.request.path.h": "method.request.body.h",
        "integration.request.header.X-1": "method.request.querystring.q",
        "integration.request.header.X-2": "method.request.multivaluequerystring.q",
        "integration.request.header.X-3": "method.request.body",
        "integration.request.header.X-4": "context.identity.userAgent",
        "integration.request.header.Host": "method.request.header.X-Host",
        "integration.request.querystring.z": "method.request.multivaluequerystring.q",
        "integration.request.querystring.y": "method.request.body.h",
      ]
    }
    if kind != .httpProxy {
      var response = APIModel.IntegrationResponse(selectionPattern: nil, statusCode: 200, location: here)
      response.responseParameters = [
        "method.response.header.A": "integration.response.header.X",
        "method.response.header.B": "integration.response.body",
        "method.response.header.C": "integration.response.body.x",
        "method.response.header.Location": "integration.response.header.Location",
      ]
      integration.responses = [response]
    }
    var method = Method(httpMethod: "ANY", location: here)
    method.integration = integration
    for response in integration.responses {
      var declared = APIModel.MethodResponse(statusCode: response.statusCode)
      for key in response.responseParameters.keys { declared.responseParameters[key] = false }
      method.methodResponses[response.statusCode] = declared
    }
    var api = RestAPI(id: "api1", name: "Test")
    api.resources = [Resource(id: "res1", path: "/{proxy+}", methods: ["ANY": method], location: here)]
    var diagnostics: [Diagnostic] = []
    let plan = DeploymentPlan(api, stage: Stage(name: "dev", location: here), diagnostics: &diagnostics)
    require(!diagnostics.contains { $0.severity == .error }, "\(diagnostics)")
    return plan
  }

  static let logs = [
    "clf", "json", "xml", "csv", #"{"p":"$context.path","a":"$context.identity.userAgent","r":"$context.requestId"}"#,
    "$context.requestId,$context.path,$context.identity.userAgent", "\"$context.path\" $context.requestId",
  ]
  static let formats = logs.compactMap { try? AccessLogFormat($0) }
}

// MARK: What goes out

/// What the gateway writes may be longer than what it takes.
private let wideLimits = HeadLimits(targetBytes: 1 << 20, headBytes: 1 << 22, fieldCount: 1000)

private func checkRequest(_ call: IntegrationCall, _ out: ByteBuffer, _ exchange: Exchange) {
  switch call {
  case .mock(let status): return require((100...999).contains(status), "a mock of \(status)")
  case .http:
    FieldLine.write(name: "Content-Length", value: exchange.integrationBody.count, into: out)
    out.write("\r\n")
    out.write(exchange.integrationBody.readable)
  case .stream: out.write("\r\n")
  }
  let (requests, count) = StrictReader.requests(Array(out.readable), most: .max)
  require(requests.count == 1 && count == out.count, "\(requests.count) requests: \(out.readable.text)")
  let sent = RequestHead(buffer: out)
  var parser = RequestHeadParser()
  let result = parser.parse(buffer: out, into: sent, limits: wideLimits)
  // A definition that has clients say what `Host` is lets them say anything.
  if result == .failed(.malformedHost) { return }
  guard case .complete = result else { fatalError("\(result): \(out.readable.text)") }
  require(sent.form == .origin && sent.method == exchange.integrationMethod, out.readable.text)
}

private func respond(
  _ bytes: UnsafeRawBufferPointer?, _ plan: MethodPlan, _ call: IntegrationCall, _ exchange: Exchange,
  _ fields: ByteBuffer, _ body: ByteBuffer
) throws(GatewayFailure) -> Int {
  if case .mock(let status) = call {
    return try IntegrationResponse.run(
      plan, exchange, status: status, head: nil, body: nil, fields: fields, into: body)
  }
  let buffer = ByteBuffer()
  if let bytes { buffer.write(bytes) } else { buffer.write("HTTP/1.1 200 OK\r\n\r\n") }
  let head = ResponseHead(buffer: buffer)
  var parser = ResponseHeadParser()
  guard case .complete(let count) = parser.parse(buffer: buffer, into: head, answering: exchange.integrationMethod)
  else {
    throw .networkError("malformed")
  }
  buffer.readIndex += count
  if plan.kind == .httpProxy {
    ProxyResponse.write(head, into: fields)
    return head.status
  }
  let payload = ByteBuffer()
  payload.write(buffer.readable)
  return try IntegrationResponse.run(
    plan, exchange, status: head.status, head: head, body: payload, fields: fields, into: body)
}

/// One head, without anything that says where its body ends: that is for the gateway to add.
private func checkAnswer(_ status: Int, _ fields: ByteBuffer) {
  require((100...999).contains(status), "a status of \(status)")
  let out = ByteBuffer()
  StatusLine.write(status, into: out)
  out.write(fields.readable)
  out.write("\r\n")
  let head = ResponseHead(buffer: out)
  var parser = ResponseHeadParser()
  let result = parser.parse(
    buffer: out, into: head, answering: .get, limits: wideLimits)
  require(result == .complete(byteCount: out.count), "\(result): \(out.readable.text)")
  for field in head.fields {
    switch field.id {
    case .contentLength, .transferEncoding, .connection: fatalError("the answer frames itself: \(out.readable.text)")
    default: break
    }
  }
}

// MARK: What is noted

private func checkLog(_ exchange: Exchange, _ status: Int) {
  var clock = LogClock()
  let record = AccessRecord(status: status, integrationStatus: 200, integrationLatency: 5)
  let out = ByteBuffer()
  for (text, format) in zip(APIs.logs, APIs.formats) {
    out.clear()
    format.write(exchange, record, clock: &clock, into: out)
    let line = Array(out.readable.dropLast())
    require(out.readable.last == 10 && !line.contains { $0 < 32 || $0 == 127 }, "\(out.readable.text.debugDescription)")
    func count(_ byte: Character) -> Int { line.count { $0 == byte.asciiValue } }
    switch text {
    case "clf": require(count("\"") == 2, out.readable.text)
    case "xml": require(count("<") == 22 && count(">") == 22, out.readable.text)
    case "csv": require(columns(line) == 11, out.readable.text)
    case _ where text.hasPrefix("{") || text == "json":
      guard let document = try? JSONDocument(parsing: line) else { fatalError("no JSON: \(out.readable.text)") }
      require(document.root.count == (text == "json" ? 11 : 3), out.readable.text)
    case _ where text.hasPrefix("\""): require(count("\"") == 2, out.readable.text)
    default: require(columns(line) == 3, out.readable.text)
    }
  }
}

/// RFC 4180.
private func columns(_ line: [UInt8]) -> Int {
  var (count, isQuoted) = (1, false)
  for byte in line {
    if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
    if byte == UInt8(ascii: ","), !isQuoted { count += 1 }
  }
  return count
}

/// Base64 there and back.
private func checkText(_ bytes: Slice<UnsafeRawBufferPointer>) {
  let bytes = UnsafeRawBufferPointer(rebasing: bytes)
  let (encoded, decoded) = (ByteBuffer(), ByteBuffer())
  Base64.encode(bytes, into: encoded)
  require(Base64.decode(encoded.readable, into: decoded) && decoded.readable.elementsEqual(bytes), "base64 is another")
  _ = Base64.decode(bytes, into: decoded)
}
