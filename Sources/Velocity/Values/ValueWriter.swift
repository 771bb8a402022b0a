import Bytes
import JSON

/// Writes values as Java's `toString` has them, and as json-smart writes them as JSON.
struct ValueWriter {
  let out: ByteBuffer
  let heap: Heap
  /// Where `out` may at most be written to.
  let limit: Int
  /// Whether halves of surrogate pairs are kept, because what is written becomes a text again.
  var keepsHalves = false
  /// Renders a `#define` block. nil: it may not be rendered once more within itself.
  var block: (BlockObject) throws(Signal) -> Bool

  /// Writes what `toString()` gives.
  func write(_ value: Value, depth: Int = 0) throws(Signal) {
    switch value {
    case .null: out.write("null")
    case .bool(let flag): out.write(flag ? "true" : "false")
    case .int(let number): out.write(decimal: Int(number))
    case .long(let number): out.write(decimal: Int(number))
    case .double(let number): JavaDouble.write(number, into: out)
    case .character(let unit): write(Text(utf16: CollectionOfOne(unit)))
    case .text(let text): write(text)
    case .node(let node): try write(node, depth)
    case .object(let object): try write(object, depth)
    }
  }

  func write(_ text: Text) {
    if keepsHalves { out.write(text.bytes) } else { text.write(into: out) }
  }

  private func check(_ depth: Int) throws(Signal) {
    if depth > Heap.deepest { throw .tooDeep }
    if out.writeIndex > limit { throw .outputTooLarge }
  }

  private func write(_ node: JSONNode, _ depth: Int) throws(Signal) {
    switch node.kind {
    case .string:
      if !node.hasEscapes {
        out.write(node.raw)
      } else if keepsHalves {
        out.write(Text(contentsOf: node).bytes)
      } else {
        node.writeContents(into: out)
      }
    case .object:
      if !heap.isUntouched, let object = heap.object(for: node) { return try write(object, depth) }
      try check(depth)
      out.write(byte: UInt8(ascii: "{"))
      var isFirst = true
      for (name, value) in node.members {
        if !isFirst { out.write(", ") }
        isFirst = false
        try write(name, depth)
        out.write(byte: UInt8(ascii: "="))
        try write(scalarOrDeeper: value, depth + 1)
      }
      out.write(byte: UInt8(ascii: "}"))
    case .array:
      try check(depth)
      try writeJSON(.node(node), .smartProtectingSlash, depth: depth)
    default: try write(scalarOrDeeper: node, depth)
    }
  }

  private func write(scalarOrDeeper node: JSONNode, _ depth: Int) throws(Signal) {
    switch node.kind {
    case .number: node.writeNumber(into: out, asJSON: false)
    case .true: out.write("true")
    case .false: out.write("false")
    case .null: out.write("null")
    case .string, .array, .object: try write(node, depth)
    }
  }

  private func write(_ object: JavaObject, _ depth: Int) throws(Signal) {
    try check(depth)
    switch object {
    case let number as NumberObject: number.number.write(into: out)
    case let list as ListObject where list.kind == .jsonArray:
      try writeJSON(.object(list), .smartProtectingSlash, depth: depth)
    case let list as ListObject: try write(list.all, of: list, depth)
    case let view as MapView: try write(view.elements, of: view, depth)
    case is OverrideObject: return
    case let context as ContextObject where context.isSilent: return
    case let map as MapObject: try write(map, depth)
    case let entry as EntryObject:
      try write(entry.key.value, depth: depth + 1)
      out.write(byte: UInt8(ascii: "="))
      try write(entry.value, depth: depth + 1)
    case let type as ClassObject:
      out.write("class ")
      out.write(type.name)
    case let block as BlockObject:
      if !(try self.block(block)) { out.write("null") }
    default:
      out.write(object.className)
      out.write(byte: UInt8(ascii: "@"))
      out.write(hexadecimal: UInt(UInt32(bitPattern: Equality.identityHash(object))))
    }
  }

