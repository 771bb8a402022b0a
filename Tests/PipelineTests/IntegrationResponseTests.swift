import APIModel
import Testing

@testable import Pipeline

/// An HTTP integration with responses given as pattern, status and mappings.
private func bench(_ responses: (pattern: String?, status: Int, mapping: [String: String])...) -> Bench {
  Bench("ANY", "/a", .http, uri: "http://o.test/a") { _, integration in
    integration.responses = []
    for (pattern, status, mapping) in responses {
      var response = APIModel.IntegrationResponse(selectionPattern: pattern, statusCode: status, location: here)
      for (name, source) in mapping { response.responseParameters["method.response.header.\(name)"] = source }
      integration.responses.append(response)
    }
  }
}

private let request = "GET /dev/a HTTP/1.1\r\nHost: c"
private let added = "Content-Type: application/json\r\nX-Amzn-Trace-Id: Root=1-6553f100-0123456789abcdef44556677\r\n"

@Suite("5.2 Selecting the integration response")
struct IntegrationResponseSelectionTests {
  private func status(_ bench: Bench, _ origin: Int) -> String {
    String(bench.response(request, origin: "HTTP/1.1 \(origin) X\r\n\r\n").prefix(3))
  }

  @Test("A pattern must match the whole status, in ascending order of statuses, and the default come last")
  func order() {
    let bench = bench((nil, 200, [:]), ("5\\d{2}", 502, [:]), ("404", 404, [:]), (".+", 418, [:]), ("4\\d", 400, [:]))
    #expect(status(bench, 404) == "404")
    #expect(status(bench, 403) == "418")
    #expect(status(bench, 503) == "418")
    #expect(bench.errors == [])
  }

  @Test("The chosen response's status must replace the backend's")
  func replaces() {
    #expect(status(bench((nil, 200, [:])), 400) == "200")
    #expect(status(bench((nil, 200, [:]), ("4\\d{2}", 404, [:])), 400) == "404")
    #expect(status(bench(("", 201, [:])), 500) == "201")
  }

  @Test("Of several patterns that match, the one with the lower status must win")
  func ascending() {
    #expect(status(bench((".+", 502, [:]), (".*0.*", 405, [:])), 400) == "405")
  }

  @Test("No match and no default must be 500")
  func none() {
    #expect(
      bench(("2\\d{2}", 200, [:])).response(request, origin: "HTTP/1.1 403 X\r\n\r\n") == """
        500\r
        x-amzn-ErrorType: InternalServerErrorException\r
        Content-Type: application/json\r
        \r
        {"message": "Internal server error"}
        """)
    #expect(bench().response(request).hasPrefix("500"))
  }

  @Test("A pattern that is none, two defaults, or an impossible status must be errors")
  func mistakes() {
    #expect(
      bench(("4(", 400, [:])).errors == [
        "the selection pattern `4(` is not a regular expression: missing closing parenthesis, at character 3"
      ])
    #expect(bench((nil, 200, [:]), ("", 201, [:])).errors == ["the integration has two default responses"])
    #expect(bench((nil, 99, [:])).errors == ["99 is not a status that can be answered"])
    #expect(bench((nil, 1000, [:])).errors == ["1000 is not a status that can be answered"])
  }

  @Test("A pattern that explodes must be a pattern that does not match")
  func explosion() {
    #expect(status(bench((nil, 200, [:]), ("(\\d+)*x", 400, [:])), 404) == "200")
  }
}

@Suite("2.1 Parameter mapping of responses")
struct ResponseMappingTests {
  @Test(
    "Each source must give its value",
    arguments: [
      ("integration.response.header.X-H", "two"), ("integration.response.multivalueheader.X-H", "one,two"),
      ("integration.response.body", #"{"n":{"m":[1,"x"]},"s":"t"}"#), ("integration.response.body.s", "t"),
      ("integration.response.body.n.m", #"[1,"x"]"#), ("context.stage", "dev"), ("'static'", "static"),
    ])
  func sources(_ expression: String, _ value: String) {
    let answer = "HTTP/1.1 200 OK\r\nX-H: one\r\nx-h: no\r\nX-H: two\r\n\r\n" + #"{"n":{"m":[1,"x"]},"s":"t"}"#
    #expect(
      bench((nil, 200, ["X-Out": expression])).response(request, origin: answer)
        == "200\r\nX-Out: \(value)\r\n\(added)\r\n" + #"{"n":{"m":[1,"x"]},"s":"t"}"#)
  }

  @Test("A non-proxy integration must copy no field of the backend but what is mapped")
  func noCopies() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: 1\r\nSet-Cookie: a\r\n\r\nhello"
    #expect(bench((nil, 200, [:])).response(request, origin: answer) == "200\r\n\(added)\r\nhello")
  }

  @Test("A missing, null or empty value must be skipped")
  func skipped() {
    let mapping = [
      "A": "integration.response.header.none", "B": "integration.response.header.Empty",
      "C": "integration.response.body.none", "D": "integration.response.body.null", "E": "stageVariables.none",
    ]
    #expect(
      bench((nil, 200, mapping)).response(request, origin: "HTTP/1.1 200 OK\r\nEmpty:\r\n\r\n{\"null\":null}")
        == "200\r\n\(added)\r\n{\"null\":null}")
  }

