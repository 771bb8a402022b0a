import Configuration
import Synchronization

/// Configurations that are not served any more, until nobody uses them: a request under way ends on the one that it began
/// with. Kept here so that the last to let go of one, with its thousands of objects, is never a worker.
final class RetiredSnapshots: Sendable {
  private let snapshots = Mutex<[Snapshot]>([])

  var isEmpty: Bool { snapshots.withLock { $0.isEmpty } }

  func add(_ snapshot: Snapshot) { snapshots.withLock { $0.append(snapshot) } }

  /// Lets go of those that nobody else holds, on the calling thread.
  /// - Returns: whether there were any.
  func sweep() -> Bool {
    snapshots.withLock { snapshots in
      let before = snapshots.count
      // Nobody can take hold of one again that only this list has.
      var index = snapshots.startIndex
      while index < snapshots.endIndex {
        if isKnownUniquelyReferenced(&snapshots[index]) { snapshots.remove(at: index) } else { index += 1 }
      }
      return snapshots.count < before
    }
  }
}
