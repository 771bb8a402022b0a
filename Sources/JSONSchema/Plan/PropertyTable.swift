import JSON

/// The schemas of properties by name, found by the hash that a document's tape has for every name.
struct PropertyTable: Sendable {
  private struct Entry: Sendable {
    var name: JSONName
    var schema: Int32
    /// The next entry with the same slot, or -1.
    var next: Int32
  }

  private var entries: [Entry] = []
  private var slots: [Int32] = []

  init() {}

  init(_ properties: [(name: JSONName, schema: Int32)]) {
    guard !properties.isEmpty else { return }
    let count = 1 << (Int.bitWidth - (properties.count * 2 - 1).leadingZeroBitCount)
    slots = [Int32](repeating: -1, count: min(count, 1 << 16))
    for property in properties {
      let slot = Int(property.name.hash) & (slots.count - 1)
      entries.append(Entry(name: property.name, schema: property.schema, next: slots[slot]))
      slots[slot] = Int32(truncatingIfNeeded: entries.count - 1)
    }
  }

  var isEmpty: Bool { entries.isEmpty }
  var names: [JSONName] { entries.map(\.name) }

  /// - Parameter name: as `JSONNode.members` gives it.
  func schema(_ name: JSONNode) -> Int32? {
    guard !slots.isEmpty else { return nil }
    let hash = name.hashOfName
    var index = slots[Int(hash) & (slots.count - 1)]
    while index >= 0 {
      let place = Int(index)
      if entries[place].name.hash == hash, name.isNamed(entries[place].name) { return entries[place].schema }
      index = entries[place].next
    }
    return nil
  }

  mutating func forEachIndex(_ body: (inout Int32) -> Void) {
    for index in entries.indices { body(&entries[index].schema) }
  }
}
