import APIModel
import Bytes
import Edge
import HTTPSemantics
import HTTPWire
import Routing
import Testing

@Suite struct EdgePlanTests {
  private func chosen(_ plan: EdgePlan, _ head: RequestHead, addresses table: AddressTable = addresses()) -> String {
    switch plan.decide(head, addresses: table, isSecure: false) {
    case .elsewhere: "elsewhere"
    case .forward(let distribution, let behavior): "\(distribution.aliases[0]) \(behavior.origin.id)"
    case .redirectToHTTPS(let status): "redirect \(status)"
    case .refuse(let refusal): refusal.rawValue
    }
  }

  @Test(
    "a path that leads above the root must be refused, whoever the origin is", arguments: ["/../x", "/a/%2e%2e/..%2fx"])
  func climbing(_ path: String) {
    let plan = EdgePlan([distribution("*")], deployments: [])
    #expect(chosen(plan, request("GET \(path) HTTP/1.1")) == "badPath")
    #expect(chosen(plan, request("GET /a/..\(path) HTTP/1.1")) == "badPath")
    #expect(chosen(plan, request("GET /a\(path) HTTP/1.1")) == "* site")
  }

  // MARK: Hosts

  @Test(
    "a host must lead to the distribution that names it: whole names first, then the longest end, then the star",
    arguments: [
      ("app.example.com", "app.example.com site"), ("APP.Example.Com:8080", "app.example.com site"),
      ("app.example.com.", "app.example.com site"), ("a.example.com", "*.example.com site"),
      ("a.b.example.com", "*.b.example.com site"), ("a.c.example.com", "*.example.com site"),
      ("example.com", "* site"), ("127.0.0.1:8080", "* site"), ("[::1]:8080", "* site"),
    ])
  func hosts(host: String, expected: String) {
    let plan = EdgePlan(
      [
        distribution("*"), distribution("*.example.com"), distribution("*.b.example.com"),
        distribution("app.example.com"),
      ], deployments: [])
    #expect(chosen(plan, request("GET / HTTP/1.1", host: host)) == expected)
  }

  @Test("a host that nothing names must go on as without distributions")
  func elsewhere() {
    let plan = EdgePlan([distribution("app.example.com")], deployments: [])
    #expect(chosen(plan, request("GET / HTTP/1.1", host: "other.example")) == "elsewhere")
    #expect(chosen(plan, request("GET / HTTP/1.0", host: nil)) == "elsewhere")
  }

  @Test("a domain of an API, and an API's own host, must come before a distribution for every host")
  func domains() {
    let plan = EdgePlan([distribution("*")], deployments: [])
    let table = addresses("api.example.com")
    #expect(chosen(plan, request("GET / HTTP/1.1", host: "api.example.com"), addresses: table) == "elsewhere")
    #expect(chosen(plan, request("GET / HTTP/1.1", host: "a.execute-api.local"), addresses: table) == "elsewhere")
    #expect(chosen(plan, request("GET / HTTP/1.1", host: "other.example"), addresses: table) == "* site")
  }

  @Test("`OPTIONS *` must not be a distribution's: it has no path")
  func asterisk() {
    let plan = EdgePlan([distribution("*")], deployments: [])
    #expect(chosen(plan, request("OPTIONS * HTTP/1.1")) == "elsewhere")
  }

  // MARK: Behaviours

  @Test("the first behaviour whose pattern matches must count")
  func behaviors() {
    let behaviors = [
      CacheBehavior(pathPattern: PathPattern("/api/*"), origin: directory("api")),
      CacheBehavior(pathPattern: PathPattern("*.js"), origin: directory("scripts")),
      CacheBehavior(pathPattern: nil, origin: directory("site")),
    ]
    let plan = EdgePlan([distribution("*", behaviors: behaviors)], deployments: [])
    for (path, origin) in [
      ("/api/a.js", "api"), ("/a.js", "scripts"), ("/a.js?x=/api/", "scripts"), ("/API/a", "site"), ("/api", "site"),
    ] {
      #expect(chosen(plan, request("GET \(path) HTTP/1.1")) == "* \(origin)", "\(path)")
    }
  }

  @Test(
    "a path must be matched in its normal form, as CloudFront does",
    arguments: [
      ("/%61pi/a", "api"), ("//api/a", "api"), ("/x/../api/a", "api"), ("/./api/a", "api"), ("/x/%2e%2E/api/a", "api"),
      ("/api/../a", "site"), ("/api/x/../a", "api"), ("/api/..", "site"), ("/api/.", "api"),
      ("/x%2Fapi/a", "site"), ("/.api/a", "site"), ("/...", "site"), ("/api//", "api"), ("//", "site"), ("/%", "site"),
    ])
  func normalPaths(_ path: String, _ origin: String) {
    let behaviors = [
      CacheBehavior(pathPattern: PathPattern("/api/*"), origin: directory("api")),
      CacheBehavior(pathPattern: nil, origin: directory("site")),
    ]
    let plan = EdgePlan([distribution("*", behaviors: behaviors)], deployments: [])
    #expect(chosen(plan, request("GET \(path) HTTP/1.1")) == "* \(origin)")
  }

