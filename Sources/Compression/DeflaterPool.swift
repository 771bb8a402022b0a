import HTTPSemantics

/// The deflaters of one worker: as many as have been busy at once, up to a bound. An idle connection holds none, one that
/// is sent a stream holds one as long as that lasts; when too many are at work, what comes next goes uncompressed.
public final class DeflaterPool {
  private var free: [Deflater] = []
  private var busy = 0
  // Of about 270 KB each.
  private static let keep = 8
  static let most = 256

  public init() {}

  /// One that is ready for a body; nil where too many are at work, or there is no memory for it.
  public func take(_ coding: ContentCoding) -> Deflater? {
    guard busy < Self.most else { return nil }
    let deflater =
      free.lastIndex { $0.coding == coding }.map { free.remove(at: $0) } ?? Deflater(coding)
    if deflater != nil { busy += 1 }
    return deflater
  }

  /// Takes one back, wherever it stopped.
  public func give(_ deflater: Deflater) {
    busy -= 1
    guard free.count < Self.keep else { return }
    deflater.reset()
    free.append(deflater)
  }
}
