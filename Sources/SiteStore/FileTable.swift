import Bytes

/// The open files of a site by name: bounded in number and in bytes. What has been asked for since the hand last passed
/// stays; the first that has not goes (the clock algorithm), so that a walk through a large site does not empty the table
/// of what everybody asks for.
///
/// Only files that exist are in it: a peer cannot fill it with names.
struct FileTable {
  private struct Slot {
    var file: SiteFile
    var hash: UInt64
    var wasUsed: Bool
    /// The next slot of the same bucket; -1: none.
    var next: Int32
  }

  private var slots: [Slot] = []
  private var buckets: [Int32]
  private var hand = 0
  /// Bytes that the files take, about.
  private(set) var cost = 0
  private let most: Int
  private let mostBytes: Int

  var count: Int { slots.count }

  init(most: Int = 1024, mostBytes: Int = 16 << 20) {
    self.most = most
    self.mostBytes = mostBytes
    buckets = [Int32](repeating: -1, count: Self.bucketCount(for: most))
  }

  private static func bucketCount(for most: Int) -> Int {
    var count = 16
    while count < most &* 2, count < 1 << 20 { count &*= 2 }
    return count
  }

  /// The file with this name; being asked for keeps it.
  mutating func find(_ name: UnsafeRawBufferPointer) -> SiteFile? {
    let hash = Self.hash(name)
    var index = buckets[Int(truncatingIfNeeded: hash) & (buckets.count &- 1)]
    while index >= 0 {
      let at = Int(index)
      if slots[at].hash == hash, Self.equals(slots[at].file.name, name) {
        slots[at].wasUsed = true
        return slots[at].file
      }
      index = slots[at].next
    }
    return nil
  }

  /// Adds a file, or puts it in the place of the one with its name.
  mutating func insert(_ file: SiteFile) {
    file.name.withUnsafeBytes { remove($0) }
    while !slots.isEmpty, slots.count >= most || cost &+ file.cost > mostBytes { evict() }
    guard file.cost <= mostBytes, most > 0 else { return }
    let hash = file.name.withUnsafeBytes { Self.hash($0) }
    let bucket = Int(truncatingIfNeeded: hash) & (buckets.count &- 1)
    slots.append(Slot(file: file, hash: hash, wasUsed: false, next: buckets[bucket]))
    buckets[bucket] = Int32(truncatingIfNeeded: slots.count &- 1)
    cost &+= file.cost
  }

  /// Something has been made of a file, which counts with it.
  mutating func grew(_ file: SiteFile, by bytes: Int) {
    guard slots.contains(where: { $0.file === file }) else { return }
    cost &+= bytes
    while !slots.isEmpty, cost > mostBytes { evict() }
  }

  mutating func remove(_ name: UnsafeRawBufferPointer) {
    let hash = Self.hash(name)
    if let at = slots.firstIndex(where: { $0.hash == hash && Self.equals($0.file.name, name) }) { remove(at: at) }
  }

  mutating func removeAll() {
    slots.removeAll()
    for index in buckets.indices { buckets[index] = -1 }
    hand = 0
    cost = 0
  }

  private mutating func evict() {
    // Once around clears every mark, so that the second time finds one.
    for _ in 0...(slots.count &* 2) {
      if hand >= slots.count { hand = 0 }
      if slots[hand].wasUsed {
        slots[hand].wasUsed = false
        hand &+= 1
      } else {
        remove(at: hand)
        return
      }
    }
  }

  private mutating func remove(at index: Int) {
    cost &-= slots[index].file.cost
    unlink(index)
    let last = slots.count &- 1
    if index != last {
      // The last one takes the empty place.
      unlink(last)
      var moved = slots[last]
      let bucket = Int(truncatingIfNeeded: moved.hash) & (buckets.count &- 1)
      moved.next = buckets[bucket]
      slots[index] = moved
      buckets[bucket] = Int32(truncatingIfNeeded: index)
    }
    slots.removeLast()
  }

  private mutating func unlink(_ index: Int) {
    let bucket = Int(truncatingIfNeeded: slots[index].hash) & (buckets.count &- 1)
    if buckets[bucket] == Int32(truncatingIfNeeded: index) {
      buckets[bucket] = slots[index].next
      return
    }
    var at = buckets[bucket]
    while at >= 0 {
      if slots[Int(at)].next == Int32(truncatingIfNeeded: index) {
        slots[Int(at)].next = slots[index].next
        return
      }
      at = slots[Int(at)].next
    }
  }

  private static func equals(_ name: [UInt8], _ other: UnsafeRawBufferPointer) -> Bool {
    name.count == other.count && name.withUnsafeBytes { memoryEqual($0, other) }
  }

  /// FNV-1a: the names are the site's own.
  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash ^ hash >> 32
  }
}

private func memoryEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
  for index in 0..<one.count where one[index] != other[index] { return false }
  return true
}
