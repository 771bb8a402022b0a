/// The body of a stored response: whole and immutable, in chunks.
public struct StoredBody: Sendable {
  let chunks: [BodyChunk]
  /// Bytes.
  public let count: Int

  init(chunks: [BodyChunk]) {
    self.chunks = chunks
    count = chunks.reduce(0) { $0 + $1.count }
  }

  /// A body that is at hand.
  public init(_ bytes: UnsafeRawBufferPointer) {
    if bytes.isEmpty {
      self.init(chunks: [])
      return
    }
    let chunk = BodyChunk(capacity: bytes.count)
    _ = chunk.append(bytes)
    self.init(chunks: [chunk])
  }

  /// Another body's bytes and what came behind them: a part that has been completed.
  public init(_ first: StoredBody, _ second: StoredBody) { self.init(chunks: first.chunks + second.chunks) }

  /// The whole body where it lies in one piece, as small ones do. Valid while the body is held.
  public var onlyPiece: UnsafeRawBufferPointer? {
    switch chunks.count {
    case 0: UnsafeRawBufferPointer(start: nil, count: 0)
    case 1: chunks[0][0..<chunks[0].count]
    default: nil
    }
  }

  /// The longest run of bytes in one piece that begins at `position` and does not go beyond `end`; nil at the end. The
  /// bytes are valid while the chunk is held.
  public func piece(at position: Int, until end: Int) -> (chunk: BodyChunk, range: Range<Int>)? {
    guard position >= 0, position < min(end, count) else { return nil }
    var start = 0
    for chunk in chunks {
      if position < start &+ chunk.count {
        let from = position &- start
        return (chunk, from..<min(chunk.count, from &+ (min(end, count) &- position)))
      }
      start &+= chunk.count
    }
    return nil
  }

  /// What it costs in memory, in bytes.
  var cost: Int { chunks.reduce(32) { $0 + $1.capacity + BodyChunk.overhead } }
}
