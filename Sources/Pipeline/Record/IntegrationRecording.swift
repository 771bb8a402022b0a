import Bytes
import HTTPSemantics
import HTTPWire

/// What is noted of the call of an integration, by whoever carries it out.
extension ExchangeRecorder {
  /// A request goes out to the integration.
  public func noteCall(to endpoint: Endpoint, _ plan: MethodPlan, at nanoseconds: Int64) {
    called = nanoseconds
    decide(
      .integration,
      Decision(
        .endpoint, standIn ?? "\(endpoint)", because: standIn.map { _ in "it answers in the place of \(endpoint)" }))
    decide(.integration, Decision(.timeout, "\(plan.timeoutMilliseconds) ms"))
  }

  /// The head of its answer has come.
  public func noteAnswer(_ head: ResponseHead, isReused: Bool, at nanoseconds: Int64) {
    if standIn == nil { decide(.integration, Decision(.connection, isReused ? "reused" : "new")) }
    noteAnswerType(head)
    var message = MessageRecord()
    message.status = head.status
    message.startLine = "HTTP/1.\(head.minorVersion) \(head.status) \(StatusCode.reason(head.status))"
    message.fields = fields(of: head)
    change(.integration) {
      $0.response = message
      $0.firstByteMicroseconds = Self.microseconds(from: called, to: nanoseconds)
    }
    if head.framing != .none { answerBody.begin() }
  }

  /// The integration's body as far as it came.
  func noteAnswerBody(_ whole: ByteBuffer? = nil) {
    guard record[.integration]?.response != nil else { return }
    let noted: BodyRecord? =
      if let whole {
        body(whole.readable, answerType)
      } else if answerBody.hasBegun, !answerBody.isEmpty {
        answerBody.withBytes { body($0, of: $1, answerType) }
      } else {
        nil
      }
    change(.integration) { $0.response?.body = noted }
  }
}

extension Endpoint: CustomStringConvertible {
  public var description: String {
    unixPath.map { "unix:\($0)" } ?? (tls != nil ? "https://" : "http://") + hostField
  }
}
