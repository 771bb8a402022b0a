import Bytes
import HTTPSemantics
import HTTPWire
import Reactor

/// A call on an origin over HTTP/2: what `UpstreamConnection` is over HTTP/1.
///
///     open -receiveHead-> (1xx: again) -> body -readBody…nil-> ended -release-> over
///       any failure, or `close` before the answer is whole: the stream is reset, and its connection goes on -> over
///
/// While the answer is read, another task may write the rest of a request's body; the answer may begin and end before the
/// request does.
public final class OriginStream {
  private let wire: WireStream
  private let link: HTTP2Link
  private let context: UpstreamContext
  /// Whether the connection had carried a call before this one.
  public let isReused: Bool
  /// Whether it asks for a tunnel: an answer of 2xx grants it.
  public private(set) var isTunnel = false
  /// Sees the answer's body as whoever reads it does; let go of when it has been told the end.
  public var tap: (any BodyTap)?
  /// Heads that have come, as HTTP/1.1 writes them.
  private var heads: ByteBuffer?
  private var parser = ResponseHeadParser()
  /// What has come of the body and was not handed out.
  private var arrived: ByteBuffer?
  /// What is being looked at by whoever asked last: it must not move while more arrives.
  private var handedOut: ByteBuffer?
  /// Whether all of the answer has come.
  private var isWhole = false
  /// The trailer section of a body that has been read, as field lines; nil where there is none.
  public private(set) var trailers: ByteBuffer?
  private var isInterrupted = false
  private var isOver = false
  private let began: MonotonicTime
  private let reader: Wait
  /// Where whoever sends a body waits; nil: nobody has yet.
  private var writer: Wait?

  init(on link: HTTP2Link, in context: UpstreamContext) {
    self.link = link
    self.context = context
    isReused = link.isUsed
    began = context.reactor.now
    reader = Wait(on: context.reactor)
    heads = context.buffers.takeSmall()
    wire = WireStream(on: link)
    wire.call = self
  }

  // What was lent to the codec goes with the call.
  deinit {
    close()
    wire.call = nil
  }

  // MARK: Events

  fileprivate func didReceive(head: UnsafeRawBufferPointer) {
    guard let heads, !isOver else { return }
    // Interim heads that nobody reads.
    if heads.count > context.limits.head.headBytes { return link.refuse(wire, .headTooLarge) }
    heads.write(head)
    reader.resume()
  }

  fileprivate func didReceive(_ bytes: UnsafeRawBufferPointer) {
    guard !isOver else { return }
    let buffer = arrived ?? context.buffers.takeLarge()
    arrived = buffer
    buffer.write(bytes)
    reader.resume()
  }

  fileprivate func didReceiveEnd(trailers: ByteBuffer?) {
    isWhole = true
    self.trailers = trailers
    reader.resume()
  }

  fileprivate func didDrain() { writer?.resume() }

  fileprivate func didClose() {
    reader.resume()
    writer?.resume()
  }

  // MARK: Request

  /// Sends the head, and the whole body where one stands behind it and nothing else follows.
  /// - Parameter text: stays where it is until the call is over.
  /// - Returns: false where it cannot be sent over HTTP/2.
  func begin(
    with text: UnsafeRawBufferPointer, acceptsTrailers: Bool, following: HTTP2ClientSession.Following
  ) -> Bool {
    guard let count = link.open(wire, with: text, acceptsTrailers: acceptsTrailers, following: following) else {
      return false
    }
    isTunnel = following == .tunnel
    guard following == .body else {
      link.flushSoon()
      return true
    }
    if count < text.count {
      wire.lend(UnsafeRawBufferPointer(rebasing: text[count...]))
      wire.end()
    }
    link.flushAtOnce()
    return true
  }

  /// Sends the next bytes of a request's body, and returns when the connection has taken them.
  /// - Parameter deadline: until which it must have taken some of them; then it has as long for the next.
  /// - Throws: `closedBeforeAnswer`, `writeTimedOut`, `interrupted`.
  public func write(_ bytes: UnsafeRawBufferPointer, until deadline: MonotonicTime) async throws(UpstreamFailure) {
    guard !bytes.isEmpty else { return }
    let patience = deadline.nanoseconds &- context.reactor.now.nanoseconds
    var deadline = deadline
    var left = bytes.count
    let writer = writer ?? Wait(on: context.reactor)
    self.writer = writer
    try checkSending()
    wire.lend(bytes)
    link.resume(wire)
    while !wire.lent.isEmpty {
      let wake = await context.reactor.wait(writer, until: deadline)
      do throws(UpstreamFailure) {
        try checkSending()
        if wake == .timedOut {
          guard wire.lent.count < left else { throw UpstreamFailure(.writeTimedOut) }
          left = wire.lent.count
          deadline = MonotonicTime(nanoseconds: context.reactor.now.nanoseconds &+ patience)
        }
      } catch {
        wire.takeBack()
        throw error
      }
    }
    try checkSending()
  }

  private func checkSending() throws(UpstreamFailure) {
    if isInterrupted || isOver { throw UpstreamFailure(.interrupted) }
    if wire.isClosed { throw UpstreamFailure(.closedBeforeAnswer) }
  }

  /// The request's body is whole.
  public func endRequest(trailers: ByteBuffer?) {
    guard !wire.isClosed else { return }
    wire.end(trailers: trailers)
    link.resume(wire)
  }

  /// Whether the origin has said that it has done nothing with the request: it may be sent again whatever it is.
  var wasRefused: Bool { wire.closeCode == HTTP2ErrorCode.refusedStream.rawValue }

  // MARK: Answer

