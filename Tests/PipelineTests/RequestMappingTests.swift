import APIModel
import Testing

@testable import Pipeline

/// Declares what the expressions read, so that nothing is warned about.
private func bench(
  _ parameters: [String: String], kind: Integration.Kind = .http, path: String = "/pets/{id}",
  uri: String = "http://o.test/x", variables: [String: String] = [:]
) -> Bench {
  let bench = Bench("ANY", path, kind, uri: uri, variables: variables) { method, integration in
    integration.requestParameters.merge(parameters) { $1 }
    for source in parameters.values where source.hasPrefix("method.request.") {
      method.requestParameters[source.replacing("multivalue", with: "")] = false
    }
  }
  #expect(bench.diagnostics == [])
  return bench
}

extension Bench {
  fileprivate func line(_ request: String) -> String { String(sent(request).prefix { $0 != "\r\n" }) }
  /// The value of the field that a mapping wrote, nil where there is none.
  fileprivate func field(_ name: String, _ request: String) -> String? {
    sent(request).split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map {
      String($0.dropFirst(name.count + 2))
    }
  }
}

@Suite("2.1 Parameter mapping of requests")
struct RequestMappingTests {
  @Test(
    "Each source must give its value",
    arguments: [
      ("method.request.path.id", "a%20b"), ("method.request.querystring.q", "last one"),
      ("method.request.multivaluequerystring.q", "1,last one"), ("method.request.header.X-H", "two"),
      ("method.request.multivalueheader.X-H", "one,two"), ("method.request.body", #"{"n":{"m":[1,"x"]},"s":"t"}"#),
      ("method.request.body.s", "t"), ("method.request.body.n.m[1]", "x"), ("method.request.body.n.m[0]", "1"),
      ("method.request.body.n", #"{"m":[1,"x"]}"#), ("method.request.body.$.s", "t"), ("stageVariables.v", "vee"),
      ("context.stage", "dev"), ("context.identity.sourceIp", "203.0.113.7"),
      ("context.requestId", "01234567-89ab-4def-8011-223344556677"), ("context.httpMethod", "POST"),
      ("context.requestTime", "14/Nov/2023:22:13:20 +0000"), ("context.requestTimeEpoch", "1700000000123"),
      ("context.path", "/dev/pets/a%20b"), ("context.resourcePath", "/pets/{id}"), ("context.resourceId", "res1"),
      ("context.apiId", "api1"), ("context.domainName", "client.test"), ("context.domainPrefix", "client"),
      ("context.protocol", "HTTP/1.1"), ("context.extendedRequestId", "/ty6mHZUMhBVZnc="), ("'a ''b'", "a ''b"),
    ])
  func sources(_ expression: String, _ value: String) {
    let bench = bench(["integration.request.header.X-Out": expression], variables: ["v": "vee"])
    let request =
      "POST /dev/pets/a%20b?q=1&q=last+one&z HTTP/1.1\r\nHost: client.test:80\r\nX-H: one\r\nx-h: no\r\nX-H: two\r\n"
      + #"Content-Length: 27\#r\#n\#r\#n{"n":{"m":[1,"x"]},"s":"t"}"#
    #expect(bench.field("X-Out", request) == value)
  }

  @Test(
    "A missing, null or empty value must be skipped",
    arguments: [
      "method.request.querystring.none", "method.request.querystring.empty", "method.request.header.none",
      "method.request.header.x-h", "method.request.querystring.EMPTY", "method.request.body.none",
      "method.request.body.nothing", "method.request.body.text", "stageVariables.none", "context.none",
      "context.authorizer.principalId", "''",
    ])
  func skipped(_ expression: String) {
    let bench = bench(["integration.request.header.X-Out": expression])
    let request =
      "POST /dev/pets/1?empty= HTTP/1.1\r\nHost: c\r\nX-H: 1\r\nContent-Length: 26\r\n\r\n"
      + #"{"nothing":null,"text":""}"#
    #expect(bench.field("X-Out", request) == nil)
  }

  @Test("A header that is invisible to mappings must be missing, and `Host` be there")
  func invisible() {
    #expect(
      bench(["integration.request.header.X-Out": "method.request.header.Expect"])
        .field("X-Out", "GET /dev/pets/1 HTTP/1.1\r\nHost: c\r\nExpect: 100-continue") == nil)
    #expect(
      bench(["integration.request.header.X-Out": "method.request.header.Host"])
        .field("X-Out", "GET /dev/pets/1 HTTP/1.1\r\nHost: c:1") == "c:1")
  }

