import Bytes
import HTTPSemantics
import HTTPWire
import Reactor

/// A connection to an origin, during one exchange at a time.
///
///     idle -beginExchange-> open -receiveHead-> (1xx: again) -> body -readBody…nil-> ended -release-> idle
///                             any failure, or an answer that ends the connection -> closed
///
/// While the answer is read, another task may write the rest of a request's body.
public final class UpstreamConnection {
  public let socket: Socket
  private let origin: Origin
  private let context: UpstreamContext
  /// What has been received and not yet been handed out. Taken from the pool for one exchange, when the first bytes of the answer
  /// have come: while many are waited for, each buffer of the pool is one that has been used just now.
  private var input: ByteBuffer?
  /// The buffer that the head lies in, once the body goes on in another.
  private var headBuffer: ByteBuffer?
  private var parser = ResponseHeadParser()
  private var decoder = BodyDecoder(.none)
  private var keepsAlive = false
  private var isClosed = false
  /// The request that the kernel has not taken whole, and how much of it has been sent. Whoever waits for the answer
  /// goes on sending it meanwhile: an origin may answer before it has read all, and may read no more until its answer is
  /// taken.
  private var unsent: ByteBuffer?
  private var sentCount = 0
  /// Whether the request will never be whole: the origin closed the connection under it, or took nothing for too long. It
  /// may have answered before that.
  private var isRequestCutOff = false
  /// Whether the connection had carried an exchange before this one.
  public private(set) var isReused = false
  /// Sees the answer's body as whoever reads it does; let go of when it has been told the end.
  public var tap: (any BodyTap)?
  var idleSince = MonotonicTime(nanoseconds: 0)

  init(_ socket: Socket, to origin: Origin, in context: UpstreamContext) {
    self.socket = socket
    self.origin = origin
    self.context = context
  }

  deinit { close() }

  func beginExchange(isReused: Bool) {
    self.isReused = isReused
    keepsAlive = false
    sentCount = 0
    isRequestCutOff = false
  }

  /// Whether an idle connection can still be used: nothing must have come from the origin since, not even its end.
  func isUsable(askKernel: Bool) -> Bool {
    guard socket.isOpen, !socket.hasPeerClosed, !socket.hasUnreadBytes else { return false }
    return !askKernel || socket.isQuiet
  }

  // MARK: Request

  /// Writes bytes of the request.
  /// - Throws: `closedBeforeAnswer`, `writeTimedOut`, `interrupted`.
  public func write(_ bytes: UnsafeRawBufferPointer, until deadline: MonotonicTime) async throws(UpstreamFailure) {
    var offset = 0
    do {
      while offset < bytes.count {
        if let count = try socket.writeNow(UnsafeRawBufferPointer(rebasing: bytes[offset...])) {
          offset &+= count
          sentCount &+= count
        } else {
          try await socket.waitToWrite(until: deadline)
        }
      }
    } catch {
      isRequestCutOff = true
      throw failure(of: error, timedOut: .writeTimedOut, otherwise: .closedBeforeAnswer)
    }
  }

  /// Writes the readable bytes of `buffer`, which are consumed, and then `bytes`, in one call where possible. What has been
  /// written in part can never be made whole, so a connection on which this fails is not used again.
  /// - Throws: as `write`.
  public func write(
    _ buffer: ByteBuffer, then bytes: UnsafeRawBufferPointer, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) {
    do {
      try await socket.write(buffer, then: bytes, until: deadline)
    } catch {
      isRequestCutOff = true
      throw failure(of: error, timedOut: .writeTimedOut, otherwise: .closedBeforeAnswer)
    }
  }

  /// Sends a whole request, of which what the kernel does not take at once is sent while the answer is received.
  /// - Parameter request: its readable bytes stay there, and must until the exchange has ended.
  func send(_ request: ByteBuffer) {
    sentCount = 0
    if !sendRest(of: request) { unsent = request }
  }

  /// Whether not a byte of the request has left us: it may be sent again whatever it is.
  var hasSentNothing: Bool { sentCount == 0 }

