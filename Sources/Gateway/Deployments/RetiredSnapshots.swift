import Configuration

/// Configurations that are not served any more, until nobody uses them: a request under way ends on the one that it began
/// with. Kept here so that the last to let go of one, with its thousands of objects, is never a worker.
struct RetiredSnapshots {
  private var snapshots: [Snapshot] = []

  var isEmpty: Bool { snapshots.isEmpty }
  var count: Int { snapshots.count }

  mutating func add(_ snapshot: Snapshot) { snapshots.append(snapshot) }

  /// Lets go of those that nobody else holds.
  mutating func sweep() {
    // Nobody can take hold of one again that only this list has.
    var index = snapshots.startIndex
    while index < snapshots.endIndex {
      if isKnownUniquelyReferenced(&snapshots[index]) { snapshots.remove(at: index) } else { index += 1 }
    }
  }
}
