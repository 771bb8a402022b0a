import Glibc
import JSON

/// The functions of JsonPath 2.9. The oracle's version has none.
extension Evaluation {
  /// Nil where Jayway throws: nothing to add up, an index outside of the list.
  mutating func call(_ function: PathFunction, _ parameters: [PathParameter], on node: Node) -> JSONPathValue<Node>? {
    switch function {
    case .length, .size: length(parameters, node)
    case .min: numbers(node, parameters).min().map { .double($0) }
    case .max: numbers(node, parameters).max().map { .double($0) }
    case .sum, .avg, .stddev: statistics(function, numbers(node, parameters))
    case .keys: node.pathKind == .object ? .list(node.pathNames.map { .text($0) }) : .null
    case .concat: .text(texts(node, parameters).joined())
    case .append: append(parameters, to: node)
    case .first: item(0, of: node)
    case .last: item(-1, of: node)
    case .index: numbers(nil, parameters).first.flatMap { item(Int(exactly: $0.rounded(.towardZero)) ?? 0, of: node) }
    }
  }

  /// Of an array or object. With a path: how many children what it leads to has.
  private mutating func length(_ parameters: [PathParameter], _ node: Node) -> JSONPathValue<Node>? {
    if case .path(let path)? = parameters.first {
      let children = JSONPath(text: path.text, steps: path.steps + [.wildcard], isRooted: path.isRooted)
      switch evaluate(children, on: node) {
      case .list(let nodes): return .int(nodes.count)
      case .built(.list(let values)): return .int(values.count)
      case .value(let value) where value.pathKind == .array: return .int(value.pathCount)
      default: break
      }
    }
    return node.pathKind == .array || node.pathKind == .object ? .int(node.pathCount) : .null
  }

  private func statistics(_ function: PathFunction, _ numbers: [Double]) -> JSONPathValue<Node>? {
    guard !numbers.isEmpty else { return nil }
    let count = Double(numbers.count)
    let sum = numbers.reduce(0, +)
    switch function {
    case .avg: return .double(sum / count)
    case .stddev:
      let squares = numbers.reduce(0) { $0 + $1 * $1 }
      return .double((squares / count - sum * sum / count / count).squareRoot())
    default: return .double(sum)
    }
  }

  /// From 0, or from the end where negative; the first element cannot be had from the end.
  private func item(_ index: Int, of node: Node) -> JSONPathValue<Node>? {
    guard node.pathKind == .array else { return nil }
    if index >= 0 { return node.pathElement(at: index).map { .node($0) } }
    let place = node.pathCount + index
    return place > 0 ? node.pathElement(at: place).map { .node($0) } : nil
  }

  private mutating func append(_ parameters: [PathParameter], to node: Node) -> JSONPathValue<Node> {
    guard node.pathKind == .array, !parameters.isEmpty else { return .node(node) }
    var items: [JSONPathValue<Node>] = node.pathChildren.map { .node($0) }
    for parameter in parameters {
      guard let value = value(of: parameter) else { continue }
      items.append(value)
    }
    return .list(items)
  }

  // MARK: Arguments

  private mutating func value(of parameter: PathParameter) -> JSONPathValue<Node>? {
    switch parameter {
    case .literal(let literal): JSONPathValue(literal)
    case .path(let path):
      switch evaluate(path, on: root) {
      case .missing: nil
      case .value(let node): .node(node)
      case .list(let nodes): .list(nodes.map { .node($0) })
      case .built(let value): value
      }
    }
  }

  /// The values of an array's elements, then of the arguments, lists opened.
  private mutating func operands(_ node: Node?, _ parameters: [PathParameter]) -> [JSONPathValue<Node>] {
    var operands: [JSONPathValue<Node>] = []
    if let node, node.pathKind == .array { operands = node.pathChildren.map { .node($0) } }
    for parameter in parameters {
      switch value(of: parameter) {
      case .list(let items)?: operands += items
      case .node(let node)? where node.pathKind == .array: operands += node.pathChildren.map { .node($0) }
      case let value?: operands.append(value)
      case nil: break
      }
    }
    return operands
  }

  private mutating func numbers(_ node: Node?, _ parameters: [PathParameter]) -> [Double] {
    operands(node, parameters).compactMap { operand in
      switch operand {
      case .int(let number): Double(number)
      case .double(let number): number
      case .node(let node) where node.pathKind == .number: node.withPathText { Double($0.text) }
      default: nil
      }
    }
  }

  /// Elements of the array that are strings; arguments of any kind.
  private mutating func texts(_ node: Node, _ parameters: [PathParameter]) -> [String] {
    let elements = operands(node, []).compactMap { operand -> String? in
      guard case .node(let node) = operand, node.pathKind == .string else { return nil }
      return node.withPathText { $0.text }
    }
    let arguments = operands(nil, parameters).compactMap { operand -> String? in
      switch operand {
      case .text(let text): text
      case .int(let number): String(number)
      case .double(let number): JavaDouble.text(number)
      case .bool(let bool): bool ? "true" : "false"
      case .node(let node): node.pathKind == .null ? nil : node.withPathText { $0.text }
      case .null, .list, .object: nil
      }
    }
    return elements + arguments
  }
}

extension JSONPathValue {
  /// Recursive: literals are parsed with a limit of depth.
  init(_ literal: Literal) {
    switch literal {
    case .null: self = .null
    case .bool(let bool): self = .bool(bool)
    case .number(let text): self = Int32(text).map { .int(Int($0)) } ?? .double(Double(text) ?? .nan)
    case .text(let text): self = .text(text)
    case .list(let items): self = .list(items.map { JSONPathValue($0) })
    case .object(let members): self = .object(members.map { ($0.name, JSONPathValue($0.value)) })
    }
  }
}
