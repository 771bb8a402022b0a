import Bytes
import JSON

/// The JSONPath of a mapping expression: `$.user.name`, `$.items[0]['a b']`.
struct BodyPath: Sendable {
  private enum Step: Sendable {
    case member(String)
    case element(Int)
  }
  struct Mistake: Error {}

  private var steps: [Step] = []

  init(_ text: String) throws(Mistake) {
    var rest = text[...]
    guard rest.popFirst() == "$" else { throw Mistake() }
    while let first = rest.popFirst() {
      switch first {
      case ".":
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty, name != "*" else { throw Mistake() }
        steps.append(.member(String(name)))
        rest = rest[name.endIndex...]
      case "[":
        guard let close = rest.firstIndex(of: "]") else { throw Mistake() }
        let inside = rest[..<close]
        rest = rest[rest.index(after: close)...]
        if let index = Int(inside), index >= 0 {
          steps.append(.element(index))
        } else if inside.count > 2, let quote = inside.first, quote == "'" || quote == "\"", inside.last == quote {
          steps.append(.member(String(inside.dropFirst().dropLast())))
        } else {
          throw Mistake()
        }
      default: throw Mistake()
      }
    }
  }

  /// Writes what the path leads to: a scalar as plain text, a container as JSON.
  /// - Returns: whether there is anything, and not null.
  func write(from root: JSONNode, into out: ByteBuffer) -> Bool {
    var node = root
    for step in steps {
      let next: JSONNode? =
        switch step {
        case .member(let name): node.member(name)
        case .element(let index): node.element(at: index)
        }
      guard let next else { return false }
      node = next
    }
    let before = out.writeIndex
    switch node.kind {
    case .null: return false
    case .true: out.write("true")
    case .false: out.write("false")
    case .string, .number: node.writeContents(into: out)
    case .object, .array: JSONWriter.write(node, style: .standard, into: out)
    }
    return out.writeIndex > before
  }
}
