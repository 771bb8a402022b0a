import Bytes

/// The addresses of an IP set, built once for looking up: blocks that touch or overlap are one range.
///
/// IPv4: ranges packed into one word each (start, end), found through an `AddressIndex`. IPv6: the same over the upper halves
/// (`WideRanges`).
public final class AddressSet: Sendable {
  /// The blocks as they were given, each once.
  public let blocks: [AddressBlock]
  /// The start of each range in the upper half, the end in the lower one.
  private let narrow: AddressIndex
  private let wide: WideRanges?

  public static let empty = AddressSet([])

  public init(_ blocks: some Sequence<AddressBlock>) {
    let count = blocks.underestimatedCount
    var seen = Set<AddressBlock>(minimumCapacity: count)
    var narrow: [UInt64] = []
    var wideRanges: [WideRanges.Range] = []
    var kept: [AddressBlock] = []
    kept.reserveCapacity(count)
    narrow.reserveCapacity(count)
    for block in blocks where seen.insert(block).inserted {
      kept.append(block)
      if block.isV4 {
        narrow.append(block.first.low &<< 32 | UInt64(truncatingIfNeeded: block.last))
      } else {
        wideRanges.append(WideRanges.Range(first: block.first.value, last: block.last))
      }
    }
    self.blocks = kept
    self.narrow = AddressIndex(AddressSet.merged(narrow))
    wide = wideRanges.isEmpty ? nil : WideRanges(wideRanges)
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
    guard address.isV4 else { return wide?.contains(address) ?? false }
    let address = UInt32(truncatingIfNeeded: address.low)
    return narrow.find(address).map { $0 >= address } ?? false
  }

  /// With blocks added to it, or taken from it as they were given (a block is not carved out of a larger one).
  public func adding(_ more: [AddressBlock]) -> AddressSet { AddressSet(blocks + more) }

  public func removing(_ less: [AddressBlock]) -> AddressSet {
    let less = Set(less)
    return AddressSet(blocks.filter { !less.contains($0) })
  }
}

/// Ranges of IPv6 addresses, by the upper halves of where they begin.
///
/// Nearly all blocks are of whole upper halves (/64 and larger): then one more word says where the range ends, and it lies beside
/// the key. As with IPv4, an index of the bits in which keys differ first leads to a few of them. Only ranges that begin or end
/// within an upper half are looked for further.
struct WideRanges: Sendable {
  struct Range {
    var first: UInt128
    var last: UInt128
  }

  /// By the upper half where a range begins: how many keys come before each value of the indexed bits.
  private let index: [UInt32]
  /// Bits that all keys have in common, and how many of those behind them are indexed.
  private let common: UInt64
  private let indexBits: UInt64
  private let least: UInt64
  private let greatest: UInt64
  /// A key, and the upper half where its range ends; 0: the range is not of whole upper halves, or ends in the first one.
  private let keys: [SIMD2<UInt64>]

  /// Sorted and disjoint.
  private let firsts: [UInt128]
  private let lasts: [UInt128]
  /// Where the ranges begin that have the same upper half of `first`; one more entry at the end.
  private let groups: [UInt32]

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
    var keys: [SIMD2<UInt64>] = []
    var groups: [UInt32] = []
    for (number, first) in firsts.enumerated() {
      let upper = Self.upper(first)
      let isWhole = UInt64(truncatingIfNeeded: first) == 0 && UInt64(truncatingIfNeeded: lasts[number]) == .max
      if let last = keys.last, last.x == upper {
        keys[keys.count - 1].y = 0
      } else {
        keys.append(SIMD2(upper, isWhole ? Self.upper(lasts[number]) : 0))
        groups.append(UInt32(truncatingIfNeeded: number))
      }
    }
    groups.append(UInt32(truncatingIfNeeded: firsts.count))
    least = keys.first?.x ?? 0
    greatest = keys.last?.x ?? 0
    let common = UInt64((least ^ greatest).leadingZeroBitCount)
    // About four keys behind each entry, in at most a megabyte of index.
    var bits: UInt64 = 0
    while bits < 18, bits + common < 64, 1 << bits < keys.count / 4 { bits += 1 }
    var index = [UInt32](repeating: UInt32(truncatingIfNeeded: keys.count), count: (1 << Int(bits)) + 1)
    var slot = 0
    for (number, key) in keys.enumerated() {
      let first = Self.slot(key.x, common, bits)
      while slot <= first {
        index[slot] = UInt32(truncatingIfNeeded: number)
        slot += 1
      }
    }
    self.common = common
    indexBits = bits
    self.index = index
    self.keys = keys
    self.firsts = firsts
    self.lasts = lasts
    self.groups = groups
  }

  private static func upper(_ value: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: value >> 64) }

  /// - Parameter common: 64 where there is one key.
  @inline(__always) private static func slot(_ key: UInt64, _ common: UInt64, _ bits: UInt64) -> Int {
    bits == 0 ? 0 : Int((key &<< common) &>> (64 &- bits))
  }

  func contains(_ address: IPAddress) -> Bool {
    let wanted = address.high
    guard wanted >= least else { return false }
    var low: Int
    if wanted >= greatest {
      low = keys.count
    } else {
      let slot = Self.slot(wanted, common, indexBits)
      low = Int(index[slot])
      var count = Int(index[slot &+ 1]) &- low
      // The last key that is not above: `low` counts the keys that are not.
      while count > 0 {
        let half = (count &+ 1) &>> 1
        if keys[low &+ half &- 1].x <= wanted {
          low &+= half
          count &-= half
        } else {
          count = half &- 1
        }
      }
    }
    guard low > 0 else { return false }
    let end = keys[low &- 1].y
    if end != 0 { return wanted <= end }
    return containsFinely(address, low &- 1)
  }

  private func containsFinely(_ address: IPAddress, _ group: Int) -> Bool {
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
