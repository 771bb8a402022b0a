import Bytes
import JSON
import JSONPaths

/// What a mapping takes out of a body (spec § 2.1): a scalar as plain text, a container as JSON.
extension JSONPath {
  /// - Returns: whether there is anything, and neither null nor empty. A path that costs too much finds nothing.
  func write(from root: JSONNode, into out: ByteBuffer) -> Bool {
    let before = out.writeIndex
    switch try? evaluate(root) {
    case nil, .missing: return false
    case .value(let node): Self.write(node, isInside: false, into: out)
    case .list(let nodes): Self.write(.list(nodes.map { .node($0) }), isInside: false, into: out)
    case .built(let value): Self.write(value, isInside: false, into: out)
    }
    return out.writeIndex > before
  }

  private static func write(_ node: JSONNode, isInside: Bool, into out: ByteBuffer) {
    if !isInside, node.kind == .null { return }
    if !isInside, node.kind == .string { return node.writeContents(into: out) }
    JSONWriter.write(node, style: .standard, into: out)
  }

  /// Paths build values no deeper than they are long.
  private static func write(_ value: JSONPathValue<JSONNode>, isInside: Bool, into out: ByteBuffer) {
    switch value {
    case .node(let node): write(node, isInside: isInside, into: out)
    case .null: if isInside { out.write("null") }
    case .bool(let truth): out.write(truth ? "true" : "false")
    case .int(let number): out.write(decimal: number)
    case .double(let number): JavaDouble.write(number, into: out)
    case .text(let text): out.write(isInside ? JSONWriter.quoted(text) : text)
    case .list(let elements):
      out.write("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { out.write(",") }
        write(element, isInside: true, into: out)
      }
      out.write("]")
    case .object(let members):
      out.write("{")
      for (index, member) in members.enumerated() {
        if index > 0 { out.write(",") }
        out.write(JSONWriter.quoted(member.name))
        out.write(":")
        write(member.value, isInside: true, into: out)
      }
      out.write("}")
    }
  }
}
