import Bytes
import CacheRules
import CacheStore
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// What the cache of a stage has to do with one request (spec § 11.2): what it says of it, and the fetch that it leads, if
/// it does, whose answer is kept here as it comes.
///
/// The fields are kept as the integration response made them, without what the gateway says of itself in every response: a
/// stored answer gets an id of its own each time.
final class StageExchange: BodyTap {
  private let plan: StageCachePlan
  private let store: CacheStore
  /// Nil: another leads, or nothing is kept.
  private var filling: Filling?
  private var outcome: CacheOutcome
  /// The client may not ask for a fresh answer, and is told so.
  private let warns: Bool
  /// What is kept of an answer whose body comes in pieces.
  private var record: ResponseRecord?
  private var fields: [UInt8] = []
  private var body = ByteBuffer(capacity: 64)

  init(_ plan: StageCachePlan, _ store: CacheStore, _ filling: Filling?, _ reason: ForwardReason, warns: Bool) {
    self.plan = plan
    self.store = store
    self.filling = filling
    self.warns = warns
    outcome = CacheOutcome(.forwarded(reason))
  }

  /// Whatever has become of the request: nobody waits for it any more.
  deinit { filling?.fail() }

  /// Whether the answer is to be kept.
  var isKept: Bool { filling != nil }
  /// Whether clients that take other codings have another entry.
  var knowsEncodings: Bool { plan.isKeyed(byHeader: "accept-encoding") }

  /// Writes what the client is told of it.
  func writeLines(into out: ByteBuffer) { Self.write(outcome, warns: warns, into: out) }

  static func write(_ outcome: CacheOutcome, warns: Bool, into out: ByteBuffer) {
    out.write("Cache-Status: ")
    CacheStatus.write(outcome, cache: "sluice-stage", into: out)
    out.write("\r\n")
    if warns {
      out.write("Warning: ")
      out.write(StageCache.warning)
      out.write("\r\n")
    }
  }

  // MARK: Keeping

  /// An answer that is there whole.
  /// - Parameter now: milliseconds since 1970.
  func keep(_ status: Int, fields: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer, now: Int64) {
    guard let filling, let record = decide(status, fields, length: body.count, now: now) else { return }
    outcome.stored = insert(record, fields, StoredBody(body), filling)
  }

  /// The head of an answer whose body comes over a connection, for whoever reads it.
  /// - Parameter method: the client's.
  func watch(_ upstream: OriginCall, _ answer: ResponseHead, to method: HTTPMethod, now: Int64) {
    guard record == nil, filling != nil else { return }
    // Nobody reads the body that the answer to a HEAD has not.
    if method == .head { return decline(.method, now: now) }
    let length: Int? =
      switch answer.framing {
      case .none: 0
      case .length(let count): Int(clamping: count)
      case .chunked, .untilClose: nil
      }
    let block = ByteBuffer(capacity: 512)
    ProxyResponse.write(answer, into: block)
    guard let record = decide(answer.status, block.readable, length: length ?? 0, now: now) else { return }
    self.record = record
    fields = Array(block.readable)
    upstream.watch(by: self)
    outcome.stored = true
  }

  func take(_ bytes: UnsafeRawBufferPointer) {
    guard filling != nil else { return }
    guard body.count &+ bytes.count <= StageCache.largestEntry else {
      decline(.tooLarge, now: record?.received ?? 0)
      body = ByteBuffer(capacity: 64)
      return
    }
    body.write(bytes)
  }

  func end(isWhole: Bool) {
    guard isWhole, let filling, let record else {
      filling?.fail()
      filling = nil
      return
    }
    fields.withUnsafeBytes { _ = insert(record, $0, StoredBody(body.readable), filling) }
  }

  /// - Returns: nil where the answer is not kept; then nobody waits for it any more.
  private func decide(_ status: Int, _ fields: UnsafeRawBufferPointer, length: Int, now: Int64) -> ResponseRecord? {
    outcome.forwardStatus = status
    switch StageCache.decide(status: status, length: length, ttl: plan.ttl) {
    case .refuse(let refusal):
      decline(refusal, now: now)
      return nil
    case .store(let freshness):
      let facts = ResponseFacts(status: status, fields: fields, now: Int(now / 1000))
      outcome.remaining = freshness.lifetime
      // What the backend says of age or freshness does not count.
      return ResponseRecord(facts, freshness: freshness, stored: fields, age: 0, requested: now, received: now)
    }
  }

  private func decline(_ refusal: StoreRefusal, now: Int64) {
    outcome.refusal = refusal
    filling?.decline(now: now)
    filling = nil
  }

  private func insert(
    _ record: ResponseRecord, _ fields: UnsafeRawBufferPointer, _ body: StoredBody, _ filling: Filling
  ) -> Bool {
    self.filling = nil
    let selection = UnsafeRawBufferPointer(start: nil, count: 0)
    let object = store.object(
      key: filling.key, hash: store.hash(filling.key), selection: selection, fields: fields, record: record, body: body)
    let isStored = store.insert(object, epoch: filling.epoch)
    filling.answer(object)
    return isStored
  }
}