  private func write(_ elements: [Value], of collection: JavaObject, _ depth: Int) throws(Signal) {
    out.write(byte: UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { out.write(", ") }
      if case .object(let object) = element, object === collection {
        out.write("(this Collection)")
      } else {
        try write(element, depth: depth + 1)
      }
    }
    out.write(byte: UInt8(ascii: "]"))
  }

  private func write(_ map: MapObject, _ depth: Int) throws(Signal) {
    out.write(byte: UInt8(ascii: "{"))
    for (index, entry) in map.entries.enumerated() {
      if index > 0 { out.write(", ") }
      try write(entry.key.value, in: map, depth)
      out.write(byte: UInt8(ascii: "="))
      try write(entry.value, in: map, depth)
    }
    out.write(byte: UInt8(ascii: "}"))
  }

  private func write(_ value: Value, in map: MapObject, _ depth: Int) throws(Signal) {
    if case .object(let object) = value, object === map { return out.write("(this Map)") }
    try write(value, depth: depth + 1)
  }

  // MARK: JSON

  /// Writes JSON text. What is no JSON value is written as a string of its `toString()`.
  func writeJSON(_ value: Value, _ style: JSONStyle, depth: Int = 0) throws(Signal) {
    switch value {
    case .null: out.write("null")
    case .bool(let flag): out.write(flag ? "true" : "false")
    case .int(let number): out.write(decimal: Int(number))
    case .long(let number): out.write(decimal: Int(number))
    case .double(let number):
      if number.isFinite { JavaDouble.write(number, into: out) } else { out.write("null") }
    case .text(let text): writeString(text, style)
    case .character(let unit): writeString(Text(utf16: CollectionOfOne(unit)), style)
    case .node(let node):
      if heap.isUntouched || node.kind == .string {
        if node.kind == .string, node.hasEscapes, keepsHalves {
          writeString(Text(contentsOf: node), style)
        } else {
          JSONWriter.write(node, style: style, into: out)
        }
        return
      }
      if let object = heap.object(for: node) { try writeJSON(object, style, depth) }
    case .object(let object): try writeJSON(object, style, depth)
    }
  }

  private func writeJSON(_ object: JavaObject, _ style: JSONStyle, _ depth: Int) throws(Signal) {
    try check(depth)
    switch object {
    case let number as NumberObject: number.number.write(into: out)
    case let map as MapObject:
      out.write(byte: UInt8(ascii: "{"))
      for (index, entry) in map.entries.enumerated() {
        if index > 0 { out.write(byte: UInt8(ascii: ",")) }
        writeString(try text(of: entry.key.value, depth), style)
        out.write(byte: UInt8(ascii: ":"))
        try writeJSON(entry.value, style, depth: depth + 1)
      }
      out.write(byte: UInt8(ascii: "}"))
    case let list as ListObject: try writeJSON(list.all, style, depth)
    case let view as MapView: try writeJSON(view.elements, style, depth)
    case let array as ArrayObject: try writeJSON(array.elements, style, depth)
    default: writeString(try text(of: .object(object), depth), style)
    }
  }

  private func writeJSON(_ elements: [Value], _ style: JSONStyle, _ depth: Int) throws(Signal) {
    out.write(byte: UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { out.write(byte: UInt8(ascii: ",")) }
      try writeJSON(element, style, depth: depth + 1)
    }
    out.write(byte: UInt8(ascii: "]"))
  }

  private func writeString(_ text: Text, _ style: JSONStyle) {
    if text.mayHaveHalves, !keepsHalves {
      let repaired = ByteBuffer()
      text.write(into: repaired)
      JSONWriter.write(string: repaired.readable, style: style, into: out)
    } else {
      text.bytes.withUnsafeBytes { JSONWriter.write(string: $0, style: style, into: out) }
    }
  }

  private func text(of value: Value, _ depth: Int) throws(Signal) -> Text {
    if let text = value.asText { return text }
    let scratch = ByteBuffer()
    var writer = ValueWriter(out: scratch, heap: heap, limit: limit, block: block)
    writer.keepsHalves = true
    try writer.write(value, depth: depth + 1)
    return Text(wtf8: Array(scratch.readable))
  }
}
