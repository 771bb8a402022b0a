import Bytes
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Routing

/// A request that a distribution answers, from the match on. It lies on the workbench while the request lasts. An object: it is looked
/// at from many places, and a copy would count six references.
///
///     origin --answers--> done
///       |--fails, or answers a status of the group--> the group's second origin --answers--> done
///       |--answers an error that the distribution has a page for--> the page
final class EdgeExchange {
  let distribution: Distribution
  let behavior: CacheBehavior
  /// Where the answer comes from at the moment.
  var origin: Origin
  /// Who is asked next, if this one fails.
  var failover: Failover?
  /// What is sent in place of an error.
  var page: CustomErrorResponse.Page?
  /// The exchange fetches such a page: the status that the visitor sees with it.
  var pageStatus: Int?
  /// What the cache has to say of an answer that does not come from it.
  var note: CacheNote?
  /// Whether the web ACL of the API's stage has let the request go on.
  var isScreened = false

  init(_ distribution: Distribution, _ behavior: CacheBehavior) {
    self.distribution = distribution
    self.behavior = behavior
    origin = behavior.origin
    failover = behavior.failover
  }

  /// The same request once more, for an exchange beside this one that goes ways of its own.
  init(copying other: EdgeExchange) {
    distribution = other.distribution
    behavior = other.behavior
    origin = other.origin
    failover = other.failover
    page = other.page
    pageStatus = other.pageStatus
    note = other.note
    isScreened = other.isScreened
  }
}

/// What a distribution does with a request before its origin is asked, and when the origin fails.
extension ExchangeDriver {
  /// Answers a request that a distribution is responsible for, but for what its APIs answer: those go on to `matchAddress`.
  /// - Returns: nil where the route is to be matched.
  func answerAtEdge(_ plan: EdgePlan, on worker: Worker) async throws(GatewayFailure) -> Outcome? {
    if bench.edge == nil {
      let verdict = plan.decide(bench.request, addresses: snapshot.addresses, isSecure: isSecure)
      if case .elsewhere = verdict { return nil }
      let distribution = distribution(of: verdict, by: plan)
      bench.notes.distribution = distribution?.number ?? -1
      // The log speaks of it, whoever answers. What a web ACL has seen has begun already.
      let isScreened = bench.exchange.isScreened
      if !isScreened { beginExchange() }
      if bench.request.present.contains(.xSluiceExplain) {
        if !isScreened { beginRecord() }
        if let recorder {
          explain(verdict, recorder)
          if let edge = bench.edge {
            let terms = state.cacheTerms(edge.distribution, edge.behavior)
            let isKept = terms.bypass(bench.request, terms.directives(bench.request)) == nil
            tellAPI(isKept ? terms.fetching : terms.forwarding)
          }
          return nil
        }
      }
      switch verdict {
      case .elsewhere: return nil
      case .forward(let distribution, let behavior): bench.edge = EdgeExchange(distribution, behavior)
      case .redirectToHTTPS(let status): return await redirectToHTTPS(status, of: distribution)
      case .refuse(let refusal): return await refuse(refusal, of: distribution)
      }
    }
    guard let edge = bench.edge else { return nil }
    if let page = edge.page {
      if case .directory(let origin) = page.behavior.origin { return await serve(origin, edge) }
      return await fetch(page, of: edge.distribution, on: worker)
    }
    switch edge.origin {
    case .api: return try await answerThroughCache(.api, edge, on: worker)
    case .directory(let origin): return await serve(origin, edge)
    case .http(let origin): return try await answerThroughCache(.server(origin), edge, on: worker)
    }
  }

  /// Whose verdict it is.
  @inline(__always)
  private func distribution(of verdict: EdgePlan.Verdict, by plan: EdgePlan) -> Distribution? {
    if case .forward(let distribution, _) = verdict { return distribution }
    return plan.distribution(for: bench.request, addresses: snapshot.addresses)
  }

  /// A record is about what an API does. Where the distribution would answer without one, it says so, and goes on as if
  /// there were no distribution.
  @inline(never)
  private func explain(_ verdict: EdgePlan.Verdict, _ recorder: ExchangeRecorder) {
    let who: String
    switch verdict {
    case .elsewhere: return
    case .forward(let distribution, let behavior):
      if case .api = behavior.origin {
        bench.edge = EdgeExchange(distribution, behavior)
        return
      }
      who = "from its origin `\(behavior.origin.id)`"
    case .redirectToHTTPS(let status): who = "by redirecting it to HTTPS (\(status))"
    case .refuse(let refusal): who = "by refusing it (\(refusal.status) \(refusal.rawValue))"
    }
    recorder.remark(
      "a distribution answers this request \(who), without an API: the record shows what the APIs would say to it")
  }

  /// Which deployment the request is for: what the distribution's origin says, or its host and path.
  func resolveAddress() -> AddressVerdict {
    let request = bench.request
    if let edge = bench.edge, case .api(let origin) = edge.origin, let plan = snapshot.edge {
      return plan.resolve(origin, path: request.pathBytes)
    }
    return snapshot.addresses.resolve(host: request.authorityBytes, path: request.pathBytes)
  }

  /// Whether something else is sent in place of an answer with this status: then the exchange starts over with it. Nothing
  /// of the answer may have been sent.
  /// - Parameter isUnreachable: there was no answer; the status is ours.
  func hasStandIn(for status: Int, isUnreachable: Bool = false) -> Bool {
    // What is explained is the API's own answer.
    guard let edge = bench.edge, edge.page == nil, recorder == nil else { return false }
    if let failover = edge.failover, isUnreachable || failover.statusCodes.contains(status), mayBeSentAgain {
      bench.edge?.origin = failover.origin
      bench.edge?.failover = nil
      return true
    }
    guard edge.pageStatus == nil, let page = edge.distribution.customErrorResponse(for: status)?.page else {
      return false
    }
    bench.edge?.page = page
    return true
  }

  /// A body that has been read cannot be sent twice.
  private var mayBeSentAgain: Bool {
    guard Failover.methods.allows(bench.request.method) else { return false }
    switch bench.request.framing {
    case .none, .length(0): return true
    case .length, .chunked, .untilClose: return false
    }
  }

  /// Answers for an origin that gave no answer.
  /// - Returns: nil where the failure is not the origin's, or no distribution's, or an API has words of its own for it.
  func answerAtEdge(for failure: GatewayFailure) async -> Outcome? {
    guard let edge = bench.edge, failure.fault == .upstream else { return nil }
    switch edge.origin {
    case .api: return hasStandIn(for: failure.status, isUnreachable: true) ? .startsOver : nil
    case .directory: return nil
    case .http: break
    }
    let refusal = EdgeRefusal(ofOrigin: failure)
    if hasStandIn(for: refusal.status, isUnreachable: true) { return .startsOver }
    return await refuse(refusal, requestID: bench.exchange.facts.requestIDText)
  }

  /// Answers with a page of our own.
  /// - Parameter distribution: whose cache has no part in it; nil: it says what it did.
  func refuse(
    _ refusal: EdgeRefusal, requestID: String = "", of distribution: Distribution? = nil
  ) async -> Outcome {
    refusal.write(requestID: requestID, fields: bench.fields, body: bench.rendered)
    if let distribution { writeCacheLine("Error", of: distribution) }
    return await send(refusal.status, bench.rendered.readable)
  }
}

extension EdgeRefusal {
  /// Spec § 14.6: what took too long is a 504, what was refused or is no answer a 502.
  init(ofOrigin failure: GatewayFailure) { self = failure.type == .integrationTimeout ? .gatewayTimeout : .badGateway }
}
