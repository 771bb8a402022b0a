/// The methods of lists, of the views of maps, of Java arrays (which Velocity lets templates use like lists), and of
/// iterators.
extension MethodCall {
  func onList(_ list: ListObject) throws(Signal) -> Value {
    // What moves elements costs more in a long list.
    try heap.spend(list.count >> 8 &+ (list.windows &* list.count) >> 4)
    switch (name, count) {
    case (.size, 0): return .int(Int32(clamping: list.count))
    case (.isEmpty, 0): return .bool(list.count == 0)
    case (.get, 1): return try self[0].asInt.map { (index) throws(Signal) in try list.element(at: index) } ?? .null
    case (.set, 2):
      guard let index = self[0].asInt else { return .null }
      return try list.replace(at: index, with: self[1])
    case (.add, 1):
      try heap.spend()
      list.append(self[0])
      return .bool(true)
    case (.add, 2):
      guard let index = self[0].asInt else { return .null }
      try list.insert([self[1]], at: index)
      return MethodCall.void
    case (.addAll, 1), (.addAll, 2): return try addAll(list)
    case (.remove, 1): return try remove(from: list)
    case (.contains, 1): return .bool(try index(of: self[0], in: list.all) != nil)
    case (.indexOf, 1): return .int(Int32(clamping: try index(of: self[0], in: list.all) ?? -1))
    case (.lastIndexOf, 1):
      try heap.spend(list.count >> 4)
      let reversed = Array(list.all.reversed())
      let index = try index(of: self[0], in: reversed)
      return .int(Int32(clamping: index.map { reversed.count - 1 - $0 } ?? -1))
    case (.containsAll, 1): return try containsAll(list.all)
    case (.removeAll, 1), (.retainAll, 1): return try filter(list)
    case (.clear, 0):
      list.removeSubrange(0..<list.count)
      return MethodCall.void
    case (.subList, 2):
      guard let from = self[0].asInt, let to = self[1].asInt else { return .null }
      guard from >= 0, to <= list.count else { throw .exception("java.lang.IndexOutOfBoundsException") }
      guard from <= to else {
        throw .exception("java.lang.IllegalArgumentException: fromIndex(\(from)) > toIndex(\(to))")
      }
      let window = SubListObject(list, from..<to)
      guard window.depth <= SubListObject.deepest else { throw .tooDeep }
      return .object(heap.made(window))
    case (.iterator, 0), (.listIterator, 0): return list.iterator().map { .object($0) } ?? .null
    case (.toArray, 0):
      try heap.spend(list.count)
      return .object(heap.made(ArrayObject(.object, list.all)))
    case (.clone, 0):
      guard !(list is SubListObject) else { return .null }
      try heap.spend(list.count)
      return .object(heap.made(ListObject(list.all, list.kind)))
    case (.toJSONString, 0):
      guard list.kind == .jsonArray else { return .null }
      return try machine.text { (writer) throws(Signal) in
        try writer.writeJSON(.object(list), .smartProtectingSlash)
      }
    case (.toJSONString, 1...):
      guard list.kind == .jsonArray else { return .null }
      // The static method takes a list. Velocity tries the one without arguments for everything else.
      if count == 1, isNull(0) { return .null }
      guard count == 1, let other = heap.object(for: self[0]) as? ListObject else {
        throw .exception("java.lang.IllegalArgumentException: wrong number of arguments")
      }
      return try machine.text { (writer) throws(Signal) in
        try writer.writeJSON(.object(other), .smartProtectingSlash)
      }
    // What it takes, no template can make.
    case (.replaceAll, 1) where isNull(0): throw nullPointer()
    case (.ensureCapacity, 1): return self[0].asInt == nil ? .null : MethodCall.void
    case (.trimToSize, 0): return MethodCall.void
    default: return try onObject(.object(list))
    }
  }

