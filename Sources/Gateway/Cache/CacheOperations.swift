import Bytes
import CacheRules
import CacheStore
import Configuration
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Routing

/// What operators do with the cache of a running gateway.
struct CacheOperations: Sendable {
  let store: CacheStore
  let edge: EdgePlan?
  let addresses: AddressTable
  /// Every stage of every API.
  let stages: [(api: String, stage: String)]
  /// Milliseconds since 1970.
  let now: Int64

  // MARK: Invalidation

  /// Complete when it returns, but for the memory of what has gone, which `CacheStore.reclaim` frees. It blocks, and pauses
  /// now and then: for a thread of its own.
  func invalidate(_ request: InvalidationRequest) throws(RefusalMessage) -> InvalidationMessage {
    guard let mode = InvalidationMode(rawValue: request.mode.rawValue) else {
      throw RefusalMessage(.notUnderstood, "there is no such mode")
    }
    if request.paths.isEmpty, request.tags.isEmpty, !request.everything {
      throw RefusalMessage(.notUnderstood, "nothing was named that could be invalidated")
    }
    var patterns: [InvalidationPattern] = []
    for path in request.paths {
      do throws(InvalidationPattern.Mistake) {
        patterns.append(try InvalidationPattern(path))
      } catch {
        throw RefusalMessage(.notUnderstood, "`\(path)`: \(error.rawValue)")
      }
    }
    let places = try places(request)
    var reports: [InvalidationReport] = []
    if request.everything {
      if request.distribution == nil, request.stage == nil {
        reports.append(store.invalidateEverything(mode, pause: SystemThread.pause))
      } else {
        for place in places {
          reports.append(store.invalidateEverything(space: place.space, mode, pause: SystemThread.pause))
        }
      }
    } else {
      for place in places {
        if !patterns.isEmpty {
          // What is given for `/` is stored under the name of the root object.
          let all = patterns + patterns.compactMap { $0.forRoot(place.root) }
          reports.append(store.invalidate(all, space: place.space, mode, pause: SystemThread.pause))
        }
        for tag in request.tags {
          let bytes = Array(tag.utf8)
          reports.append(
            bytes.withUnsafeBytes { store.invalidate(tag: $0, space: place.space, mode, pause: SystemThread.pause) })
        }
      }
    }
    return InvalidationMessage(
      mode: request.mode, objects: reports.reduce(0) { $0 + $1.objects }, bytes: reports.reduce(0) { $0 + $1.bytes },
      targets: Array(reports.flatMap(\.targets).prefix(InvalidationReport.mostTargets)))
  }

  /// Where something is stored.
  private struct Place {
    let space: UInt32
    /// What is given for `/`.
    var root: [UInt8] = [47]

    init(_ distribution: Distribution) {
      space = CacheTerms.space(of: distribution)
      root = root.withUnsafeBytes { EdgePlan.withPath($0, in: distribution) { Array($0) } }
    }

    init(_ space: UInt32) { self.space = space }
  }

  private func places(_ request: InvalidationRequest) throws(RefusalMessage) -> [Place] {
    if let stage = request.stage {
      if request.distribution != nil || !request.paths.isEmpty || !request.tags.isEmpty {
        throw RefusalMessage(
          .notUnderstood, "a stage's cache is invalidated as a whole: its entries are known by parameters, not by paths"
        )
      }
      return try spaces(ofStage: stage).map(Place.init)
    }
    let distributions = edge?.distributions ?? []
    guard let alias = request.distribution else { return distributions.map(Place.init) }
    let named = distributions.filter { $0.aliases.contains(alias.lowercased()) }
    if named.isEmpty { throw RefusalMessage(.missing, "no distribution has the alias `\(alias)`") }
    return named.map(Place.init)
  }

  /// - Parameter name: `comments/dev`: an API and one of its stages.
  private func spaces(ofStage name: String) throws(RefusalMessage) -> [UInt32] {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, stages.contains(where: { $0.api == parts[0] && $0.stage == parts[1] }) else {
      let known = stages.map { "`\($0.api)/\($0.stage)`" }.joined(separator: ", ")
      throw RefusalMessage(
        .missing, "there is no stage `\(name)`" + (known.isEmpty ? "" : "; there is \(known)"))
    }
    return [false, true].map { StageCache.space(api: parts[0], stage: parts[1], isCanary: $0) }
  }

  // MARK: Looking

  var statistics: CacheMessage {
    let numbers = store.statistics
    return CacheMessage(
      capacity: numbers.capacity, bytes: numbers.bytes, objectBytes: numbers.objectBytes, keys: numbers.keys,
      objects: numbers.objects, fetches: numbers.fillings, found: numbers.found, missed: numbers.missed,
      collapsed: numbers.collapsed, stored: numbers.stored, evicted: numbers.evicted,
      invalidated: numbers.invalidated,
      disk: numbers.diskCapacity == 0
        ? nil
        : CacheMessage.Disk(
          capacity: numbers.diskCapacity, bytes: numbers.diskBytes, objects: numbers.filedObjects,
          failures: numbers.diskFailures))
  }

