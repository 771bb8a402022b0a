import Bytes

/// Carries bytes between a socket and a codec that speaks for many at once, as HTTP/2's does: what is read goes to the codec, and
/// what all of them have to say goes out together.
///
///     one task:  readNow -> what that has begun -> flush -> rest, until bytes come or `flushSoon` -> again
///
/// A subclass is the codec's side. Belongs to one reactor's thread.
open class FrameCarrier {
  public let socket: Socket
  public let buffers: BufferPool
  /// Whether the codec may have something to say.
  public final var needsFlush = true
  /// When the peer last took something of what waits for it.
  public final var lastProgress: MonotonicTime
  /// Frames that the kernel had no room for.
  private var output: ByteBuffer?
  private var isResting = false

  /// Bytes that are put together before they are written: with one frame more they fill a large buffer.
  private static let batch = BufferPool.largeSize - 17 * 1024

  public init(_ socket: Socket, buffers: BufferPool) {
    self.socket = socket
    self.buffers = buffers
    lastProgress = socket.reactor.now
  }

  // MARK: Codec

  /// Takes bytes of the peer.
  open func receive(_ bytes: UnsafeRawBufferPointer) {}

  /// Puts what is to be sent behind what is in `out`, by whole frames, until there are `limit` bytes or more.
  open func write(into out: ByteBuffer, limit: Int) {}

  /// Whether `write` has something to give.
  open var hasOutput: Bool { false }

  // MARK: Bytes

  /// Whether the kernel has taken all that was written.
  public final var isFlushed: Bool { output == nil }

  /// Reads what has come, for a few turns at most.
  /// - Returns: whether the connection goes on.
  public final func readNow() -> Bool {
    guard socket.hasUnreadBytes else { return true }
    let input = buffers.takeLarge()
    defer { buffers.give(input) }
    for _ in 0..<4 {
      do {
        guard let count = try socket.readNow(into: input) else { return true }
        guard count > 0 else { return false }
      } catch {
        return false
      }
      receive(input.readable)
      needsFlush = true
      let isFull = input.writable.isEmpty
      input.clear()
      if !isFull, !socket.hasUnreadBytes { return true }
    }
    // There may be more: after the others.
    return true
  }

  /// Writes what the codec has to say, for a few turns at most. Afterwards `isFlushed` says whether the kernel has taken it, and
  /// `needsFlush` whether there is more.
  public final func flush() throws(SocketError) {
    needsFlush = false
    let out = output ?? buffers.takeLarge()
    output = nil
    for _ in 0..<8 {
      write(into: out, limit: Self.batch)
      if out.isEmpty { return buffers.give(out) }
      let before = out.count
      let isWritten = try socket.finishWriting(out)
      if out.count < before { lastProgress = socket.reactor.now }
      if !isWritten {
        out.compact()
        output = out
        return
      }
      if !hasOutput { return buffers.give(out) }
    }
    buffers.give(out)
    needsFlush = true
  }

  /// Lets go of what has not been written.
  public final func dropOutput() {
    if let output { buffers.give(output) }
    output = nil
  }

  // MARK: Rest

  /// Something is to be sent: soon, together with what others have.
  public final func flushSoon() {
    needsFlush = true
    if isResting { wakeUp() }
  }

  /// Lets whoever rests or sleeps go on.
  public final func wakeUp() {
    isResting = false
    socket.interruptReading()
  }

  /// Waits until there is something to read or to say, or room for what waits to be written.
  /// - Returns: false where the deadline came first.
  /// - Throws: `.interrupted` once the socket is closed.
  public final func rest(until deadline: MonotonicTime) async throws(SocketError) -> Bool {
    isResting = true
    defer { isResting = false }
    do {
      if isFlushed {
        try await socket.readable(until: deadline)
      } else {
        try await socket.waitToReadOrWrite(until: deadline)
      }
    } catch .interrupted where socket.isOpen {
      return true
    } catch .timedOut {
      return false
    }
    return true
  }
}
