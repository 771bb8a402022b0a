import Bytes

/// A hash table from keys to stored responses: open addressing with linear probing, so that a look-up touches one line of
/// slots and then the object. A slot holds the newest of the responses with its key; the others hang on that one.
///
/// Removal closes the gap by moving the entries behind it, so that no marks of what was are left. Guarded by its shard.
struct ObjectTable {
  private struct Slot {
    var hash: UInt64
    /// Retained by the table.
    var object: Unmanaged<StoredObject>?
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  /// Keys.
  private(set) var count = 0

  init() {
    slots = Self.allocate(16)
    mask = 15
  }

  /// Lets go of everything: for the shard's `deinit`.
  func deallocate() {
    for index in 0...mask { slots[index].object?.release() }
    slots.deallocate()
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
    slots.initialize(repeating: Slot(hash: 0, object: nil), count: capacity)
    return slots
  }

  /// Slots.
  var capacity: Int { mask &+ 1 }

  /// The newest response with this key.
  @inline(__always)
  func find(_ key: UnsafeRawBufferPointer, hash: UInt64) -> StoredObject? {
    var index = Int(truncatingIfNeeded: hash) & mask
    while let object = slots[index].object {
      if slots[index].hash == hash, object._withUnsafeGuaranteedRef({ $0.key.isSame(as: key) }) {
        return object.takeUnretainedValue()
      }
      index = (index &+ 1) & mask
    }
    return nil
  }

  /// Puts a response in the place of the newest one with its key, or adds it.
  mutating func set(_ object: StoredObject) {
    if (count &+ 1) &* 4 > capacity &* 3 { grow() }
    var index = Int(truncatingIfNeeded: object.hash) & mask
    while let present = slots[index].object {
      if slots[index].hash == object.hash,
        present._withUnsafeGuaranteedRef({ $0.key.isSame(as: object.key) })
      {
        slots[index].object = .passRetained(object)
        present.release()
        return
      }
      index = (index &+ 1) & mask
    }
    slots[index] = Slot(hash: object.hash, object: .passRetained(object))
    count &+= 1
  }

  /// Removes the entry whose newest response this is. The caller holds the object.
  mutating func remove(_ object: StoredObject) {
    var index = Int(truncatingIfNeeded: object.hash) & mask
    while let present = slots[index].object {
      if present.toOpaque() == Unmanaged.passUnretained(object).toOpaque() {
        present.release()
        close(index)
        count &-= 1
        return
      }
      index = (index &+ 1) & mask
    }
  }

  /// How far a walk through the table has come; the table may change between its steps.
  struct Walk {
    fileprivate var capacity = 0
    /// The slots before this one are still to be seen.
    fileprivate var end = 0
  }

  /// Calls `body` with the newest response of each key in the next slots of a walk, about `limit` of them. It must not
  /// change the table.
  ///
  /// The walk goes from the last slot to the first: what a removal moves, it moves towards the first slots, which are still
  /// to be seen: an entry may be seen twice then, but none is missed. What it may move round the end, from the first slots to
  /// the last, is seen with the first step and passed over later. If the table has grown, the walk begins anew.
  /// - Returns: whether there is more.
  func step(_ walk: inout Walk, limit: Int, _ body: (StoredObject) -> Void) -> Bool {
    if walk.capacity != capacity {
      walk = Walk(capacity: capacity, end: capacity)
      var index = 0
      while index < capacity, let object = slots[index].object {
        if isRoundTheEnd(index) { object._withUnsafeGuaranteedRef(body) }
        index &+= 1
      }
    }
    let start = max(0, walk.end &- max(1, limit))
    for index in start..<walk.end {
      if let object = slots[index].object, !isRoundTheEnd(index) { object._withUnsafeGuaranteedRef(body) }
    }
    walk.end = start
    return start > 0
  }

  /// Whether the entry of a slot belongs at the end of the table, where there was no room.
  private func isRoundTheEnd(_ index: Int) -> Bool { Int(truncatingIfNeeded: slots[index].hash) & mask > index }

  private mutating func close(_ hole: Int) {
    var hole = hole
    var index = (hole &+ 1) & mask
    while slots[index].object != nil {
      let home = Int(truncatingIfNeeded: slots[index].hash) & mask
      // Whether its home lies at or before the hole, going round.
      if (index &- home) & mask >= (index &- hole) & mask {
        slots[hole] = slots[index]
        hole = index
      }
      index = (index &+ 1) & mask
    }
    slots[hole] = Slot(hash: 0, object: nil)
  }

  private mutating func grow() {
    let old = slots
    let oldCapacity = capacity
    slots = Self.allocate(oldCapacity &* 2)
    mask = oldCapacity &* 2 &- 1
    for position in 0..<oldCapacity where old[position].object != nil {
      var index = Int(truncatingIfNeeded: old[position].hash) & mask
      while slots[index].object != nil { index = (index &+ 1) & mask }
      slots[index] = old[position]
    }
    old.deallocate()
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always) func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    var at = 0
    while at &+ 8 <= count {
      if loadUnaligned(fromByteOffset: at, as: UInt64.self) != other.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      {
        return false
      }
      at &+= 8
    }
    while at < count {
      if self[at] != other[at] { return false }
      at &+= 1
    }
    return true
  }
}
