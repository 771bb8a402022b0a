/// A `java.util.List`.
class ListObject: JavaObject {
  enum Kind {
    /// What `[1, 2]` in a template makes.
    case arrayList
    /// What an array of a document is; its text is JSON.
    case jsonArray
  }

  let kind: Kind
  var elements: [Value]
  /// Counts what changed its length, so that iterators notice.
  var changes = 0

  init(_ elements: [Value], _ kind: Kind = .arrayList) {
    self.elements = elements
    self.kind = kind
  }

  override var className: String { kind == .jsonArray ? "net.minidev.json.JSONArray" : "java.util.ArrayList" }

  var count: Int { elements.count }

  func element(at index: Int) throws(Signal) -> Value {
    try check(index)
    return elements[index]
  }

  func replace(at index: Int, with value: Value) throws(Signal) -> Value {
    try check(index)
    let old = elements[index]
    elements[index] = value
    return old
  }

  func insert(_ values: [Value], at index: Int) throws(Signal) {
    guard index >= 0, index <= elements.count else {
      throw Signal.exception("java.lang.IndexOutOfBoundsException: Index: \(index), Size: \(elements.count)")
    }
    elements.insert(contentsOf: values, at: index)
    changes += 1
  }

  func append(_ value: Value) {
    elements.append(value)
    changes += 1
  }

  func remove(at index: Int) throws(Signal) -> Value {
    try check(index)
    changes += 1
    return elements.remove(at: index)
  }

  func removeSubrange(_ range: Range<Int>) {
    elements.removeSubrange(range)
    changes += 1
  }

  override func abandon() { elements = [] }

  /// All elements, for what looks at the whole.
  var all: [Value] { elements }

  /// How often `all` copies the elements.
  var windows: Int { 0 }

  private func check(_ index: Int) throws(Signal) {
    guard index >= 0, index < elements.count else {
      throw Signal.exception(
        "java.lang.IndexOutOfBoundsException: Index \(index) out of bounds for length \(elements.count)")
    }
  }

  override func iterator() -> IteratorObject? {
    var next = 0
    var seen = changes
    return IteratorObject(
      name: "java.util.ArrayList$Itr", more: { next != self.count },
      step: { () throws(Signal) in
        guard seen == self.changes else { throw Signal.exception("java.util.ConcurrentModificationException") }
        guard next < self.count else { throw Signal.exception("java.util.NoSuchElementException") }
        next += 1
        return try self.element(at: next - 1)
      },
      drop: { () throws(Signal) in
        guard next > 0 else { throw Signal.exception("java.lang.IllegalStateException") }
        next -= 1
        _ = try self.remove(at: next)
        seen = self.changes
      }, dropCost: { self.count >> 8 })
  }
}

/// `list.subList(from, to)`: a window on another list.
final class SubListObject: ListObject {
  private let parent: ListObject
  private let offset: Int
  private var size: Int
  /// Windows on windows that there are below it; each is a call deeper.
  let depth: Int

  static let deepest = 100

  init(_ parent: ListObject, _ range: Range<Int>) {
    self.parent = parent
    depth = ((parent as? SubListObject)?.depth ?? 0) + 1
    offset = range.lowerBound
    size = range.count
    super.init([])
    changes = parent.changes
  }

  override var className: String { "java.util.ArrayList$SubList" }
  override var count: Int { size }
  override var windows: Int { depth }
  override var all: [Value] {
    let end = min(offset + size, parent.count)
    return offset < end ? Array(parent.all[offset..<end]) : []
  }

  private func check(_ index: Int, _ end: Int) throws(Signal) {
    guard changes == parent.changes else { throw Signal.exception("java.util.ConcurrentModificationException") }
    guard index >= 0, index < end else {
      throw Signal.exception("java.lang.IndexOutOfBoundsException: Index \(index) out of bounds for length \(size)")
    }
  }

  override func element(at index: Int) throws(Signal) -> Value {
    try check(index, size)
    return try parent.element(at: offset + index)
  }

  override func replace(at index: Int, with value: Value) throws(Signal) -> Value {
    try check(index, size)
    return try parent.replace(at: offset + index, with: value)
  }

  override func insert(_ values: [Value], at index: Int) throws(Signal) {
    try check(index, size + 1)
    try parent.insert(values, at: offset + index)
    size += values.count
    changes = parent.changes
  }

  override func append(_ value: Value) {
    if (try? insert([value], at: size)) == nil { changes = parent.changes }
  }

  override func remove(at index: Int) throws(Signal) -> Value {
    try check(index, size)
    let value = try parent.remove(at: offset + index)
    size -= 1
    changes = parent.changes
    return value
  }

  override func removeSubrange(_ range: Range<Int>) {
    guard changes == parent.changes else { return }
    parent.removeSubrange(offset + range.lowerBound..<offset + range.upperBound)
    size -= range.count
    changes = parent.changes
  }
}

/// A Java array: `getBytes()`, `split(…)`, `toCharArray()`, `toArray()`.
final class ArrayObject: JavaObject {
  enum Kind: String {
    case string = "[Ljava.lang.String;"
    case object = "[Ljava.lang.Object;"
    case byte = "[B"
    case character = "[C"
  }

  let kind: Kind
  var elements: [Value]

  init(_ kind: Kind, _ elements: [Value]) {
    self.kind = kind
    self.elements = elements
  }

  override var className: String { kind.rawValue }

  override func abandon() { elements = [] }

  override func iterator() -> IteratorObject? {
    var next = 0
    return IteratorObject(
      name: "org.apache.velocity.util.ArrayIterator", more: { next < self.elements.count },
      step: { () throws(Signal) in
        guard next < self.elements.count else { throw Signal.exception("java.util.NoSuchElementException") }
        next += 1
        return self.elements[next - 1]
      })
  }
}
