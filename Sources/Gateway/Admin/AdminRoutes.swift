import Configuration
import HTTPSemantics
import HTTPWire
import Telemetry

/// What operators can ask for, and what is done about it.
///
///     GET  /health              how the gateway is; needs no token
///     GET  /deployments         which deployments there are
///     POST /deployments         publish the files on disk
///     POST /reload              the same
///     POST /rollback[?to=N]     serve the previous deployment, or N
///     POST /invalidations       be rid of cached objects
///     GET  /cache               the cache in numbers
///     GET  /cache/why?url=URL   what the cache has for a URL
///     GET  /ipsets              which IP sets there are
///     GET  /ipsets/NAME         the addresses of one
///     POST /ipsets/NAME         change them
///     GET  /metrics             everything that is counted, for Prometheus
///     GET  /firewall            what web ACLs did, in numbers
///     GET  /firewall/samples[?acl=NAME][&rule=NAME]     requests that they saw
struct AdminRoutes {
  enum Call: Equatable {
    case health, list, deploy
    case metrics(MetricsFormat)
    case rollBack(to: Int?)
    case invalidate, cache
    case why(url: String)
    case ipSets, firewall
    case ipSet(String)
    case changeIPSet(String)
    case samples(acl: String?, rule: String?)

    /// Bytes of the request's body.
    var largestBody: Int {
      if case .changeIPSet = self { return 16 * 1024 * 1024 }
      return 64 * 1024
    }
  }

  let publisher: Publisher

  /// - Throws: 404 or 405, with the methods that there are.
  static func call(_ head: RequestHead) throws(AdminAnswer) -> Call {
    func only(_ method: HTTPMethod, _ name: String, _ call: Call) throws(AdminAnswer) -> Call {
      guard head.method == method else { throw .wrongMethod(name) }
      return call
    }
    let path = head.pathBytes
    if path.equals("/health") { return try only(.get, "GET", .health) }
    if path.equals("/metrics") { return try only(.get, "GET", .metrics(format(head))) }
    if path.equals("/reload") { return try only(.post, "POST", .deploy) }
    if path.equals("/rollback") { return try only(.post, "POST", .rollBack(to: try target(head))) }
    if path.equals("/deployments") {
      if head.method == .get { return .list }
      return try only(.post, "GET, POST", .deploy)
    }
    if path.equals("/invalidations") { return try only(.post, "POST", .invalidate) }
    if path.equals("/cache") { return try only(.get, "GET", .cache) }
    if path.equals("/cache/why") { return try only(.get, "GET", .why(url: try url(head))) }
    if path.equals("/ipsets") { return try only(.get, "GET", .ipSets) }
    if let name = ipSetName(path) {
      if head.method == .get { return .ipSet(name) }
      return try only(.post, "GET, POST", .changeIPSet(name))
    }
    if path.equals("/firewall") { return try only(.get, "GET", .firewall) }
    if path.equals("/firewall/samples") {
      return try only(.get, "GET", .samples(acl: parameter("acl", head), rule: parameter("rule", head)))
    }
    throw AdminAnswer(404, RefusalMessage(.notUnderstood, "there is no such path"))
  }

  /// Which text of the metrics is wanted.
  private static func format(_ head: RequestHead) -> MetricsFormat {
    let accepted = head.fields.filter { $0.id == .accept }.map { head.value(of: $0).text }
    return MetricsFormat(accept: accepted.isEmpty ? nil : accepted.joined(separator: ","))
  }

  /// `to=7`; nil where nothing is said.
  private static func target(_ head: RequestHead) throws(AdminAnswer) -> Int? {
    guard let query = head.queryBytes, !query.isEmpty else { return nil }
    let text = query.text
    guard text.hasPrefix("to="), let number = Int(text.dropFirst(3)), number > 0 else {
      throw AdminAnswer(400, RefusalMessage(.notUnderstood, "`to` must be the number of a deployment"))
    }
    return number
  }

  /// `/ipsets/office`.
  private static func ipSetName(_ path: UnsafeRawBufferPointer) -> String? {
    let text = path.text
    guard text.hasPrefix("/ipsets/"), text.utf8.count > 8 else { return nil }
    return String(text.dropFirst(8))
  }

