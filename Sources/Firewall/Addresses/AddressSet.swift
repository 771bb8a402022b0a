import Bytes

/// The addresses of an IP set, built once for looking up: blocks that touch or overlap are one range.
///
/// IPv4: ranges packed into one word each (start, end), found through an index of the upper bits, so that a look-up touches
/// one line of the index and one or two of the ranges, however many there are. IPv6: `SearchTree` over the upper halves.
public final class AddressSet: Sendable {
  /// The blocks as they were given, each once.
  public let blocks: [AddressBlock]
  /// Sorted; the start in the upper half, the end in the lower one.
  private let ranges: [UInt64]
  /// How many ranges start before each value of the upper `indexBits` bits.
  private let index: [UInt32]
  private let indexShift: UInt32
  private let wide: WideRanges?

  public static let empty = AddressSet([])

  public init(_ blocks: some Sequence<AddressBlock>) {
    var seen = Set<AddressBlock>()
    var narrow: [UInt64] = []
    var wideRanges: [WideRanges.Range] = []
    var kept: [AddressBlock] = []
    for block in blocks where seen.insert(block).inserted {
      kept.append(block)
      if block.isV4 {
        narrow.append(block.first.low &<< 32 | UInt64(truncatingIfNeeded: block.last))
      } else {
        wideRanges.append(WideRanges.Range(first: block.first.value, last: block.last))
      }
    }
    self.blocks = kept
    ranges = AddressSet.merged(narrow)
    wide = wideRanges.isEmpty ? nil : WideRanges(wideRanges)

    // About four ranges behind each entry, in at most a megabyte of index.
    var bits = 0
    while bits < 18, 1 << bits < ranges.count / 4 { bits += 1 }
    let shift = UInt32(32 - bits)
    var index = [UInt32](repeating: UInt32(truncatingIfNeeded: ranges.count), count: (1 << bits) + 1)
    var slot = 0
    for (number, range) in ranges.enumerated() {
      let first = Int(UInt32(truncatingIfNeeded: range >> 32) >> shift)
      while slot <= first {
        index[slot] = UInt32(truncatingIfNeeded: number)
        slot += 1
      }
    }
    self.index = index
    indexShift = shift
  }

  private static func merged(_ unsorted: [UInt64]) -> [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(unsorted.count)
    for range in unsorted.sorted() {
      guard let last = result.last else {
        result.append(range)
        continue
      }
      let (start, end) = (range &>> 32, range & 0xFFFF_FFFF)
      let lastEnd = last & 0xFFFF_FFFF
      if start <= lastEnd &+ 1 {
        if end > lastEnd { result[result.count - 1] = last & 0xFFFF_FFFF_0000_0000 | end }
      } else {
        result.append(range)
      }
    }
    return result
  }

  public var isEmpty: Bool { blocks.isEmpty }

  public func contains(_ address: IPAddress) -> Bool {
    address.isV4 ? containsV4(UInt32(truncatingIfNeeded: address.low)) : wide?.contains(address) ?? false
  }

  private func containsV4(_ address: UInt32) -> Bool {
    let slot = indexShift == 32 ? 0 : Int(address &>> indexShift)
    var low = Int(index[slot])
    var count = Int(index[slot &+ 1]) &- low
    // The last range that starts at or before the address: `low` counts the ranges that do.
    let wanted = UInt64(address) &<< 32 | 0xFFFF_FFFF
    while count > 0 {
      let half = (count &+ 1) &>> 1
      if ranges[low &+ half &- 1] <= wanted {
        low &+= half
        count &-= half
      } else {
        count = half &- 1
      }
    }
    return low > 0 && UInt32(truncatingIfNeeded: ranges[low &- 1]) >= address
  }

  /// With blocks added to it, or taken from it as they were given (a block is not carved out of a larger one).
  public func adding(_ more: [AddressBlock]) -> AddressSet { AddressSet(blocks + more) }

  public func removing(_ less: [AddressBlock]) -> AddressSet {
    let less = Set(less)
    return AddressSet(blocks.filter { !less.contains($0) })
  }
}

/// Ranges of IPv6 addresses.
struct WideRanges: Sendable {
  struct Range {
    var first: UInt128
    var last: UInt128
  }

  /// Sorted and disjoint.
  private let firsts: [UInt128]
  private let lasts: [UInt128]
  /// Where the ranges begin that have the same upper half of `first`; one more entry at the end.
  private let groups: [UInt32]
  private let tree: SearchTree

  init(_ unsorted: [Range]) {
    var firsts: [UInt128] = []
    var lasts: [UInt128] = []
    for range in unsorted.sorted(by: { $0.first < $1.first }) {
      if let last = lasts.last, range.first <= last || range.first == last &+ 1 {
        lasts[lasts.count - 1] = max(last, range.last)
      } else {
        firsts.append(range.first)
        lasts.append(range.last)
      }
    }
    var keys: [UInt64] = []
    var groups: [UInt32] = []
    for (number, first) in firsts.enumerated() {
      let upper = UInt64(truncatingIfNeeded: first >> 64)
      if keys.last != upper {
        keys.append(upper)
        groups.append(UInt32(truncatingIfNeeded: number))
      }
    }
    groups.append(UInt32(truncatingIfNeeded: firsts.count))
    self.firsts = firsts
    self.lasts = lasts
    self.groups = groups
    tree = SearchTree(keys)
  }

  func contains(_ address: IPAddress) -> Bool {
    guard let group = tree.lastAtMost(address.high) else { return false }
    let wanted = address.value
    var low = Int(groups[group])
    var count = Int(groups[group &+ 1]) &- low
    while count > 0 {
      let half = (count &+ 1) &>> 1
      if firsts[low &+ half &- 1] <= wanted {
        low &+= half
        count &-= half
      } else {
        count = half &- 1
      }
    }
    return low > 0 && lasts[low &- 1] >= wanted
  }
}