  func index(of value: Value, in elements: [Value]) throws(Signal) -> Int? {
    for (index, element) in elements.enumerated() {
      try heap.spend()
      if try Equality.areEqual(heap.current(element), heap.current(value), heap) { return index }
    }
    return nil
  }

  private func addAll(_ list: ListObject) throws(Signal) -> Value {
    if count == 2, self[0].asInt == nil { return .null }
    if isNull(count - 1) { throw nullPointer() }
    guard let added = elements(of: self[count - 1]) else { return .null }
    var at = list.count
    if count == 2 {
      guard let index = self[0].asInt else { return .null }
      at = index
    }
    try heap.spend(added.count)
    try list.insert(added, at: at)
    return .bool(!added.isEmpty)
  }

  /// `remove(int)` takes the element at an index, `remove(Object)` the first that is equal.
  private func remove(from list: ListObject) throws(Signal) -> Value {
    if let index = self[0].asInt { return try list.remove(at: index) }
    guard let index = try index(of: self[0], in: list.all) else { return .bool(false) }
    _ = try list.remove(at: index)
    return .bool(true)
  }

  private func containsAll(_ elements: [Value]) throws(Signal) -> Value {
    if isNull(0) { throw nullPointer() }
    guard let wanted = self.elements(of: self[0]) else { return .null }
    for value in wanted where try index(of: value, in: elements) == nil { return .bool(false) }
    return .bool(true)
  }

  private func filter(_ list: ListObject) throws(Signal) -> Value {
    if isNull(0) { throw nullPointer() }
    guard let others = elements(of: self[0]) else { return .null }
    let count = list.count
    var kept: [Value] = []
    for element in list.all where try (index(of: element, in: others) != nil) != (name == .removeAll) {
      kept.append(element)
    }
    if kept.count < count {
      list.removeSubrange(0..<count)
      try list.insert(kept, at: 0)
    }
    return .bool(kept.count < count)
  }

  // MARK: Views of maps

  func onView(_ view: MapView) throws(Signal) -> Value {
    // What looks at all members costs more in a large map.
    if name != .iterator { try heap.spend(view.map.count >> 4) }
    switch (name, count) {
    case (.size, 0): return .int(Int32(clamping: view.map.count))
    case (.isEmpty, 0): return .bool(view.map.count == 0)
    case (.contains, 1):
      if view.part == .keys { return try .bool(view.map.find(MapKey(self[0], heap)) != nil) }
      return .bool(try index(of: self[0], in: view.elements) != nil)
    case (.containsAll, 1): return try containsAll(view.elements)
    case (.remove, 1):
      guard let index = try index(of: self[0], in: view.elements) else { return .bool(false) }
      view.map.remove(view.map.entries[index].key)
      return .bool(true)
    case (.removeAll, 1), (.retainAll, 1):
      if isNull(0) { throw nullPointer() }
      guard let others = elements(of: self[0]) else { return .null }
      var didChange = false
      for (element, entry) in zip(view.elements, view.map.entries) {
        let isAmong = try index(of: element, in: others) != nil
        if isAmong == (name == .removeAll) {
          view.map.remove(entry.key)
          didChange = true
        }
      }
      return .bool(didChange)
    case (.add, 1): throw .exception("java.lang.UnsupportedOperationException")
    case (.addAll, 1):
      if isNull(0) { throw nullPointer() }
      guard let added = elements(of: self[0]) else { return .null }
      guard added.isEmpty else { throw .exception("java.lang.UnsupportedOperationException") }
      return .bool(false)
    case (.clear, 0):
      view.map.removeAll()
      return MethodCall.void
    case (.iterator, 0): return view.iterator().map { .object($0) } ?? .null
    case (.toArray, 0):
      try heap.spend(view.map.count)
      return .object(heap.made(ArrayObject(.object, view.elements)))
    default: return try onObject(.object(view))
    }
  }

