import Bytes
import CacheRules
import CacheStore
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// What was answered to a question of the cache's: by a server, or by the stages of an API. Its fields are in `bench.fields`.
struct OriginAnswer {
  enum Body {
    /// It is still to be read.
    case coming(OriginCall, RelayTerms)
    /// It is there: the object's, or what is in `bench.rendered`.
    case whole(StoredObject?)
  }

  let status: Int
  let body: Body
  /// Bytes; nil where they are not known.
  let length: Int?
  /// It was asked whether what is stored still holds, so that a 304 says yes.
  var isConditional = false

  init(status: Int, whole object: StoredObject?, length: Int) {
    self.status = status
    body = .whole(object)
    self.length = length
  }

  /// The answer whose head has come over a connection.
  init(_ head: ResponseHead, from upstream: OriginCall, _ terms: RelayTerms, isConditional: Bool) {
    status = head.status
    length =
      switch head.framing {
      case .none: 0
      case .length(let count): Int(clamping: count)
      case .chunked, .untilClose: nil
      }
    body = .coming(upstream, terms)
    self.isConditional = isConditional
  }

  /// The body has been read to its end.
  func release() { if case .coming(let upstream, _) = body { upstream.release() } }

  /// Nobody wants the body.
  func close() { if case .coming(let upstream, _) = body { upstream.close() } }

  /// It is not stored.
  func passedOn(_ outcome: CacheOutcome) -> ExchangeDriver.Fetched {
    switch body {
    case .coming(let upstream, let terms): .relay(upstream, terms, outcome)
    case .whole(let object): .whole(status: status, object, outcome)
    }
  }
}

/// Asking on the cache's behalf: for the whole, on conditions of its own.
extension ExchangeDriver {
  func askSource(_ errand: CacheErrand, on worker: Worker) async throws(GatewayFailure) -> OriginAnswer {
    switch errand.source {
    case .server(let origin): try await askServer(origin, errand)
    case .api: try await askAPI(errand, on: worker)
    }
  }

  private func askServer(
    _ origin: HTTPOrigin, _ errand: CacheErrand
  ) async throws(GatewayFailure) -> OriginAnswer {
    if let edge = bench.edge {
      EdgePlan.withPath(bench.request.pathBytes, in: edge.distribution) { path in
        OriginRequest.write(
          bench.request, to: origin, path: path, facts: bench.exchange.facts, keepsConditions: false,
          keepsRange: errand.keepsRange, keepsCookies: !errand.terms.dropsCookies,
          forwarding: errand.terms.fetching, viewer: viewer(saying: errand.terms.fetching.told),
          into: bench.upstream)
      }
    }
    return try await ask(origin.endpoint, RelayTerms(origin), errand)
  }

  /// Takes the request through the stages of its method, without the conditions of the one who asks.
  private func askAPI(_ errand: CacheErrand, on worker: Worker) async throws(GatewayFailure) -> OriginAnswer {
    let request = bench.request
    let forwarding = errand.terms.fetching
    bench.asked.take(request) { field in
      switch field.id {
      case .ifNoneMatch, .ifModifiedSince: true
      case .cookie: errand.terms.dropsCookies && !forwarding.namesCookies
      default: !errand.keepsRange && OriginRequest.isRange(field, of: request)
      }
    }
    if OriginRequest.differs(bench.asked, by: forwarding) { rewriteAsked(forwarding) }
    bench.exchange.begin(head: bench.asked, facts: bench.exchange.facts)
    let plan = try matchRoute()
    let answer: OriginAnswer
    if let prepared = plan.preparedResponse(for: bench.exchange) {
      bench.fields.clear()
      prepared.write(bench.exchange, into: bench.fields)
      bench.rendered.clear()
      bench.rendered.write(prepared.body)
      answer = OriginAnswer(status: prepared.status, whole: nil, length: bench.rendered.count)
    } else {
      switch try await self.answer(by: plan, on: worker) {
      case .whole(let status): answer = OriginAnswer(status: status, whole: nil, length: bench.rendered.count)
      case .stored(let status, let object):
        answer = OriginAnswer(status: status, whole: object, length: object.body.count)
      case .relay(let endpoint, let terms): return try await ask(endpoint, terms, errand)
      }
    }
    if errand.terms.dropsCookies { removeCookies() }
    return answer
  }

  /// Asks a server what `bench.upstream` holds, with the cache's conditions behind it, and receives the final head.
  private func ask(
    _ endpoint: Endpoint, _ terms: RelayTerms, _ errand: CacheErrand
  ) async throws(GatewayFailure) -> OriginAnswer {
    let method = bench.exchange.integrationMethod
    var isConditional = false
    if let stale = errand.stale, method == .get {
      Validators.write(for: stale.record, fields: stale.fields, into: bench.upstream)
      isConditional = true
    }
    if let part = errand.part, method == .get {
      Validators.writeRest(of: part.record, fields: part.fields, into: bench.upstream)
    }
    if terms.needsBody {
      writeWholeBody(bench.exchange.integrationBody)
    } else {
      if !bench.inserted.isEmpty { bench.upstream.write(bench.inserted.readable) }
      bench.upstream.write("\r\n")
    }
    bench.notes.call(state.reactor.now)
    let deadline = state.reactor.now.advanced(milliseconds: terms.timeoutMilliseconds)
    let upstream = try await sendWhole(to: endpoint, until: deadline)
    do {
      while bench.response.status < 200 {
        if bench.response.status == 101 { throw UpstreamFailure(.malformed(.malformedStatusLine)) }
        // Whoever asked gets to see it; if he is gone, others still wait for what follows.
        if !errand.isInBackground { try? await passInterim() }
        try await upstream.receiveHead(into: bench.response, answering: method, until: deadline)
      }
    } catch let failure as UpstreamFailure {
      upstream.close()
      throw GatewayFailure(failure)
    } catch {
      upstream.close()
      throw .networkError("\(error)")
    }
    let answer = bench.response
    if let stage = terms.stage { stage.watch(upstream, answer, to: bench.request.method, now: now) }
    bench.fields.clear()
    terms.writeFields(
      of: answer, bench.exchange, keepsCookies: !errand.terms.dropsCookies, into: bench.fields)
    if terms.plan != nil, errand.terms.dropsCookies { removeCookies() }
    return OriginAnswer(answer, from: upstream, terms, isConditional: isConditional)
  }

  /// Takes what sets cookies out of the fields on the bench.
  private func removeCookies() {
    bench.scratch.clear()
    for line in FieldBlock(bench.fields.readable) where line.id != .setCookie {
      bench.scratch.write(UnsafeRawBufferPointer(rebasing: bench.fields.readable[line.range]))
    }
    bench.fields.clear()
    bench.fields.write(bench.scratch.readable)
  }
}