  @Test("`context.path` must keep the stage, doubled slashes and the slash at the end")
  func contextPath() {
    #expect(
      bench(["integration.request.header.X-Out": "context.path"], path: "/{proxy+}")
        .field("X-Out", "GET /dev//proxy-value/ HTTP/1.1\r\nHost: c") == "/dev//proxy-value/")
  }

  @Test("An empty body must read as {}")
  func emptyBody() {
    #expect(
      bench(["integration.request.header.X-Out": "method.request.body"])
        .field("X-Out", "GET /dev/pets/1 HTTP/1.1\r\nHost: c") == "{}")
  }

  @Test("A path into a body that begins like JSON and is not must be 400; into one that does not, be skipped")
  func invalidBody() {
    let bench = bench(["integration.request.header.X-Out": "method.request.body.a"])
    func request(_ body: String) -> String {
      "POST /dev/pets/1 HTTP/1.1\r\nHost: c\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
    #expect(
      bench.sent(request("{a")) == """
        400\r
        x-amzn-ErrorType: BadRequestException\r
        Content-Type: application/json\r
        \r
        {"message":"Invalid JSON in request body"}
        """)
    #expect(bench.field("X-Out", request("plain")) == nil)
    #expect(bench.line(request("plain")) == "POST /x HTTP/1.1")
  }

  @Test("Mapped query values must be encoded, and each of several be a parameter of its own")
  func query() {
    let bench = bench([
      "integration.request.querystring.a": "method.request.multivaluequerystring.q",
      "integration.request.querystring.b": "method.request.header.X-H",
      "integration.request.querystring.c": "method.request.path.id",
    ])
    #expect(
      bench.line("GET /dev/pets/7?q=1%262&q=x+y HTTP/1.1\r\nHost: c\r\nX-H: a=b&c#d é")
        == "GET /x?a=1%262&a=x%20y&b=a%3Db%26c%23d%20%C3%A9&c=7 HTTP/1.1")
  }

  @Test("HTTP must send no query of the client's but what is mapped")
  func noPassthrough() {
    #expect(bench([:]).line("GET /dev/pets/7?q=1 HTTP/1.1\r\nHost: c") == "GET /x HTTP/1.1")
  }

  @Test("HTTP_PROXY must merge: what the URI says, then what the client sent, then what is mapped")
  func merge() {
    let bench = bench(
      [
        "integration.request.path.pathVar": "method.request.path.id",
        "integration.request.path.qsVar": "method.request.querystring.v",
        "integration.request.querystring.mapped": "method.request.header.X-H",
      ], kind: .httpProxy, uri: "http://o.test/x?testVar={pathVar}&testQs={qsVar}")
    #expect(
      bench.line("GET /dev/pets/foobar?testVar=bar&v=1 HTTP/1.1\r\nHost: c\r\nX-H: h")
        == "GET /x?testVar=foobar&testQs=1&testVar=bar&v=1&mapped=h HTTP/1.1")
  }

  @Test("A client's query must go on byte for byte, but for bytes that may not stand there")
  func rawQuery() {
    let proxy = Bench()
    #expect(
      proxy.line("GET /dev/a?a=%2f%2F&&b;c=+ HTTP/1.1\r\nHost: c") == "GET /base/a?a=%2f%2F&&b;c=+ HTTP/1.1")
    #expect(proxy.line("GET /dev/a?x={}|^ HTTP/1.1\r\nHost: c") == "GET /base/a?x=%7B%7D%7C%5E HTTP/1.1")
    #expect(proxy.line("GET /dev/a? HTTP/1.1\r\nHost: c") == "GET /base/a HTTP/1.1")
  }

  @Test("`;` must separate parameters, names be compared decoded, and a name without `=` be empty")
  func parsing() {
    let bench = bench([
      "integration.request.header.X-A": "method.request.querystring.a",
      "integration.request.header.X-B": "method.request.querystring.b",
    ])
    let request = "GET /dev/pets/1?%61=1;b HTTP/1.1\r\nHost: c"
    #expect(bench.field("X-A", request) == "1")
    #expect(bench.field("X-B", request) == nil)
  }
}

@Suite("Mistakes in mappings")
struct MappingMistakeTests {
  private func mistakes(_ key: String, _ source: String) -> [String] {
    Bench("GET", "/pets/{id}", .http, uri: "http://o.test/") { $1.requestParameters[key] = source }.diagnostics.map {
      "\($0.severity): \($0.message)" + ($0.suggestion.map { " | \($0)" } ?? "")
    }
  }

  @Test(
    "A source that is none must be an error that says what to write",
    arguments: [
      (
        "no-store",
        "error: `no-store` is not a source that can be mapped here | static text stands between single quotes: `'no-store'`"
      ),
      ("'open", "error: the static text 'open has no quote at its end | write 'open'"),
      ("$context.stage", "error: `$context.stage` is not a source that can be mapped here | write `context.stage`"),
      (
        "integration.response.header.X",
        "error: `integration.response.header.X` is not a source that can be mapped here | a source begins with `method.request.`, `stageVariables.`, `context.` or a single quote"
      ),
      (
        "method.request.query.x",
        "error: `method.request.query.x` is not a source that can be mapped here | behind `method.request.` comes `path.`, `querystring.`, `multivaluequerystring.`, `header.`, `multivalueheader.` or `body`"
      ),
      ("method.request.header.", "error: `method.request.header.` ends in something that is not a name"),
      ("method.request.header.a b", "error: `method.request.header.a b` ends in something that is not a name"),
    ])
  func sources(_ source: String, _ mistake: String) {
    #expect(mistakes("integration.request.header.X", source) == [mistake])
  }

  @Test("An undeclared parameter must be a warning, a path variable of the resource not")
  func undeclared() {
    #expect(
      mistakes("integration.request.header.X", "method.request.multivalueheader.A") == [
        "warning: `method.request.multivalueheader.A` is not a parameter that the method declares | "
          + "declare the header parameter `A`: API Gateway would refuse the mapping"
      ])
    #expect(mistakes("integration.request.header.X", "method.request.path.id") == [])
  }

  @Test(
    "A destination that is none must be an error",
    arguments: [
      "integration.request.cookie.x", "integration.request.header", "header.x", "integration.request.header.a b",
    ])
  func destinations(_ key: String) {
    let found = mistakes(key, "'x'")
    #expect(found.count == 1 && found[0].hasPrefix("error: "))
  }
}
