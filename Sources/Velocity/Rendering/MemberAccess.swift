import JSON

/// `.name` and `[index]` on values, read and set.
extension Machine {
  /// `value.name`: a getter where the class has one, else the map's member, else a getter `isName`. Null where there is
  /// nothing.
  func member(
    _ names: UnsafeMutableBufferPointer<MemberName>, _ index: Int, of value: Value
  ) throws(Signal) -> Value {
    if case .node(let node) = value, heap.isUntouched, node.kind == .object, !names[index].isHidden {
      return names[index].member(of: node).map { Value($0) } ?? .null
    }
    return try member(names[index], of: heap.current(value))
  }

  private func member(_ name: MemberName, of value: Value) throws(Signal) -> Value {
    if let getter = name.getter, Machine.has(getter, value) {
      return try property(getter, of: value)
    }
    if let map = heap.object(for: value) as? MapObject { return map.get(name.key) }
    if let flag = name.flag, Machine.has(flag, value) { return try property(flag, of: value) }
    return .null
  }

  private func property(_ method: MethodName, of value: Value) throws(Signal) -> Value {
    let site = CallSite(name: method, spelling: method.rawValue, count: 0)
    return try MethodCall.invoke(site, on: value, UnsafeBufferPointer(start: nil, count: 0), self)
  }

  /// Whether the class of a value has a getter without parameters of this name.
  private static func has(_ method: MethodName, _ value: Value) -> Bool {
    if method == .getClass { return true }
    switch value {
    case .text: return method == .getBytes || method == .isEmpty || method == .isBlank
    case .node(let node):
      return switch node.kind {
      case .string: method == .getBytes || method == .isEmpty || method == .isBlank
      case .array: method == .isEmpty
      default: false
      }
    case .double: return method == .isNaN || method == .isInfinite
    case .object(let object):
      switch object {
      case is LoopScope:
        return switch method {
        case .getIndex, .getCount, .getHasNext, .getFirst, .getLast, .getParent, .getTopmost, .getReplaced, .getInfo:
          true
        default: false
        }
      case is MapObject: return false
      case is ListObject, is MapView: return method == .isEmpty
      case is EntryObject: return method == .getKey || method == .getValue
      case is ClassObject: return method == .getName || method == .getSimpleName || method == .getTypeName
      case let opaque as OpaqueObject: return opaque.kind == .input && method == .getBody
      default: return false
      }
    default: return false
    }
  }

  /// `value[index]`, which is `value.get(index)`; a negative Integer counts from the end of what has a size.
  func element(_ index: Value, of value: Value) throws(Signal) -> Value {
    if case .node(let node) = value, heap.isUntouched {
      switch (node.kind, index) {
      case (.array, .int(let position)) where position >= 0:
        if let element = node.element(at: Int(position)) { return Value(element) }
      case (.object, .text(let text)):
        return text.bytes.withUnsafeBytes { node.member($0) }.map { Value($0) } ?? .null
      default: break
      }
    }
    let object = heap.current(value)
    let position = try counted(index, object)
    return try withOne(position) { (arguments) throws(Signal) in
      try MethodCall.invoke(CallSite(name: .get, spelling: "get", count: 1), on: object, arguments, self)
    }
  }

  private func counted(_ index: Value, _ value: Value) throws(Signal) -> Value {
    guard case .int(let position) = index, position < 0 else { return index }
    let size = try MethodCall.invoke(
      CallSite(name: .size, spelling: "size", count: 0), on: value, UnsafeBufferPointer(start: nil, count: 0), self)
    guard case .int(let count) = size else {
      throw .exception("A 'size()' method required for negative value \(position) does not exist")
    }
    return .int(count &+ position)
  }

  private func withOne<Result>(
    _ value: Value, _ body: (UnsafeBufferPointer<Value>) throws(Signal) -> Result
  ) throws(Signal) -> Result {
    var copy = value
    return try withUnsafePointer(to: &copy) { (pointer) throws(Signal) in
      try body(UnsafeBufferPointer(start: pointer, count: 1))
    }
  }

  // MARK: Setting

  /// `#set($value.name = …)`: maps take it, nothing else does.
  func setMember(_ name: MemberName, of object: Value, to value: Value) throws(Signal) {
    guard let map = heap.object(for: object) as? MapObject else { return }
    try heap.spend()
    map.put(name.key, value)
  }

  /// `#set($value[index] = …)`: `set` of lists, `put` of maps.
  func setElement(_ index: Value, of object: Value, to value: Value) throws(Signal) {
    let target = heap.current(object)
    let position = try counted(index, target)
    switch heap.object(for: target) {
    case let list as ListObject:
      guard let place = position.asInt else { return }
      _ = try list.replace(at: place, with: value)
    case let array as ArrayObject:
      guard let place = position.asInt, array.elements.indices.contains(place), array.kind == .object || value.isString
      else { throw .exception("java.lang.ArrayIndexOutOfBoundsException") }
      array.elements[place] = value
    case let map as MapObject:
      try heap.spend()
      try map.put(MapKey(position, heap), value)
    default: return
    }
  }
}
