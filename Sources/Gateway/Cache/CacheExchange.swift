import Bytes
import CacheRules
import CacheStore
import Edge
import Firewall
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// Who is asked for what the cache of a distribution lacks.
enum CacheSource {
  case server(HTTPOrigin)
  /// The API that the behaviour's origin names, through its four stages.
  case api
}

/// A request for an HTTP origin or an API of a distribution, answered from the cache where that is possible.
///
///     bypass? ──▶ relay, or the API's stages
///     key, look up, decide (CacheRules, CacheStore)
///       ├─ hit ──▶ serve (CacheAnswer)
///       ├─ stale while it is revalidated ──▶ serve, and refresh behind it (CacheRefresh)
///       └─ to be validated, or not there ──▶ lead the fetch (CacheFetch), or follow another's ──▶ serve, stream or relay
extension ExchangeDriver {
  /// - Returns: nil where an API is to answer as if there were no cache; what that would say is noted (`EdgeExchange.note`).
  func answerThroughCache(
    _ source: CacheSource, _ edge: EdgeExchange, on worker: Worker
  ) async throws(GatewayFailure) -> Outcome? {
    bench.edge?.note = nil
    let request = bench.request
    let terms = state.cacheTerms(edge.distribution, edge.behavior)
    let directives = terms.directives(request)
    if let reason = terms.bypass(request, directives) {
      return try await forward(to: source, edge, terms, CacheOutcome(.bypassed(reason)), on: worker)
    }
    if case .api = source, let firewall = snapshot.firewall, let blocked = try await screenBeforeCache(firewall) {
      return blocked
    }
    bench.key.clear()
    EdgePlan.withPath(request.pathBytes, in: edge.distribution) { path in
      terms.writeKey(request, path: path, viewer(saying: terms.keyedHeaders), into: bench.key)
    }
    let store = state.server.cache
    let hash = store.hash(bench.key.readable)
    var errand: CacheErrand
    switch store.find(bench.key.readable, hash: hash, where: { matches($0.selection) }) {
    case .found(let object):
      let decision = Lookup.decide(directives, object.record, isInvalidated: object.isInvalidated, now: now)
      if object.record.part != nil {
        switch use(of: object, decision) {
        case .serve: return await serve(object, hit(.hit(.fresh), object))
        case .complete:
          errand = CacheErrand(source: source, terms: terms, directives: directives, reason: .partial, part: object)
        case .useless:
          errand = CacheErrand(
            source: source, terms: terms, directives: directives, reason: .partial, useless: object)
        }
        break
      }
      switch decision {
      case .hit(let kind): return await serve(object, hit(.hit(kind), object))
      case .staleWhileRevalidate:
        refresh(
          CacheErrand(source: source, terms: terms, directives: directives, reason: .stale, stale: object), hash: hash,
          on: worker)
        return await serve(object, hit(.staleWhileRevalidate, object))
      case .unsatisfiable(let reason): return await refuseUncached(reason)
      case .revalidate(let reason), .forward(let reason):
        errand = CacheErrand(source: source, terms: terms, directives: directives, reason: reason, stale: object)
        if StaleOnError.mayServe(object.record, directives, after: .unreachable, now: now),
          let upstream = upstream(of: source), upstream.isDown
        {
          // Nobody has to wait to hear again what is known.
          if upstream.takeProbe() { refresh(errand, hash: hash, on: worker) }
          return await serve(object, hit(.hit(.staleOnError), object))
        }
      case .bypass(let reason):
        return try await forward(to: source, edge, terms, CacheOutcome(.bypassed(reason)), on: worker)
      }
    case .otherVariants:
      errand = CacheErrand(source: source, terms: terms, directives: directives, reason: .noVariant)
    case .absent: errand = CacheErrand(source: source, terms: terms, directives: directives, reason: .nothingStored)
    }
    if directives.onlyIfCached { return await refuseUncached(errand.reason) }
    // What a HEAD gets cannot be stored as the answer to a GET, nor several parts as one; both may still say something of
    // what is stored.
    if errand.stale == nil, request.first(.range) != nil { errand.keepsRange = true }
    if request.method == .head || (errand.keepsRange && RangeRequest(request)?.isOne != true) {
      return try await forward(to: source, edge, terms, CacheOutcome(.forwarded(errand.reason)), on: worker)
    }
    return try await fetch(errand, hash: hash, on: worker)
  }

  /// The server behind a source; nil where the request decides which it is, or there is none.
  private func upstream(of source: CacheSource) -> Upstream.Origin? {
    switch source {
    case .server(let origin): return self.origin(at: origin.endpoint)
    case .api:
      guard let plan = try? matchRoute(), let endpoint = plan.endpoint else { return nil }
      return origin(at: endpoint)
    }
  }

