/// What one rendering may use at most, so that no template and no body can hang a worker or exhaust its memory.
public struct RenderLimits: Sendable {
  /// Rounds of one `#foreach`: API Gateway's own limit.
  public var iterations = 1_000
  /// Bytes that one rendering may add to the output; texts made on the way count against it too.
  public var outputBytes = 10 << 20
  /// Directives run, references read and methods called, all together.
  public var steps = 5_000_000
  /// `#define` blocks rendering each other, and values within values.
  public var depth = 64

  public init() {}

  public static let standard = RenderLimits()
}