  private func sendUnsent() {
    if let request = unsent, sendRest(of: request) { unsent = nil }
  }

  /// Sends what the kernel has room for. A connection that takes no more is not a failure yet: the answer may be there.
  /// - Returns: whether nothing is left to be sent.
  private func sendRest(of request: ByteBuffer) -> Bool {
    do {
      while sentCount < request.count {
        let rest = UnsafeRawBufferPointer(rebasing: request.readable[sentCount...])
        guard let count = try socket.writeNow(rest) else { return false }
        sentCount &+= count
      }
    } catch {
      isRequestCutOff = true
    }
    return true
  }

  // MARK: Response

  /// Waits until the origin has sent something, and goes on sending what it has not got.
  private func waitForMore(until deadline: MonotonicTime) async throws(SocketError) {
    sendUnsent()
    if unsent != nil {
      try await socket.waitToReadOrWrite(until: deadline)
    } else {
      try await socket.readable(until: deadline)
    }
  }

  /// Reads what the origin sends, and goes on sending what it has not got.
  /// - Returns: bytes read, or 0 at the end of the stream.
  private func receive(into buffer: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) -> Int {
    while unsent != nil {
      if let count = try socket.readNow(into: buffer) { return count }
      try await waitForMore(until: deadline)
    }
    return try await socket.read(into: buffer, until: deadline)
  }

  /// Receives the next head: an interim one (1xx), or the final one, whose body can be read then. A head that was received
  /// before is no longer valid.
  /// - Throws: `closedBeforeAnswer`, `closedInHead`, `answerTimedOut`, `malformed`, `interrupted`.
  public func receiveHead(
    into head: ResponseHead, answering method: HTTPMethod, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) {
    if isClosed { throw UpstreamFailure(.interrupted) }
    // However many interim heads an origin sends, they take no more room than one.
    if parser.isIdle { input?.compact() }
    while true {
      if let input, !input.isEmpty {
        switch parser.parse(buffer: input, into: head, answering: method, limits: context.limits.head) {
        case .complete(let byteCount):
          // Not `consume`, which would clear the buffer under the head.
          input.readIndex += byteCount
          if head.status >= 200 || head.status == 101 {
            decoder = BodyDecoder(head.framing)
            keepsAlive = head.keepsAlive && head.framing != .untilClose && head.status != 101
          }
          return
        case .incomplete: break
        case .failed(let error): throw UpstreamFailure(.malformed(error))
        }
      }
      do {
        guard let count = try receiveHeadNow() else {
          try await waitForMore(until: deadline)
          continue
        }
        guard count > 0 else { throw UpstreamFailure(causeOfEnd) }
      } catch let failure as UpstreamFailure {
        throw failure
      } catch let error as SocketError {
        throw failure(of: error, timedOut: .answerTimedOut, otherwise: causeOfEnd)
      } catch {
        throw UpstreamFailure(.interrupted)
      }
    }
  }

  /// What it means that the origin ends the connection before its answer's head is whole.
  private var causeOfEnd: UpstreamFailure.Cause { input?.isEmpty ?? true ? .closedBeforeAnswer : .closedInHead }

  /// Reads what has come of the answer; nil: nothing.
  private func receiveHeadNow() throws(SocketError) -> Int? {
    guard socket.mayHaveUnreadBytes else { return nil }
    if isClosed { throw .interrupted }
    let buffer = input ?? context.buffers.takeSmall()
    input = buffer
    buffer.reserve(512)
    return try socket.readNow(into: buffer)
  }

