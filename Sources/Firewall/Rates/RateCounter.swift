import Glibc
import Synchronization

/// How many requests of each key came within the window of a rate-based rule: one count for all workers.
///
/// The window moves in tenths: a count has what came in the present tenth and the nine before. Memory is bounded: each key is a
/// cache line in a table of a fixed size, and where its row is full, the key with the smallest count gives way, so that
/// whoever sends from a million addresses cannot make the gateway forget the busy ones.
public final class RateCounter: Sendable {
  /// One key: 64 bytes.
  private struct Entry {
    var key: UInt64 = 0
    /// The tenth that `counts` was last brought up to.
    var tenth: UInt32 = 0
    var counts: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    )
    var total: UInt32 = 0
    var unused: UInt64 = 0
  }

  private static let rowWidth = 8
  private static let rowCount = 8192
  /// Keys that one counter can hold.
  public static let capacity = rowWidth * rowCount

  // SAFETY: `entries` is set once and freed by `deinit`; a row is touched only under the lock that its number leads to.
  private nonisolated(unsafe) let entries: UnsafeMutablePointer<Entry>
  private let locks: [Lock]
  private let tenthMilliseconds: Int

  private final class Lock: Sendable { let mutex = Mutex(()) }

  /// - Parameter window: seconds.
  public init(window: Int) {
    tenthMilliseconds = max(1, window * 100)
    // Zeros that take no memory before they are touched.
    let bytes = Self.capacity * MemoryLayout<Entry>.stride
    if let memory = calloc(1, bytes) {
      entries = memory.bindMemory(to: Entry.self, capacity: Self.capacity)
    } else {
      entries = .allocate(capacity: Self.capacity)
      entries.initialize(repeating: Entry(), count: Self.capacity)
    }
    locks = (0..<64).map { _ in Lock() }
  }

  deinit { free(entries) }

  /// Counts a request.
  /// - Parameters:
  ///   - key: a hash of what requests are counted by.
  ///   - now: milliseconds of a clock that never goes back.
  /// - Returns: how many came within the window, this one included.
  public func count(_ key: UInt64, now: Int64) -> Int {
    // 0 stands for an empty entry.
    let key = key == 0 ? 1 : key
    let tenth = UInt32(truncatingIfNeeded: now / Int64(tenthMilliseconds))
    let row = Int(key &>> 40) & (Self.rowCount - 1)
    return locks[row & 63].mutex.withLock { _ in
      let first = entries + row &* Self.rowWidth
      var chosen = first
      var least = UInt32.max
      for index in 0..<Self.rowWidth {
        let entry = first + index
        if entry.pointee.key == key {
          chosen = entry
          least = 0
          break
        }
        let weight = entry.pointee.key == 0 || tenth &- entry.pointee.tenth >= 10 ? 0 : max(entry.pointee.total, 1)
        if weight < least {
          least = weight
          chosen = entry
        }
      }
      if chosen.pointee.key != key {
        chosen.pointee = Entry()
        chosen.pointee.key = key
        chosen.pointee.tenth = tenth
      }
      return Int(Self.add(chosen, tenth))
    }
  }

  /// How many keys have more than `limit` within the window.
  /// - Parameter now: as `count` has it.
  public func keys(above limit: Int, now: Int64) -> Int {
    let tenth = UInt32(truncatingIfNeeded: now / Int64(tenthMilliseconds))
    var found = 0
    for row in 0..<Self.rowCount {
      locks[row & 63].mutex.withLock { _ in
        for entry in UnsafeMutableBufferPointer(start: entries + row &* Self.rowWidth, count: Self.rowWidth)
        where entry.key != 0 && Self.total(of: entry, at: tenth) > limit { found &+= 1 }
      }
    }
    return found
  }

  /// What a key has within the window, without the tenths that have passed since it was last counted.
  private static func total(of entry: Entry, at tenth: UInt32) -> Int {
    let passed = tenth &- entry.tenth
    // A clock that is read by several threads may seem to go back by a little.
    if passed == 0 || passed >= 0x8000_0000 { return Int(entry.total) }
    if passed >= 10 { return 0 }
    var total = entry.total
    withUnsafeBytes(of: entry.counts) { bytes in
      let counts = bytes.bindMemory(to: UInt32.self)
      for step in 1...passed { total &-= counts[Int((entry.tenth &+ step) % 10)] }
    }
    return Int(total)
  }

  private static func add(_ entry: UnsafeMutablePointer<Entry>, _ tenth: UInt32) -> UInt32 {
    withUnsafeMutableBytes(of: &entry.pointee.counts) { bytes in
      let counts = bytes.bindMemory(to: UInt32.self)
      let passed = tenth &- entry.pointee.tenth
      // A clock that is read by several workers may seem to go back by a little.
      if passed < 0x8000_0000, passed > 0 {
        for step in 1...min(passed, 10) {
          let slot = Int((entry.pointee.tenth &+ step) % 10)
          entry.pointee.total &-= counts[slot]
          counts[slot] = 0
        }
        entry.pointee.tenth = tenth
      }
      let slot = Int(entry.pointee.tenth % 10)
      if counts[slot] < 400_000_000 {
        counts[slot] &+= 1
        entry.pointee.total &+= 1
      }
      return entry.pointee.total
    }
  }
}
