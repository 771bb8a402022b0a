/// Why a text is no path.
public struct JSONPathError: Error, Equatable, Sendable, CustomStringConvertible {
  public let message: String
  /// In bytes from the beginning of the path.
  public let offset: Int

  public init(_ message: String, at offset: Int) {
    self.message = message
    self.offset = offset
  }

  public var description: String { "\(message), at offset \(offset)" }
}

/// An evaluation was given up because it took more than its limits.
public struct JSONPathLimitExceeded: Error, Equatable, Sendable {}

/// What one evaluation may cost.
public struct JSONPathLimits: Sendable {
  /// Values looked at. A scan of a document looks at each of its values once; a scan inside a scan, more often.
  public var steps: Int
  /// How deep scans (`..`), and scans in filters on the way, follow values into each other.
  public var depth: Int

  public init(steps: Int = 4_000_000, depth: Int = 1024) {
    self.steps = steps
    self.depth = depth
  }

  public static let standard = JSONPathLimits()
}
