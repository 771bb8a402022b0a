import APIModel
import Bytes
import Testing

@testable import Pipeline

@Suite("11.5 CORS: what responses tell a browser")
struct CORSPlanTests {
  private func bench(
    _ kind: Integration.Kind = .httpProxy, _ build: @escaping (inout Method, inout Integration) -> Void = { _, _ in },
    responses: [GatewayResponseType: GatewayResponse] = [:], settings change: (inout CORSSettings) -> Void = { _ in }
  ) -> Bench {
    var settings = CORSSettings(location: here)
    change(&settings)
    return Bench(
      "GET", "/a", kind, uri: "http://o.test/", build,
      api: {
        $0.cors = settings
        $0.gatewayResponses = responses
      })
  }

  private func fields(_ response: String) -> [String] {
    response.split(separator: "\r\n").map(String.init).filter {
      $0.lowercased().hasPrefix("access-control-") || $0.lowercased().hasPrefix("vary")
    }
  }

  private let request = "GET /dev/a HTTP/1.1\r\nHost: c\r\nOrigin: https://app.test"

  @Test("Every origin must be allowed to read every response, whatever answers", arguments: [true, false])
  func everybody(isProxy: Bool) {
    #expect(
      fields(bench(isProxy ? .httpProxy : .http).response(request)) == ["Access-Control-Allow-Origin: *"])
    // Also without an Origin: what a cache keeps of it must do for pages.
    #expect(fields(bench().response("GET /dev/a HTTP/1.1\r\nHost: c")) == ["Access-Control-Allow-Origin: *"])
  }

  @Test("A response that was ready when the configuration was compiled must say so, too")
  func prepared() throws {
    let bench = bench(.mock) { _, integration in
      integration.requestTemplates["application/json"] = source(#"{"statusCode":200}"#)
    }
    let exchange = bench.exchange(request)
    #expect(try exchange.route(in: bench.plan, from: 4).preparedResponse(for: exchange) != nil)
    #expect(fields(bench.response(request)) == ["Access-Control-Allow-Origin: *"])
  }

  @Test("Failures must be readable, too: a browser shows a page nothing of a response that does not allow it")
  func failures() {
    #expect(
      fields(bench().response("POST /dev/a HTTP/1.1\r\nHost: c\r\nOrigin: https://app.test"))
        == ["Access-Control-Allow-Origin: *"])
  }

  @Test("What the origin or the definition says of it itself must stand")
  func ownAnswer() {
    let answer = "HTTP/1.1 200 OK\r\naccess-control-allow-origin: https://theirs.test\r\n\r\n"
    #expect(
      fields(bench().response(request, origin: answer)) == ["access-control-allow-origin: https://theirs.test"])

    let name = "Access-Control-Allow-Origin"
    let mapped = bench(.mock) { _, integration in
      integration.requestTemplates["application/json"] = source(#"{"statusCode":200}"#)
      integration.responses[0].responseParameters["method.response.header.\(name)"] = "'https://mine.test'"
    }
    #expect(fields(mapped.response(request)) == ["\(name): https://mine.test"])

    var response = GatewayResponse(location: here)
    response.responseParameters["gatewayresponse.header.\(name)"] = "'https://errors.test'"
    #expect(
      fields(bench(responses: [.default4XX: response]).response("POST /dev/a HTTP/1.1\r\nHost: c"))
        == ["\(name): https://errors.test"])
  }

  @Test(
    "Where origins are named, the one that asks must be told of itself, others nothing, and caches to tell them apart")
  func named() {
    let bench = bench(settings: { $0.allowOrigins = ["https://app.test", "http://*"] })
    #expect(fields(bench.response(request)) == ["Vary: Origin", "Access-Control-Allow-Origin: https://app.test"])
    func asked(by origin: String) -> [String] {
      fields(bench.response("GET /dev/a HTTP/1.1\r\nHost: c\r\nOrigin: \(origin)"))
    }
    #expect(asked(by: "http://any.test:81") == ["Vary: Origin", "Access-Control-Allow-Origin: http://any.test:81"])
    for other in ["https://other.test", "https://app.test.evil.test", "https://app.test:444", "http://", "null"] {
      #expect(asked(by: other) == ["Vary: Origin"])
    }
    #expect(fields(bench.response("GET /dev/a HTTP/1.1\r\nHost: c")) == ["Vary: Origin"])
  }

  @Test("Credentials and readable headers must be told where they are allowed")
  func more() {
    let bench = bench(settings: {
      $0.allowOrigins = ["https://app.test"]
      $0.allowCredentials = true
      $0.exposeHeaders = ["X-A", "X-B"]
    })
    #expect(
      fields(bench.response(request)) == [
        "Vary: Origin", "Access-Control-Allow-Origin: https://app.test", "Access-Control-Allow-Credentials: true",
        "Access-Control-Expose-Headers: X-A,X-B",
      ])
  }

  @Test("Without `cors` nothing must be added")
  func nothing() {
    #expect(fields(Bench("GET", "/a", uri: "http://o.test/").response(request)) == [])
  }
}
