import APIModel
import Bytes
import Testing

@testable import Pipeline

@Suite("Compiling an API for a stage")
struct DeploymentPlanTests {
  @Test("Every method of every resource must have a plan, found by its route")
  func methods() {
    var diagnostics: [Diagnostic] = []
    var api = RestAPI(id: "a", name: "a")
    for (path, names) in [("/", ["GET"]), ("/pets", ["GET", "POST"]), ("/pets/{id}", ["ANY"])] {
      let methods = names.map {
        ($0, Method(httpMethod: $0, integration: Integration(kind: .mock, location: here), location: here))
      }
      api.resources.append(
        Resource(id: path, path: path, methods: Dictionary(uniqueKeysWithValues: methods), location: here))
    }
    let plan = DeploymentPlan(api, stage: Stage(name: "dev", location: here), diagnostics: &diagnostics)
    #expect(diagnostics.allSatisfy { $0.severity == .warning })
    #expect(
      plan.methods.map { "\($0.httpMethod) \($0.resourcePath)" } == [
        "GET /", "GET /pets", "POST /pets", "ANY /pets/{id}",
      ])
    #expect(plan.methods[3].pathVariables == ["id"])
  }

  @Test("What the tree refuses must be an error at the resource")
  func problems() {
    var diagnostics: [Diagnostic] = []
    var api = RestAPI(id: "a", name: "a")
    let place = SourceLocation(file: "api.yaml", line: 7, column: 3)
    api.resources = [
      Resource(id: "1", path: "/{a}", location: here), Resource(id: "2", path: "/{b}/c", location: place),
    ]
    _ = DeploymentPlan(api, stage: Stage(name: "dev", location: here), diagnostics: &diagnostics)
    #expect(
      diagnostics.map(\.description) == [
        "api.yaml:7:3: error: /{b}/c: a sibling ({a}) of this resource already has a variable path part; only one is allowed"
      ])
  }

  @Test("One exchange must serve request after request, keeping nothing of the one before")
  func reuse() {
    let bench = Bench("ANY", "/{id}", .http, uri: "http://o.test/{id}") {
      $1.requestParameters["integration.request.path.id"] = "method.request.path.id"
      $1.requestTemplates["application/json"] = source(
        "#set($context.requestOverride.header.X-Seen = $input.params('id'))$input.body")
      _ = $0
    }
    let first = bench.exchange("POST /dev/one HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\n\r\nhello")
    let out = ByteBuffer()
    for (text, id, body) in [("one", "one", "hello"), ("two", "two", "{}")] {
      let other = bench.exchange("POST /dev/\(text) HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\n\r\n\(body)")
      let payload = text == "one" ? first.body : nil
      first.begin(head: other.head, facts: Bench.facts)
      first.body = payload
      guard let plan = try? first.route(in: bench.plan, from: 4) else {
        Issue.record("no route")
        return
      }
      #expect((try? IntegrationRequest.run(plan, first, into: out)) != nil)
      #expect(out.readable.text.hasPrefix("POST /\(id) HTTP/1.1\r\n"))
      #expect(out.readable.text.contains("\r\nX-Seen: \(id)\r\n"))
      #expect(first.integrationBody.readable.text == body)
      first.end()
      #expect(first.body == nil && first.plan == nil && first.integrationBody.isEmpty)
    }
  }
}
