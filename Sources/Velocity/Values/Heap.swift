import JSON

/// What the values of one exchange's templates live in: the parsed documents, and the objects that parts of them have
/// become.
///
/// An object or array of a document stays a bare pointer until a template changes it or needs its identity. Then it
/// becomes a `MapObject` or `ListObject`, whose members are pointers still, and `overlay` remembers it, so that whoever
/// comes upon the same part of the document later, by another path, sees the same object.
final class Heap {
  private var overlay: [UInt: JavaObject] = [:]
  /// Every list, map and array that was made, so that all of them can be emptied one by one in the end: rings would
  /// never be freed, and a chain of a million lists within each other not without as many calls within each other.
  private var objects: [JavaObject] = []
  /// Documents that values may point into.
  private var documents: [JSONDocument] = []
  /// Steps that are left to this rendering.
  var steps = 0

  /// Levels of values within values that are gone through.
  static let deepest = 1_000

  /// Whether no part of a document has become an object.
  @inline(__always) var isUntouched: Bool { overlay.isEmpty }

  /// Forgets everything; values made before are void.
  func clear() {
    if !objects.isEmpty {
      for object in objects { object.abandon() }
      objects.removeAll(keepingCapacity: objects.capacity <= 1024)
    }
    if !overlay.isEmpty { overlay = [:] }
    if !documents.isEmpty { documents = [] }
  }

  /// Takes note of an object that can hold others.
  func made<Object: JavaObject>(_ object: Object) -> Object {
    objects.append(object)
    return object
  }

  func keep(_ document: JSONDocument) { documents.append(document) }

  /// Counts work that a template's author, or a peer's body, can multiply.
  @inline(__always) func spend(_ count: Int = 1) throws(Signal) {
    steps &-= count
    if steps < 0 { throw Signal.tooManySteps }
  }

  /// The value as it is now: the object that a node has become, if it has.
  @inline(__always) func current(_ value: Value) -> Value {
    guard !overlay.isEmpty, case .node(let node) = value, let object = overlay[node.identity] else { return value }
    return .object(object)
  }

  /// The object that a node has become, if it has.
  func existing(_ node: JSONNode) -> JavaObject? { overlay[node.identity] }

  /// The object that a node of kind object or array is from now on; nil for other kinds.
  func object(for node: JSONNode) -> JavaObject? {
    if let object = overlay[node.identity] { return object }
    let object: JavaObject
    switch node.kind {
    case .object:
      let map = made(MapObject())
      for (name, value) in node.members { map.put(MapKey(Text(contentsOf: name)), Value(value)) }
      object = map
    case .array:
      object = made(ListObject(node.elements.map { Value($0) }, .jsonArray))
    default: return nil
    }
    overlay[node.identity] = object
    return object
  }

  /// The object that a value is, a node becoming one.
  func object(for value: Value) -> JavaObject? {
    switch value {
    case .object(let object): object
    case .node(let node): object(for: node)
    default: nil
    }
  }
}
