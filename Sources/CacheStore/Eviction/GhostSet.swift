/// Fingerprints of objects that left the small queue without a hit: about as many as there are objects, in sets of eight,
/// of which the oldest gives way. Four bytes each; one look-up in five hundred million finds what is not there.
struct GhostSet {
  private static let ways = 8
  private var entries: [UInt32] = Array(repeating: 0, count: 64)
  private var turn: UInt8 = 0

  /// Grows with the number of objects.
  mutating func fit(_ count: Int) {
    guard count > entries.count else { return }
    // What is forgotten here costs one more miss each.
    entries = Array(repeating: 0, count: entries.count &* 2)
  }

  mutating func insert(_ fingerprint: UInt64) {
    let (start, mark) = place(fingerprint)
    turn = (turn &+ 1) & UInt8(Self.ways - 1)
    for way in start..<start &+ Self.ways where entries[way] == 0 || entries[way] == mark {
      entries[way] = mark
      return
    }
    entries[start &+ Int(turn)] = mark
  }

  /// - Returns: whether it was there.
  mutating func remove(_ fingerprint: UInt64) -> Bool {
    let (start, mark) = place(fingerprint)
    for way in start..<start &+ Self.ways where entries[way] == mark {
      entries[way] = 0
      return true
    }
    return false
  }

  private func place(_ fingerprint: UInt64) -> (Int, UInt32) {
    let sets = entries.count / Self.ways
    let start = Int(truncatingIfNeeded: fingerprint >> 16) & (sets &- 1)
    return (start &* Self.ways, UInt32(truncatingIfNeeded: fingerprint >> 32) | 1)
  }
}
