import Bytes
import HTTPSemantics
import HTTPWire
import Reactor
import TLSTermination

/// Calls over HTTP/2: as `send` and `open`, but for what they return.
extension Origin {
  /// For how long an origin that has chosen HTTP/1.1 is not asked for HTTP/2 again. Milliseconds.
  private static let http1Memory = 300_000

  var isSecure: Bool { tls != nil }

  /// Whether calls go by HTTP/2.
  public var speaksHTTP2: Bool { wantsHTTP2 && speaksHTTP1Until <= context.reactor.now }

  private func openLinks() -> HTTP2Links {
    if let links { return links }
    let links = HTTP2Links(of: self, in: context)
    self.links = links
    return links
  }

  /// Sends a whole request and receives the first head of the answer.
  ///
  /// A request that the origin says it has not looked at (RFC 9113 § 8.7) is sent once more; so is one whose connection, used
  /// before, was lost before the answer, where that is safe.
  /// - Parameters:
  ///   - request: head and body; its readable bytes stay there, and must until the call is over.
  ///   - head: filled with the answer's head, which may be an interim one (1xx).
  ///   - isReplayable: whether sending the request twice does no harm (RFC 9110 § 9.2.2).
  ///   - acceptsTrailers: whether the client takes trailers.
  ///   - deadline: for the head of the answer.
  /// - Returns: nil where the origin speaks HTTP/1.1 only.
  public func sendStream(
    _ request: ByteBuffer, answering method: HTTPMethod, into head: ResponseHead, isReplayable: Bool,
    acceptsTrailers: Bool, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) -> OriginStream? {
    let links = openLinks()
    var isFresh = false
    while true {
      // What needs no waiting needs no `async` call.
      let stream: OriginStream
      if let begun = try links.openNow(
        with: request.readable, acceptsTrailers: acceptsTrailers, following: .body, isFresh: isFresh)
      {
        stream = begun
      } else if let begun = try await links.open(
        with: request.readable, acceptsTrailers: acceptsTrailers, following: .body, isFresh: isFresh, until: deadline)
      {
        stream = begun
      } else {
        return nil
      }
      do {
        try await stream.receiveHead(into: head, answering: method, until: deadline)
        noteAnswer()
        return stream
      } catch {
        stream.close()
        note(error)
        let isSafe = stream.wasRefused || (stream.isReused && isReplayable)
        guard !isFresh, isSafe, error.cause == .closedBeforeAnswer else { throw error }
        isFresh = true
      }
    }
  }

  /// Sends the head of a request whose body streams: the caller writes the rest and receives the answer.
  /// - Returns: nil where the origin speaks HTTP/1.1 only.
  public func openStream(
    with head: ByteBuffer, acceptsTrailers: Bool, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) -> OriginStream? {
    try await openLinks().open(
      with: head.readable, acceptsTrailers: acceptsTrailers, following: .pieces, isFresh: false, until: deadline)
  }

  /// Asks for a WebSocket, and receives the first head of the answer: a final one of 2xx grants it (RFC 8441 § 5).
  /// - Parameters:
  ///   - request: the head of the handshake over HTTP/1.1.
  ///   - head: filled with the answer's head, which may be an interim one (1xx).
  /// - Returns: nil where the origin speaks HTTP/1.1 only.
  /// - Throws: `noTunnels` where the origin has not offered any; as `sendStream`.
  public func askForTunnel(
    with request: ByteBuffer, into head: ResponseHead, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) -> OriginStream? {
    let opened: OriginStream?
    do {
      opened = try await openLinks().openTunnel(with: request.readable, until: deadline)
    } catch {
      if error.cause == .noTunnels { note(error) }
      throw error
    }
    guard let stream = opened else { return nil }
    do {
      try await stream.receiveHead(into: head, answering: .get, until: deadline)
      noteAnswer()
      return stream
    } catch {
      stream.close()
      note(error)
      throw error
    }
  }

  /// A connection on which HTTP/2 is spoken: by ALPN, without TLS by prior knowledge (RFC 9113 § 3).
  /// - Returns: nil where the origin has chosen HTTP/1.1.
  func connectHTTP2(until deadline: MonotonicTime) async throws(UpstreamFailure) -> Socket? {
    let socket = try await makeSocket(offersHTTP2: true, until: deadline)
    guard let transport = socket.transport as? TLSTransport, transport.applicationProtocol != .http2 else {
      return socket
    }
    socket.close()
    speaksHTTP1Until = context.reactor.now.advanced(milliseconds: Self.http1Memory)
    return nil
  }
}
