/// Sorted words that begin with an IPv4 address each, and an index of the upper bits that leads to a few of them: a look-up
/// touches one line of the index and one or two of the words, however many there are.
///
///     | address (32 bits) | what its owner makes of it: where the range ends, or the value from there on |
struct AddressIndex: Sendable {
  let words: [UInt64]
  /// How many words begin before each value of the upper bits.
  private let index: [UInt32]
  private let shift: UInt32

  /// - Parameter words: sorted.
  init(_ words: [UInt64]) {
    self.words = words
    // About four words behind each entry, in at most a megabyte of index.
    var bits = 0
    while bits < 18, 1 << bits < words.count / 4 { bits += 1 }
    let shift = UInt32(32 - bits)
    var index = [UInt32](repeating: UInt32(truncatingIfNeeded: words.count), count: (1 << bits) + 1)
    var slot = 0
    for (number, word) in words.enumerated() {
      let first = Int(UInt32(truncatingIfNeeded: word >> 32) >> shift)
      while slot <= first {
        index[slot] = UInt32(truncatingIfNeeded: number)
        slot += 1
      }
    }
    self.index = index
    self.shift = shift
  }

  /// The lower half of the last word that begins at or before the address; nil where all begin behind it.
  @inline(__always)
  func find(_ address: UInt32) -> UInt32? {
    let slot = shift == 32 ? 0 : Int(address &>> shift)
    // `low` counts the words that begin at or before the address.
    var low = Int(index[slot])
    var count = Int(index[slot &+ 1]) &- low
    let wanted = UInt64(address) &<< 32 | 0xFFFF_FFFF
    while count > 0 {
      let half = (count &+ 1) &>> 1
      if words[low &+ half &- 1] <= wanted {
        low &+= half
        count &-= half
      } else {
        count = half &- 1
      }
    }
    return low > 0 ? UInt32(truncatingIfNeeded: words[low &- 1]) : nil
  }
}
