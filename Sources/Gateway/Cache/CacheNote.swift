import Bytes
import CacheRules
import CacheStore
import Edge
import HTTPSemantics

/// What the cache has to say of an answer that does not come from it: to the client in fields, and to itself about what is
/// stored.
struct CacheNote {
  let outcome: CacheOutcome
  /// Nil: the answer says nothing of what is stored.
  let terms: CacheTerms?

  init(_ outcome: CacheOutcome, _ terms: CacheTerms?) {
    self.outcome = outcome
    self.terms = terms
  }
}

/// The two fields by which a client learns what the cache did.
extension ExchangeDriver {
  /// Writes them into `bench.fields`, for a response of a distribution.
  func writeCacheLines(_ outcome: CacheOutcome, status: Int) {
    bench.notes.cacheResult = CacheResult(outcome)
    let fields = bench.fields
    fields.write("Cache-Status: ")
    CacheStatus.write(outcome, into: fields)
    fields.write("\r\nX-Cache: ")
    XCache.write(outcome, status: status, name: bench.edge?.distribution.xCacheName ?? "sluice", into: fields)
    fields.write("\r\n")
  }

  /// Says in `bench.fields` of an answer that the cache has no part in that it is a distribution's.
  func writeCacheLine(_ word: StaticString, of distribution: Distribution) {
    bench.fields.write("X-Cache: ")
    XCache.write(word, name: distribution.xCacheName, into: bench.fields)
    bench.fields.write("\r\n")
  }

  /// The head of an answer that does not come from the cache is ready, with its fields on the bench. Says so, invalidates
  /// what an unsafe request has changed (RFC 9111 § 4.4), and brings up to date what a HEAD has told of (§ 4.3.5).
  /// - Parameter length: bytes of the body, or of the one that a HEAD's answer does not have; nil: not known.
  func tellOfCache(_ status: Int, length: Int?) {
    guard let note = bench.edge?.note else { return }
    bench.edge?.note = nil
    if let terms = note.terms, let edge = bench.edge {
      if bench.request.method == .head {
        // Where the cache was passed by, the key on the bench is another request's.
        if case .forwarded = note.outcome.kind { heedHead(status, length: length, terms) }
      } else if UnsafeMethod.invalidates(bench.request.method, status: status) {
        invalidate(terms, edge)
      }
    }
    var outcome = note.outcome
    outcome.forwardStatus = status
    writeCacheLines(outcome, status: shown(status))
  }

  private func invalidate(_ terms: CacheTerms, _ edge: EdgeExchange) {
    let answer = FieldBlock(bench.fields.readable)
    let request = bench.request
    let store = state.server.cache
    let place = bench.scratch
    var patterns = [pattern(for: request.pathBytes, query: request.queryBytes, terms, edge)]
    for line in answer where line.id == .location || line.isNamed("content-location") {
      place.clear()
      guard UnsafeMethod.resolve(line.value, authority: request.authorityBytes, path: request.pathBytes, into: place)
      else { continue }
      let target = place.readable
      let end = target.firstIndex(of: 63)
      patterns.append(
        pattern(
          for: UnsafeRawBufferPointer(rebasing: target[..<(end ?? target.count)]),
          query: end.map { UnsafeRawBufferPointer(rebasing: target[($0 &+ 1)...]) }, terms, edge))
    }
    store.invalidate(patterns, space: terms.space)
    ObjectTags.readInvalidated(answer) { store.invalidate(tag: $0, space: terms.space) }
  }

  /// What is stored for a path and a query, as the behaviour's keys have it.
  private func pattern(
    for path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?, _ terms: CacheTerms, _ edge: EdgeExchange
  ) -> InvalidationPattern {
    let target = bench.kept
    target.clear()
    EdgePlan.withPath(path, in: edge.distribution) { CacheKey.write(target: $0, query: query, terms.key, into: target) }
    return InvalidationPattern(exactly: target.readable)
  }

  private func heedHead(_ status: Int, length: Int?, _ terms: CacheTerms) {
    let store = state.server.cache
    let hash = store.hash(bench.key.readable)
    guard
      case .found(let object) = store.find(bench.key.readable, hash: hash, where: { matches($0.selection) })
    else { return }
    let epoch = store.epoch
    let facts = ResponseFacts(status: status, fields: bench.fields.readable, now: Int(now / 1000))
    // What one who shows credentials is told is for everybody only if it says so (§ 3.5).
    let asked = StoringRequest(bench.request, directives: RequestDirectives())
    guard Storability.mayBeShared(asked, facts.directives) else { return }
    switch HeadUpdate.decide(
      facts, length: length, object.record, fields: object.fields, storedLength: object.body.count)
    {
    case .none: break
    case .makeStale: store.makeStale(object)
    case .freshen:
      let kept = bench.kept
      kept.clear()
      StoredFields.write(FieldBlock(object.fields), updatedBy: facts.fields, into: kept)
      let mayBeEncoded = mayBeEncoded(status: object.record.status, kept)
      let merged = ResponseFacts(status: object.record.status, fields: kept.readable, now: Int(now / 1000))
      let storing = StoringRequest(method: .get, noStore: false, hasAuthorization: false)
      guard case .store(let freshness) = terms.decide(storing, merged, now: Int(now / 1000)) else {
        store.makeStale(object)
        return
      }
      var record = ResponseRecord(
        merged, freshness: freshness, stored: kept.readable, age: facts.age, requested: now, received: now)
      terms.ttl?.apply(to: &record, merged)
      if mayBeEncoded { record.flags.insert(.mayBeEncoded) }
      let fresh = store.object(
        key: object.key, hash: hash, selection: object.selection, fields: kept.readable, record: record,
        body: object.body)
      keepForms(of: object, for: fresh)
      store.insert(fresh, epoch: epoch)
    }
  }
}
