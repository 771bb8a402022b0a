import HTTPWire
import Reactor

/// Why an origin gave no answer, or no whole one.
public struct UpstreamFailure: Error, Hashable, Sendable {
  public enum Cause: Hashable, Sendable {
    /// Its name has no address: the resolver's words.
    case unresolvable(String)
    /// It refused the connection.
    case refused
    /// Connecting failed otherwise: the system's words.
    case unreachable(String)
    /// There could be no TLS with it, or its certificate is not to be believed: why.
    case insecure(String)
    /// It did not take the connection in time.
    case connectTimedOut
    /// As many connections as are allowed are busy, and none became free in time.
    case tooManyConnections
    /// It closed or reset the connection before the first byte of an answer.
    case closedBeforeAnswer
    /// It closed or reset the connection within the head of its answer.
    case closedInHead
    /// It closed or reset the connection before the body was whole.
    case closedInBody
    /// It took nothing of the request for too long.
    case writeTimedOut
    /// The head of its answer did not come in time.
    case answerTimedOut
    /// It fell silent within the body.
    case bodyTimedOut
    /// Its answer is not HTTP.
    case malformed(WireError)
    /// It broke the rules of HTTP/2: nghttp2's words.
    case violated(String)
    /// It is asked for a WebSocket over HTTP/2, and has not offered any (RFC 8441 § 3).
    case noTunnels
    /// The exchange was ended from our side.
    case interrupted
  }

  public let cause: Cause

  public init(_ cause: Cause) { self.cause = cause }

  /// Whether a deadline came first: a 504 rather than a 502.
  public var isTimeout: Bool {
    switch cause {
    case .connectTimedOut, .tooManyConnections, .writeTimedOut, .answerTimedOut, .bodyTimedOut: true
    case .unresolvable, .refused, .unreachable, .insecure, .closedBeforeAnswer, .closedInHead, .closedInBody,
      .malformed, .violated, .noTunnels, .interrupted:
      false
    }
  }

  /// For the log: one word or two that can be searched for.
  public var reason: String {
    switch cause {
    case .unresolvable(let words): "name not resolved: \(words)"
    case .refused: "connection refused"
    case .unreachable(let words): "unreachable: \(words)"
    case .insecure(let words): "TLS: \(words)"
    case .connectTimedOut: "connect timed out"
    case .tooManyConnections: "too many connections to the origin"
    case .closedBeforeAnswer: "closed before the answer"
    case .closedInHead: "closed within the head"
    case .closedInBody: "closed within the body"
    case .writeTimedOut: "took nothing of the request in time"
    case .answerTimedOut: "no answer in time"
    case .bodyTimedOut: "fell silent within the body"
    case .malformed(let error): "malformed answer: \(error)"
    case .violated(let words): "broke HTTP/2: \(words)"
    case .noTunnels: "takes no WebSockets over HTTP/2"
    case .interrupted: "interrupted"
    }
  }
}
