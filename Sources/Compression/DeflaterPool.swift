import HTTPSemantics

/// The deflaters of one worker: as many as have been busy at once, up to a bound. An idle connection holds none.
public final class DeflaterPool {
  private var free: [Deflater] = []
  /// Of about 270 KB each.
  private static let keep = 8

  public init() {}

  /// One that is ready for a body; nil where there is no memory for it.
  public func take(_ coding: ContentCoding) -> Deflater? {
    guard let index = free.lastIndex(where: { $0.coding == coding }) else { return Deflater(coding) }
    return free.remove(at: index)
  }

  /// Takes one back, wherever it stopped.
  public func give(_ deflater: Deflater) {
    guard free.count < Self.keep else { return }
    deflater.reset()
    free.append(deflater)
  }
}
