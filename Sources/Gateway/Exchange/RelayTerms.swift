import Bytes
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
  /// What the cache of the method's stage has to do with it; nil: nothing.
  let stage: StageExchange?

  init(_ plan: MethodPlan, _ stage: StageExchange? = nil) {
    timeoutMilliseconds = plan.timeoutMilliseconds
    needsBody = plan.needsBody
    self.plan = plan
    self.stage = stage
  }

  init(_ origin: HTTPOrigin) {
    timeoutMilliseconds = origin.readTimeoutMilliseconds
    needsBody = false
    plan = nil
    stage = nil
  }

  /// Whether the client gets the origin's own `Date`.
  func passesDate(of answer: ResponseHead) -> Bool { plan == nil && answer.first(.date) != nil }

  /// Writes the fields of the origin's answer as the client gets them.
  /// - Parameter keepsCookies: whether those that the origin sets are among them.
  func writeFields(
    of answer: ResponseHead, _ exchange: Exchange, keepsCookies: Bool = true, into fields: ByteBuffer
  ) {
    guard let plan else {
      OriginRequest.writeAnswer(answer, keepsCookies: keepsCookies, into: fields)
      return
    }
    ProxyResponse.write(answer, into: fields)
    MethodResponse.finish(plan, exchange, status: answer.status, fields: fields, proxied: answer)
    if let stage { stage.writeLines(into: fields) }
  }
}
