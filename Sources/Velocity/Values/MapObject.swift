import JSON

/// A `java.util.LinkedHashMap`: members in the order in which they were first put.
class MapObject: JavaObject {
  /// A member. One that was removed has no key and is swept up later.
  struct Member {
    var key: MapKey?
    var value: Value
  }

  private var members: [Member] = []
  /// Members that are there, without those still to come.
  private var present = 0
  /// Before this place no member is there any more.
  private var front = 0
  /// Where the keys stand in `members`, once there are enough of them.
  private var places: [MapKey: Int] = [:]
  /// Counts what changed its keys, so that iterators notice.
  private(set) var changes = 0

  private static let fewest = 9

  override init() {}

  override var className: String { "java.util.LinkedHashMap" }

  private func place(of key: MapKey) -> Int? {
    if members.count >= MapObject.fewest { return places[key] }
    return members.firstIndex { $0.key == key }
  }

  /// Told of each key that a value is put under.
  func willPut(_ key: MapKey) {}

  /// Puts members in place that are made only when somebody looks at the whole.
  func complete() {}

  /// Members that are there.
  final var count: Int {
    complete()
    return present
  }

  /// The value of a key; nil where it has none, which is not the same as null.
  func find(_ key: MapKey) -> Value? { place(of: key).map { members[$0].value } }

  func get(_ key: MapKey) -> Value { find(key) ?? .null }

  /// Sets a value, and gives the one before it.
  @discardableResult final func put(_ key: MapKey, _ value: Value) -> Value {
    complete()
    willPut(key)
    return store(key, value)
  }

  @discardableResult final func store(_ key: MapKey, _ value: Value) -> Value {
    if let place = place(of: key) {
      let old = members[place].value
      members[place].value = value
      return old
    }
    members.append(Member(key: key, value: value))
    if members.count == MapObject.fewest {
      reindex()
    } else if members.count > MapObject.fewest {
      places[key] = members.count - 1
    }
    present += 1
    changes += 1
    return .null
  }

  @discardableResult final func remove(_ key: MapKey) -> Value {
    complete()
    guard let place = place(of: key) else { return .null }
    let old = members[place].value
    members[place] = Member(key: nil, value: .null)
    places[key] = nil
    present -= 1
    changes += 1
    if place == front { front = self.place(from: place) ?? members.count }
    // However often something is put and removed, going through what is left takes no longer than that.
    if members.count > 2 * present + 16 { reindex() }
    return old
  }

  final func removeAll() {
    complete()
    clearStored()
  }

  override func abandon() { clearStored() }

  final func clearStored() {
    members = []
    places = [:]
    present = 0
    front = 0
    changes += 1
  }

  private func reindex() {
    members.removeAll { $0.key == nil }
    front = 0
    places = [:]
    guard members.count >= MapObject.fewest else { return }
    for (index, member) in members.enumerated() { if let key = member.key { places[key] = index } }
  }

  /// The members that are there, in order.
  final var entries: [(key: MapKey, value: Value)] {
    complete()
    return stored
  }

  final var stored: [(key: MapKey, value: Value)] {
    var entries: [(key: MapKey, value: Value)] = []
    entries.reserveCapacity(present)
    for member in members { if let key = member.key { entries.append((key, member.value)) } }
    return entries
  }

  /// `#foreach` over a map goes through its values.
  override func iterator() -> IteratorObject? { MapView(self, .values).iterator() }

