import APIModel
import Bytes
import Testing

@testable import Pipeline

@Suite("11.4 Access logs: formats")
struct AccessLogFormatTests {
  private let request = "GET /dev/a?q=1 HTTP/1.1\r\nHost: api.test:8080\r\nUser-Agent: agent"

  /// The line of a request to `/{proxy+}` of the stage `dev`.
  private func line(
    _ format: String, request: String? = nil, _ record: AccessRecord = AccessRecord(status: 200, responseLength: 5),
    failure: GatewayFailure? = nil
  ) throws -> String {
    let bench = Bench()
    let exchange = bench.exchange(request ?? self.request)
    if record.hasHead { _ = try? exchange.route(in: bench.plan, from: 4) }
    if let failure { _ = GatewayResponses.write(failure, exchange, fields: ByteBuffer(), body: ByteBuffer()) }
    let out = ByteBuffer()
    var clock = LogClock()
    try AccessLogFormat(format).write(exchange, record, clock: &clock, into: out)
    return out.readable.text
  }

  private static let id = "01234567-89ab-4def-8011-223344556677"
  private static let extendedID = "/ty6mHZUMhBVZnc="
  private static let time = "14/Nov/2023:22:13:20 +0000"

  @Test("CLF must be API Gateway's Common Log Format")
  func clf() throws {
    #expect(
      try line("clf")
        == "203.0.113.7 - - [\(Self.time)] \"GET /{proxy+} HTTP/1.1\" 200 5 \(Self.id) \(Self.extendedID)\n")
  }

  @Test("json, xml and csv must be API Gateway's formats of these names")
  func standard() throws {
    #expect(
      try line("json") == """
        {"requestId":"\(Self.id)","extendedRequestId":"\(Self.extendedID)","ip":"203.0.113.7","caller":"-","user":"-",\
        "requestTime":"\(Self.time)","httpMethod":"GET","resourcePath":"/{proxy+}","status":"200",\
        "protocol":"HTTP/1.1","responseLength":"5"}

        """)
    #expect(
      try line("xml") == """
        <request id="\(Self.id)"><ip>203.0.113.7</ip><caller>-</caller><user>-</user>\
        <requestTime>\(Self.time)</requestTime><httpMethod>GET</httpMethod><resourcePath>/{proxy+}</resourcePath>\
        <status>200</status><protocol>HTTP/1.1</protocol><responseLength>5</responseLength>\
        <extendedRequestId>\(Self.extendedID)</extendedRequestId></request>

        """)
    #expect(
      try line("csv")
        == "203.0.113.7,-,-,\(Self.time),GET,/{proxy+},HTTP/1.1,200,5,\(Self.id),\(Self.extendedID)\n")
  }

  @Test(
    "every variable that is known of a request must be written",
    arguments: [
      ("requestTimeEpoch", "1700000000123"), ("path", "/dev/a"), ("resourcePath", "/{proxy+}"),
      ("resourceId", "res1"), ("apiId", "api1"), ("stage", "dev"), ("accountId", "000000000000"),
      ("deploymentId", "1"), ("domainName", "api.test"), ("domainPrefix", "api"), ("identity.sourceIp", "203.0.113.7"),
      ("identity.userAgent", "agent"), ("responseLatency", "12"), ("integrationLatency", "7"),
      ("integration.latency", "7"), ("integrationStatus", "503"), ("integration.status", "503"),
      ("integration.integrationStatus", "503"), ("httpMethod", "GET"), ("protocol", "HTTP/1.1"),
      ("xrayTraceId", "Root=1-6553f100-0123456789abcdef44556677"),
    ])
  func variables(_ name: String, _ value: String) throws {
    let record = AccessRecord(
      status: 200, responseLength: 5, responseLatency: 12, integrationStatus: 503, integrationLatency: 7)
    #expect(try line("$context.requestId $context.\(name)", record) == "\(Self.id) \(value)\n")
  }

  @Test(
    "what is not known of a request, and what is not known at all, must be a hyphen",
    arguments: [
      "integrationLatency", "integration.status", "integration.error", "error.message", "error.messageString",
      "error.responseType", "identity.caller", "identity.user", "authorizer.principalId", "authorizer.claims.sub",
      "wafResponseCode", "awsEndpointRequestId", "waf.latency", "authenticate.status", "endpointType", "wonders",
    ])
  func absent(_ name: String) throws {
    #expect(try line("$context.requestId [$context.\(name)]") == "\(Self.id) [-]\n")
  }

  @Test("the base path that a domain maps must be told, in templates, too")
  func basePath() throws {
    let bench = Bench()
    let exchange = bench.exchange(request)
    exchange.note(basePath: "shop/v1")
    _ = try exchange.route(in: bench.plan, from: 4)
    let out = ByteBuffer()
    var clock = LogClock()
    let format = try AccessLogFormat("$context.requestId $context.customDomain.basePathMatched")
    format.write(exchange, AccessRecord(status: 200), clock: &clock, into: out)
    #expect(out.readable.text == "\(Self.id) shop/v1\n")
    exchange.begin(head: exchange.head, facts: Bench.facts)
    _ = try exchange.route(in: bench.plan, from: 4)
    out.clear()
    format.write(exchange, AccessRecord(status: 200), clock: &clock, into: out)
    #expect(out.readable.text == "\(Self.id) -\n")
  }

  @Test("a failure must be told in words, and the integration's in those of the log")
  func failures() throws {
    let format = "$context.requestId|$context.error.message|$context.error.messageString|$context.error.responseType"
    #expect(
      try line(format, failure: .timeout("answerTimedOut"))
        == "\(Self.id)|Endpoint request timed out|\\x22Endpoint request timed out\\x22|INTEGRATION_TIMEOUT\n")
    #expect(
      try line("$context.requestId|$context.integrationErrorMessage", failure: .timeout("no answer within 1 s"))
        == "\(Self.id)|no answer within 1 s\n")
    #expect(try line("$context.requestId|$context.integration.error", failure: .noRoute("no")) == "\(Self.id)|-\n")
  }

  @Test("error.messageString must be JSON by itself, and a text where it stands in one")
  func messageString() throws {
    let failure = GatewayFailure(.unauthorized, message: #"say "please""#, reason: "")
    #expect(
      try line(#"{"id":"$context.requestId","m":$context.error.messageString}"#, failure: failure)
        == #"{"id":"\#(Self.id)","m":"say \"please\""}"# + "\n")
    #expect(
      try line(#"{"id":"$context.requestId","m":"$context.error.messageString"}"#, failure: failure)
        == #"{"id":"\#(Self.id)","m":"\"say \\\"please\\\"\""}"# + "\n")
  }

  @Test("of a request whose head was none, only who sent it and when must be told")
  func noHead() throws {
    let record = AccessRecord(status: 400, responseLength: 25, hasHead: false)
    #expect(
      try line("clf", request: "GET /dev/secret HTTP/1.1\r\nHost: a", record)
        == "203.0.113.7 - - [\(Self.time)] \"- - -\" 400 25 \(Self.id) \(Self.extendedID)\n")
    #expect(try line("$context.requestId $context.path $context.domainName", record) == "\(Self.id) - -\n")
  }

  @Test("a full stop behind a variable must be text, and any other dollar, too")
  func text() throws {
    #expect(
      try line("$context.requestId. Took $context.status.$ $contextual ${context.status} $context. $5")
        == "\(Self.id). Took 200.$ $contextual ${context.status} $context. $5\n")
  }

  @Test("a format must name the request by one of its ids")
  func needsAnID() {
    #expect(throws: AccessLogFormat.Mistake.self) { try AccessLogFormat("$context.status") }
    #expect(throws: AccessLogFormat.Mistake.self) { try AccessLogFormat("requestId") }
    #expect(throws: Never.self) { try AccessLogFormat("$context.extendedRequestId") }
  }

  @Test("a format must be a single line; line ends behind it do not count")
  func singleLine() throws {
    #expect(throws: AccessLogFormat.Mistake.self) { try AccessLogFormat("$context.requestId\n$context.status") }
    #expect(throws: AccessLogFormat.Mistake.self) { try AccessLogFormat("$context.requestId\u{1B}[2J") }
    #expect(try line("$context.requestId\n") == "\(Self.id)\n")
  }

  @Test("a format that is too long must be refused")
  func tooLong() {
    let text = "$context.requestId" + String(repeating: " ", count: AccessLogFormat.longest)
    #expect(throws: AccessLogFormat.Mistake.self) { try AccessLogFormat(text) }
  }

  @Test("names that do not exist, and texts outside of JSON's quotes, must be known")
  func doubts() throws {
    let format = try AccessLogFormat(
      #"{"id":"$context.requestId","a":$context.path,"b":$context.status,"c":"$context.path \" $context.nothing"}"#)
    #expect(format.unknownNames == ["nothing"])
    #expect(format.unquotedNames == ["path"])
  }

  @Test("a request's own failure must not be told of the next one on the connection")
  func begunAnew() throws {
    let bench = Bench()
    let exchange = bench.exchange(request)
    _ = GatewayResponses.write(.forbidden("noSuchStage"), exchange, fields: ByteBuffer(), body: ByteBuffer())
    exchange.begin(head: exchange.head, facts: Bench.facts)
    _ = try exchange.route(in: bench.plan, from: 4)
    let out = ByteBuffer()
    var clock = LogClock()
    try AccessLogFormat("$context.requestId $context.error.message").write(
      exchange, AccessRecord(status: 200), clock: &clock, into: out)
    #expect(out.readable.text == "\(Self.id) -\n")
  }
}