  /// A value of the query, percent-encoded; nil where it is not there.
  private static func parameter(_ name: StaticString, _ head: RequestHead) -> String? {
    for pair in QueryString(head.queryBytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
    where pair.name.equals(name) && !pair.value.isEmpty {
      return PercentEncoding.decoded(pair.value)
    }
    return nil
  }

  /// `url=…`, percent-encoded.
  private static func url(_ head: RequestHead) throws(AdminAnswer) -> String {
    if let url = parameter("url", head) { return url }
    throw AdminAnswer(400, RefusalMessage(.notUnderstood, "`url` must say which URL is meant"))
  }

  func answer(_ call: Call, body: [UInt8]) async -> AdminAnswer {
    switch call {
    case .health:
      let facts = publisher.facts.now
      return AdminAnswer(
        facts.isDraining ? 503 : 200,
        HealthMessage(status: facts.isDraining ? .draining : .ok, deployment: facts.deployment))
    case .list: return AdminAnswer(200, await publisher.list())
    case .metrics(let format):
      do throws(RefusalMessage) {
        return AdminAnswer(metrics: try await publisher.metrics(format), format)
      } catch {
        return AdminAnswer(error)
      }
    case .cache, .why, .invalidate: return await answerForCache(call, body: body)
    case .ipSets, .ipSet, .changeIPSet, .firewall, .samples: return await answerForFirewall(call, body: body)
    case .deploy, .rollBack:
      guard let request = body.isEmpty ? AdminRequest() : AdminRequest(json: body) else {
        return AdminAnswer(400, RefusalMessage(.notUnderstood, "the body is not the JSON that is expected"))
      }
      do throws(RefusalMessage) {
        if let meant = request.configuration, meant != publisher.configurationPath {
          throw RefusalMessage(.conflict, "this gateway serves \(publisher.configurationPath), not \(meant)")
        }
        if case .rollBack(let number) = call { return AdminAnswer(200, try await publisher.rollBack(to: number)) }
        return AdminAnswer(200, try await publisher.deploy(description: request.description))
      } catch {
        return AdminAnswer(error)
      }
    }
  }
}

extension AdminRoutes {
  private func answerForCache(_ call: Call, body: [UInt8]) async -> AdminAnswer {
    do throws(RefusalMessage) {
      let operations = try await publisher.cacheOperations()
      switch call {
      case .why(let url): return AdminAnswer(200, try operations.why(url))
      case .invalidate:
        guard let request = InvalidationRequest(json: body) else {
          return AdminAnswer(400, RefusalMessage(.notUnderstood, "the body is not the JSON that is expected"))
        }
        if let meant = request.configuration, meant != publisher.configurationPath {
          throw RefusalMessage(.conflict, "this gateway serves \(publisher.configurationPath), not \(meant)")
        }
        let reply = try await Background.run("sluice-purge", .little) { () throws(RefusalMessage) in
          try operations.invalidate(request)
        }
        if request.mode != .dryRun { try await publisher.lookAtSitesAgain() }
        Task { await publisher.reclaimCache() }
        return AdminAnswer(200, reply)
      case .health, .list, .metrics, .deploy, .rollBack, .cache, .ipSets, .ipSet, .changeIPSet, .firewall, .samples:
        return AdminAnswer(200, operations.statistics)
      }
    } catch {
      return AdminAnswer(error)
    }
  }

  private func answerForFirewall(_ call: Call, body: [UInt8]) async -> AdminAnswer {
    do throws(RefusalMessage) {
      let operations = try await publisher.firewallOperations()
      switch call {
      case .ipSets: return AdminAnswer(200, operations.sets)
      case .ipSet(let name): return AdminAnswer(200, try operations.set(name))
      case .changeIPSet(let name):
        let path = publisher.configurationPath
        // A large set takes a while to be read and built.
        return try await Background.run("sluice-ipset", .some) { () throws(RefusalMessage) in
          guard let request = IPSetRequest(json: body) else {
            throw RefusalMessage(.notUnderstood, "the body is not the JSON that is expected")
          }
          if let meant = request.configuration, meant != path {
            throw RefusalMessage(.conflict, "this gateway serves \(path), not \(meant)")
          }
          return AdminAnswer(200, try operations.change(name, request))
        }
      case .samples(let acl, let rule): return AdminAnswer(200, try operations.samples(acl: acl, rule: rule))
      case .health, .list, .metrics, .deploy, .rollBack, .invalidate, .cache, .why, .firewall:
        return AdminAnswer(200, operations.report)
      }
    } catch {
      return AdminAnswer(error)
    }
  }
}

/// An answer to an operator.
struct AdminAnswer: Error {
  let status: Int
  let body: [UInt8]
  var contentType: StaticString = "application/json"
  /// What `Allow` says; nil: nothing.
  var allow: String?

  init(_ status: Int, _ message: some AdminMessage) {
    self.status = status
    body = message.json
  }

  init(metrics: [UInt8], _ format: MetricsFormat) {
    status = 200
    body = metrics
    contentType = format.contentType
  }

  init(_ refusal: RefusalMessage) {
    let status =
      switch refusal.kind {
      case .forbidden: 403
      case .notUnderstood: 400
      case .conflict: 409
      case .configuration, .damaged: 422
      case .missing: 404
      case .listener: 503
      }
    self.init(status, refusal)
  }

  init(_ refusal: AdminGuard.Refusal) {
    self.init(refusal.status, RefusalMessage(.forbidden, refusal.message))
  }

  static func wrongMethod(_ allowed: String) -> AdminAnswer {
    var answer = AdminAnswer(405, RefusalMessage(.notUnderstood, "this path takes \(allowed)"))
    answer.allow = allowed
    return answer
  }
}
