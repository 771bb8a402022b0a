import APIModel
import Routing
import Testing

@testable import Pipeline

@Suite struct RouteRecordingTests {
  /// `/pets`, `/pets/{id}` and `/{proxy+}`, with GET each and ANY for the last.
  private func bench() -> Bench {
    Bench { _, _ in
    } api: { api in
      var get = api.resources[0].methods["ANY"] ?? Method(httpMethod: "GET", location: here)
      get.httpMethod = "GET"
      api.resources += [
        Resource(id: "pets", path: "/pets", methods: ["GET": get], location: here),
        Resource(id: "pet", path: "/pets/{id}", methods: ["GET": get], location: here),
      ]
    }
  }

  @Test("The resource must be noted with the one that it came before")
  func order() {
    let record = bench().record("GET /dev/pets/7 HTTP/1.1\r\nHost: c").record
    #expect(record.decision(.route, .resource)?.result == "GET /pets/{id}")
    #expect(
      record.decision(.route, .resource)?.because == "the literal `pets` comes before the greedy `{proxy+}`")
    #expect(record[.route]?.candidates?.map(\.result) == [.chosen, .passedOver])
  }

  @Test("A resource without the method must be noted as refused, with the methods that it has")
  func method() {
    let record = bench().record("PUT /dev/pets HTTP/1.1\r\nHost: c").record
    #expect(record.decision(.route, .resource)?.result == "ANY /{proxy+}")
    #expect(record.decision(.route, .resource)?.because == "`/pets` fits too, but lacks the method")
    #expect(
      record[.route]?.candidates?.first
        == Candidate(name: "GET /pets", result: .refused, because: "has neither PUT nor ANY"))
  }

  @Test("Without a resource the nearest ones must be named, and that capital letters count")
  func none() {
    let bench = Bench("GET", "/pets/{id}", uri: "http://o.test/")
    let record = bench.record("GET /dev/Pets/1 HTTP/1.1\r\nHost: c").record
    #expect(record.failure?.stage == .route)
    #expect(record[.route]?.because == "no resource of `api1` has the path `/Pets/1`")
    #expect(
      record[.route]?.candidates == [
        Candidate(name: "GET /pets/{id}", result: .near, because: "it differs in capital letters, which count")
      ])
  }

  @Test("Without the method anywhere, those that there are must be named")
  func noMethod() {
    let record = Bench("GET", "/pets", uri: "http://o.test/").record("PUT /dev/pets HTTP/1.1\r\nHost: c").record
    #expect(record[.route]?.because == "`/pets` has neither PUT nor ANY, only GET")
  }

  @Test("A method that the client overrode must be noted")
  func overridden() {
    let record = bench().record("POST /dev/pets HTTP/1.1\r\nHost: c\r\nX-HTTP-Method-Override: GET").record
    #expect(
      record.decision(.route, .method)
        == Decision(.method, "GET", because: "X-HTTP-Method-Override replaces POST"))
  }

  @Test("An address that leads nowhere must say which stages there are")
  func address() {
    var diagnostics: [Diagnostic] = []
    let table = AddressTable(
      [
        AddressEntry(api: "a", stage: "dev", location: here),
        AddressEntry(api: "b", stage: "own", disablesDefaultEndpoint: true, location: here),
      ],
      domains: [
        DomainName(
          name: "api.test", mappings: [BasePathMapping(basePath: "v1", api: "b", stage: "own", location: here)],
          location: here)
      ], diagnostics: &diagnostics)
    func noted(_ host: String, _ path: String) -> Decision? {
      let recorder = ExchangeRecorder(redaction: Redaction(), at: 0)
      let verdict = Array(host.utf8).withUnsafeBytes { host in
        Array(path.utf8).withUnsafeBytes { table.resolve(host: host, path: $0) }
      }
      recorder.note(verdict, in: table, host: host)
      return recorder.record.decision(.route, .address)
    }
    #expect(
      noted("", "/prod/x")?.because
        == "no stage has the name of the path's first segment; there is `/dev/…`")
    #expect(noted("", "/own/x")?.because == "the API answers under its own domains only (disableExecuteApiEndpoint)")
    #expect(noted("api.test", "/x")?.because == "the domain `api.test` maps nothing at this path")
    #expect(noted("api.test", "/v1/x")?.result == "API `b`, stage `own`")
    #expect(noted("api.test", "/v1/x")?.because == "the domain `api.test` maps `/v1` to it")
    #expect(noted("", "/dev/x")?.because == "the first segment of the path names the stage")
  }
}