  /// An iterator over one of its views.
  final func iterate(_ part: MapView.Part) -> IteratorObject {
    complete()
    var upcoming = place(from: front)
    var seen = changes
    var last: MapKey?
    let name =
      switch part {
      case .keys: "java.util.LinkedHashMap$LinkedKeyIterator"
      case .values: "java.util.LinkedHashMap$LinkedValueIterator"
      case .entries: "java.util.LinkedHashMap$LinkedEntryIterator"
      }
    return IteratorObject(
      name: name, more: { upcoming != nil },
      step: { () throws(Signal) in
        guard seen == self.changes else { throw Signal.exception("java.util.ConcurrentModificationException") }
        guard let place = upcoming, place < self.members.count, let key = self.members[place].key else {
          throw Signal.exception("java.util.NoSuchElementException")
        }
        upcoming = self.place(from: place + 1)
        last = key
        switch part {
        case .keys: return key.value
        case .values: return self.members[place].value
        case .entries: return .object(EntryObject(self, key))
        }
      },
      drop: { () throws(Signal) in
        guard let key = last else { throw Signal.exception("java.lang.IllegalStateException") }
        guard seen == self.changes else { throw Signal.exception("java.util.ConcurrentModificationException") }
        last = nil
        let next = upcoming.flatMap { self.members.indices.contains($0) ? self.members[$0].key : nil }
        self.remove(key)
        upcoming = next.flatMap { self.place(of: $0) }
        seen = self.changes
      })
  }

  /// The first member that is there, at or behind a place.
  private func place(from start: Int) -> Int? {
    var place = start
    while place < members.count {
      if members[place].key != nil { return place }
      place += 1
    }
    return nil
  }
}

/// `keySet()`, `values()` and `entrySet()` of a map, which show what the map has when they are looked at.
final class MapView: JavaObject {
  enum Part { case keys, values, entries }

  let map: MapObject
  let part: Part

  init(_ map: MapObject, _ part: Part) {
    self.map = map
    self.part = part
  }

  override var className: String {
    switch part {
    case .keys: "java.util.LinkedHashMap$LinkedKeySet"
    case .values: "java.util.LinkedHashMap$LinkedValues"
    case .entries: "java.util.LinkedHashMap$LinkedEntrySet"
    }
  }

  var elements: [Value] {
    map.entries.map { entry in
      switch part {
      case .keys: entry.key.value
      case .values: entry.value
      case .entries: .object(EntryObject(map, entry.key))
      }
    }
  }

  override func iterator() -> IteratorObject? { map.iterate(part) }
}

/// A `java.util.Map.Entry`.
final class EntryObject: JavaObject {
  let map: MapObject
  let key: MapKey

  init(_ map: MapObject, _ key: MapKey) {
    self.map = map
    self.key = key
  }

  override var className: String { "java.util.LinkedHashMap$Entry" }
  var value: Value { map.get(key) }
}

/// A key of a map: equal where Java's `equals` says so.
struct MapKey: Hashable {
  let value: Value
  /// Java's hash of what can change, taken when the key is made. As in `java.util.HashMap`, a list that changes while it
  /// is a key is not found any more; nor may its hash change under a table that has been built on it.
  private let javaHash: Int32

  /// - Throws: where the value's hash takes more steps than are left.
  init(_ value: Value, _ heap: Heap) throws(Signal) {
    switch value {
    case .node(let node) where node.kind == .string:
      // A node's pointer is worth nothing to a map that outlives the document.
      self.value = .text(Text(contentsOf: node))
      javaHash = 0
    case .node, .object:
      self.value = value
      javaHash = try Equality.hash(value, heap)
    default:
      self.value = value
      javaHash = 0
    }
  }

  init(_ text: Text) {
    value = .text(text)
    javaHash = 0
  }

  init(_ text: String) { self.init(Text(text)) }

  static func == (left: MapKey, right: MapKey) -> Bool {
    if case .text(let one) = left.value, case .text(let other) = right.value { return one == other }
    return left.javaHash == right.javaHash && Equality.areEqual(left.value, right.value)
  }

  func hash(into hasher: inout Hasher) {
    switch value {
    case .text(let text): hasher.combine(text)
    case .int(let number): hasher.combine(number)
    case .long(let number): hasher.combine(number)
    case .bool(let flag): hasher.combine(flag)
    case .double(let number): hasher.combine(Equality.bits(number))
    case .character(let unit): hasher.combine(unit)
    case .null, .node, .object: hasher.combine(javaHash)
    }
  }
}