  /// What the cache has for a URL, and why it would or would not answer a GET for it.
  /// - Parameter url: `http://host/path?query`, or a path, for whichever distribution takes any host.
  func why(_ url: String) throws(RefusalMessage) -> CacheLookupMessage {
    let head = try request(url)
    guard let edge else {
      return CacheLookupMessage(
        url: url, distribution: nil, behavior: nil, verdict: "there are no distributions, and nothing else is cached",
        stored: [])
    }
    guard case .forward(let distribution, let behavior) = edge.decide(head, addresses: addresses, isSecure: true) else {
      return CacheLookupMessage(
        url: url, distribution: nil, behavior: nil, verdict: "no distribution answers for this host, or it refuses",
        stored: [])
    }
    var message = CacheLookupMessage(
      url: url, distribution: distribution.aliases.first, behavior: behavior.pathPattern?.text ?? "*", verdict: "",
      stored: [])
    if case .directory = behavior.origin {
      message.verdict =
        "the origin `\(behavior.origin.id)` is a directory: its files are served as they are, never stored"
      return message
    }
    let terms = CacheTerms(distribution, behavior)
    if let reason = terms.bypass(head, RequestDirectives()) {
      message.verdict = reason.rawValue
      return message
    }
    let key = ByteBuffer()
    EdgePlan.withPath(head.pathBytes, in: distribution) { path in
      let facts = RequestFacts(sender: RequestSender(isSecure: url.lowercased().hasPrefix("https:")))
      let viewer = terms.keyedHeaders.isEmpty ? nil : Viewer(terms.keyedHeaders, facts)
      terms.writeKey(head, path: path, viewer, into: key)
    }
    let objects = store.stored(for: CacheKey.target(of: key.readable), space: terms.space)
    message.stored = objects.map(describe)
    switch message.stored.count {
    case 0: message.verdict = ForwardReason.nothingStored.rawValue
    case 1 where objects[0].key.elementsEqual(key.readable): message.verdict = message.stored[0].verdict
    case 1: message.verdict = "stored for another request than this one, which has what stands below"
    default: message.verdict = "stored in \(message.stored.count) variants: what the request says decides"
    }
    return message
  }

  private func describe(_ object: StoredObject) -> CacheLookupMessage.Stored {
    let record = object.record
    let verdict =
      switch Lookup.decide(RequestDirectives(), record, isInvalidated: object.isInvalidated, now: now) {
      case .hit: "hit"
      case .staleWhileRevalidate: "hit, stale, while it is revalidated"
      case .revalidate(let reason), .forward(let reason), .unsatisfiable(let reason): reason.rawValue
      case .bypass(let reason): reason.rawValue
      }
    return CacheLookupMessage.Stored(
      status: record.status, bytes: object.body.count,
      selection: CacheKey.parts(of: object.key) + object.selection.text, age: record.age(now: now),
      lifetime: record.freshness.lifetime, remaining: record.remaining(now: now),
      lifetimeFrom: record.freshness.source.rawValue, verdict: verdict)
  }

  private func request(_ url: String) throws(RefusalMessage) -> RequestHead {
    var host = "localhost"
    var target = url
    for scheme in ["http://", "https://"] where url.lowercased().hasPrefix(scheme) {
      let rest = url.dropFirst(scheme.count)
      let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
      host = String(rest[..<end])
      target = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
    }
    let buffer = ByteBuffer()
    buffer.write("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n" as String)
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    guard case .complete(let count) = parser.parse(buffer: buffer, into: head), count == buffer.writeIndex else {
      throw RefusalMessage(
        .notUnderstood, "`\(url)` is not a URL that a request can be for: write http://host/path or /path")
    }
    return head
  }
}

extension Publisher {
  /// - Throws: when the gateway is ending.
  func cacheOperations() throws(RefusalMessage) -> CacheOperations {
    let (server, snapshot) = try serving()
    return CacheOperations(
      store: server.cache, edge: snapshot.edge, addresses: snapshot.addresses,
      stages: snapshot.deployments.map { ($0.plan.apiID, $0.stage.name) }, now: epochMilliseconds)
  }

  /// Somebody has changed what is served from directories.
  func lookAtSitesAgain() throws(RefusalMessage) { try serving().0.lookAtSitesAgain() }

  /// Frees what invalidations have taken out.
  func reclaimCache() async {
    guard let (server, _) = try? serving() else { return }
    let cache = server.cache
    await Background.run("sluice-reclaim", .little) { while cache.reclaim(512) { SystemThread.pause() } }
  }
}