  @Test("A path into a body that is not JSON must be 500 where it begins like JSON")
  func invalidBody() {
    let bench = bench((nil, 200, ["A": "integration.response.body.x"]))
    #expect(bench.response(request, origin: "HTTP/1.1 200 OK\r\n\r\n{oops").hasPrefix("500\r\n"))
    #expect(bench.response(request, origin: "HTTP/1.1 200 OK\r\n\r\noops") == "200\r\n\(added)\r\noops")
  }

  @Test(
    "A mapped header that belongs to the gateway must be remapped",
    arguments: [
      "Connection", "Content-Length", "Date", "Server", "Authorization", "Content-MD5", "Expect", "Host",
      "Max-Forwards",
      "Proxy-Authenticate", "Trailer", "Upgrade", "User-Agent", "WWW-Authenticate", "x-amzn-requestid",
    ])
  func remapped(_ name: String) {
    #expect(
      bench((nil, 200, [name: "'v'"])).response(request) == "200\r\nx-amzn-Remapped-\(name): v\r\n\(added)\r\n")
  }

  @Test(
    "Others must not be",
    arguments: [
      "Accept", "Accept-Charset", "Accept-Encoding", "Age", "Content-Encoding", "Pragma", "Range", "Referer", "TE",
      "Via",
      "Warn", "Set-Cookie", "Access-Control-Allow-Origin",
    ])
  func kept(_ name: String) {
    #expect(bench((nil, 200, [name: "'v'"])).response(request) == "200\r\n\(name): v\r\n\(added)\r\n")
  }

  @Test("A mapped content type must stand in place of the default, and Transfer-Encoding never be sent")
  func contentType() {
    #expect(
      bench((nil, 200, ["Content-Type": "'text/plain'", "Transfer-Encoding": "'chunked'"])).response(request)
        == "200\r\nContent-Type: text/plain\r\nX-Amzn-Trace-Id: Root=1-6553f100-0123456789abcdef44556677\r\n\r\n")
  }

  @Test("A mapped value must not be able to begin another field")
  func injection() {
    #expect(
      bench((nil, 200, ["X": "integration.response.body.x"]))
        .response(request, origin: "HTTP/1.1 200 OK\r\n\r\n" + #"{"x":"a\r\nX-Evil: 1"}"#)
        .hasPrefix("200\r\nX: a  X-Evil: 1\r\n"))
  }

  @Test("A response or a header that the method does not declare must be warned of")
  func undeclared() {
    var diagnostics: [Diagnostic] = []
    var integration = Integration(kind: .mock, location: here)
    var response = APIModel.IntegrationResponse(selectionPattern: nil, statusCode: 200, location: here)
    response.responseParameters = ["method.response.header.X": "'1'"]
    integration.responses = [response, .init(selectionPattern: "4.*", statusCode: 400, location: here)]
    var method = Method(httpMethod: "GET", integration: integration, location: here)
    method.methodResponses[200] = APIModel.MethodResponse(statusCode: 200)
    var api = RestAPI(id: "a", name: "a")
    api.resources = [Resource(id: "r", path: "/", methods: ["GET": method], location: here)]
    _ = DeploymentPlan(api, stage: Stage(name: "dev", location: here), diagnostics: &diagnostics)
    #expect(
      diagnostics.map(\.message) == [
        "the header `X` is not declared by the response 200", "the method declares no response 400",
      ])
    #expect(diagnostics.allSatisfy { $0.severity == .warning })
  }

  @Test("A destination that is none must be an error")
  func destination() {
    let bench = Bench("GET", "/a", .mock) {
      var response = APIModel.IntegrationResponse(selectionPattern: nil, statusCode: 200, location: here)
      response.responseParameters = ["integration.response.header.X": "'1'", "method.response.header.a b": "'1'"]
      $1.responses = [response]
      _ = $0
    }
    #expect(bench.errors.count == 2)
  }
}
