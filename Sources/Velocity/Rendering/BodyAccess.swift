import Bytes
import JSON
import JSONPaths

/// `$input.path` and `$input.json`, and `$util.parseJson`.
extension Machine {
  /// A path that is known only now.
  func path(_ text: Text) throws(Signal) -> BodyPath {
    if let known = paths[text] { return known }
    let path = try BodyPath(text)
    if paths.count >= 64 { paths.removeAll() }
    paths[text] = path
    return path
  }

  /// `$input.path(…)`: the empty string where it leads nowhere.
  func evaluate(_ path: BodyPath) throws(Signal) -> Value {
    guard let root = scope.bodyRoot else { return .emptyText }
    guard heap.isUntouched || scope.readsBodyAnew else { return try evaluateValues(path, root) }
    do {
      switch try path.path.evaluate(root) {
      case .missing: return .emptyText
      case .value(let node): return Value(node)
      case .list(let nodes): return .object(heap.made(ListObject(nodes.map { Value($0) }, .jsonArray)))
      case .built(let built): return value(built) { Value($0) }
      }
    } catch { throw .tooManySteps }
  }

  private func evaluateValues(_ path: BodyPath, _ root: JSONNode) throws(Signal) -> Value {
    do {
      switch try path.path.evaluate(PathValue(Value(root), heap)) {
      case .missing: return .emptyText
      case .value(let found): return found.value
      case .list(let found): return .object(heap.made(ListObject(found.map { $0.value }, .jsonArray)))
      case .built(let built): return value(built) { $0.value }
      }
    } catch { throw .tooManySteps }
  }

  private func value<Node>(_ built: JSONPathValue<Node>, _ convert: (Node) -> Value) -> Value {
    switch built {
    case .node(let node): return convert(node)
    case .object(let members):
      let map = heap.made(MapObject())
      for member in members { map.put(MapKey(member.name), value(member.value, convert)) }
      return .object(map)
    case .list(let elements): return .object(heap.made(ListObject(elements.map { value($0, convert) }, .jsonArray)))
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .int(let number): return Int32(exactly: number).map { .int($0) } ?? .long(Int64(number))
    case .double(let number): return .double(number)
    case .text(let text): return Value(text)
    }
  }

  /// `$input.json(…)`: two quotes where it leads nowhere.
  func writeJSON(_ path: BodyPath, into writer: ValueWriter) throws(Signal) {
    guard let root = scope.bodyRoot else { return writer.out.write("\"\"") }
    guard heap.isUntouched || scope.readsBodyAnew else {
      let value = try evaluateValues(path, root)
      return try writer.writeJSON(value, value.isString ? .smartProtectingSlash : .smart)
    }
    do {
      switch try path.path.evaluate(root) {
      case .missing: writer.out.write("\"\"")
      case .value(let node): try write(node, writer)
      case .list(let nodes):
        writer.out.write(byte: UInt8(ascii: "["))
        for (index, node) in nodes.enumerated() {
          if index > 0 { writer.out.write(byte: UInt8(ascii: ",")) }
          try writer.writeJSON(.init(unconverted: node), .smart)
          if writer.out.writeIndex > writer.limit { throw Signal.outputTooLarge }
        }
        writer.out.write(byte: UInt8(ascii: "]"))
      case .built(let built):
        let value = self.value(built) { Value($0) }
        try writer.writeJSON(value, value.isString ? .smartProtectingSlash : .smart)
      }
    } catch let error as Signal { throw error } catch { throw .tooManySteps }
  }

  private func write(_ node: JSONNode, _ writer: ValueWriter) throws(Signal) {
    if node.kind == .string { return try writer.writeJSON(.node(node), .smartProtectingSlash) }
    JSONWriter.write(node, style: .smart, into: writer.out)
  }

  /// `$util.parseJson(…)`: the empty string for what is no JSON.
  func parse(_ text: Text) -> Value {
    let bytes = utf8(text)
    guard let document = try? JSONDocument(parsing: bytes, as: .permissive) else { return .emptyText }
    heap.keep(document)
    return Value(document.root)
  }
}

extension Value {
  /// A node as it is, scalars too; for writers only, which take it apart at once.
  init(unconverted node: JSONNode) { self = .node(node) }
}

/// A value together with the heap that knows what its nodes have become, for paths to run over.
struct PathValue: JSONPathNode {
  let value: Value
  private let heap: Heap

  init(_ value: Value, _ heap: Heap) {
    self.value = heap.current(value)
    self.heap = heap
  }

  var pathKind: JSONKind {
    switch value {
    case .null: .null
    case .bool(let flag): flag ? .true : .false
    case .int, .long, .double: .number
    case .text, .character: .string
    case .node(let node): node.kind
    case .object(let object):
      switch object {
      case is ListObject, is MapView: .array
      case is MapObject: .object
      case is NumberObject: .number
      default: .string
      }
    }
  }

  var pathCount: Int {
    switch value {
    case .node(let node): node.count
    case .object(let list as ListObject): list.count
    case .object(let map as MapObject): map.count
    case .object(let view as MapView): view.map.count
    default: 0
    }
  }

  var pathChildren: [PathValue] {
    let children: [Value]
    switch value {
    case .node(let node):
      children =
        node.kind == .array
        ? node.elements.map { Value($0) } : node.kind == .object ? node.members.map { Value($0.value) } : []
    case .object(let list as ListObject): children = list.all
    case .object(let map as MapObject): children = map.entries.map { $0.value }
    case .object(let view as MapView): children = view.elements
    default: children = []
    }
    return children.map { PathValue($0, heap) }
  }

  var pathNames: [String] {
    switch value {
    case .node(let node): node.members.map { $0.name.string }
    case .object(let map as MapObject): map.entries.map { $0.key.value.asText?.string ?? "" }
    default: []
    }
  }

  func pathMember(_ name: JSONName) -> PathValue? {
    switch value {
    case .node(let node): node.member(name).map { PathValue(Value($0), heap) }
    case .object(let map as MapObject): map.find(MapKey(name.text)).map { PathValue($0, heap) }
    default: nil
    }
  }

  func pathElement(at index: Int) -> PathValue? {
    guard index >= 0, index < pathCount else { return nil }
    switch value {
    case .node(let node): return node.element(at: index).map { PathValue(Value($0), heap) }
    case .object(let list as ListObject): return (try? list.element(at: index)).map { PathValue($0, heap) }
    case .object(let view as MapView): return PathValue(view.elements[index], heap)
    default: return nil
    }
  }

  func isSamePathNode(as other: PathValue) -> Bool {
    switch (value, other.value) {
    case (.node(let one), .node(let two)): one.isIdentical(to: two)
    case (.object(let one), .object(let two)): one === two
    default: false
    }
  }

  func withPathText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let out = ByteBuffer(capacity: 64)
    let writer = ValueWriter(out: out, heap: heap, limit: 1 << 24, block: { (_) throws(Signal) in false })
    // A value nested too deeply has a text that nothing is compared with.
    try? writer.write(value)
    return body(out.readable)
  }
}
