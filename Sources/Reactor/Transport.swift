/// What may stand between a socket's descriptor and those who read and write there: TLS. With one, every `read` and `write`
/// of the `Socket` goes through it; they behave as without, and nobody else needs to know.
///
///     plain bytes  Socket.read, write, send(thenFile:)     ^ |
///                  Transport                               | v
///     bytes on the wire  descriptor                        ^ |
///
/// A transport calls the kernel on the descriptor itself, without waiting, and says what it needs before it can go on. That
/// may be the other direction than its caller's: a read that must first write something (RFC 8446 § 4.6.3). Belongs to the
/// socket's thread.
open class Transport {
  /// How far a call came.
  public enum Outcome: Sendable {
    /// So many plain bytes were read or written; 0 read is the end that the peer has announced. What a step without bytes
    /// gives when it is done.
    case moved(Int)
    /// The descriptor must become readable, or writable, first. The same call, with the same bytes, is made again then.
    case wantsToRead, wantsToWrite
    case failed(SocketError)
  }

  /// Whether the descriptor may have something to receive: set by the socket when the kernel says so, cleared by the
  /// transport that has read less than it asked for, unless the peer has closed.
  public final var mayReceive = false
  /// Whether the peer has closed its side of the descriptor.
  public internal(set) final var hasPeerClosed = false
  /// Whether the peer must see that what it has got is not the whole: then no end is announced.
  public final var isCutOff = false

  /// Whether the end follows what is written: the kernel may wait for that before it closes a packet.
  public final var isEnding = false

  /// The reader waits for room to write.
  final var readerWantsToWrite = false
  /// The writer waits for something to read.
  final var writerWantsToRead = false
  /// The announcement of the end waits for room.
  final var owesEnd = false

  public init() {}

  /// Whether a read may give something although the kernel says nothing new.
  open var hasUnread: Bool { mayReceive }

  /// Agrees with the peer on how to go on; `.moved` when that is done.
  open func handshake() -> Outcome { .moved(0) }

  /// Reads plain bytes into `room`, which is not empty.
  open func read(into room: UnsafeMutableRawBufferPointer) -> Outcome { .failed(.interrupted) }

  /// Whether a read would give something: `.moved` for bytes as well as for the end.
  open func peek() -> Outcome { .failed(.interrupted) }

  /// Writes as much of `bytes` as there is room for; together with `more` if that spares a call.
  open func write(
    _ bytes: UnsafeRawBufferPointer, then more: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) -> Outcome { .failed(.interrupted) }

  /// Writes as much of `bytes`, and of a file behind them, as there is room for.
  /// - Returns: `.failed(.failed(SocketError.shortFile))` where the file has nothing at `offset`.
  open func write(_ bytes: UnsafeRawBufferPointer, thenFile file: Int32, at offset: Int, count: Int) -> Outcome {
    .failed(.interrupted)
  }

  /// Announces that nothing more will be written.
  open func end() -> Outcome { .moved(0) }

  /// Nothing will happen for a while: what can be had again need not be kept.
  open func rest() {}
}
