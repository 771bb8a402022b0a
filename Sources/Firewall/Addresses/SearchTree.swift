/// Sorted keys laid out for searching: a tree of nodes of eight keys, one line of the processor's cache each, without
/// pointers. Of a million keys a search reads seven nodes, of which the upper four are always at hand.
///
///     node k holds keys[8k ..< 8k+8]; its nine children are the nodes 9k+1 ... 9k+9
struct SearchTree: Sendable {
  private let keys: [UInt64]
  private let nodeCount: Int
  /// Where the greatest key is; nil: there is none.
  private let last: Int?
  /// Of each place, the place of its key in the sorted list; what pads the last node has none.
  let ranks: [UInt32]

  private static let width = 8

  /// - Parameter sorted: ascending, each key once.
  init(_ sorted: [UInt64]) {
    let nodeCount = (sorted.count + Self.width - 1) / Self.width
    var keys = [UInt64](repeating: .max, count: nodeCount * Self.width)
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
    last = sorted.isEmpty ? nil : ranks.firstIndex(of: UInt32(truncatingIfNeeded: sorted.count - 1))
  }

  /// The place, in the tree, of the largest key that is not above `wanted`.
  func lastAtMost(_ wanted: UInt64) -> Int? {
    // What pads the last node is as large as the greatest key: whoever wants that gets the last one.
    if wanted == .max { return last }
    return keys.withUnsafeBufferPointer { keys in
      var node = 0
      var found = -1
      while node < nodeCount {
        let base = node &* Self.width
        var below = 0
        for key in 0..<Self.width { below &+= keys[base &+ key] <= wanted ? 1 : 0 }
        if below > 0 { found = base &+ below &- 1 }
        node = node &* (Self.width &+ 1) &+ below &+ 1
      }
      return found < 0 ? nil : found
    }
  }

}