  /// What has been received of the body and can be had at once; empty where nothing can. For answers that came whole
  /// with their head. The bytes are valid until the next call on this connection.
  /// - Throws: `malformed`, `interrupted`.
  public func bodyAtHand() throws(UpstreamFailure) -> UnsafeRawBufferPointer? {
    guard let input else {
      // Closed by another task: what was read must not pass for the whole.
      if decoder.isDone { return nil }
      throw UpstreamFailure(.interrupted)
    }
    switch decoder.next(in: input) {
    case .data(let range):
      if let tap { tap.take(input[range]) }
      return input[range]
    case .end:
      if tap != nil { endTap(isWhole: true) }
      return nil
    case .needsMore: return UnsafeRawBufferPointer(start: nil, count: 0)
    case .failed(let error): throw UpstreamFailure(.malformed(error))
    }
  }

  private func endTap(isWhole: Bool) {
    guard let tap else { return }
    self.tap = nil
    tap.end(isWhole: isWhole)
  }

  /// The next piece of the body, or nil at its end. The bytes are valid until the next call on this connection.
  /// - Parameter deadline: for the whole body; between two pieces the pool's own limit holds too.
  /// - Throws: `closedInBody`, `bodyTimedOut`, `malformed`, `interrupted`.
  public func readBody(until deadline: MonotonicTime) async throws(UpstreamFailure) -> UnsafeRawBufferPointer? {
    while true {
      guard let piece = try bodyAtHand() else { return nil }
      if !piece.isEmpty { return piece }
      try await receiveMore(until: deadline)
    }
  }

  /// The trailer section of a chunked body that has been read, as field lines; nil where there is none.
  public var trailers: ByteBuffer? { decoder.trailers }

  /// Waits for more of the body, after `bodyAtHand` had nothing.
  /// - Throws: as `readBody`.
  public func receiveMore(until deadline: MonotonicTime = .never) async throws(UpstreamFailure) {
    let buffer = roomForBody()
    let deadline = min(deadline, context.reactor.now.advanced(milliseconds: context.limits.betweenBytesMilliseconds))
    let count: Int
    do {
      count = try await receive(into: buffer, until: deadline)
    } catch {
      throw failure(of: error, timedOut: .bodyTimedOut, otherwise: .closedInBody)
    }
    if count == 0 && !decoder.peerClosed() { throw UpstreamFailure(.closedInBody) }
  }

  /// A buffer with room. The head stays where it is; what follows goes into a large buffer of its own.
  private func roomForBody() -> ByteBuffer {
    if headBuffer == nil {
      let large = context.buffers.takeLarge()
      if let input { large.write(input.readable) }
      headBuffer = input
      input = large
    }
    let buffer = input ?? context.buffers.takeLarge()
    if buffer.isEmpty { buffer.clear() } else { buffer.compact() }
    buffer.reserve(4096)
    input = buffer
    return buffer
  }

  /// What came behind the head of a 101, for the tunnel.
  public func takeUnread() -> ByteBuffer {
    let rest = ByteBuffer(capacity: 4096)
    if let input { rest.write(input.readable) }
    return rest
  }

  // MARK: Ending

  /// Ends the exchange: the connection goes back to its pool if the answer was read to its end and both sides keep it
  /// open, and is closed otherwise. The head that was received is no longer valid.
  public func release() {
    if keepsAlive, decoder.isDone, unsent == nil, !isRequestCutOff, input?.isEmpty ?? false, !socket.hasPeerClosed,
      socket.isOpen
    {
      giveBuffers()
      origin.released(self)
    } else {
      close()
    }
  }

  /// Closes the connection.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    giveBuffers()
    socket.close()
    origin.closed()
  }

  private func giveBuffers() {
    if tap != nil { endTap(isWhole: false) }
    if let buffer = input.take() { context.buffers.give(buffer) }
    if let buffer = headBuffer.take() { context.buffers.give(buffer) }
    if unsent != nil { unsent = nil }
    parser.reset()
  }

  private func failure(
    of error: SocketError, timedOut: UpstreamFailure.Cause, otherwise: UpstreamFailure.Cause
  ) -> UpstreamFailure {
    switch error {
    case .timedOut: UpstreamFailure(timedOut)
    case .interrupted: UpstreamFailure(.interrupted)
    case .refused, .reset, .truncated, .violated, .failed: UpstreamFailure(otherwise)
    }
  }
}
