import CacheRules
import Synchronization

/// The latest invalidations, in order, so that what was being fetched while one came is not stored after it.
///
/// A fetch remembers the number of the last invalidation when it begins. Before its response is stored, under the shard's
/// lock, the log is asked whether any later one hits it. An invalidation is logged before it goes through the shards: so
/// either the storing sees it here, or it sees the stored object there.
final class InvalidationLog: Sendable {
  enum Scope: Sendable {
    case everything(space: UInt32?)
    case everythingOutside(Set<UInt32>)
    case pattern(space: UInt32, InvalidationPattern)
    case tag(UInt64)
  }

  enum Verdict { case untouched, softly, hard }

  private struct Entry {
    let scope: Scope
    let isSoft: Bool
  }

  private struct State {
    var entries: [Entry] = []
    /// How many have been forgotten.
    var dropped: UInt64 = 0
  }

  /// How many are remembered. A fetch that began before the oldest of them counts as hit.
  private static let most = 4096
  private let state = Lock(State())
  private let latest = Atomic<UInt64>(0)

  /// The number of the last invalidation.
  var sequence: UInt64 { latest.load(ordering: .acquiring) }

  func append(_ scope: Scope, isSoft: Bool) {
    state.withLock { state in
      if state.entries.count >= Self.most {
        state.entries.removeFirst(Self.most / 2)
        state.dropped &+= UInt64(Self.most / 2)
      }
      state.entries.append(Entry(scope: scope, isSoft: isSoft))
      latest.store(state.dropped &+ UInt64(state.entries.count), ordering: .releasing)
    }
  }

  /// What the invalidations since `epoch` mean for a response.
  func verdict(since epoch: UInt64, on object: StoredObject) -> Verdict {
    if sequence == epoch { return .untouched }
    return state.withLock { state in
      guard epoch >= state.dropped else { return .hard }
      var verdict = Verdict.untouched
      for entry in state.entries[Int(epoch &- state.dropped)...] where entry.scope.hits(object) {
        guard entry.isSoft else { return .hard }
        verdict = .softly
      }
      return verdict
    }
  }
}

extension InvalidationLog.Scope {
  func hits(_ object: StoredObject) -> Bool {
    switch self {
    case .everything(let space): space == nil || space == CacheKey.space(of: object.key)
    case .everythingOutside(let spaces): !spaces.contains(CacheKey.space(of: object.key))
    case .pattern(let space, let pattern):
      space == CacheKey.space(of: object.key) && pattern.matches(CacheKey.target(of: object.key))
    case .tag(let tag): object.tags.contains(tag)
    }
  }
}
