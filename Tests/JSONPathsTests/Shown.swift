import Bytes
import JSON
import JSONPaths

/// Results as text, for expectations.
enum Shown {
  static func text(_ result: JSONPathResult<JSONNode>, style: JSONStyle = .smart) -> String {
    switch result {
    case .missing: "missing"
    case .value(let node): text(.node(node), style)
    case .list(let nodes): text(.list(nodes.map { .node($0) }), style)
    case .built(let value): text(value, style)
    }
  }

  private static func text(_ value: JSONPathValue<JSONNode>, _ style: JSONStyle) -> String {
    let out = ByteBuffer()
    switch value {
    case .node(let node): JSONWriter.write(node, style: style, into: out)
    case .text(let contents): JSONWriter.write(string: contents, style: style, into: out)
    case .object(let members):
      return "{" + members.map { "\(text(.text($0.name), style)):\(text($0.value, style))" }.joined(separator: ",")
        + "}"
    case .list(let values): return "[" + values.map { text($0, style) }.joined(separator: ",") + "]"
    case .null: return "null"
    case .bool(let bool): return "\(bool)"
    case .int(let number): return "\(number)"
    case .double(let number): return JavaDouble.text(number)
    }
    return out.readable.text
  }
}
