import Bytes
import CacheRules
import Edge
import HTTPWire
import Pipeline

/// On what terms a request is relayed: for a method with an HTTP_PROXY integration, or for an HTTP origin of a
/// distribution.
struct RelayTerms {
  /// How long the answer may take to begin.
  let timeoutMilliseconds: Int
  /// The client's body has been taken whole already.
  let needsBody: Bool
  /// Nil for an origin of a distribution.
  let plan: MethodPlan?
  /// What the cache has to say of the answer; nil where there is none.
  var cache: CacheNote?

  init(_ plan: MethodPlan) {
    timeoutMilliseconds = plan.timeoutMilliseconds
    needsBody = plan.needsBody
    self.plan = plan
  }

  init(_ origin: HTTPOrigin) {
    timeoutMilliseconds = origin.readTimeoutMilliseconds
    needsBody = false
    plan = nil
  }

  /// Whether the client gets the origin's own `Date`.
  func passesDate(of answer: ResponseHead) -> Bool { plan == nil && answer.first(.date) != nil }

  /// Writes the fields of the origin's answer as the client gets them.
  func writeFields(of answer: ResponseHead, _ exchange: Exchange, into fields: ByteBuffer) {
    guard let plan else {
      OriginRequest.writeAnswer(answer, into: fields)
      if let cache { writeOutcome(cache.outcome, of: answer, into: fields) }
      return
    }
    ProxyResponse.write(answer, into: fields)
    MethodResponse.finish(plan, exchange, status: answer.status, fields: fields, proxied: answer)
  }

  private func writeOutcome(_ outcome: CacheOutcome, of answer: ResponseHead, into fields: ByteBuffer) {
    var outcome = outcome
    outcome.forwardStatus = answer.status
    CacheFieldLines.write(outcome, status: answer.status, into: fields)
  }
}
