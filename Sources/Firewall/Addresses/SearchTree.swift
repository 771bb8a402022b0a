/// Sorted keys laid out for searching: a tree of nodes of eight keys, one line of the processor's cache each, without
/// pointers. Of a million keys a search reads seven nodes, of which the upper four are always at hand.
///
///     node k holds keys[8k ..< 8k+8]; its nine children are the nodes 9k+1 ... 9k+9
struct SearchTree: Sendable {
  private let keys: [UInt64]
  /// The place of each key in the sorted list.
  private let ranks: [UInt32]
  private let nodeCount: Int

  private static let width = 8

  /// - Parameter sorted: ascending, each key once.
  init(_ sorted: [UInt64]) {
    let nodeCount = (sorted.count + Self.width - 1) / Self.width
    var keys = [UInt64](repeating: .max, count: nodeCount * Self.width)
    // What pads the last node: never found, since its rank is out of the list.
    var ranks = [UInt32](repeating: .max, count: nodeCount * Self.width)
    var next = 0
    // In order, with a stack of (node, key) instead of calls: the tree is at most eight levels deep.
    var stack: [(node: Int, key: Int)] = nodeCount > 0 ? [(0, 0)] : []
    while let (node, key) = stack.popLast() {
      if key > 0, key <= Self.width, next < sorted.count {
        let place = node * Self.width + key - 1
        keys[place] = sorted[next]
        ranks[place] = UInt32(truncatingIfNeeded: next)
        next += 1
      }
      guard key <= Self.width else { continue }
      stack.append((node, key + 1))
      let child = node * (Self.width + 1) + key + 1
      if child < nodeCount { stack.append((child, 0)) }
    }
    self.keys = keys
    self.ranks = ranks
    self.nodeCount = nodeCount
  }

  /// The place, in the sorted list, of the largest key that is not above `wanted`.
  func lastAtMost(_ wanted: UInt64) -> Int? {
    var node = 0
    var found = UInt32.max
    while node < nodeCount {
      let base = node &* Self.width
      var below = 0
      for key in 0..<Self.width {
        // Padding compares as a key of the greatest value.
        below &+= keys[base &+ key] <= wanted && ranks[base &+ key] != .max ? 1 : 0
      }
      if below > 0 { found = ranks[base &+ below &- 1] }
      node = node &* (Self.width &+ 1) &+ below &+ 1
    }
    return found == .max ? nil : Int(found)
  }
}
