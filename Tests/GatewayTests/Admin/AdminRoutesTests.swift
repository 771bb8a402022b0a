import Configuration
import HTTPWire
import Testing

@testable import Gateway

@Suite struct AdminRoutesTests {
  private func call(_ line: String) throws -> AdminRoutes.Call {
    try AdminRoutes.call(try RequestHead(text: "\(line) HTTP/1.1\r\nHost: a\r\n"))
  }

  @Test("every call must have its method and path")
  func calls() throws {
    #expect(try call("GET /health") == .health)
    #expect(try call("GET /deployments") == .list)
    #expect(try call("GET /metrics") == .metrics(.prometheus))
    #expect(try call("POST /deployments") == .deploy)
    #expect(try call("POST /reload") == .deploy)
    #expect(try call("POST /rollback") == .rollBack(to: nil))
    #expect(try call("POST /rollback?") == .rollBack(to: nil))
    #expect(try call("POST /invalidations") == .invalidate)
    #expect(try call("GET /cache") == .cache)
    #expect(try call("GET /cache/why?url=http%3A//a/b%3Fc") == .why(url: "http://a/b?c"))
    #expect(try call("POST /rollback?to=12") == .rollBack(to: 12))
  }

  @Test(
    "what is none must be said to be none",
    arguments: [
      ("GET /", 404), ("GET /healthy", 404), ("GET /reload", 405), ("DELETE /deployments", 405), ("POST /metrics", 405),
      ("HEAD /health", 405),
      ("POST /rollback?to=", 400), ("POST /rollback?to=0", 400), ("POST /rollback?to=-1", 400),
      ("POST /rollback?to=99999999999999999999", 400), ("POST /rollback?from=1", 400),
      ("GET /invalidations", 405), ("POST /cache", 405), ("GET /cache/why", 400), ("GET /cache/why?url=", 400),
    ])
  func nonsense(line: String, status: Int) {
    let answer = #expect(throws: AdminAnswer.self) { try call(line) }
    #expect(answer?.status == status)
    #expect((answer?.allow != nil) == (status == 405))
    #expect(answer.flatMap { RefusalMessage(json: $0.body) }?.kind == .notUnderstood)
  }
}
