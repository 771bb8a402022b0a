import HTTPSemantics
import HTTPWire
import Pipeline
import Upstream

/// What went wrong on a connection, in the words of the one place where failures become responses.
extension GatewayFailure {
  /// The origin gave no answer, or no whole one.
  init(_ failure: UpstreamFailure) {
    switch failure.cause {
    case .answerTimedOut, .bodyTimedOut, .writeTimedOut, .tooManyConnections: self = .timeout(failure.reason)
    case .unresolvable, .refused, .unreachable, .insecure, .connectTimedOut, .closedBeforeAnswer, .interrupted:
      self = .networkError(failure.reason)
    case .closedInHead, .closedInBody, .malformed, .violated, .noTunnels: self = .malformedResponse(failure.reason)
    }
  }

  /// The client's body did not come whole.
  init(_ failure: RequestBodyFailure) {
    switch failure {
    case .disconnected: self = .clientGone
    case .timedOut: self = .wire(status: 408, message: "Request Timeout", reason: "requestBodyTimedOut")
    case .malformed(.contentTooLarge): self = .tooLarge("contentTooLarge")
    case .malformed(let error):
      self = .wire(status: error.status, message: "\(StatusCode.reason(error.status))", reason: "\(error)")
    }
  }

  /// There is nobody left to answer.
  static let clientGone = GatewayFailure.wire(status: 499, message: "", reason: "clientGone")

  var isClientGone: Bool { status == 499 && type == nil }
}
