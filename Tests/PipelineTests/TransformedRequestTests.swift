import APIModel
import Testing

@testable import Pipeline

private let gateway =
  "Via: 1.1 sluice\r\nX-Amzn-Apigateway-Api-Id: api1\r\nX-Amzn-Trace-Id: Root=1-6553f100-0123456789abcdef44556677\r\n"

@Suite("2.3 Headers sent to an HTTP integration")
struct TransformedRequestTests {
  private func bench(_ method: String = "ANY", _ parameters: [String: String] = [:]) -> Bench {
    Bench("ANY", "/a", .http, uri: "https://o.test:8443/x") { _, integration in
      integration.httpMethod = method
      for (name, source) in parameters { integration.requestParameters["integration.request.header.\(name)"] = source }
    }
  }

  @Test("Nothing of the client's must be sent, and the defaults be")
  func defaults() {
    #expect(
      bench().sent("GET /dev/a?q=1 HTTP/1.1\r\nHost: c\r\nAccept: text/html\r\nUser-Agent: curl\r\nX: 1\r\nCookie: a")
        == """
        GET /x HTTP/1.1\r
        Host: o.test:8443\r
        Accept: application/json\r
        User-Agent: AmazonAPIGateway_api1\r
        \(gateway)\r

        """)
  }

  @Test("A body must pass unchanged, as JSON unless its type is mapped")
  func body() {
    let request = "POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
    #expect(
      bench().sent(request) == """
        POST /x HTTP/1.1\r
        Host: o.test:8443\r
        Accept: application/json\r
        User-Agent: AmazonAPIGateway_api1\r
        Content-Type: application/json\r
        \(gateway)\r
        hello
        """)
    let mapped = bench("PUT", ["Content-Type": "method.request.header.Content-Type"]).sent(request)
    #expect(mapped.hasPrefix("PUT /x HTTP/1.1\r\n"))
    #expect(mapped.contains("\r\nContent-Type: text/plain\r\n") && !mapped.contains("application/json\r\nVia"))
  }

  @Test(
    "A request without a body must have no content type unless one is mapped",
    arguments: ["GET", "HEAD", "OPTIONS", "POST"])
  func noBody(_ method: String) {
    #expect(!bench(method).sent("POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Type: a/b").contains("Content-Type"))
    #expect(
      bench(method, ["Content-Type": "'a/b'"]).sent("POST /dev/a HTTP/1.1\r\nHost: c").contains(
        "\r\nContent-Type: a/b\r\n"))
  }

  @Test("Mapped headers must override the defaults")
  func overriding() {
    let sent = bench("GET", ["Host": "'h.test'", "user-agent": "'mine'", "Accept": "'text/html'"])
      .sent("GET /dev/a HTTP/1.1\r\nHost: c")
    #expect(
      sent == "GET /x HTTP/1.1\r\nAccept: text/html\r\nHost: h.test\r\nuser-agent: mine\r\n\(gateway)\r\n")
  }

  @Test(
    "Illegal destinations must be 500",
    arguments: ["Content-Length", "Transfer-Encoding", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id"])
  func illegal(_ name: String) {
    #expect(
      bench("GET", [name: "'1'"]).sent("GET /dev/a HTTP/1.1\r\nHost: c").hasSuffix(
        #"{"message": "Internal server error"}"#))
  }

  @Test(
    "Headers that are never sent must be left out",
    arguments: ["Expect", "Proxy-Authenticate", "TE", "Via", "Connection"])
  func dropped(_ name: String) {
    #expect(!bench("GET", [name: "'x1'"]).sent("GET /dev/a HTTP/1.1\r\nHost: c").contains("x1"))
  }

  @Test("Authorization may be mapped for HTTP")
  func authorization() {
    #expect(
      bench("GET", ["Authorization": "'Basic x'"]).sent("GET /dev/a HTTP/1.1\r\nHost: c")
        .contains("\r\nAuthorization: Basic x\r\n"))
  }
}

@Suite("3.1 Passthrough without templates")
struct PassthroughTests {
  private func status(_ behavior: Integration.PassthroughBehavior, _ kind: Integration.Kind) -> String {
    let bench = Bench("POST", "/a", kind, uri: "http://o.test/") { $1.passthroughBehavior = behavior }
    let body = "{statusCode:200}"
    return bench.sent(
      "POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Type: text/x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  @Test(
    "WHEN_NO_MATCH and WHEN_NO_TEMPLATES must pass the body, NEVER must be 415",
    arguments: [Integration.Kind.http, .mock])
  func withoutTemplates(_ kind: Integration.Kind) {
    for behavior in [Integration.PassthroughBehavior.whenNoMatch, .whenNoTemplates] {
      let sent = status(behavior, kind)
      #expect(kind == .mock ? sent == "mock 200" : sent.hasSuffix("\r\n\r\n{statusCode:200}"))
    }
    #expect(
      status(.never, kind) == """
        415\r
        x-amzn-ErrorType: BadRequestException\r
        Content-Type: application/json\r
        \r
        {"message":"Unsupported Media Type"}
        """)
  }

  @Test("Proxy types must skip the table")
  func proxy() {
    #expect(status(.never, .httpProxy).hasPrefix("POST / HTTP/1.1"))
  }
}