  /// What a stored part is good for. One that is not fresh is not worth its confirmation.
  private func use(of object: StoredObject, _ decision: LookupDecision) -> PartialContent.Use {
    guard case .hit = decision, let part = object.record.part else { return .useless }
    let record = object.record
    // A condition that does not hold asks for the whole, of which this may be a part that has gone.
    guard RangeCondition.holds(bench.request, for: record, fields: object.fields, now: now) else { return .useless }
    let isStrong = record.etag.map { !EntityTag(UnsafeRawBufferPointer(rebasing: object.fields[$0])).isWeak } ?? false
    let fits = part.complete ?? 0 <= state.server.cache.largestBody
    return PartialContent.use(of: part, for: RangeRequest(bench.request), isStronglyValidated: isStrong && fits)
  }

  /// What the gateway says of the client, where anything of it is asked for.
  @inline(__always)
  func viewer(saying headers: [ViewerHeader]) -> Viewer? { headers.isEmpty ? nil : viewerFacts(headers) }

  @inline(never)
  private func viewerFacts(_ headers: [ViewerHeader]) -> Viewer {
    let facts = bench.exchange.facts
    let maps = state.server.firewall.geography.maps
    var origin = Viewer.Origin()
    if headers.contains(where: { $0.isLookedUp }), let address = IPAddress(facts.sender.clientAddress) {
      if let packed = maps.countries?.value(of: address) {
        let place = Place(packed: packed)
        if place != .unknown { origin.country = place.country }
        origin.region = place.subdivision
      }
      if let asn = maps.networks?.value(of: address), asn > 0 { origin.asn = asn }
    }
    return Viewer(headers, facts, origin: origin)
  }

  /// Whether a stored response was chosen by what this request has.
  @inline(__always)
  func matches(_ selection: UnsafeRawBufferPointer) -> Bool {
    selection.isEmpty || Vary.matches(selection, bench.request, scratch: bench.scratch)
  }

  private func hit(_ kind: CacheOutcome.Kind, _ object: StoredObject) -> CacheOutcome {
    var outcome = CacheOutcome(kind)
    outcome.remaining = object.record.remaining(now: now)
    return outcome
  }

  // MARK: Fetching

  /// Leads the fetch of what is missing, or follows the one who does.
  private func fetch(
    _ errand: CacheErrand, hash: UInt64, on worker: Worker
  ) async throws(GatewayFailure) -> Outcome {
    let store = state.server.cache
    let filling: Filling
    // The answer to one who shows credentials may be for him alone, and a part is not the whole: nobody waits for it.
    if bench.request.first(.authorization) != nil || errand.keepsRange {
      if errand.keepsRange, bench.request.first(.authorization) == nil,
        let whole = store.fetchUnderWay(bench.key.readable, hash: hash, selects: matches),
        let outcome = await servePart(of: whole, errand, on: worker)
      {
        return outcome
      }
      filling = store.fetchAlone(bench.key.readable, hash: hash)
    } else {
      switch try await join(errand, hash: hash, on: worker) {
      case .answered(let outcome): return outcome
      case .fetches(let own): filling = own
      }
    }
    switch try await fetch(errand, filling: filling, on: worker) {
    case .object(let object, let outcome, let hasOwnFields):
      return await serve(object, outcome, hasOwnFields: hasOwnFields)
    case .stream(let reader, let head, let outcome, let hasOwnFields):
      return await stream(reader, head, outcome, hasOwnFields: hasOwnFields, on: worker)
    case .startsOver: return .startsOver
    case .relay(let upstream, let terms, let outcome):
      bench.edge?.note = CacheNote(outcome, nil)
      return try await relayAnswer(from: upstream, terms, upload: nil, until: .never, on: worker)
    case .whole(let status, let object, let outcome):
      defer { withExtendedLifetime(object) {} }
      bench.edge?.note = CacheNote(outcome, nil)
      return await send(status, object?.wholeBody ?? bench.rendered.readable)
    }
  }

  private enum Joined {
    case answered(Outcome)
    case fetches(Filling)
  }

  /// How often a request looks for somebody to follow before it fetches for itself.
  private static let mostJoins = 3

  /// Follows the one who fetches this already, or takes the lead. Whoever hears that an answer is another variant's knows by
  /// then what answers are chosen by, so that of those who want the same one leads.
  private func join(_ errand: CacheErrand, hash: UInt64, on worker: Worker) async throws(GatewayFailure) -> Joined {
    let store = state.server.cache
    let key = bench.key.readable
    var expected: [UInt8]?
    for _ in 0..<Self.mostJoins {
      switch store.join(
        key, hash: hash, unlike: errand.stale ?? errand.part ?? errand.useless, expecting: expected, now: now,
        where: { matches($0.selection) }, selects: matches)
      {
      case .found(let object):
        guard object.record.part == nil,
          case .hit = Lookup.decide(
            errand.directives, object.record, isInvalidated: object.isInvalidated, now: now)
        else { return .fetches(store.fetchAlone(key, hash: hash)) }
        return .answered(await serve(object, collapsed(errand, object.record)))
      case .lead(let own): return .fetches(own)
      case .alone: return .fetches(store.fetchAlone(key, hash: hash))
      case .follow(let other):
        switch try await follow(other, errand, on: worker) {
        case .answered(let outcome): return .answered(outcome)
        case .otherVariant(let selection): expected = selection
        case .declined: break
        }
      }
    }
    return .fetches(store.fetchAlone(key, hash: hash))
  }

