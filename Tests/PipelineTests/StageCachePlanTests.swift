import APIModel
import Bytes
import Testing

@testable import Pipeline

@Suite("The cache of a stage, compiled (spec § 11.2)")
struct StageCachePlanTests {
  /// - Parameters:
  ///   - settings: of the method itself; nil: those of all methods.
  ///   - isForAll: whether caching is said for all methods.
  private func deployment(
    _ httpMethod: String = "GET", keys: [String] = [], isForAll: Bool = true, isEnabled: Bool = true, ttl: Int = 60,
    canary: CanarySettings? = nil, isCanary: Bool = false, namespace: String? = nil
  ) -> (plan: StageCachePlan?, diagnostics: [Diagnostic]) {
    var stage = Stage(name: "dev", location: here)
    stage.cacheClusterEnabled = isEnabled
    stage.canary = canary
    var settings =
      isForAll
      ? MethodSettings(location: here)
      : MethodSettings(resourcePath: "/pets/{id}", httpMethod: httpMethod, location: here)
    settings.cachingEnabled = true
    settings.cacheTtlInSeconds = ttl
    stage.methodSettings = [settings]
    var integration = Integration(kind: .httpProxy, location: here)
    integration.httpMethod = "ANY"
    integration.uri = "http://origin.test/pets/{id}"
    integration.requestParameters = [
      "integration.request.path.id": "method.request.path.id",
      "integration.request.querystring.n": "method.request.querystring.n",
    ]
    integration.cacheKeyParameters = keys
    integration.cacheNamespace = namespace
    var method = Method(httpMethod: httpMethod, location: here)
    method.requestParameters = [
      "method.request.path.id": true, "method.request.querystring.n": false, "method.request.header.X-T": false,
    ]
    method.integration = integration
    var resource = Resource(id: "res1", path: "/pets/{id}", location: here)
    resource.methods = [httpMethod: method]
    var api = RestAPI(id: "api1", name: "Test")
    api.resources = [resource]
    var diagnostics: [Diagnostic] = []
    let deployment = DeploymentPlan(api, stage: stage, isCanary: isCanary, diagnostics: &diagnostics)
    return (deployment.methods.first?.stageCache, diagnostics)
  }

  private let all = ["method.request.path.id", "method.request.querystring.n"]

  @Test("what is said for all methods must hold for GET alone; another must say so itself")
  func methods() {
    #expect(deployment("GET").plan != nil)
    for method in ["POST", "HEAD", "ANY"] {
      #expect(deployment(method).plan == nil)
      #expect(deployment(method, isForAll: false).plan != nil)
    }
    #expect(deployment("GET", isEnabled: false).plan == nil)
    #expect(deployment("GET", ttl: 7).plan?.ttl == 7)
  }

  @Test("a canary must have a cache of its own, unless it is to share the stage's")
  func canaries() {
    func space(_ useStageCache: Bool, _ isCanary: Bool) -> UInt32? {
      deployment(
        canary: CanarySettings(percentTraffic: 5, useStageCache: useStageCache, location: here), isCanary: isCanary
      ).plan?.space
    }
    #expect(space(false, false) != space(false, true))
    #expect(space(true, false) == space(true, true))
  }

  @Test("a parameter that the answer depends on and the key lacks must be named")
  func shared() {
    func warnings(_ keys: [String]) -> [String] { deployment(keys: keys).diagnostics.map(\.message) }
    #expect(warnings(all).isEmpty)
    #expect(warnings(["integration.request.path.id", "integration.request.querystring.n"]).isEmpty)
    #expect(
      warnings(["method.request.path.id"]) == [
        "GET /pets/{id} is cached, and its cache key does not have `method.request.querystring.n`: all their values share "
          + "one answer"
      ])
    #expect(deployment(keys: [], ttl: 0).diagnostics.isEmpty)
  }

  @Test("what is no parameter must be a mistake, and say what is")
  func mistakes() {
    func mistake(_ key: String) -> String? {
      deployment(keys: all + [key]).diagnostics.first { $0.severity == .error }?.message
    }
    #expect(mistake("querystring.n") == "`querystring.n` is not a cache key parameter")
    #expect(
      mistake("integration.request.header.X")
        == "the cache key parameter `integration.request.header.X` is not mapped: nothing would be in the key")
    #expect(mistake("method.request.body") != nil)
  }

  @Test("a key must have what its parameters say, the method and the namespace, and nothing else")
  func keys() throws {
    func key(
      _ target: String, _ fields: String = "",
      keys: [String] = ["method.request.path.id", "method.request.querystring.n"],
      namespace: String? = nil
    ) throws -> [UInt8] {
      var stage = Stage(name: "dev", location: here)
      stage.cacheClusterEnabled = true
      var settings = MethodSettings(location: here)
      settings.cachingEnabled = true
      stage.methodSettings = [settings]
      var bench = Bench("GET", "/pets/{id}", uri: "http://origin.test/{id}") { method, integration in
        integration.requestParameters["integration.request.path.id"] = "method.request.path.id"
        integration.cacheKeyParameters = keys
        integration.cacheNamespace = namespace
        method.requestParameters = ["method.request.querystring.n": false, "method.request.header.X-T": false]
      } api: { _ in
      }
      bench.stage = stage
      var diagnostics: [Diagnostic] = []
      let plan = DeploymentPlan(bench.api, stage: stage, diagnostics: &diagnostics)
      let exchange = bench.exchange("GET /dev\(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
      let method = try exchange.route(in: plan, from: 4)
      let out = ByteBuffer()
      try #require(method.stageCache).writeKey(exchange, into: out)
      return Array(out.readable)
    }
    let one = try key("/pets/1?n=a&z=1")
    #expect(try one == key("/pets/1?z=2&n=a"))
    #expect(try one != key("/pets/2?n=a"))
    #expect(try one != key("/pets/1?n=b"))
    // All values count, and none is not an empty one.
    #expect(try one != key("/pets/1?n=a&n=a"))
    #expect(try key("/pets/1?n=") != one)
    #expect(try one == key("/pets/1?n=a", "X-T: t\r\n"))
    let byHeader = ["method.request.header.X-T"]
    #expect(try key("/pets/1", "X-T: t\r\n", keys: byHeader) != key("/pets/1", "X-T: u\r\n", keys: byHeader))
    #expect(try key("/pets/1", keys: [], namespace: "ns") != key("/pets/1", keys: []))
  }
}
