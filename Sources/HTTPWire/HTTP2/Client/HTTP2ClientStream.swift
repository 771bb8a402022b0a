import Bytes

/// One request and its answer on a connection to an origin, as the codec sees them: what has come of the answer is handed to
/// the overridden methods, what is to go of the request's body is lent to it piece by piece.
///
///     request:  head --HTTP2ClientSession.open--> body --lend … end--> whole
///     answer:   (interim heads) --> head --> body --> whole, perhaps before the request is
///     at any time:  reset by either side, or the connection is lost: `didClose`
///
/// Belongs to one worker, as its session does.
open class HTTP2ClientStream {
  /// 0 until it is opened.
  public internal(set) final var id: Int32 = 0
  /// Nil before it is opened, and once the stream is over for the session.
  public internal(set) final var session: HTTP2ClientSession?
  /// What is to be sent of the request's body, and stays where it is until it has been, or is taken back.
  public private(set) final var lent = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Whether nothing follows what there is to be sent.
  public private(set) final var isEnding = false
  /// Whether the stream is closed both ways, or was reset.
  public internal(set) final var isClosed = false
  /// What is wrong with the answer; nil: nothing so far.
  public internal(set) final var flaw: Flaw?
  /// Whether the final head has come: fields that come now are trailers.
  final var hasFinalHead = false
  /// Field lines that follow the body.
  final var trailingLines: ByteBuffer?
  /// Whether the session has asked for more of the body in vain, and does not ask again until it is told.
  final var isDeferred = false
  /// Where the session keeps it.
  final var index = 0

  public enum Flaw: Equatable, Sendable {
    /// A head, or trailers, that HTTP/1 would not have been taken with either.
    case malformed(WireError)
    /// It broke the protocol's own rules (RFC 9113 § 8.1.1): nghttp2's words.
    case violation(String)
  }

  public init() {}

  // MARK: Events

  /// A head has come, interim or final: as HTTP/1.1 would write it, for `ResponseHeadParser`. Valid during the call.
  open func didReceive(head: UnsafeRawBufferPointer) {}

  /// Bytes of the answer's body. Each is to be given back to `HTTP2ClientSession.consume` when nobody needs it any more.
  open func didReceive(_ bytes: UnsafeRawBufferPointer) {}

  /// The answer is whole.
  /// - Parameter trailers: the lines that came behind the body, as `BodyDecoder.trailers` has them.
  open func didReceiveEnd(trailers: ByteBuffer?) {}

  /// All that was lent has been taken.
  open func didDrain() {}

  /// The stream is over: everything was said, or either side reset it, or the connection was lost.
  /// - Parameter code: RFC 9113 § 7; 0 where nothing is wrong.
  open func didClose(_ code: UInt32) {}

  // MARK: What is to be sent

  /// Sends bytes from where they are. They must stay there until `didDrain`, `didClose` or `takeBack`.
  public final func lend(_ bytes: UnsafeRawBufferPointer) { lent = bytes }

  /// Nothing of what was lent is read from now on.
  public final func takeBack() { lent = UnsafeRawBufferPointer(start: nil, count: 0) }

  /// Nothing follows what there is to be sent, but for trailers.
  public final func end(trailers: ByteBuffer? = nil) {
    isEnding = true
    trailingLines = trailers
  }

  /// Moves bytes that were lent into a frame.
  final func take(into room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(room.count, lent.count)
    guard count > 0 else { return 0 }
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: lent[..<count]))
    lent = UnsafeRawBufferPointer(rebasing: lent[count...])
    if lent.isEmpty { didDrain() }
    return count
  }
}
