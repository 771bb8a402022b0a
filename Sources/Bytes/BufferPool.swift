/// The buffers of one worker. An idle connection holds none, so that thousands of them cost little; a busy one takes what
/// it needs and gives it back while it is still warm in the processor's cache.
public final class BufferPool {
  /// Holds a message's head, and most bodies.
  public static let smallSize = 8 * 1024
  /// Streams a body.
  public static let largeSize = 64 * 1024
  /// How many of each size are kept; what is given back beyond it is freed.
  public static let keptSmall = 512
  public static let keptLarge = 128

  private var small: [ByteBuffer] = []
  private var large: [ByteBuffer] = []

  public init() {}

  /// An empty buffer of `smallSize` bytes.
  public func takeSmall() -> ByteBuffer { small.isEmpty ? ByteBuffer(capacity: Self.smallSize) : small.removeLast() }

  /// An empty buffer of `largeSize` bytes.
  public func takeLarge() -> ByteBuffer { large.isEmpty ? ByteBuffer(capacity: Self.largeSize) : large.removeLast() }

  /// Takes a buffer back, which its giver forgets. One that has grown is freed: it would keep its size for ever.
  public func give(_ buffer: consuming ByteBuffer) {
    buffer.clear()
    switch buffer.capacity {
    case Self.smallSize where small.count < Self.keptSmall: small.append(buffer)
    case Self.largeSize where large.count < Self.keptLarge: large.append(buffer)
    default: break
    }
  }
}