/// The cache of a stage, between the method request and the integration request.
///
///     max-age=0 from a client who may not say so? ──▶ 403, or passed over with or without a warning
///     look up ──▶ fresh: that is the integration's answer
///       └─ lead the fetch, or wait for another's ──▶ the integration is called, and its answer kept
extension ExchangeDriver {
  func answerThroughStageCache(
    _ cache: StageCachePlan, _ plan: MethodPlan, on worker: Worker
  ) async throws(GatewayFailure) -> MethodAnswer {
    let exchange = bench.exchange
    // The permission to invalidate is IAM's to give; until requests are signed nobody has it.
    let invalidation = StageCache.invalidation(
      RequestDirectives(exchange.head), requiresAuthorization: cache.requiresAuthorization, isAuthorized: false,
      strategy: cache.strategy)
    if invalidation == .forbid { throw .mayNotInvalidate }
    let warns = invalidation == .ignore(withWarning: true)
    bench.notes.stageCacheResult = .miss
    let store = state.server.cache
    let key = bench.kept
    key.clear()
    try cache.writeKey(exchange, into: key)
    let hash = store.hash(key.readable)

    var reason = ForwardReason.nothingStored
    var stale: StoredObject?
    if case .found(let object) = store.find(key.readable, hash: hash, where: { _ in true }) {
      if invalidation != .refetch, let remaining = Self.remaining(object, now: now) {
        return take(object, plan, CacheOutcome(.hit(.fresh)), remaining, warns: warns)
      }
      reason = invalidation == .refetch ? .requestMaxAge : object.isInvalidated ? .invalidated : .stale
      stale = object
    }
    // Another's failure is not ours: then it is asked again, but not for ever.
    for _ in 0..<3 {
      switch store.join(key.readable, hash: hash, unlike: stale, now: now, where: { _ in true }, selects: { _ in true })
      {
      case .found(let object):
        guard let remaining = Self.remaining(object, now: now) else { break }
        return take(object, plan, collapsed(reason), remaining, warns: warns)
      case .lead(let filling):
        return try await callIntegration(of: plan, StageExchange(cache, store, filling, reason, warns: warns))
      case .alone:
        let filling = store.fetchAlone(key.readable, hash: hash)
        return try await callIntegration(of: plan, StageExchange(cache, store, filling, reason, warns: warns))
      case .follow(let filling):
        switch await follow(filling, on: worker) {
        case .answered(let object):
          return take(object, plan, collapsed(reason), object.record.remaining(now: now), warns: warns)
        case .failed: continue
        case .pending, .head, .declined: break
        }
      }
      break
    }
    return try await callIntegration(of: plan, StageExchange(cache, store, nil, reason, warns: warns))
  }

  /// Makes the integration's request. What a proxied one says of the form that its client wants the answer in stays here: the
  /// answer is kept for all.
  func makeRequest(_ plan: MethodPlan, _ stage: StageExchange) throws(GatewayFailure) -> IntegrationCall {
    let head = bench.exchange.head
    let fields = head.fields
    defer { head.fields = fields }
    if plan.kind == .httpProxy, stage.isKept {
      head.fields.removeAll { field in
        switch field.id {
        case .acceptEncoding: !stage.knowsEncodings
        case .ifNoneMatch, .ifModifiedSince: true
        default: OriginRequest.isRange(field, of: head)
        }
      }
    }
    return try IntegrationRequest.run(plan, bench.exchange, into: bench.upstream)
  }

  /// Seconds of freshness left; nil where it is not to be used.
  private static func remaining(_ object: StoredObject, now: Int64) -> Int? {
    let remaining = object.record.remaining(now: now)
    return object.isInvalidated || remaining <= 0 ? nil : remaining
  }

  private func collapsed(_ reason: ForwardReason) -> CacheOutcome {
    var outcome = CacheOutcome(.forwarded(reason))
    outcome.isCollapsed = true
    return outcome
  }

  /// Puts a stored answer's fields on the bench.
  private func take(
    _ object: StoredObject, _ plan: MethodPlan, _ outcome: CacheOutcome, _ remaining: Int, warns: Bool
  ) -> MethodAnswer {
    var outcome = outcome
    outcome.remaining = remaining
    bench.fields.clear()
    bench.fields.write(object.fields)
    MethodResponse.finish(plan, bench.exchange, status: object.record.status, fields: bench.fields)
    bench.notes.stageCacheResult = CacheResult(outcome)
    StageExchange.write(outcome, warns: warns, into: bench.fields)
    return .stored(status: object.record.status, object)
  }

  /// Waits for another's call of the integration. It has deadlines of its own.
  private func follow(_ filling: Filling, on worker: Worker) async -> FillingReader.Head {
    let reader = FillingReader(filling)
    defer { reader.leave() }
    let waiter = CacheWait(on: worker)
    while true {
      let head = reader.head(orWake: waiter)
      guard case .pending = head else { return head }
      if !(await waiter.sleep(milliseconds: 1000)) { reader.forget(waiter) }
    }
  }
}

extension StoredObject {
  /// The body of an entry of a stage's cache, which lies in one piece. Valid while the object is held.
  var wholeBody: UnsafeRawBufferPointer { body.onlyPiece ?? UnsafeRawBufferPointer(start: nil, count: 0) }
}

extension GatewayFailure {
  /// 403 to `Cache-Control: max-age=0` from a client who may not invalidate ([I]: the type of the gateway response).
  fileprivate static var mayNotInvalidate: GatewayFailure {
    GatewayFailure(.accessDenied, reason: "the client may not invalidate entries of the stage's cache")
  }
}
