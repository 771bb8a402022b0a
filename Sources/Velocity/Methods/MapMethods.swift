import JSON

/// The methods of maps, and what `$foreach` has beyond them.
extension MethodCall {
  func onMap(_ map: MapObject) throws(Signal) -> Value {
    // What looks at all members costs more in a large map.
    if name != .get, name != .put { try heap.spend(map.count >> 4) }
    switch (name, count) {
    case (.get, 1): return try map.get(MapKey(self[0], heap))
    case (.put, 2):
      try heap.spend()
      return try map.put(MapKey(self[0], heap), self[1])
    case (.putAll, 1):
      if isNull(0) { throw nullPointer() }
      guard let other = heap.object(for: self[0]) as? MapObject else { return .null }
      try heap.spend(other.count)
      for entry in other.entries { map.put(entry.key, entry.value) }
      return MethodCall.void
    case (.putIfAbsent, 2):
      let key = try MapKey(self[0], heap)
      if let old = map.find(key), !old.isNull { return old }
      map.put(key, self[1])
      return .null
    case (.remove, 1): return try map.remove(MapKey(self[0], heap))
    case (.remove, 2):
      let key = try MapKey(self[0], heap)
      guard let old = map.find(key), try Equality.areEqual(old, self[1], heap) else { return .bool(false) }
      map.remove(key)
      return .bool(true)
    case (.replace, 2):
      let key = try MapKey(self[0], heap)
      guard map.find(key) != nil else { return .null }
      return map.put(key, self[1])
    case (.replace, 3):
      let key = try MapKey(self[0], heap)
      guard let old = map.find(key), try Equality.areEqual(old, self[1], heap) else { return .bool(false) }
      map.put(key, self[2])
      return .bool(true)
    case (.containsKey, 1): return try .bool(map.find(MapKey(self[0], heap)) != nil)
    case (.containsValue, 1): return .bool(try index(of: self[0], in: map.entries.map { $0.value }) != nil)
    case (.getOrDefault, 2): return try map.find(MapKey(self[0], heap)) ?? self[1]
    // What it takes, no template can make.
    case (.replaceAll, 1) where isNull(0): throw nullPointer()
    case (.keySet, 0): return .object(MapView(map, .keys))
    case (.values, 0): return .object(MapView(map, .values))
    case (.entrySet, 0): return .object(MapView(map, .entries))
    case (.size, 0): return .int(Int32(clamping: map.count))
    case (.isEmpty, 0): return .bool(map.count == 0)
    case (.clear, 0):
      map.removeAll()
      return MethodCall.void
    case (.clone, 0):
      guard type(of: map) == MapObject.self else { return .null }
      try heap.spend(map.count)
      let copy = heap.made(MapObject())
      for entry in map.entries { copy.put(entry.key, entry.value) }
      return .object(copy)
    default: return try onObject(.object(map))
    }
  }

  func onLoop(_ scope: LoopScope) throws(Signal) -> Value {
    guard count == 0 else { return try onMap(scope) }
    switch name {
    case .getIndex: return .int(Int32(clamping: scope.index))
    case .getCount: return .int(Int32(clamping: scope.index + 1))
    case .hasNext, .getHasNext: return .bool(scope.hasNext)
    case .getFirst, .isFirst: return .bool(scope.index < 1)
    case .getLast, .isLast: return .bool(!scope.hasNext)
    case .getParent: return scope.parent.map { .object($0) } ?? .null
    case .getTopmost: return .object(scope.topmost)
    case .getReplaced: return scope.outermostReplaced
    case .getInfo:
      let depth = scope.depth > 1 ? " depth:\(scope.depth)" : ""
      let place = SourcePlace(offset: scope.offset, in: machine.sourceText)
      return Value("#foreach[type:block\(depth) template:template line:\(place.line) column:\(place.column)]")
    default: return try onMap(scope)
    }
  }
}
