import Bytes

/// The buffers of one worker. An idle connection holds none, so that thousands of them cost little; a busy one takes what
/// it needs and gives it back while it is still warm in the processor's cache.
final class BufferPool {
  /// Holds a request's head, and most bodies.
  static let smallSize = 16 * 1024
  /// Streams a body.
  static let largeSize = 64 * 1024

  private var small: [ByteBuffer] = []
  private var large: [ByteBuffer] = []
  /// How many of each size to keep: what is given back beyond it is freed.
  private let keep = 128

  func takeSmall() -> ByteBuffer { small.popLast() ?? ByteBuffer(capacity: Self.smallSize) }

  func takeLarge() -> ByteBuffer { large.popLast() ?? ByteBuffer(capacity: Self.largeSize) }

  /// Takes a buffer back. One that has grown is freed: it would keep its size for ever.
  func give(_ buffer: ByteBuffer) {
    buffer.clear()
    switch buffer.capacity {
    case Self.smallSize where small.count < keep: small.append(buffer)
    case Self.largeSize where large.count < keep: large.append(buffer)
    default: break
    }
  }
}
