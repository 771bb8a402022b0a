import Configuration
import HTTPWire
import Reactor
import TLSTermination
import Upstream

/// What one worker counts besides requests. Nothing here happens more often than once in a connection's life.
final class WorkerCounters {
  private(set) var values = Values()

  struct Values: Sendable {
    /// By the address that gateway.yaml gives a listener.
    var listeners: [String: Connections] = [:]
    var handshakes: [Handshake: Int] = [:]
    /// By reason.
    var failedHandshakes: [String: Int] = [:]
    /// HTTP/2 connections that were ended for what their clients did, by reason.
    var endedConnections: [String: Int] = [:]

    mutating func add(_ other: Values) {
      listeners.merge(other.listeners) {
        Connections(open: $0.open + $1.open, accepted: $0.accepted + $1.accepted)
      }
      handshakes.merge(other.handshakes, uniquingKeysWith: +)
      failedHandshakes.merge(other.failedHandshakes, uniquingKeysWith: +)
      endedConnections.merge(other.endedConnections, uniquingKeysWith: +)
    }
  }

  struct Connections: Sendable {
    var open = 0
    var accepted = 0
  }

  /// A handshake that came to an end: which version, and whether it went on from an earlier session.
  struct Handshake: Hashable, Sendable {
    var version: String
    var isResumed: Bool
  }

  func opened(on listener: Listener.Address?) {
    let name = listener?.description ?? ""
    values.listeners[name, default: Connections()].open += 1
    values.listeners[name, default: Connections()].accepted += 1
  }

  func closed(on listener: Listener.Address?) {
    values.listeners[listener?.description ?? "", default: Connections()].open -= 1
  }

  func shookHands(_ transport: TLSTransport) {
    values.handshakes[Handshake(version: transport.version, isResumed: transport.isResumed), default: 0] += 1
  }

  func failedToShakeHands(_ error: SocketError, _ flaw: TLSFlaw?) {
    let flaw = flaw ?? (error == .timedOut ? .timedOut : .connectionEnded)
    values.failedHandshakes[flaw.label, default: 0] += 1
  }

  /// An HTTP/2 connection was ended for what its client did.
  func ended(_ fault: HTTP2ServerSession.Fault) { values.endedConnections[fault.label, default: 0] += 1 }

  /// An HTTP/2 client asked and did not take the answer.
  func endedSlowReader() { values.endedConnections["slowReader", default: 0] += 1 }
}

extension TLSFlaw {
  /// One word; never the peer's.
  var label: String {
    switch self {
    case .plainHTTP: "plainHTTP"
    case .notTLS: "notTLS"
    case .noCommonVersion: "noCommonVersion"
    case .noCommonCipher: "noCommonCipher"
    case .noCommonProtocol: "noCommonProtocol"
    case .unknownName: "unknownName"
    case .noClientCertificate: "noClientCertificate"
    case .untrusted: "untrusted"
    case .alert: "alert"
    case .connectionEnded: "connectionEnded"
    case .timedOut: "timedOut"
    case .other: "other"
    }
  }
}

extension HTTP2ServerSession.Fault {
  /// One word; never the peer's.
  var label: String {
    switch self {
    case .flood(let kind): kind.rawValue
    case .protocolError: "protocolError"
    case .streamClosed: "streamClosed"
    }
  }
}
