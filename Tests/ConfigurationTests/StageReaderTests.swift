import APIModel
import Testing

@testable import Configuration

@Suite struct StageReaderTests {
  private let api = """
    openapi: 3.0.1
    info: { title: t, version: "1" }
    paths:
      /: { get: { x-amazon-apigateway-integration: { type: mock } } }
      /pets/{petId}: { get: { x-amazon-apigateway-integration: { type: mock } } }

    """

  private func stage(_ text: String) throws -> Stage {
    let gateway = """
      listeners: [{ address: "127.0.0.1:8080" }]
      apis:
        - name: a
          definition: api.yaml
          stages:
            - name: dev
      \(text.split(separator: "\n").map { "        \($0)" }.joined(separator: "\n"))

      """
    return try #require(try Loading.snapshot(["gateway.yaml": gateway, "api.yaml": api]).deployments.first).stage
  }

  @Test("a stage's settings must be read")
  func settings() throws {
    let stage = try stage("{ description: for trying, cacheClusterEnabled: true, cacheClusterSize: 0.5 }".asMembers)
    #expect(stage.description == "for trying")
    #expect(stage.cacheClusterEnabled)
    #expect(stage.cacheClusterSize == .half)
  }

  @Test("a stage that says nothing must have no canary and no settings")
  func nothing() throws {
    let stage = try stage("")
    #expect(stage.canary == nil)
    #expect(stage.settings(of: "/", "GET") == nil)
  }

  @Test("a canary's settings must be read")
  func canary() throws {
    let canary = try #require(
      try stage("canarySettings: { percentTraffic: 12.5, stageVariableOverrides: { a: b }, useStageCache: true }")
        .canary)
    #expect(canary.percentTraffic == 12.5)
    #expect(canary.stageVariableOverrides == ["a": "b"])
    #expect(canary.useStageCache)
    #expect(canary.deployment == nil)
  }

  @Test("the settings of one method must begin as a copy of those of all, and the more specific count")
  func methodSettings() throws {
    let stage = try stage(
      """
      methodSettings:
        pets/{petId}/GET: { throttlingBurstLimit: 10, cacheTtlInSeconds: 0 }
        "*/*": { throttlingRateLimit: 20.5, throttlingBurstLimit: 40, unauthorizedCacheControlHeaderStrategy: FAIL_WITH_403 }
      """)
    let specific = try #require(stage.settings(of: "/pets/{petId}", "GET"))
    #expect(specific.throttlingBurstLimit == 10)
    #expect(specific.throttlingRateLimit == 20.5)
    #expect(specific.cacheTtlInSeconds == 0)
    #expect(specific.unauthorizedCacheControlHeaderStrategy == .failWith403)
    let general = try #require(stage.settings(of: "/", "GET"))
    #expect(general.throttlingBurstLimit == 40)
    #expect(general.cacheTtlInSeconds == 300)
  }

  @Test("what nobody says must be as on AWS (spec § 11.1)")
  func standards() throws {
    let settings = try #require(try stage("methodSettings: { \"*/*\": {} }").settings(of: "/", "GET"))
    #expect(settings.throttlingBurstLimit == 5000)
    #expect(settings.throttlingRateLimit == 10_000)
    #expect(settings.cacheTtlInSeconds == 300)
    #expect(settings.requireAuthorizationForCacheControl)
    #expect(settings.unauthorizedCacheControlHeaderStrategy == .succeedWithResponseHeader)
    #expect(settings.loggingLevel == .off)
    let flags = [
      settings.metricsEnabled, settings.dataTraceEnabled, settings.cachingEnabled, settings.cacheDataEncrypted,
    ]
    #expect(flags == [false, false, false, false])
  }

  @Test(
    "a method's key may be written as people, CloudFormation and patches do",
    arguments: [
      ("pets/{petId}/GET", "/pets/{petId}"), ("/pets/{petId}/get", "/pets/{petId}"),
      ("~1pets~1{petId}/GET", "/pets/{petId}"),
      ("/GET", "/"), ("~1/GET", "/"),
    ])
  func keys(key: String, path: String) throws {
    let stage = try stage("methodSettings: { \"\(key)\": { throttlingBurstLimit: 7 } }")
    #expect(stage.settings(of: path, "GET")?.throttlingBurstLimit == 7)
  }

  @Test("`/*/*` must be every method's, as CloudFormation writes it")
  func cloudFormation() throws {
    #expect(
      try stage("methodSettings: { \"/*/*\": { loggingLevel: info } }").settings(of: "/", "GET")?.loggingLevel == .info)
  }
}

extension String {
  /// A flow mapping's members on lines of their own.
  fileprivate var asMembers: String {
    dropFirst(2).dropLast(2).split(separator: ", ").joined(separator: "\n")
  }
}

@Suite struct CanaryTests {
  private func share(_ percent: Double) throws -> Int {
    let api = "openapi: 3.0.1\ninfo: { title: t, version: \"1\" }\npaths: {}\n"
    let gateway = """
      listeners: [{ address: "127.0.0.1:8080" }]
      apis: [{ name: a, definition: api.yaml, stages: [{ name: dev, canarySettings: { percentTraffic: \(percent) } }] }]

      """
    let snapshot = try Loading.snapshot(["gateway.yaml": gateway, "api.yaml": api])
    let canary = try #require(snapshot.deployments.first?.canary)
    // Every thousandth of what 64 bits can be.
    return (0..<1000).count { canary.takes(UInt64($0) * (UInt64.max / 1000)) }
  }

  @Test(
    "a canary must take its share of all chances",
    arguments: [(0.0, 0), (0.1, 1), (10, 100), (33.3, 333), (99.9, 999), (100, 1000)])
  func shares(percent: Double, thousandths: Int) throws { #expect(try abs(share(percent) - thousandths) <= 1) }

  @Test("0 % must never take a request, and 100 % every one")
  func ends() throws {
    #expect(try share(0) == 0)
    #expect(try share(100) == 1000)
  }
}
