import Bytes
import HTTPSemantics
import HTTPWire
import Reactor

/// A call on an origin, whichever protocol it goes by: what an exchange has in its hand while it sends the rest of a request
/// and receives the answer.
public enum OriginCall {
  case connection(UpstreamConnection)
  case stream(OriginStream)

  /// Whether the connection had carried an exchange before this one.
  public var isReused: Bool {
    switch self {
    case .connection(let connection): connection.isReused
    case .stream(let stream): stream.isReused
    }
  }

  /// Whether an answer to it makes a tunnel of it (RFC 9110 § 7.8, RFC 8441 § 5).
  public func isTunnel(by answer: ResponseHead) -> Bool {
    switch self {
    case .connection: answer.status == 101
    case .stream(let stream): stream.isTunnel && answer.status >= 200 && answer.status < 300
    }
  }

  /// What is to be interrupted when the client hangs up.
  public var interruptible: any Interruptible {
    switch self {
    case .connection(let connection): connection.socket
    case .stream(let stream): stream
    }
  }

  /// Has the answer's body seen by `tap`, as whoever reads it does.
  public func watch(by tap: any BodyTap) {
    switch self {
    case .connection(let connection): connection.tap = tap
    case .stream(let stream): stream.tap = tap
    }
  }

  // MARK: Request

  /// Whether a body whose length is not known is to be written in chunks (RFC 9112 § 7.1).
  public var takesChunks: Bool {
    switch self {
    case .connection: true
    case .stream: false
    }
  }

  /// Writes the readable bytes of `framing`, which are consumed and are empty where nothing is framed, and then `bytes`.
  /// - Throws: `closedBeforeAnswer`, `writeTimedOut`, `interrupted`.
  public func write(
    _ framing: ByteBuffer, then bytes: UnsafeRawBufferPointer, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) {
    switch self {
    case .connection(let connection): try await connection.write(framing, then: bytes, until: deadline)
    case .stream(let stream): try await stream.write(bytes, until: deadline)
    }
  }

  // MARK: Answer

  /// Receives the next head: an interim one (1xx), or the final one. A head that was received before is no longer valid.
  /// - Throws: `closedBeforeAnswer`, `closedInHead`, `answerTimedOut`, `malformed`, `violated`, `interrupted`.
  public func receiveHead(
    into head: ResponseHead, answering method: HTTPMethod, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) {
    switch self {
    case .connection(let connection): try await connection.receiveHead(into: head, answering: method, until: deadline)
    case .stream(let stream): try await stream.receiveHead(into: head, answering: method, until: deadline)
    }
  }

  /// What has come of the body and can be had at once; empty where nothing can, nil at its end. Valid until the next call.
  @inline(__always)
  public func bodyAtHand() throws(UpstreamFailure) -> UnsafeRawBufferPointer? {
    switch self {
    case .connection(let connection): try connection.bodyAtHand()
    case .stream(let stream): try stream.bodyAtHand()
    }
  }

  /// The next piece of the body, or nil at its end. Valid until the next call.
  public func readBody(until deadline: MonotonicTime) async throws(UpstreamFailure) -> UnsafeRawBufferPointer? {
    switch self {
    case .connection(let connection): try await connection.readBody(until: deadline)
    case .stream(let stream): try await stream.readBody(until: deadline)
    }
  }

  /// Waits for more of the body, after `bodyAtHand` had nothing.
  public func receiveMore(until deadline: MonotonicTime = .never) async throws(UpstreamFailure) {
    switch self {
    case .connection(let connection): try await connection.receiveMore(until: deadline)
    case .stream(let stream): try await stream.receiveMore(until: deadline)
    }
  }

  /// The trailer section of a body that has been read, as field lines; nil where there is none.
  public var trailers: ByteBuffer? {
    switch self {
    case .connection(let connection): connection.trailers
    case .stream(let stream): stream.trailers
    }
  }

  // MARK: Ending

  /// Wakes whoever waits for the origin with `interrupted`, now and from now on.
  public func interrupt() {
    switch self {
    case .connection(let connection): connection.socket.interrupt()
    case .stream(let stream): stream.interrupt()
    }
  }

  /// Ends the call, whose answer has been read. The head that was received is no longer valid.
  @inline(__always)
  public func release() {
    switch self {
    case .connection(let connection): connection.release()
    case .stream(let stream): stream.close()
    }
  }

  /// Ends the call, wherever it is.
  public func close() {
    switch self {
    case .connection(let connection): connection.close()
    case .stream(let stream): stream.close()
    }
  }
}
