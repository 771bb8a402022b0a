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
    guard let plan else { return OriginRequest.writeAnswer(answer, into: fields) }
    ProxyResponse.write(answer, into: fields)
    MethodResponse.finish(plan, exchange, status: answer.status, fields: fields, proxied: answer)
  }
}
