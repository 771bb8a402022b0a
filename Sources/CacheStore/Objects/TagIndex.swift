/// Which of a shard's objects carry a tag. Guarded by the shard.
///
/// Each tag has a list without order; an object knows its place in each, so that it is taken out by moving the last one
/// there.
struct TagIndex {
  private var lists: [UInt64: [Unmanaged<StoredObject>]] = [:]

  mutating func add(_ object: StoredObject) {
    guard !object.tags.isEmpty else { return }
    object.links.tagPlaces.reserveCapacity(object.tags.count)
    for tag in object.tags {
      let place = lists[tag]?.count ?? 0
      object.links.tagPlaces.append(Int32(truncatingIfNeeded: place))
      lists[tag, default: []].append(.passUnretained(object))
    }
  }

  mutating func remove(_ object: StoredObject) {
    guard object.links.tagPlaces.count == object.tags.count else { return }
    for (index, tag) in object.tags.enumerated() {
      let place = Int(object.links.tagPlaces[index])
      let moved = lists[tag]?.popLast()
      guard let moved else { continue }
      if moved.toOpaque() != Unmanaged.passUnretained(object).toOpaque() {
        lists[tag]?[place] = moved
        moved._withUnsafeGuaranteedRef { other in
          if let here = other.tags.firstIndex(of: tag) {
            other.links.tagPlaces[here] = Int32(truncatingIfNeeded: place)
          }
        }
      }
      if lists[tag]?.isEmpty ?? false { lists[tag] = nil }
    }
    object.links.tagPlaces = []
  }

  /// Calls `body` with the objects at the end of a tag's list, up to `limit`, beginning before `end`.
  /// - Returns: where the next ones end.
  func forEach(_ tag: UInt64, before end: Int, limit: Int, _ body: (StoredObject) -> Void) -> Int {
    guard let list = lists[tag] else { return 0 }
    let end = min(end, list.count)
    let start = max(0, end &- limit)
    for object in list[start..<end] { object._withUnsafeGuaranteedRef(body) }
    return start
  }
}
