import Bytes

/// One request and its response on an HTTP/2 connection, as the codec sees them, whichever side we are: what is to go of our body
/// is lent, and taken when the connection has room for it.
///
/// Belongs to one worker, as its session does.
open class HTTP2Stream {
  /// 0 until it is opened.
  public internal(set) final var id: Int32
  /// Nil before it is opened, and once the stream is over for the session.
  // SAFETY: a session takes itself away from its streams before it goes (`close`, `deinit`).
  unowned(unsafe) final var codec: HTTP2Session?
  /// What is to be sent of the body, and stays where it is until it has been, or is taken back.
  public internal(set) final var lent = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Whether nothing follows what there is to be sent.
  public private(set) final var isEnding = false
  /// Whether the stream is closed both ways, or was reset.
  public internal(set) final var isClosed = false
  /// Field lines that follow the body.
  final var trailingLines: ByteBuffer?
  /// Whether the session has asked for more of the body in vain, and does not ask again until it is told.
  final var isDeferred = false
  /// Where the session keeps it.
  final var index = 0

  init(id: Int32) { self.id = id }

  /// Becomes another stream, since the one that it was is over. Nobody may hold it for that one's sake.
  public func begin(id: Int32) {
    assert(codec == nil)
    self.id = id
    lent = UnsafeRawBufferPointer(start: nil, count: 0)
    isEnding = false
    isClosed = false
    if trailingLines != nil { trailingLines = nil }
    isDeferred = false
  }

  // MARK: Events

  /// All that was to be sent so far has been taken.
  open func didDrain() {}

  /// The stream is over: everything was said, or either side reset it, or the connection was lost.
  /// - Parameter code: RFC 9113 § 7; 0 where nothing is wrong.
  open func didClose(_ code: UInt32) {}

  /// Bytes of the peer's body. Each is to be given back to the session's `consume` when nobody needs it any more.
  open func didReceive(_ bytes: UnsafeRawBufferPointer) {}

  // MARK: What is to be sent

  /// Bytes that wait for the connection to take them.
  var waitingCount: Int { lent.count }

  /// Sends bytes from where they are. They must stay there until `didDrain`, `didClose` or `takeBack`.
  public final func lend(_ bytes: UnsafeRawBufferPointer) { lent = bytes }

  /// Nothing of what was lent is read from now on.
  public func takeBack() { lent = UnsafeRawBufferPointer(start: nil, count: 0) }

  /// Nothing follows what there is to be sent, but for trailers.
  public final func end(trailers: ByteBuffer? = nil) {
    isEnding = true
    trailingLines = trailers
  }

  /// Writes the section of the stream's next HEADERS frame.
  /// - Returns: whether there is one.
  func writeSection(by encoder: inout FieldEncoder, into out: ByteBuffer) -> Bool {
    guard let trailingLines else { return false }
    encoder.begin(into: out)
    encoder.write(block: trailingLines.readable, into: out)
    return true
  }

  /// Moves bytes to be sent into a frame.
  /// - Parameter count: no more than `waitingCount`.
  /// - Returns: whether they could be had.
  func take(_ count: Int, into frame: ByteBuffer) -> Bool {
    frame.write(UnsafeRawBufferPointer(rebasing: lent[..<count]))
    lent = UnsafeRawBufferPointer(rebasing: lent[count...])
    return true
  }
}