  func onEntry(_ entry: EntryObject) throws(Signal) -> Value {
    switch (name, count) {
    case (.getKey, 0): return entry.key.value
    case (.getValue, 0): return entry.value
    case (.setValue, 1): return entry.map.put(entry.key, self[0])
    default: return try onObject(.object(entry))
    }
  }

  // MARK: Arrays and iterators

  func onArray(_ array: ArrayObject) throws(Signal) -> Value {
    switch (name, count) {
    case (.size, 0): return .int(Int32(clamping: array.elements.count))
    case (.isEmpty, 0): return .bool(array.elements.isEmpty)
    case (.get, 1):
      guard let index = self[0].asInt else { return .null }
      guard array.elements.indices.contains(index) else {
        throw .exception("java.lang.ArrayIndexOutOfBoundsException: \(index)")
      }
      return array.elements[index]
    case (.set, 2):
      guard let index = self[0].asInt else { return .null }
      guard array.elements.indices.contains(index) else {
        throw .exception("java.lang.ArrayIndexOutOfBoundsException: \(index)")
      }
      guard array.kind == .object || array.kind == .string && self[1].isString else {
        throw .exception("java.lang.IllegalArgumentException: array element type mismatch")
      }
      let old = array.elements[index]
      array.elements[index] = self[1]
      return old
    case (.contains, 1): return .bool(try index(of: self[0], in: array.elements) != nil)
    case (.indexOf, 1): return .int(Int32(clamping: try index(of: self[0], in: array.elements) ?? -1))
    case (.lastIndexOf, 1):
      let reversed = Array(array.elements.reversed())
      return .int(Int32(clamping: try index(of: self[0], in: reversed).map { reversed.count - 1 - $0 } ?? -1))
    case (.containsAll, 1): return try containsAll(array.elements)
    case (.subList, 2):
      guard let from = self[0].asInt, let to = self[1].asInt else { return .null }
      guard from >= 0, to <= array.elements.count else { throw .exception("java.lang.IndexOutOfBoundsException") }
      guard from <= to else { throw .exception("java.lang.IllegalArgumentException: fromIndex > toIndex") }
      try heap.spend(to - from)
      return .object(heap.made(ArrayObject(array.kind, Array(array.elements[from..<to]))))
    case (.add, 1), (.add, 2), (.clear, 0), (.addAll, 1), (.remove, 1), (.removeAll, 1), (.retainAll, 1):
      return try resizing(array)
    case (.toArray, 0):
      try heap.spend(array.elements.count)
      return .object(heap.made(ArrayObject(.object, array.elements)))
    default: return try onObject(.object(array))
    }
  }

  /// What would make an array longer or shorter: as of a `java.util.AbstractList`, it fails unless nothing is to be done.
  private func resizing(_ array: ArrayObject) throws(Signal) -> Value {
    let unsupported = Signal.exception("java.lang.UnsupportedOperationException")
    switch name {
    case .add:
      if count == 2, self[0].asInt == nil { return .null }
      throw unsupported
    case .clear:
      guard array.elements.isEmpty else { throw unsupported }
      return MethodCall.void
    case .remove:
      if self[0].asInt != nil { throw unsupported }
      guard try index(of: self[0], in: array.elements) == nil else { throw unsupported }
      return .bool(false)
    default:
      if isNull(0) { throw nullPointer() }
      guard let others = elements(of: self[0]) else { return .null }
      if name == .addAll {
        guard others.isEmpty else { throw unsupported }
        return .bool(false)
      }
      for element in array.elements where try (index(of: element, in: others) != nil) == (name == .removeAll) {
        throw unsupported
      }
      return .bool(false)
    }
  }

  func onIterator(_ iterator: IteratorObject) throws(Signal) -> Value {
    switch (name, count) {
    case (.hasNext, 0): return .bool(iterator.hasNext)
    case (.next, 0): return try iterator.next() ?? .null
    case (.remove, 0):
      try heap.spend(iterator.dropCost())
      try iterator.remove()
      return MethodCall.void
    default: return try onObject(.object(iterator))
    }
  }
}
