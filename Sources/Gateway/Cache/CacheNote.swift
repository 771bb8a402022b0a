import Bytes
import CacheRules
import CacheStore
import Edge
import HTTPSemantics
import HTTPWire

/// What the cache has to say of an answer that is relayed: to the client in fields, and to itself about what is stored.
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
enum CacheFieldLines {
  static func write(_ outcome: CacheOutcome, status: Int, into fields: ByteBuffer) {
    fields.write("Cache-Status: ")
    CacheStatus.write(outcome, into: fields)
    fields.write("\r\nX-Cache: ")
    fields.write(XCache.word(outcome, status: status))
    fields.write(" from sluice\r\n")
  }
}

extension ExchangeDriver {
  /// The head of an answer that is relayed has come: invalidates what an unsafe request has changed (RFC 9111 § 4.4), and
  /// brings up to date what a HEAD has told of (§ 4.3.5).
  func heed(_ answer: ResponseHead, _ note: CacheNote) {
    guard let terms = note.terms, let edge = bench.edge else { return }
    let request = bench.request
    if request.method == .head {
      heedHead(answer, terms, edge)
    } else if UnsafeMethod.invalidates(request.method, status: answer.status) {
      invalidate(answer, terms, edge)
    }
  }

  private func invalidate(_ answer: ResponseHead, _ terms: CacheTerms, _ edge: EdgeExchange) {
    let request = bench.request
    let store = state.server.cache
    let target = bench.scratch
    target.clear()
    EdgePlan.withPath(request.pathBytes, in: edge.distribution) { target.write($0) }
    if let query = request.queryBytes, terms.key.query != .none {
      target.write(byte: 63)
      target.write(query)
    }
    var patterns = [InvalidationPattern(exactly: target.readable)]
    for field in answer.fields {
      guard field.id == .location || answer.name(of: field).equalsIgnoringCase("content-location") else { continue }
      target.clear()
      if UnsafeMethod.resolve(
        answer.value(of: field), authority: request.authorityBytes, path: request.pathBytes, into: target)
      {
        patterns.append(InvalidationPattern(exactly: target.readable))
      }
    }
    store.invalidate(patterns, space: terms.space)
    target.clear()
    OriginRequest.writeAnswer(answer, into: target)
    ObjectTags.readInvalidated(FieldBlock(target.readable)) { store.invalidate(tag: $0, space: terms.space) }
  }

  private func heedHead(_ answer: ResponseHead, _ terms: CacheTerms, _ edge: EdgeExchange) {
    let store = state.server.cache
    let hash = store.hash(bench.key.readable)
    guard
      case .found(let object) = store.find(bench.key.readable, hash: hash, where: { matches($0.selection) })
    else { return }
    let epoch = store.epoch
    let fields = bench.scratch
    fields.clear()
    for field in answer.fields where answer.isEndToEnd(field) { answer.write(field, into: fields) }
    let facts = ResponseFacts(status: answer.status, fields: fields.readable, now: Int(now / 1000))
    switch HeadUpdate.decide(facts, object.record, fields: object.fields, length: object.body.count) {
    case .none: break
    case .makeStale: store.makeStale(object)
    case .freshen:
      bench.rendered.clear()
      StoredFields.write(FieldBlock(object.fields), updatedBy: facts.fields, into: bench.rendered)
      let mayBeEncoded = mayBeEncoded(status: object.record.status, bench.rendered)
      let merged = ResponseFacts(
        status: object.record.status, fields: bench.rendered.readable, now: Int(now / 1000))
      let storing = StoringRequest(method: .get, noStore: false, hasAuthorization: false)
      guard case .store(let freshness) = terms.decide(storing, merged, now: Int(now / 1000)) else {
        store.makeStale(object)
        return
      }
      var record = ResponseRecord(
        merged, freshness: freshness, stored: bench.rendered.readable, age: facts.age, requested: now, received: now)
      terms.ttl?.apply(to: &record, merged)
      if mayBeEncoded { record.flags.insert(.mayBeEncoded) }
      let fresh = store.object(
        key: object.key, hash: hash, selection: object.selection, fields: bench.rendered.readable, record: record,
        body: object.body)
      keepForms(of: object, for: fresh)
      store.insert(fresh, epoch: epoch)
    }
  }
}