  /// Receives the next head: an interim one (1xx), or the final one, whose body can be read then. A head that was received
  /// before is no longer valid.
  /// - Throws: `closedBeforeAnswer`, `answerTimedOut`, `malformed`, `violated`, `interrupted`.
  public func receiveHead(
    into head: ResponseHead, answering method: HTTPMethod, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) {
    while true {
      guard let heads, !isOver, !isInterrupted else { throw UpstreamFailure(.interrupted) }
      if !heads.isEmpty {
        heads.compact()
        switch parser.parse(buffer: heads, into: head, answering: method, limits: context.limits.head) {
        case .complete(let byteCount):
          // Not `consume`, which would clear the buffer under the head.
          heads.readIndex &+= byteCount
          head.hasLowercaseNames = true
          // What is known of the end already is worth saying.
          if head.status >= 200, head.framing == .untilClose, isWhole, trailers == nil {
            head.framing = arrivedCount == 0 ? .none : .length(UInt64(arrivedCount))
          }
          return
        case .incomplete: throw UpstreamFailure(.malformed(.malformedStatusLine))
        case .failed(let error): throw UpstreamFailure(.malformed(error))
        }
      }
      if wire.isClosed { throw failure(.closedBeforeAnswer) }
      if await context.reactor.wait(reader, until: deadline) == .timedOut {
        // Perhaps there is nobody any more at the other end.
        if link.lastHeard < began { link.retire() }
        throw UpstreamFailure(.answerTimedOut)
      }
    }
  }

  private var arrivedCount: Int { arrived?.count ?? 0 }

  /// What has come of the body; empty where nothing has, nil where it is whole. The bytes are valid until the next call.
  /// - Throws: `closedInBody`, `malformed`, `violated`, `interrupted`.
  public func bodyAtHand() throws(UpstreamFailure) -> UnsafeRawBufferPointer? {
    if let done = handedOut, !done.isEmpty {
      link.consume(wire, done.count)
      done.clear()
    }
    if isOver { throw UpstreamFailure(.interrupted) }
    guard let next = arrived, !next.isEmpty else {
      if isWhole {
        endTap(isWhole: true)
        return nil
      }
      if isInterrupted { throw UpstreamFailure(.interrupted) }
      if wire.isClosed { throw failure(.closedInBody) }
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    arrived = handedOut
    handedOut = next
    if let tap { tap.take(next.readable) }
    return next.readable
  }

  /// The next piece of the body, or nil at its end. The bytes are valid until the next call.
  /// - Parameter deadline: for the whole body; between two pieces the pool's own limit holds too.
  /// - Throws: as `bodyAtHand`; `bodyTimedOut`.
  public func readBody(until deadline: MonotonicTime) async throws(UpstreamFailure) -> UnsafeRawBufferPointer? {
    while true {
      guard let piece = try bodyAtHand() else { return nil }
      if !piece.isEmpty { return piece }
      try await receiveMore(until: deadline)
    }
  }

  /// Waits for more of the body, after `bodyAtHand` had nothing.
  /// - Throws: `bodyTimedOut`, `interrupted`.
  public func receiveMore(until deadline: MonotonicTime = .never) async throws(UpstreamFailure) {
    let deadline = min(deadline, context.reactor.now.advanced(milliseconds: context.limits.betweenBytesMilliseconds))
    while arrivedCount == 0, !isWhole, !wire.isClosed {
      if isInterrupted || isOver { throw UpstreamFailure(.interrupted) }
      if await context.reactor.wait(reader, until: deadline) == .timedOut { throw UpstreamFailure(.bodyTimedOut) }
    }
  }

  private func failure(_ otherwise: UpstreamFailure.Cause) -> UpstreamFailure {
    switch wire.flaw {
    case .malformed(let error): UpstreamFailure(.malformed(error))
    case .violation(let words): UpstreamFailure(.violated(words))
    case nil: UpstreamFailure(link.failure ?? otherwise)
    }
  }

  private func endTap(isWhole: Bool) {
    guard let tap else { return }
    self.tap = nil
    tap.end(isWhole: isWhole)
  }

  // MARK: Ending

  /// Wakes whoever waits here with `interrupted`, now and from now on.
  public func interrupt() {
    isInterrupted = true
    reader.resume()
    writer?.resume()
  }

  /// Ends the call. What the origin has still to say is not wanted; the head that was received is no longer valid.
  public func close() {
    guard !isOver else { return }
    isOver = true
    wire.takeBack()
    if !wire.isClosed { link.reset(wire) }
    endTap(isWhole: false)
    if let heads { context.buffers.give(heads) }
    if let arrived { context.buffers.give(arrived) }
    if let handedOut { context.buffers.give(handedOut) }
    heads = nil
    arrived = nil
    handedOut = nil
    reader.resume()
    writer?.resume()
  }
}

extension OriginStream: Interruptible {}

/// The call's stream as the codec holds it, which may be for longer than anybody holds the call.
final class WireStream: HTTP2ClientStream {
  // SAFETY: the call lets go of its stream last of all, and takes itself away before.
  fileprivate unowned(unsafe) var call: OriginStream?
  private let link: HTTP2Link
  /// Why the stream is over.
  fileprivate private(set) var closeCode: UInt32?

  fileprivate init(on link: HTTP2Link) { self.link = link }

  override func didReceive(head: UnsafeRawBufferPointer) { call?.didReceive(head: head) }
  override func didReceive(_ bytes: UnsafeRawBufferPointer) { call?.didReceive(bytes) }
  override func didReceiveEnd(trailers: ByteBuffer?) { call?.didReceiveEnd(trailers: trailers) }
  override func didDrain() { call?.didDrain() }

  override func didClose(_ code: UInt32) {
    closeCode = code
    call?.didClose()
    link.ended()
  }
}
