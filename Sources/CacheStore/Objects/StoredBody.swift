/// The body of a stored response: whole and immutable.
// SAFETY: nothing in it changes; the bytes of `beside` are freed with the object that the body belongs to, and are read
// while that is held.
public struct StoredBody: @unchecked Sendable {
  enum Place {
    /// Few bytes: behind the fields of their object, in the same allocation.
    case beside(UnsafeRawBufferPointer)
    case chunks([BodyChunk])
    case file(BodyFile)
  }

  let place: Place
  /// Bytes.
  public let count: Int

  init(chunks: [BodyChunk]) {
    place = .chunks(chunks)
    count = chunks.reduce(0) { $0 + $1.count }
  }

  init(beside bytes: UnsafeRawBufferPointer) {
    place = .beside(bytes)
    count = bytes.count
  }

  init(_ file: BodyFile) {
    place = .file(file)
    count = file.count
  }

  /// A body that is at hand.
  public init(_ bytes: UnsafeRawBufferPointer) {
    let chunk = BodyChunk(capacity: bytes.count)
    _ = chunk.append(bytes)
    self.init(chunks: bytes.isEmpty ? [] : [chunk])
  }

  /// Bodies up to this size lie beside their object's fields: a hit touches fewer places of memory. Bytes.
  static let besideAtMost = 8192

  /// The whole body where it lies in memory in one piece, as small ones do. Valid while its object is held.
  public var onlyPiece: UnsafeRawBufferPointer? {
    switch place {
    case .beside(let bytes): return bytes
    case .chunks(let chunks):
      if chunks.isEmpty { return UnsafeRawBufferPointer(start: nil, count: 0) }
      return chunks.count == 1 ? chunks[0][0..<chunks[0].count] : nil
    case .file: return nil
    }
  }

  /// The longest run of bytes in one piece of memory that begins at `position` and does not go beyond `end`; nil at the end,
  /// and for what lies in a file. Valid while the body's object is held.
  public func piece(at position: Int, until end: Int) -> UnsafeRawBufferPointer? {
    let end = min(end, count)
    guard position >= 0, position < end else { return nil }
    switch place {
    case .beside(let bytes): return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
    case .chunks(let chunks):
      var start = 0
      for chunk in chunks {
        if position < start &+ chunk.count {
          let from = position &- start
          return chunk[from..<min(chunk.count, from &+ (end &- position))]
        }
        start &+= chunk.count
      }
      return nil
    case .file: return nil
    }
  }

  /// The file that it lies in; nil for a body in memory.
  public var file: BodyFile? {
    if case .file(let file) = place { file } else { nil }
  }

  /// What it costs in memory beside its object, in bytes.
  var cost: Int {
    switch place {
    case .beside: 0
    case .chunks(let chunks): chunks.reduce(0) { $0 + $1.cost }
    case .file: BodyFile.overhead
    }
  }
}
