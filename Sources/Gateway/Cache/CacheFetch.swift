import Bytes
import CacheRules
import CacheStore
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// One fetch of what the cache does not have, or has to have confirmed. It speaks to the origin and to the store, never to
/// the client: so it serves a request that waits and a refresh behind one alike.
extension ExchangeDriver {
  /// What a fetch is for.
  struct CacheErrand {
    let origin: HTTPOrigin
    let terms: CacheTerms
    let directives: RequestDirectives
    let reason: ForwardReason
    /// What is stored, and has to be confirmed.
    var stale: StoredObject?
    /// Nobody waits for the answer.
    var isInBackground = false
  }

  enum Fetched {
    /// It is whole. What is kept of its fields may be fewer than the one who asked is to get: then they are in
    /// `bench.answer`.
    case object(StoredObject, CacheOutcome, hasOwnFields: Bool = false)
    /// Its body is on the way.
    case stream(FillingReader, FillingHead, CacheOutcome, hasOwnFields: Bool)
    /// It is not stored: it goes from the origin to the client. The head is on the bench.
    case relay(UpstreamConnection, CacheOutcome)
    /// Another origin is asked instead.
    case startsOver
  }

  /// Asks the origin on behalf of everybody who follows `filling`, which has ended or goes on by itself afterwards.
  func fetch(
    _ errand: CacheErrand, filling: Filling, on worker: isolated Worker
  ) async throws(GatewayFailure) -> Fetched {
    do {
      return try await ask(errand, filling, on: worker)
    } catch {
      if let stale = errand.stale, error.fault == .upstream,
        StaleOnError.mayServe(stale.record, errand.directives, after: .unreachable, now: now)
      {
        filling.answer(stale)
        return .object(stale, CacheOutcome(.hit(.staleOnError)))
      }
      filling.fail()
      throw error
    }
  }

  /// Milliseconds since 1970.
  var now: Int64 { state.reactor.epochMilliseconds }

  private func ask(
    _ errand: CacheErrand, _ filling: Filling, on worker: isolated Worker
  ) async throws(GatewayFailure) -> Fetched {
    let requested = now
    let upstream = try await sendRequest(errand)
    let answer = bench.response
    bench.fields.clear()
    OriginRequest.writeAnswer(answer, keepsCookies: !errand.terms.dropsCookies, into: bench.fields)
    if answer.first(.date) == nil { state.date.write(epochMilliseconds: now, into: bench.fields) }
    let facts = ResponseFacts(status: answer.status, fields: bench.fields.readable, now: Int(now / 1000))

    if let stale = errand.stale {
      if answer.status == 304 {
        if Validators.confirms(facts, stale.record, fields: stale.fields, wasAskedAbout: true) {
          let fetched = freshen(stale, facts, errand, filling, requested: requested)
          upstream.release()
          return fetched
        }
        // It speaks of something that is not here: ask again, for all of it.
        upstream.close()
        var whole = errand
        whole.stale = nil
        return try await ask(whole, filling, on: worker)
      }
      if StaleOnError.mayServe(stale.record, errand.directives, after: .answered(answer.status), now: now),
        StaleOnError.isError(answer.status)
      {
        upstream.close()
        filling.answer(stale)
        var outcome = CacheOutcome(.hit(.staleOnError))
        outcome.forwardStatus = answer.status
        return .object(stale, outcome)
      }
    }
    if !errand.isInBackground, answer.status >= 400,
      bench.edge?.failover?.statusCodes.contains(answer.status) ?? false, hasStandIn(for: answer.status)
    {
      upstream.close()
      filling.decline(now: now)
      return .startsOver
    }
    return try await store(facts, of: upstream, errand, filling, requested: requested, on: worker)
  }

  /// Sends the request as the cache asks it: for the whole, on conditions of its own. Receives the final head.
  private func sendRequest(_ errand: CacheErrand) async throws(GatewayFailure) -> UpstreamConnection {
    if let edge = bench.edge {
      EdgePlan.withPath(bench.request.pathBytes, in: edge.distribution) { path in
        OriginRequest.write(
          bench.request, to: errand.origin, path: path, facts: bench.exchange.facts, keepsConditions: false,
          keepsCookies: !errand.terms.dropsCookies, into: bench.upstream)
      }
    }
    if let stale = errand.stale { Validators.write(for: stale.record, fields: stale.fields, into: bench.upstream) }
    bench.upstream.write("\r\n")
    bench.notes.call(state.reactor.now)
    let deadline = state.reactor.now.advanced(milliseconds: errand.origin.readTimeoutMilliseconds)
    let upstream = try await sendWhole(to: errand.origin.endpoint, until: deadline)
    do {
      while bench.response.status < 200 {
        if bench.response.status == 101 { throw UpstreamFailure(.malformed(.malformedStatusLine)) }
        // Whoever asked gets to see it; if he is gone, others still wait for what follows.
        if !errand.isInBackground { try? await passInterim() }
        try await upstream.receiveHead(into: bench.response, answering: .get, until: deadline)
      }
      bench.notes.answer(bench.response.status, state.reactor.now)
      return upstream
    } catch let failure as UpstreamFailure {
      upstream.close()
      throw GatewayFailure(failure)
    } catch {
      upstream.close()
      throw .networkError("\(error)")
    }
  }

