import CacheRules
import CacheStore
import Edge
import HTTPSemantics

/// What the cache makes of an origin that fails, under CloudFront's rules: for a while it is left alone.
extension ExchangeDriver {
  /// What is stale stands in for an origin that fails. Under CloudFront's rules the origin is left alone for a while then
  /// (spec § 14.5).
  func standIn(
    _ stale: StoredObject, for status: Int, _ errand: CacheErrand, _ filling: Filling
  ) -> StoredObject {
    guard let seconds = errand.terms.ttl?.errorMinimum(for: status), seconds > 0 else {
      filling.answer(stale)
      return stale
    }
    var record = stale.record
    record.freshness = Freshness(lifetime: record.age(now: now) &+ seconds, source: .errorTTL)
    let store = state.server.cache
    let object = store.object(
      key: filling.key, hash: store.hash(filling.key), selection: stale.selection, fields: stale.fields, record: record,
      body: stale.body)
    keepForms(of: stale, for: object)
    store.insert(object, epoch: filling.epoch)
    filling.answer(object)
    return object
  }

  /// A server gave no answer: under CloudFront's rules it is not asked again for a while, and everybody gets the page that says
  /// so (spec § 14.6). A server that another stands in for is asked each time.
  func remember(_ refusal: EdgeRefusal, _ errand: CacheErrand, _ filling: Filling) {
    // A page that varies on nothing must not stand before variants that are stored.
    guard case .server = errand.source, case .nothingStored = errand.reason, bench.edge?.failover == nil,
      !errand.keepsRange, bench.request.first(.authorization) == nil,
      let seconds = errand.terms.ttl?.errorMinimum(for: refusal.status), seconds > 0
    else { return filling.fail() }
    refusal.write(fields: bench.kept, body: bench.scratch)
    writeMissingDate(into: bench.kept)
    let facts = ResponseFacts(status: refusal.status, fields: bench.kept.readable, now: Int(now / 1000))
    let record = ResponseRecord(
      facts, freshness: Freshness(lifetime: seconds, source: .errorTTL), stored: bench.kept.readable, requested: now,
      received: now)
    let store = state.server.cache
    let object = store.object(
      key: filling.key, hash: store.hash(filling.key), selection: UnsafeRawBufferPointer(start: nil, count: 0),
      fields: bench.kept.readable, record: record, body: StoredBody(bench.scratch.readable))
    store.insert(object, epoch: filling.epoch)
    filling.answer(object)
  }
}
