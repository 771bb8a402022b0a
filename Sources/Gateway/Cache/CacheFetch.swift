import Bytes
import CacheRules
import CacheStore
import Compression
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
    let source: CacheSource
    let terms: CacheTerms
    let directives: RequestDirectives
    let reason: ForwardReason
    /// What is stored, and has to be confirmed.
    var stale: StoredObject?
    /// What is stored of the beginning, and has to be completed.
    var part: StoredObject?
    /// What is stored, and is of no use; `stale` and `part` are of some.
    var useless: StoredObject?
    /// The range that the request names is asked for, in place of the whole.
    var keepsRange = false
    /// Nobody waits for the answer.
    var isInBackground = false

    /// Forgets what a hard invalidation has hit since it was found. Asked once there is a filling: an invalidation that comes
    /// later hits that one.
    mutating func forgetInvalidated() {
      if stale?.isGone ?? false { stale = nil }
      if part?.isGone ?? false { part = nil }
    }
  }

  enum Fetched {
    /// It is whole. What is kept of its fields may be fewer than the one who asked is to get: then they are in
    /// `bench.answer`.
    case object(StoredObject, CacheOutcome, hasOwnFields: Bool = false)
    /// Its body is on the way.
    case stream(FillingReader, FillingHead, CacheOutcome, hasOwnFields: Bool)
    /// It is not stored: it goes from the origin to the client. The head is on the bench.
    case relay(OriginCall, RelayTerms, CacheOutcome)
    /// It is not stored, and there whole: the fields are on the bench, the body is the object's or in `bench.rendered`.
    case whole(status: Int, StoredObject?, CacheOutcome)
    /// Another origin is asked instead.
    case startsOver
  }

  /// Asks the origin on behalf of everybody who follows `filling`, which has ended or goes on by itself afterwards.
  func fetch(
    _ errand: CacheErrand, filling: Filling, on worker: Worker
  ) async throws(GatewayFailure) -> Fetched {
    var errand = errand
    errand.forgetInvalidated()
    do {
      return try await ask(errand, filling, on: worker)
    } catch {
      let refusal = EdgeRefusal(ofOrigin: error)
      if let stale = errand.stale, error.fault == .upstream,
        StaleOnError.mayServe(stale.record, errand.directives, after: .unreachable, now: now)
      {
        return .object(standIn(stale, for: refusal.status, errand, filling), CacheOutcome(.hit(.staleOnError)))
      }
      // What an API has against one request says nothing of another's.
      if error.fault == .upstream { remember(refusal, errand, filling) } else { filling.decline(now: now) }
      bench.edge?.note = CacheNote(CacheOutcome(.forwarded(errand.reason)), nil)
      throw error
    }
  }

  /// Milliseconds since 1970.
  var now: Int64 { state.reactor.epochMilliseconds }

  private func ask(
    _ errand: CacheErrand, _ filling: Filling, on worker: Worker
  ) async throws(GatewayFailure) -> Fetched {
    let requested = now
    let answer = try await askSource(errand, on: worker)
    bench.notes.answer(answer.status, state.reactor.now)
    let facts = ResponseFacts(status: answer.status, fields: bench.fields.readable, now: Int(now / 1000))

    if let stale = errand.stale {
      if answer.status == 304, answer.isConditional {
        writeMissingDate(into: bench.fields)
        let facts = ResponseFacts(status: 304, fields: bench.fields.readable, now: Int(now / 1000))
        if Validators.confirms(facts, stale.record, fields: stale.fields, wasAskedAbout: true) {
          let fetched = freshen(stale, facts, errand, filling, requested: requested)
          answer.release()
          return fetched
        }
        // It speaks of something that is not here: ask again, for all of it.
        answer.close()
        var whole = errand
        whole.stale = nil
        return try await ask(whole, filling, on: worker)
      }
      if StaleOnError.mayServe(
        stale.record, errand.directives, after: .answered(answer.status), standsInForErrors: errand.terms.ttl != nil,
        now: now), StaleOnError.isError(answer.status)
      {
        answer.close()
        var outcome = CacheOutcome(.hit(.staleOnError))
        outcome.forwardStatus = answer.status
        return .object(standIn(stale, for: answer.status, errand, filling), outcome)
      }
    }
    if !errand.isInBackground, answer.status >= 400,
      bench.edge?.failover?.statusCodes.contains(answer.status) ?? false, hasStandIn(for: answer.status)
    {
      answer.close()
      filling.standAside()
      return .startsOver
    }
    return try await store(facts, of: answer, errand, filling, requested: requested, on: worker)
  }

  /// The origin has confirmed what is stored.
  private func freshen(
    _ stale: StoredObject, _ confirmation: ResponseFacts, _ errand: CacheErrand, _ filling: Filling, requested: Int64
  ) -> Fetched {
    bench.kept.clear()
    StoredFields.write(FieldBlock(stale.fields), updatedBy: confirmation.fields, into: bench.kept)
    let mayBeEncoded = mayBeEncoded(status: stale.record.status, bench.kept)
    let fields = bench.kept.readable
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
    if let refusal {
      // What the 304 has brought is for the one who asked: a cookie, or all of it.
      outcome.refusal = refusal
      store.remove(stale)
      filling.decline(now: now)
    } else {
      let isStored = store.insert(object, epoch: filling.epoch)
      outcome.stored = isStored
      if !isStored { outcome.refusal = .invalidated }
      outcome.remaining = record.remaining(now: now)
      filling.answer(object)
    }
    return .object(object, outcome)
  }

  /// Stores an answer as it comes, or leaves it to be passed on.
  private func store(
    _ facts: ResponseFacts, of answer: OriginAnswer, _ errand: CacheErrand, _ filling: Filling,
    requested: Int64, on worker: Worker
  ) async throws(GatewayFailure) -> Fetched {
    var outcome = CacheOutcome(.forwarded(errand.reason))
    outcome.forwardStatus = answer.status
    outcome.wasAged = facts.age > 0
    var decision = errand.terms.decide(
      StoringRequest(bench.request, directives: errand.directives), facts, now: Int(now / 1000))
    var part: StoredObject?
    if answer.status == 206 {
      if let stored = errand.part {
        // Whoever asked is to get the whole, by whatever way.
        guard case .store = decision, Self.continues(stored, facts, length: answer.length) else {
          return try await askForWhole(errand, instead: answer, filling, on: worker)
        }
        part = stored
      } else if !errand.keepsRange || facts.directives.noCacheFields || facts.directives.privateFields
        || facts.contentRange?.count != answer.length
      {
        // A part whose length is not what it says, or not known, cannot be put in its place.
        decision = .refuse(.partial)
      }
    }
    guard case .store(let freshness) = decision else {
      if case .refuse(let refusal) = decision { outcome.refusal = refusal }
      filling.decline(now: now)
      return answer.passedOn(outcome)
    }
    var facts = facts
    bench.kept.clear()
    if let part {
      StoredFields.write(FieldBlock(part.fields), updatedBy: facts.fields, into: bench.kept)
      facts = ResponseFacts(status: 200, fields: bench.kept.readable, now: Int(now / 1000))
    } else {
      StoredFields.write(facts.fields, keepsRange: answer.status == 416, into: bench.kept)
      writeMissingDate(into: bench.kept)
    }
    // An API may compress its answers: then each coding is a variant of its own.
    let encoder = apiEncoder(status: answer.status, size: answer.length, fields: bench.kept)
    var isLent = false
    defer { if let encoder, !isLent { state.encoders.give(encoder) } }
    bench.scratch.clear()
    let varying = encoder == nil ? facts.fields : FieldBlock(bench.kept.readable)
    guard Vary.write(varying, request: bench.request, into: bench.scratch) else {
      if part != nil { return try await askForWhole(errand, instead: answer, filling, on: worker) }
      outcome.refusal = .varyAll
      filling.decline(now: now)
      return answer.passedOn(outcome)
    }
    let mayBeEncoded = mayBeEncoded(status: facts.status, bench.kept)
    // The buffer may have moved.
    if part != nil { facts = ResponseFacts(status: 200, fields: bench.kept.readable, now: Int(now / 1000)) }
    let hasOwnFields = facts.directives.noCacheFields || facts.directives.privateFields
    if hasOwnFields {
      bench.answer.clear()
      StoredFields.write(
        facts.fields, keepsRestricted: true, keepsRange: answer.status == 416, into: bench.answer)
      writeMissingDate(into: bench.answer)
      if let encoder { ResponseCompression.mark(bench.answer, as: encoder.coding) }
      if mayBeEncoded { ResponseCompression.addVary(to: bench.answer) }
    }
    var record = ResponseRecord(
      facts, freshness: freshness, stored: bench.kept.readable, requested: requested, received: now)
    errand.terms.ttl?.apply(to: &record, facts)
    if mayBeEncoded { record.flags.insert(.mayBeEncoded) }
    let reader = FillingReader(filling)
    guard
      filling.begin(
        record: record, selection: bench.scratch.readable, fields: bench.kept.readable,
        length: part?.record.part?.complete ?? (encoder == nil ? answer.length : nil), now: now)
    else {
      outcome.refusal = .tooLarge
      if part == nil { return answer.passedOn(outcome) }
      answer.close()
      // `use(of:_:)` has looked whether the whole fits.
      throw .networkError("a part cannot be completed: the whole is larger than an object may be")
    }
    if let part {
      var at = 0
      while let piece = part.body.piece(at: at, until: part.body.count) {
        _ = filling.append(piece)
        at &+= piece.count
      }
    }
    outcome.remaining = record.remaining(now: now)
    do throws(UpstreamFailure) {
      if try !fill(filling, from: answer, by: encoder) {
        guard case .coming(let upstream, _) = answer.body,
          case .head(let head) = reader.head(orWake: CacheWait(on: worker))
        else { throw UpstreamFailure(.interrupted) }
        isLent = true
        worker.startHere(CacheFill(filling, from: upstream, by: encoder, on: state))
        outcome.stored = true
        return .stream(reader, head, outcome, hasOwnFields: hasOwnFields)
      }
    } catch {
      answer.close()
      throw GatewayFailure(error)
    }
    answer.release()
    switch filling.finish() {
    case .object(let object, let isStored):
      outcome.stored = isStored
      if !isStored { outcome.refusal = .invalidated }
      return .object(object, outcome, hasOwnFields: hasOwnFields)
    case .filing, .notKept:
      // It is read where it is at the moment.
      guard case .head(let head) = reader.head(orWake: CacheWait(on: worker)) else {
        throw .networkError("a body that was at hand whole has been lost")
      }
      return .stream(reader, head, outcome, hasOwnFields: hasOwnFields)
    }
  }

  /// What came is no rest of what is stored: the origin is asked for all of it.
  private func askForWhole(
    _ errand: CacheErrand, instead answer: OriginAnswer, _ filling: Filling, on worker: Worker
  ) async throws(GatewayFailure) -> Fetched {
    answer.close()
    var whole = errand
    whole.part = nil
    return try await ask(whole, filling, on: worker)
  }

  /// Whether a 206 is the rest of a stored part.
  /// - Parameter length: of the answer's body; nil where it is not known.
  private static func continues(_ part: StoredObject, _ answer: ResponseFacts, length: Int?) -> Bool {
    guard let stored = part.record.part, let range = answer.contentRange, range.count == length,
      let place = part.record.etag, let etag = answer.etag
    else { return false }
    return PartialContent.continues(
      stored, range, stored: EntityTag(UnsafeRawBufferPointer(rebasing: part.fields[place])), newer: EntityTag(etag))
  }

  /// What has no `Date` was made when it came (RFC 9110 § 6.6.1).
  func writeMissingDate(into fields: ByteBuffer) {
    if FieldBlock(fields.readable).first(.date) == nil { state.date.write(epochMilliseconds: now, into: fields) }
  }

  /// Hands over what is there of a body.
  /// - Returns: whether that was all of it.
  private func fill(
    _ filling: Filling, from answer: OriginAnswer, by encoder: BodyEncoder?
  ) throws(UpstreamFailure) -> Bool {
    let packed = bench.packed
    packed.clear()
    var isWhole = true
    switch answer.body {
    case .whole(let object):
      let bytes = object?.wholeBody ?? bench.rendered.readable
      if let encoder { encoder.write(bytes, into: packed) } else { _ = filling.append(bytes) }
    case .coming(let upstream, _):
      while let piece = try upstream.bodyAtHand() {
        if piece.isEmpty {
          isWhole = false
          break
        }
        if let encoder { encoder.write(piece, into: packed) } else { _ = filling.append(piece) }
      }
    }
    if let encoder {
      if isWhole { encoder.finish(into: packed) } else { encoder.flush(into: packed) }
      _ = filling.append(packed.readable)
    }
    return isWhole
  }
}