  /// The origin has confirmed what is stored.
  private func freshen(
    _ stale: StoredObject, _ confirmation: ResponseFacts, _ errand: CacheErrand, _ filling: Filling, requested: Int64
  ) -> Fetched {
    bench.rendered.clear()
    StoredFields.write(FieldBlock(stale.fields), updatedBy: confirmation.fields, into: bench.rendered)
    let mayBeEncoded = mayBeEncoded(status: stale.record.status, bench.rendered)
    let fields = bench.rendered.readable
    let facts = ResponseFacts(status: stale.record.status, fields: fields, now: Int(now / 1000))
    var freshness = Freshness(lifetime: 0, source: .none)
    var refusal: StoreRefusal?
    switch errand.terms.decide(
      StoringRequest(bench.request, directives: errand.directives), facts, now: Int(now / 1000))
    {
    case .store(let said): freshness = said
    case .refuse(let reason): refusal = reason
    }
    var record = ResponseRecord(
      facts, freshness: freshness, stored: fields, age: confirmation.age, requested: requested, received: now)
    errand.terms.ttl?.apply(to: &record, facts)
    if mayBeEncoded { record.flags.insert(.mayBeEncoded) }
    let store = state.server.cache
    let object = store.object(
      key: filling.key, hash: store.hash(filling.key), selection: stale.selection, fields: fields, record: record,
      body: stale.body)
    keepForms(of: stale, for: object)
    var outcome = CacheOutcome(.revalidated(errand.reason))
    outcome.forwardStatus = 304
    outcome.refusal = refusal
    if refusal == nil { outcome.stored = store.insert(object, epoch: filling.epoch) } else { store.remove(stale) }
    filling.answer(object)
    return .object(object, outcome)
  }

  /// Stores an answer as it comes, or leaves it to be relayed.
  private func store(
    _ facts: ResponseFacts, of upstream: UpstreamConnection, _ errand: CacheErrand, _ filling: Filling,
    requested: Int64, on worker: isolated Worker
  ) async throws(GatewayFailure) -> Fetched {
    let answer = bench.response
    var outcome = CacheOutcome(.forwarded(errand.reason))
    outcome.forwardStatus = answer.status
    var decision = errand.terms.decide(
      StoringRequest(bench.request, directives: errand.directives), facts, now: Int(now / 1000))
    bench.scratch.clear()
    if answer.status == 206 { decision = .refuse(.partial) }
    if !Vary.write(facts.fields, request: bench.request, into: bench.scratch) { decision = .refuse(.varyAll) }
    guard case .store(let freshness) = decision else {
      if case .refuse(let refusal) = decision { outcome.refusal = refusal }
      filling.decline(now: now)
      return .relay(upstream, outcome)
    }
    bench.rendered.clear()
    StoredFields.write(facts.fields, into: bench.rendered)
    let mayBeEncoded = mayBeEncoded(status: answer.status, bench.rendered)
    let hasOwnFields = facts.directives.noCacheFields || facts.directives.privateFields
    if hasOwnFields {
      bench.answer.clear()
      StoredFields.write(facts.fields, keepsRestricted: true, into: bench.answer)
      if mayBeEncoded { ResponseCompression.addVary(to: bench.answer) }
    }
    var record = ResponseRecord(
      facts, freshness: freshness, stored: bench.rendered.readable, requested: requested, received: now)
    errand.terms.ttl?.apply(to: &record, facts)
    if mayBeEncoded { record.flags.insert(.mayBeEncoded) }
    let reader = FillingReader(filling)
    guard
      filling.begin(
        record: record, selection: bench.scratch.readable, fields: bench.rendered.readable, length: length(of: answer),
        now: now)
    else {
      outcome.refusal = .tooLarge
      return .relay(upstream, outcome)
    }
    outcome.remaining = record.remaining(now: now)
    do throws(UpstreamFailure) {
      while let piece = try upstream.bodyAtHand() {
        if piece.isEmpty {
          worker.start(CacheFill(filling, from: upstream))
          outcome.stored = true
          guard case .head(let head) = reader.head(orWake: CacheWait(on: worker)) else {
            throw UpstreamFailure(.interrupted)
          }
          return .stream(reader, head, outcome, hasOwnFields: hasOwnFields)
        }
        _ = filling.append(piece)
      }
    } catch {
      upstream.close()
      throw GatewayFailure(error)
    }
    upstream.release()
    guard let (object, isStored) = filling.finish() else {
      throw .networkError("a body that was at hand whole is larger than an object may be")
    }
    outcome.stored = isStored
    if !isStored { outcome.refusal = .invalidated }
    return .object(object, outcome, hasOwnFields: hasOwnFields)
  }

  private func length(of answer: ResponseHead) -> Int? {
    switch answer.framing {
    case .none: 0
    case .length(let count): Int(clamping: count)
    case .chunked, .untilClose: nil
    }
  }
}
