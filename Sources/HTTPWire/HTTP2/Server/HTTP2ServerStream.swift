import Bytes

/// One request and its response on an HTTP/2 connection, as the codec sees them: what has come of the request is handed to
/// the overridden methods, what is to go of the response lies in `outgoing` until the connection has room for it.
///
///     response:  nothing --respond--> open --end--> ending --all sent--> over
///     at any time:  reset by either side, or the connection is lost: `didClose`
///
/// Belongs to one worker, as its session does.
open class HTTP2ServerStream {
  public let id: Int32
  /// Nil once the stream is over for the session.
  public internal(set) final var session: HTTP2ServerSession?
  /// What is to be sent of the response's body: its owner writes behind it, the session takes from its front.
  public final let outgoing: ByteBuffer
  /// Sections of fields that wait for their HEADERS frame, each behind the four bytes of its length.
  final let sections: ByteBuffer
  /// What is sent behind `outgoing`, and stays where it is until it has been, or the stream is closed.
  public private(set) final var borrowed = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Bytes behind these that `supply` gives when the connection has room for them.
  public private(set) final var promised = 0
  /// Whether nothing follows what there is to be sent.
  public private(set) final var isEnding = false
  /// Whether the stream is closed both ways, or was reset.
  public internal(set) final var isClosed = false
  /// Field lines that follow the body.
  final var trailingLines: ByteBuffer?
  /// Whether the session has asked for more of the body in vain, and does not ask again until it is told.
  final var isDeferred = false
  /// Whether the response's final head has been handed over.
  public internal(set) final var hasResponded = false
  /// Where the session keeps it.
  final var index = 0

  /// - Parameters:
  ///   - outgoing: the owner's, for as long as the stream lasts.
  ///   - sections: another one; empty.
  public init(id: Int32, outgoing: ByteBuffer, sections: ByteBuffer) {
    self.id = id
    self.outgoing = outgoing
    self.sections = sections
  }

  // MARK: Events

  /// Bytes of the request's body. Each is to be given back to `HTTP2ServerSession.consume` when nobody needs it any more.
  open func didReceive(_ bytes: UnsafeRawBufferPointer) {}

  /// The request is whole.
  /// - Parameters:
  ///   - trailers: the lines that came behind the body, as `BodyDecoder.trailers` has them.
  ///   - error: what is wrong with them.
  open func didReceiveEnd(trailers: ByteBuffer?, error: WireError?) {}

  /// The stream is over: everything was said, or either side reset it, or the connection was lost.
  /// - Parameter code: RFC 9113 § 7; 0 where nothing is wrong.
  open func didClose(_ code: UInt32) {}

  /// All that was to be sent so far has been taken.
  open func didDrain() {}

  /// Writes the next bytes of those that were promised into `room`, all of it.
  /// - Returns: whether it could: if not, the stream is reset.
  open func supply(_ room: UnsafeMutableRawBufferPointer) -> Bool { false }

  // MARK: What is to be sent

  /// Bytes that wait for the connection to take them.
  public final var waitingCount: Int { outgoing.count &+ borrowed.count &+ promised }

  /// Sends bytes behind `outgoing` from where they are. They must stay there until `didDrain` or `didClose`, or `takeBack`.
  public final func lend(_ bytes: UnsafeRawBufferPointer) { borrowed = bytes }

  /// Sends bytes behind `outgoing` that are asked for by `supply` when there is room for them: until then they take no
  /// memory, however slowly the peer takes them.
  public final func promise(_ count: Int) { promised = count }

  /// Nothing of what was lent or promised is asked for from now on.
  public final func takeBack() {
    borrowed = UnsafeRawBufferPointer(start: nil, count: 0)
    promised = 0
  }

  /// Nothing follows what there is to be sent, but for trailers.
  public final func end(trailers: ByteBuffer? = nil) {
    isEnding = true
    trailingLines = trailers
  }

  // MARK: Fields

  /// Adds a section.
  final func addSection(_ write: (ByteBuffer) -> Void) {
    let start = sections.writeIndex
    for _ in 0..<4 { sections.write(byte: 0) }
    write(sections)
    let end = sections.writeIndex
    let count = UInt32(truncatingIfNeeded: end &- start &- 4)
    sections.writeIndex = start
    for shift in [24, 16, 8, 0] as [UInt32] { sections.write(byte: UInt8(truncatingIfNeeded: count &>> shift)) }
    sections.writeIndex = end
  }

  /// Moves the next section to `out`.
  /// - Returns: false where there is none.
  final func takeSection(into out: ByteBuffer) -> Bool {
    guard sections.count >= 4 else { return false }
    var count = 0
    for byte in sections.readable[..<4] { count = count &<< 8 | Int(byte) }
    out.write(UnsafeRawBufferPointer(rebasing: sections.readable[4..<4 &+ count]))
    sections.consume(4 &+ count)
    return true
  }

  // MARK: Frames

  /// Moves bytes to be sent into a frame.
  /// - Returns: whether all that were promised came.
  final func take(_ count: Int, into frame: ByteBuffer) -> Bool {
    let first = min(count, outgoing.count)
    frame.write(UnsafeRawBufferPointer(rebasing: outgoing.readable[..<first]))
    outgoing.consume(first)
    let second = min(count &- first, borrowed.count)
    if second > 0 {
      frame.write(UnsafeRawBufferPointer(rebasing: borrowed[..<second]))
      borrowed = UnsafeRawBufferPointer(rebasing: borrowed[second...])
    }
    let third = count &- first &- second
    if third > 0 {
      frame.reserve(third)
      guard supply(UnsafeMutableRawBufferPointer(rebasing: frame.writable[..<third])) else { return false }
      frame.didWrite(third)
      promised &-= third
    }
    if waitingCount == 0 { didDrain() }
    return true
  }
}
