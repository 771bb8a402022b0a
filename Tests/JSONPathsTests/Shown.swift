import Bytes
import JSON
import JSONPaths

/// Results as text, for expectations.
enum Shown {
  static func text(_ result: JSONPathResult<JSONNode>) -> String {
    switch result {
    case .missing: "missing"
    case .value(let node): text(node)
    case .list(let nodes): "[" + nodes.map { text($0) }.joined(separator: ",") + "]"
    case .built(let value): text(value)
    }
  }

  static func text(_ node: JSONNode) -> String {
    let buffer = ByteBuffer()
    JSONWriter.write(node, style: .smart, into: buffer)
    return buffer.readable.text
  }

  static func text(_ value: JSONPathValue<JSONNode>) -> String {
    switch value {
    case .node(let node): text(node)
    case .object(let members): "{" + members.map { "\"\($0.name)\":\(text($0.value))" }.joined(separator: ",") + "}"
    case .list(let values): "[" + values.map { text($0) }.joined(separator: ",") + "]"
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .int(let number): "\(number)"
    case .double(let number): JavaDouble.text(number)
    case .text(let contents): "\"\(contents)\""
    }
  }
}