  private func collapsed(_ errand: CacheErrand, _ record: ResponseRecord) -> CacheOutcome {
    var outcome = CacheOutcome(.forwarded(errand.reason))
    outcome.isCollapsed = true
    outcome.remaining = record.remaining(now: now)
    return outcome
  }

  private enum Followed {
    case answered(Outcome)
    /// Its answer is for others; the request's own has this selection, if answers are chosen by the same fields.
    case otherVariant([UInt8])
    case declined
  }

  /// Waits for another's fetch.
  private func follow(
    _ filling: Filling, _ errand: CacheErrand, on worker: Worker
  ) async throws(GatewayFailure) -> Followed {
    let reader = FillingReader(filling)
    defer { reader.leave() }
    let waiter = CacheWait(on: worker)
    while true {
      switch reader.head(orWake: waiter) {
      case .pending:
        // The fetch has deadlines of its own; this only looks after the client.
        if !(await waiter.sleep(milliseconds: 1000)) {
          reader.forget(waiter)
          if client.isHungUp { return .answered(.hasEnded) }
        }
      case .head(let head):
        guard head.selection.withUnsafeBytes(matches) else {
          return .otherVariant(head.selection.withUnsafeBytes(selection))
        }
        return .answered(await stream(reader, head, collapsed(errand, head.record), on: worker))
      case .answered(let object):
        guard matches(object.selection) else { return .otherVariant(selection(like: object.selection)) }
        return .answered(await serve(object, collapsed(errand, object.record)))
      case .declined: return .declined
      case .failed:
        // It may have been the first origin's failure, while this request is at the second.
        if let edge = bench.edge, edge.behavior.failover != nil, edge.failover == nil { return .declined }
        throw .networkError("the fetch that this request waited for failed")
      }
    }
  }

  /// The selection of this request, by the names of another one.
  private func selection(like other: UnsafeRawBufferPointer) -> [UInt8] {
    bench.scratch.clear()
    Vary.write(like: other, request: bench.request, into: bench.scratch)
    return Array(bench.scratch.readable)
  }

  /// Answers a request for a part from the whole that another one's fetch is bringing, where the beginning of it has come.
  /// - Returns: nil where that is not to be had: then the part is asked for.
  private func servePart(of filling: Filling, _ errand: CacheErrand, on worker: Worker) async -> Outcome? {
    let reader = FillingReader(filling)
    defer { reader.leave() }
    let waiter = CacheWait(on: worker)
    guard case .head(let head) = reader.head(orWake: waiter) else {
      reader.forget(waiter)
      return nil
    }
    let arrived = reader.arrived
    let record = head.record
    guard record.status == 200, head.selection.withUnsafeBytes(matches), let range = RangeRequest(bench.request),
      head.fields.withUnsafeBytes({ RangeCondition.holds(bench.request, for: record, fields: $0, now: now) }),
      let length = head.length ?? (arrived.isWhole ? arrived.count : nil),
      case .one(let part) = range.answer(length: length), part.lowerBound < arrived.count,
      reader.seek(to: part.lowerBound)
    else { return nil }
    return await stream(reader, head, collapsed(errand, record), part: (part, length), on: worker)
  }

  // MARK: Passing by

  /// Passes on a request that the cache has no part in, or none yet.
  private func forward(
    to source: CacheSource, _ edge: EdgeExchange, _ terms: CacheTerms, _ outcome: CacheOutcome,
    on worker: Worker
  ) async throws(GatewayFailure) -> Outcome? {
    bench.edge?.note = CacheNote(outcome, terms)
    // The answer to a HEAD may bring up to date what is kept.
    let forwarding = if case .forwarded = outcome.kind { terms.fetching } else { terms.forwarding }
    guard case .server(let origin) = source else {
      tellAPI(forwarding)
      return nil
    }
    EdgePlan.withPath(bench.request.pathBytes, in: edge.distribution) { path in
      OriginRequest.write(
        bench.request, to: origin, path: path, facts: bench.exchange.facts, forwarding: forwarding,
        viewer: viewer(saying: forwarding.told),
        into: bench.upstream)
    }
    return try await relay(to: origin.endpoint, RelayTerms(origin), on: worker)
  }

  /// 504: the client wants nothing that is not stored (RFC 9111 § 5.2.1.7).
  private func refuseUncached(_ reason: ForwardReason) async -> Outcome {
    EdgeRefusal.gatewayTimeout.write(requestID: "", fields: bench.fields, body: bench.rendered)
    writeCacheLines(CacheOutcome(.unsatisfiable(reason)), status: 504)
    return await send(504, bench.rendered.readable)
  }
}
