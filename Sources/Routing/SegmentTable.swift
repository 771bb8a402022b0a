import Bytes
import Glibc

/// A fixed map from a scope and some bytes to a number: the children of every node of a tree in one table, so that a
/// lookup costs the same among ten routes and among ten thousand.
///
/// Open addressing with linear probing over a table at most half full. Its keys come from the configuration, so a peer
/// cannot make chains grow; it can only choose where to look.
struct SegmentTable: Sendable {
  private struct Entry: Sendable {
    /// -1: an empty place.
    var value: Int32 = -1
    var scope: Int32 = 0
    var hash: UInt32 = 0
    var keyStart: UInt32 = 0
    var keyCount: UInt32 = 0
  }

  private var entries: ContiguousArray<Entry>
  private var keys: ContiguousArray<UInt8> = []
  private var used = 0

  init() { entries = ContiguousArray(repeating: Entry(), count: 8) }

  /// Stores `value` unless the key has one already.
  /// - Returns: the value that the key has now.
  mutating func insert(_ scope: Int32, _ key: some Collection<UInt8>, _ value: Int32) -> Int32 {
    let found = ContiguousArray(key).withUnsafeBytes { self.value(scope, $0) }
    if found >= 0 { return found }
    if (used + 1) * 2 > entries.count { grow() }
    let start = keys.count
    keys.append(contentsOf: key)
    let hash = keys.withUnsafeBytes { Self.hash(scope, UnsafeRawBufferPointer(rebasing: $0[start...])) }
    place(
      Entry(
        value: value, scope: scope, hash: hash, keyStart: UInt32(clamping: start),
        keyCount: UInt32(clamping: keys.count - start)))
    used += 1
    return value
  }

  /// The value of a key, or -1.
  @inline(__always)
  func value(_ scope: Int32, _ key: UnsafeRawBufferPointer) -> Int32 {
    let hash = Self.hash(scope, key)
    return entries.withUnsafeBufferPointer { entries in
      let mask = entries.count &- 1
      var index = Int(truncatingIfNeeded: hash) & mask
      while true {
        let entry = entries[index]
        if entry.value < 0 { return -1 }
        if entry.hash == hash, entry.scope == scope, Int(entry.keyCount) == key.count, equal(entry, key) {
          return entry.value
        }
        index = (index &+ 1) & mask
      }
    }
  }

  private func equal(_ entry: Entry, _ key: UnsafeRawBufferPointer) -> Bool {
    guard let bytes = key.baseAddress else { return true }
    return keys.withUnsafeBytes { keys in
      guard let stored = keys.baseAddress else { return false }
      return memcmp(stored + Int(entry.keyStart), bytes, key.count) == 0
    }
  }

  private mutating func grow() {
    let old = entries
    entries = ContiguousArray(repeating: Entry(), count: old.count * 2)
    for entry in old where entry.value >= 0 { place(entry) }
  }

  private mutating func place(_ entry: Entry) {
    let mask = entries.count - 1
    var index = Int(truncatingIfNeeded: entry.hash) & mask
    while entries[index].value >= 0 { index = (index + 1) & mask }
    entries[index] = entry
  }

  /// Eight bytes at a time, multiplied and folded.
  @inline(__always)
  private static func hash(_ scope: Int32, _ key: UnsafeRawBufferPointer) -> UInt32 {
    let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    var state = (UInt64(truncatingIfNeeded: scope) &+ 1) &* factor ^ UInt64(truncatingIfNeeded: key.count)
    var index = 0
    while index &+ 8 <= key.count {
      state = mix(state ^ key.loadUnaligned(fromByteOffset: index, as: UInt64.self), factor)
      index &+= 8
    }
    var tail: UInt64 = 0
    while index < key.count {
      tail = tail << 8 | UInt64(key[index])
      index &+= 1
    }
    return UInt32(truncatingIfNeeded: mix(state ^ tail, 0xD6E8_FEB8_6659_FD93))
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
