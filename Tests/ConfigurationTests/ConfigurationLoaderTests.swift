import APIModel
import Routing
import Testing

@testable import Configuration

@Suite struct ConfigurationLoaderTests {
  private let files = [
    "etc/gateway.yaml": """
    listeners: [{ address: "[::1]:0" }, { address: unix:run/sluice.sock }]
    workers: ${WORKERS:-auto}
    logLevel: Debug
    limits: { uriSize: 1KiB, bodySize: 2GB, connections: "7" }
    timeouts: { connect: 2s, drain: 0 }
    apis:
      - name: shop
        definition: ../apis/shop.json
        stages: [{ name: dev }, { name: live, variables: { host: shop.example, port: 80 } }]
      - { name: blog, definition: ../apis/blog.yaml, stages: [{ name: v1 }] }
    domains:
      - name: "*.example.com"
        mappings: [{ path: /shop/, api: shop, stage: live }, { path: (none), api: blog }]
    """,
    "apis/shop.json": #"{"openapi": "3.1.0", "paths": {"/a": {"$ref": "parts.yaml#/a"}}}"#,
    "apis/parts.yaml": """
    a:
      get:
        x-amazon-apigateway-integration:
          type: http
          httpMethod: GET
          uri: http://${stageVariables.host}:${stageVariables.port}/
          requestTemplates: { application/json: { $ref: ../templates/a.vtl } }
    """,
    "apis/blog.yaml": "swagger: '2.0'\npaths: {}\n",
    "templates/a.vtl": "{}",
  ]

  private func load(_ environment: [String: String] = [:]) throws -> Snapshot {
    try ConfigurationLoader.load(path: "etc/gateway.yaml", environment: environment, files: FileSource(files))
  }

  @Test("a snapshot must hold what gateway.yaml says, and the defaults for the rest")
  func settings() throws {
    let snapshot = try load()
    #expect(snapshot.listeners.map(\.address) == [.tcp(host: "::1", port: 0), .unix(path: "run/sluice.sock")])
    #expect(snapshot.workers == nil)
    #expect(try load(["WORKERS": "3"]).workers == 3)
    #expect(snapshot.logLevel == .debug)
    var limits = Limits()
    limits.uriSize = 1024
    limits.bodySize = 2_000_000_000
    limits.connections = 7
    limits.connectTimeout = .seconds(2)
    limits.drainTimeout = .zero
    #expect(snapshot.limits == limits)
  }

  @Test("every stage of every API must be a deployment with a plan")
  func deployments() throws {
    let snapshot = try load()
    #expect(snapshot.apis.map(\.id) == ["shop", "blog"])
    #expect(
      snapshot.deployments.map { "\(snapshot.apis[$0.api].id) \($0.stage.name)" } == [
        "shop dev", "shop live", "blog v1",
      ])
    #expect(snapshot.deployments[1].stage.variables == ["host": "shop.example", "port": "80"])
    #expect(snapshot.deployments.map(\.plan.methods.count) == [1, 1, 0])
    #expect(snapshot.deployments[1].plan.methods[0].endpoint?.port == 80)
  }

  @Test(
    "an address must lead to the deployment that gateway.yaml says",
    arguments: [
      ("", "/dev/a", 0), ("", "/live/a", 1), ("", "/v1", 2), ("www.example.com", "/shop/a", 1),
      ("www.example.com", "/v1/x", 2),
    ])
  func addresses(host: String, path: String, deployment: Int) throws {
    let snapshot = try load()
    let verdict = Array(host.utf8).withUnsafeBytes { host in
      Array(path.utf8).withUnsafeBytes { snapshot.addresses.resolve(host: host, path: $0) }
    }
    guard case .found(let found, _, _) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(found == deployment)
  }

  @Test("a snapshot must name every file that it was made of")
  func fileList() throws {
    #expect(try load().files == files.keys.sorted())
  }

  @Test("what is not set in one stage must be said of that stage")
  func stageVariables() throws {
    #expect(
      try load().warnings.map(\.description).filter { $0.contains("`dev`") }.count == 1)
  }

  @Test("a configuration must be refused whole when a single file of it is wrong")
  func wholeOrNothing() {
    let broken = files.merging(["templates/a.vtl": "#if("]) { $1 }
    #expect(throws: ConfigurationFailure.self) {
      try ConfigurationLoader.load(path: "etc/gateway.yaml", files: FileSource(broken))
    }
  }

  @Test("a configuration with more mistakes than anybody reads must be refused all the same, and soon")
  func manyMistakes() {
    let text = (0..<15_000).map { "key\($0): 1\n" }.joined()
    let diagnostics = Loading.diagnostics(["gateway.yaml": text])
    #expect(diagnostics.count == DocumentLimits.findings + 1)
    #expect(diagnostics.contains { $0.hasSuffix("error: more is wrong, and is not listed") })
  }
}
