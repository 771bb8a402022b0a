import Bytes
import CacheRules

/// How an invalidation goes about what it hits.
public enum InvalidationMode: String, Sendable, CaseIterable {
  /// It is gone.
  case hard
  /// It is stale, and may be confirmed by the origin or stand in for it.
  case soft
  /// Nothing happens to it; it is counted.
  case dryRun
}

/// What an invalidation hit, or would.
public struct InvalidationReport: Equatable, Sendable {
  /// So many targets are listed.
  public static let mostTargets = 100

  public var objects = 0
  public var bytes = 0
  /// Path and query of the first of them, each once.
  public var targets: [String] = []
  /// Of bodies that must not be found again after a restart.
  var files: [BodyFile] = []

  public init() {}

  mutating func count(_ object: StoredObject) {
    objects += 1
    bytes += object.cost
    guard targets.count < Self.mostTargets else { return }
    let target = CacheKey.target(of: object.key).text
    if !targets.contains(target) { targets.append(target) }
  }
}
