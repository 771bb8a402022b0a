/// A run of bytes of an output, and where in the template it comes from.
public struct RenderedPiece: Sendable, Equatable {
  /// Line and column in the template text, both from 1.
  public var line: Int
  public var column: Int
  /// Offsets in what this rendering wrote.
  public var bytes: Range<Int>
}
