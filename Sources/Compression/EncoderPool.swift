import HTTPSemantics

/// The encoders of one worker: as many as have been busy at once, up to a bound. An idle connection holds none, one that
/// is sent a stream holds one as long as that lasts; when too many are at work, what comes next goes uncompressed.
public final class EncoderPool {
  private var free: [BodyEncoder] = []
  private var busy = 0
  // Of about 270 KB each.
  private static let keep = 8
  static let most = 256

  public init() {}

  /// One that is ready for a body; nil where too many are at work, or there is no memory for it.
  /// - Parameters:
  ///   - effort: how much work brotli is worth.
  ///   - size: bytes of the body, where they are known.
  public func take(
    _ coding: ContentCoding, _ effort: BrotliEncoder.Effort = .passing, size: Int? = nil
  ) -> BodyEncoder? {
    guard busy < Self.most else { return nil }
    let encoder =
      free.lastIndex { $0.coding == coding }.map { free.remove(at: $0) }
      ?? (coding == .brotli ? BrotliEncoder(effort, size: size) : Deflater(coding))
    if encoder != nil { busy += 1 }
    return encoder
  }

  /// Takes one back, wherever it stopped.
  public func give(_ encoder: BodyEncoder) {
    busy -= 1
    if free.count < Self.keep, encoder.reset() { free.append(encoder) }
  }
}
