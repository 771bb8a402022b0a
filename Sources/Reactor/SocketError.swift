import Glibc

/// Why a socket operation ended without a result.
public enum SocketError: Error, Hashable, Sendable {
  /// The deadline came first.
  case timedOut
  /// The peer refused the connection.
  case refused
  /// The peer reset the connection, or went while we were writing.
  case reset
  /// The descriptor came to its end before the transport above it did (`Transport`): bytes may be missing.
  case truncated
  /// The peer broke the rules of the transport above the descriptor, or we refused it by them; the transport knows why.
  case violated
  /// Another task closed the socket or called `interrupt`.
  case interrupted
  /// Anything else: the errno.
  case failed(Int32)

  /// What `.failed` says of a file that ended before as much of it was sent as it had at first.
  public static let shortFile = EIO

  public init(errno code: Int32) {
    switch code {
    case ECONNREFUSED, ENOENT: self = .refused
    case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN: self = .reset
    case ETIMEDOUT: self = .timedOut
    default: self = .failed(code)
    }
  }

  /// For the log.
  public var reason: String {
    switch self {
    case .timedOut: "timed out"
    case .refused: "connection refused"
    case .reset: "connection reset"
    case .truncated: "closed without a TLS close"
    case .violated: "TLS failed"
    case .interrupted: "interrupted"
    case .failed(let code): String(cString: strerror(code))
    }
  }
}
