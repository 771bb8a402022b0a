import Bytes

/// A client's request and our response to it: what has come of the request is handed to the overridden methods, what is to go of
/// the response lies in `outgoing` until the connection has room for it, or is lent or promised behind that.
///
///     response:  nothing --respond--> open --end--> ending --all sent--> over
///     at any time:  reset by either side, or the connection is lost: `didClose`
open class HTTP2ServerStream: HTTP2Stream {
  /// Nil once the stream is over for the session.
  // SAFETY: only a session of this kind takes such streams.
  public final var session: HTTP2ServerSession? { codec.map { unsafeDowncast($0, to: HTTP2ServerSession.self) } }
  /// What is to be sent of the response's body: its owner writes behind it, the session takes from its front.
  public final let outgoing: ByteBuffer
  /// Sections of fields that wait for their HEADERS frame, each behind the four bytes of its length.
  final let sections: ByteBuffer
  /// Bytes behind these and the lent ones that `supply` gives when the connection has room for them.
  public private(set) final var promised = 0
  /// Whether the response's final head has been handed over.
  public internal(set) final var hasResponded = false

  /// - Parameters:
  ///   - outgoing: the owner's, for as long as the stream lasts.
  ///   - sections: another one; empty.
  public init(id: Int32, outgoing: ByteBuffer, sections: ByteBuffer) {
    self.outgoing = outgoing
    self.sections = sections
    super.init(id: id)
  }

  /// - Precondition: nothing is left in `outgoing` and `sections`.
  public final override func begin(id: Int32) {
    super.begin(id: id)
    promised = 0
    hasResponded = false
  }

  // MARK: Events

  /// The request is whole.
  /// - Parameters:
  ///   - trailers: the lines that came behind the body, as `BodyDecoder.trailers` has them.
  ///   - error: what is wrong with them.
  open func didReceiveEnd(trailers: ByteBuffer?, error: WireError?) {}

  /// Writes the next bytes of those that were promised into `room`, all of it.
  /// - Returns: whether it could: if not, the stream is reset.
  open func supply(_ room: UnsafeMutableRawBufferPointer) -> Bool { false }

  // MARK: What is to be sent

  public final override var waitingCount: Int { outgoing.count &+ lent.count &+ promised }

  /// Sends bytes behind all others that are asked for by `supply` when there is room for them: until then they take no
  /// memory, however slowly the peer takes them.
  public final func promise(_ count: Int) { promised = count }

  /// Nothing of what was lent or promised is asked for from now on.
  public final override func takeBack() {
    super.takeBack()
    promised = 0
  }

  // MARK: Fields

  /// Adds a section.
  final func addSection(_ write: (ByteBuffer) -> Void) {
    let start = sections.writeIndex
    sections.reserve(4)
    sections.writeIndex = start &+ 4
    write(sections)
    // Its length is known now.
    let end = sections.writeIndex
    sections.writeIndex = start
    sections.writable.storeBytes(of: UInt32(truncatingIfNeeded: end &- start &- 4), as: UInt32.self)
    sections.writeIndex = end
  }

  final override func writeSection(by encoder: inout FieldEncoder, into out: ByteBuffer) -> Bool {
    guard sections.count >= 4 else { return super.writeSection(by: &encoder, into: out) }
    let count = Int(sections.readable.loadUnaligned(as: UInt32.self))
    out.write(UnsafeRawBufferPointer(rebasing: sections.readable[4..<4 &+ count]))
    sections.consume(4 &+ count)
    return true
  }

  // MARK: Frames

  /// - Returns: whether all that were promised came.
  final override func take(_ count: Int, into frame: ByteBuffer) -> Bool {
    let first = min(count, outgoing.count)
    frame.write(UnsafeRawBufferPointer(rebasing: outgoing.readable[..<first]))
    outgoing.consume(first)
    let second = min(count &- first, lent.count)
    if second > 0, !super.take(second, into: frame) { return false }
    let third = count &- first &- second
    guard third > 0 else { return true }
    frame.reserve(third)
    guard supply(UnsafeMutableRawBufferPointer(rebasing: frame.writable[..<third])) else { return false }
    frame.didWrite(third)
    promised &-= third
    return true
  }
}