  private func plan(_ policy: ViewerProtocolPolicy, _ methods: MethodSet = .all) -> EdgePlan {
    let behavior = CacheBehavior(
      pathPattern: nil, origin: directory("site"), viewerProtocolPolicy: policy, allowedMethods: methods)
    return EdgePlan([distribution("*", behaviors: [behavior])], deployments: [])
  }

  @Test("a method that is not allowed must be refused, as must a GET with a body (spec § 14.3)")
  func methods() {
    let reading = plan(.allowAll, .reading)
    #expect(chosen(reading, request("HEAD / HTTP/1.1")) == "* site")
    #expect(chosen(reading, request("OPTIONS / HTTP/1.1")) == "methodNotAllowed")
    #expect(chosen(reading, request("POST / HTTP/1.1", "Content-Length: 0")) == "methodNotAllowed")
    #expect(chosen(plan(.allowAll), request("BREW / HTTP/1.1")) == "methodNotAllowed")
    #expect(chosen(reading, request("GET / HTTP/1.1", "Content-Length: 3")) == "bodyOfGET")
    #expect(chosen(reading, request("GET / HTTP/1.1", "Content-Length: 0")) == "* site")
  }

  @Test("a visitor without TLS must be redirected, or refused, as the behaviour says")
  func viewerProtocol() {
    let redirecting = plan(.redirectToHTTPS)
    #expect(chosen(redirecting, request("GET /a HTTP/1.1")) == "redirect 301")
    #expect(chosen(redirecting, request("HEAD /a HTTP/1.1")) == "redirect 301")
    #expect(chosen(redirecting, request("POST /a HTTP/1.1", "Content-Length: 0")) == "redirect 307")
    #expect(chosen(redirecting, request("POST /a HTTP/1.0", "Content-Length: 0")) == "httpsOnly")
    #expect(chosen(redirecting, request("GET /a HTTP/1.0", host: nil)) == "httpsOnly")
    #expect(chosen(plan(.httpsOnly), request("GET /a HTTP/1.1")) == "httpsOnly")
    guard case .forward = plan(.httpsOnly).decide(request("GET /a HTTP/1.1"), addresses: addresses(), isSecure: true)
    else {
      Issue.record("a visitor with TLS is let in")
      return
    }
  }

  // MARK: APIs

  private func resolve(_ origin: APIOrigin, _ path: String) -> AddressVerdict {
    let distribution = Distribution(
      aliases: ["*"], origins: [.api(origin)], behaviors: [CacheBehavior(pathPattern: nil, origin: .api(origin))],
      location: here)
    let plan = EdgePlan([distribution], deployments: [("other", "dev"), ("shop", "dev"), ("shop", "prod")])
    var path = path
    return path.withUTF8 { plan.resolve(origin, path: UnsafeRawBufferPointer($0)) }
  }

  @Test("an API with a stage must get the path behind the base path")
  func stage() {
    let origin = APIOrigin(id: "api", api: "shop", stage: "prod", basePath: "/api")
    #expect(resolve(origin, "/api/orders/7") == .found(deployment: 2, rest: 4, mapping: nil))
    #expect(resolve(origin, "/api") == .found(deployment: 2, rest: 4, mapping: nil))
    #expect(resolve(origin, "/apis/orders") == .forbidden(.noMapping))
    #expect(resolve(origin, "/ap") == .forbidden(.noMapping))
    let whole = APIOrigin(id: "api", api: "shop", stage: "dev", basePath: "")
    #expect(resolve(whole, "/api/orders") == .found(deployment: 1, rest: 0, mapping: nil))
  }

  @Test("an API without a stage must take it from the path")
  func stageOfPath() {
    let origin = APIOrigin(id: "api", api: "shop", stage: nil, basePath: "/api")
    #expect(resolve(origin, "/api/prod/orders") == .found(deployment: 2, rest: 9, mapping: nil))
    #expect(resolve(origin, "/api/dev") == .found(deployment: 1, rest: 8, mapping: nil))
    #expect(resolve(origin, "/api/none/orders") == .forbidden(.unknownStage))
    #expect(resolve(origin, "/api") == .forbidden(.unknownStage))
  }

  // MARK: The root object

  @Test("the root object must stand in for `/` alone (spec § 14.3)")
  func rootObject() {
    func path(_ path: String, root: String) -> String {
      var path = path
      return path.withUTF8 { bytes in
        EdgePlan.withPath(UnsafeRawBufferPointer(bytes), in: distribution("*", root: root)) { $0.text }
      }
    }
    #expect(path("/", root: "index.html") == "/index.html")
    #expect(path("/docs/", root: "index.html") == "/docs/")
    #expect(path("/", root: "") == "/")
  }
}
