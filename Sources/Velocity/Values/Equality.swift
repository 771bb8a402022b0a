import JSON

/// Java's `equals` and `hashCode`.
enum Equality {
  /// As `Double.equals` has it: all NaN are one, 0.0 and -0.0 are two.
  static func bits(_ number: Double) -> UInt64 { number.isNaN ? 0x7FF8_0000_0000_0000 : number.bitPattern }

  /// For keys of maps, which are strings and numbers nearly always.
  static func areEqual(_ left: Value, _ right: Value) -> Bool {
    let heap = Heap()
    heap.steps = 100_000
    return (try? areEqual(left, right, heap)) ?? false
  }

  static func areEqual(_ left: Value, _ right: Value, _ heap: Heap, depth: Int = 0) throws(Signal) -> Bool {
    switch (left, right) {
    case (.null, .null): return true
    case (.bool(let one), .bool(let other)): return one == other
    case (.int(let one), .int(let other)): return one == other
    case (.long(let one), .long(let other)): return one == other
    case (.double(let one), .double(let other)):
      return bits(one) == bits(other)
    case (.character(let one), .character(let other)): return one == other
    case (.text(let one), .text(let other)): return one == other
    case (.node(let one), .node(let other)) where one.isIdentical(to: other): return true
    default: break
    }
    if left.isString || right.isString {
      guard let one = left.asText, let other = right.asText else { return false }
      return one == other
    }
    guard let one = heap.object(for: left), let other = heap.object(for: right) else { return false }
    return try areEqual(one, other, heap, depth)
  }

  private static func areEqual(
    _ left: JavaObject, _ right: JavaObject, _ heap: Heap, _ depth: Int
  ) throws(Signal) -> Bool {
    if left === right { return true }
    guard depth < Heap.deepest else { throw Signal.exception("java.lang.StackOverflowError") }
    try heap.spend()
    switch (left, right) {
    case (let one as NumberObject, let other as NumberObject):
      return areEqual(one.number, other.number)
    case (let one as ListObject, let other as ListObject):
      let (ours, theirs) = (one.all, other.all)
      guard ours.count == theirs.count else { return false }
      try heap.spend(ours.count)
      for index in ours.indices {
        guard try areEqual(ours[index], theirs[index], heap, depth: depth + 1) else { return false }
      }
      return true
    case (let one as MapObject, let other as MapObject):
      guard one.count == other.count else { return false }
      try heap.spend(one.count)
      for entry in one.entries {
        guard let value = other.find(entry.key), try areEqual(entry.value, value, heap, depth: depth + 1) else {
          return false
        }
      }
      return true
    case (let one as MapView, let other as MapView):
      guard one.part != .values, other.part != .values, one.map.count == other.map.count else { return false }
      try heap.spend(one.map.count)
      for entry in one.map.entries {
        guard one.part == other.part, let value = other.map.find(entry.key) else { return false }
        if one.part == .entries, try !areEqual(entry.value, value, heap, depth: depth + 1) { return false }
      }
      return true
    case (let one as EntryObject, let other as EntryObject):
      return one.key == other.key ? try areEqual(one.value, other.value, heap, depth: depth + 1) : false
    case (let one as ClassObject, let other as ClassObject):
      return one.name == other.name
    default: return false
    }
  }

  private static func areEqual(_ left: Number, _ right: Number) -> Bool {
    switch (left, right) {
    case (.bigInteger(let one), .bigInteger(let other)): one == other
    case (.bigDecimal(let one), .bigDecimal(let other)): one == other
    case (.byte(let one), .byte(let other)): one == other
    case (.short(let one), .short(let other)): one == other
    case (.float(let one), .float(let other)): one.bitPattern == other.bitPattern
    default: false
    }
  }

  // MARK: hashCode

  static func hash(_ value: Value, _ heap: Heap, depth: Int = 0) throws(Signal) -> Int32 {
    switch value {
    case .null: return 0
    case .bool(let flag): return flag ? 1231 : 1237
    case .int(let number): return number
    case .long(let number): return Int32(truncatingIfNeeded: number ^ (number >> 32))
    case .double(let number): return hash(number)
    case .character(let unit): return Int32(unit)
    case .text(let text): return text.javaHash
    case .node(let node) where node.kind == .string: return Text(contentsOf: node).javaHash
    case .node, .object: break
    }
    guard let object = heap.object(for: value) else { return 0 }
    guard depth < Heap.deepest else { throw Signal.exception("java.lang.StackOverflowError") }
    try heap.spend()
    switch object {
    case let number as NumberObject: return hash(number.number)
    case let list as ListObject:
      try heap.spend(list.count)
      var hash: Int32 = 1
      for element in list.all { hash = hash &* 31 &+ (try Equality.hash(element, heap, depth: depth + 1)) }
      return hash
    // Of what is put into it, which nearly nobody does, the hash could come back to it.
    case is LoopScope: return 0
    case let map as MapObject:
      try heap.spend(map.count)
      var hash: Int32 = 0
      for entry in map.entries {
        hash = hash &+ (try Equality.hash(.object(EntryObject(map, entry.key)), heap, depth: depth))
      }
      return hash
    case let view as MapView where view.part != .values:
      var hash: Int32 = 0
      for element in view.elements { hash = hash &+ (try Equality.hash(element, heap, depth: depth + 1)) }
      return hash
    case let entry as EntryObject:
      return try hash(entry.key.value, heap, depth: depth + 1) ^ hash(entry.value, heap, depth: depth + 1)
    case let type as ClassObject: return Text(type.name).javaHash
    default: return identityHash(object)
    }
  }

  static func hash(_ number: Double) -> Int32 {
    let bits = Equality.bits(number)
    return Int32(truncatingIfNeeded: bits ^ (bits >> 32))
  }

  private static func hash(_ number: Number) -> Int32 {
    switch number {
    case .float(let value): Int32(bitPattern: value.bitPattern)
    case .bigInteger(let value): value.javaHash
    case .bigDecimal(let value): value.unscaled.javaHash &* 31 &+ Int32(truncatingIfNeeded: value.scale)
    default: number.int
    }
  }

  /// What Java shows of an object without a hash of its own. It differs from one run to the next there too.
  static func identityHash(_ object: JavaObject) -> Int32 {
    Int32(truncatingIfNeeded: ObjectIdentifier(object).hashValue & 0x7FFF_FFFF)
  }
}
