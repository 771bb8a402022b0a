import APIModel
import Testing

@testable import Pipeline

/// A MOCK whose request has no template, so that its body names the status.
private func status(_ body: String) -> String {
  let bench = Bench("POST", "/a", .mock)
  return bench.sent(
    "POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
}

@Suite("5.3 MOCK")
struct MockTests {
  @Test(
    "The status must be read from lenient JSON",
    arguments: [
      (#"{"statusCode": 200}"#, 200), ("{statusCode: 404}", 404), (#"{"statusCode": 200,}"#, 200),
      ("{'statusCode': 500}", 500), (#"{"a": {"b": 1}, "statusCode": 201}"#, 201),
      (#" { "statusCode" : "202" } "#, 202),
    ])
  func lenient(_ body: String, _ code: Int) {
    #expect(status(body) == "mock \(code)")
  }

  @Test(
    "Anything else must be 500",
    arguments: [
      "", "{}", "200", #"{"statusCode": 200.5}"#, #"{"statusCode": null}"#, #"{"statusCode": "x"}"#, "[200]", "{",
      #"{"StatusCode": 200}"#, #"{"statusCode": 99999999999999999999}"#, #"{"statusCode": {"a":1}}"#,
    ])
  func none(_ body: String) {
    #expect(
      status(body) == """
        500\r
        x-amzn-ErrorType: InternalServerErrorException\r
        Content-Type: application/json\r
        \r
        {"message": "Internal server error"}
        """)
  }

  @Test("The status must choose the integration response; without a template there must be no body, and no trace id")
  func selection() {
    let bench = Bench("POST", "/a", .mock) {
      $1.responses = [
        .init(selectionPattern: nil, statusCode: 200, location: here),
        .init(selectionPattern: "4\\d{2}", statusCode: 409, location: here),
      ]
      _ = $0
    }
    func answer(_ body: String) -> String {
      bench.response("POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
    #expect(answer("{statusCode:404}") == "409\r\nContent-Type: application/json\r\n\r\n")
    #expect(answer("{statusCode:999}") == "200\r\nContent-Type: application/json\r\n\r\n")
  }

  @Test("Path mappings must be accepted and ignored")
  func pathMappings() {
    let bench = Bench("POST", "/{id}", .mock) {
      $1.requestParameters["integration.request.path.id"] = "method.request.path.id"
      _ = $0
    }
    #expect(bench.diagnostics.isEmpty)
  }
}
