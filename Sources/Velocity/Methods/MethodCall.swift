import Bytes
import JSON
import PCRE

/// One call of a method: the arguments, and what the method may need of the rendering that it happens in.
///
/// Methods are found as Velocity finds them by reflection: by name, number of arguments and their classes. A parameter
/// of type `int` takes an Integer and no Long; null is taken wherever the parameter is no primitive. A call that no
/// method fits gives null, which makes the whole reference the empty string. So does a method that returns nothing.
struct MethodCall {
  let name: MethodName
  let arguments: UnsafeBufferPointer<Value>
  let site: CallSite
  let machine: Machine

  var heap: Heap { machine.heap }
  var count: Int { arguments.count }

  subscript(index: Int) -> Value { arguments[index] }

  /// Calls it on a value.
  /// - Returns: `.null` where there is no such method too.
  static func invoke(
    _ site: CallSite, on receiver: Value, _ arguments: UnsafeBufferPointer<Value>, _ machine: Machine
  ) throws(Signal) -> Value {
    guard let name = site.name else { return .null }
    let call = MethodCall(name: name, arguments: arguments, site: site, machine: machine)
    let result = try call.dispatch(receiver)
    if result.isNull, !arguments.isEmpty, BareMethods.has(name, on: receiver) {
      throw .exception("java.lang.IllegalArgumentException: \(site.spelling) takes no arguments")
    }
    return result
  }

  private func dispatch(_ receiver: Value) throws(Signal) -> Value {
    switch receiver {
    case .null: return .null
    case .text(let text): return try onString(text, receiver)
    case .node(let node):
      if node.kind == .string { return try onString(Text(contentsOf: node), receiver) }
      if let quick = onNode(node) { return quick }
      guard let object = heap.object(for: node) else { return .null }
      return try on(object)
    case .bool(let flag): return try onBoolean(flag, receiver)
    case .int, .long, .double: return try onNumber(receiver)
    case .character(let unit): return try onCharacter(unit, receiver)
    case .object(let object): return try on(object)
    }
  }

  /// The questions to a part of a document that need no object.
  private func onNode(_ node: JSONNode) -> Value? {
    guard heap.isUntouched else { return nil }
    switch (node.kind, name, count) {
    case (.array, .size, 0), (.object, .size, 0): return .int(Int32(clamping: node.count))
    case (.array, .isEmpty, 0), (.object, .isEmpty, 0): return .bool(node.count == 0)
    case (.array, .get, 1):
      guard case .int(let index) = self[0], let element = node.element(at: Int(index)) else { return nil }
      return Value(element)
    case (.object, .get, 1), (.object, .containsKey, 1):
      guard let key = self[0].asText else { return nil }
      let member = key.bytes.withUnsafeBytes { node.member($0) }
      return name == .containsKey ? .bool(member != nil) : member.map { Value($0) } ?? .null
    default: return nil
    }
  }

  private func on(_ object: JavaObject) throws(Signal) -> Value {
    switch object {
    case let list as ListObject: return try onList(list)
    case let scope as LoopScope: return try onLoop(scope)
    case let map as MapObject: return try onMap(map)
    case let view as MapView: return try onView(view)
    case let entry as EntryObject: return try onEntry(entry)
    case let array as ArrayObject: return try onArray(array)
    case let iterator as IteratorObject: return try onIterator(iterator)
    case is NumberObject: return try onNumber(.object(object))
    case let type as ClassObject: return try onClass(type)
    case let opaque as OpaqueObject:
      switch opaque.kind {
      case .input: return try onInput(opaque)
      case .util: return try onUtil(opaque)
      case .stream: return try onObject(.object(object))
      }
    default: return try onObject(.object(object))
    }
  }

  private func onClass(_ type: ClassObject) throws(Signal) -> Value {
    switch (name, count) {
    case (.getName, 0), (.getTypeName, 0): return Value(type.name)
    case (.getSimpleName, 0):
      return Value(String(type.name.split(separator: ".").last?.split(separator: "$").last ?? ""))
    case (.toString, 0): return Value("class " + type.name)
    default: return try onObject(.object(type))
    }
  }

  /// What every object has.
  func onObject(_ receiver: Value) throws(Signal) -> Value {
    switch (name, count) {
    case (.getClass, 0): return .object(ClassObject(MethodCall.className(of: receiver)))
    case (.hashCode, 0): return .int(try Equality.hash(receiver, heap))
    case (.equals, 1): return .bool(try Equality.areEqual(receiver, self[0], heap))
    case (.toString, 0): return try string(receiver)
    default: return .null
    }
  }

  /// `toString()` as a value; null where it gives null.
  func string(_ value: Value) throws(Signal) -> Value {
    if value.isString { return value }
    if case .null = value { return Value("null") }
    return try machine.text(of: value).map { .text($0) } ?? .null
  }

  static func className(of value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool: "java.lang.Boolean"
    case .int: "java.lang.Integer"
    case .long: "java.lang.Long"
    case .double: "java.lang.Double"
    case .character: "java.lang.Character"
    case .text: "java.lang.String"
    case .node(let node):
      switch node.kind {
      case .string: "java.lang.String"
      case .array: "net.minidev.json.JSONArray"
      default: "java.util.LinkedHashMap"
      }
    case .object(let object): object.className
    }
  }

  /// The elements of a collection; nil for anything else.
  func elements(of value: Value) -> [Value]? {
    switch heap.object(for: value) {
    case let list as ListObject: list.all
    case let view as MapView: view.elements
    default: nil
    }
  }

  /// What a method without a result gives: the empty string, on which a reference goes on, and not null.
  static var void: Value { .emptyText }

  func isNull(_ index: Int) -> Bool { self[index].isNull }

  func nullPointer() -> Signal { .exception("java.lang.NullPointerException") }

  /// Whether one value's class is the other's or above it: then Velocity compares with `equals`.
  static func isSameOrSubclass(_ left: Value, _ right: Value) -> Bool {
    let (one, other) = (className(of: left), className(of: right))
    if one == other { return true }
    // The one pair of classes of ours of which one extends the other.
    let pair: Set = [one, other]
    return pair == ["java.util.ArrayList", "net.minidev.json.JSONArray"]
  }
}
