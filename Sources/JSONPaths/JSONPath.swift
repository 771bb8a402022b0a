import JSON

/// A path in Jayway's dialect of JSONPath, compiled once and run over any number of values from any thread.
///
///     $.store.book[0].title        definite: one value, or `.missing`
///     $..price   $.book[*].isbn    indefinite: a list, perhaps an empty one
///     $.book[?(@.price < 10)]
///     $.numbers.max()
///
/// The `$.` in front may be left out. What the oracle (JsonPath 2.0.0) decides is done as there; functions, negative
/// indexes, double quotes and the word operators of filters follow version 2.9, which knows them.
public struct JSONPath: Sendable {
  /// As written.
  public let text: String
  /// Whether it leads to one value rather than to a list.
  public let isDefinite: Bool
  @usableFromInline let steps: [PathStep]
  /// For each step whether nothing around it, from the step before to the end, is indefinite: then a missing member is
  /// an error of the whole path, elsewhere just no result.
  @usableFromInline let isStrict: [Bool]
  /// Whether it consists of members and elements only.
  @usableFromInline let isSimple: Bool
  /// Whether it starts from the document (`$`) rather than, inside a filter, from the value at hand (`@`).
  @usableFromInline let isRooted: Bool

  /// - Throws: `JSONPathError` for what Jayway's compiler refuses too.
  public init(_ text: String) throws(JSONPathError) {
    try self.init(text, nesting: 0)
  }

  init(_ text: String, nesting: Int) throws(JSONPathError) {
    var compiler = PathCompiler(text, nesting: nesting)
    let steps = try compiler.compile()
    self.init(text: text, steps: steps, isRooted: compiler.isRooted)
  }

  init(text: String, steps: [PathStep], isRooted: Bool) {
    self.text = text
    self.isRooted = isRooted
    // $..a.sum() is the sum of everything that $..a finds.
    if steps.count > 2, case .scan = steps[0], case .function(let function, _) = steps[steps.count - 1] {
      let inner = JSONPath(text: text, steps: Array(steps.dropLast()), isRooted: true)
      self.steps = [.function(function, [.path(inner)])]
    } else {
      self.steps = steps
    }
    let all = self.steps
    isDefinite = all.indices.allSatisfy { all[$0].isDefinite(isLast: $0 == all.count - 1) }
    // Whether everything from a step on is definite; picked members always count as definite here.
    var isDefiniteFrom = all.map { $0.isDefinite(isLast: true) }
    for index in all.indices.dropLast().reversed() where !isDefiniteFrom[index + 1] { isDefiniteFrom[index] = false }
    isStrict = all.indices.map { isDefiniteFrom[Swift.max($0 - 1, 0)] }
    isSimple = all.allSatisfy {
      switch $0 {
      case .member, .element: true
      default: false
      }
    }
  }

  /// Finds what the path leads to.
  ///
  /// A simple definite path costs one lookup per step and allocates nothing.
  /// - Throws: `JSONPathLimitExceeded` when a scan or filter costs more than the limits.
  @inlinable public func evaluate<Node: JSONPathNode>(
    _ root: Node, limits: JSONPathLimits = .standard
  ) throws(JSONPathLimitExceeded) -> JSONPathResult<Node> {
    if isSimple { return follow(root) }
    return try evaluateFully(root, root: root, limits: limits)
  }

  @inlinable func follow<Node: JSONPathNode>(_ root: Node) -> JSONPathResult<Node> {
    var node = root
    for step in steps {
      switch step {
      case .member(let name):
        guard node.pathKind == .object, let next = node.pathMember(name) else { return .missing }
        node = next
      case .element(let index):
        guard node.pathKind == .array, let next = node.pathElement(at: index < 0 ? node.pathCount &+ index : index)
        else { return .missing }
        node = next
      default:
        return .missing
      }
    }
    return .value(node)
  }

  @_specialize(where Node == JSONNode)
  @usableFromInline func evaluateFully<Node: JSONPathNode>(
    _ item: Node, root: Node, limits: JSONPathLimits
  ) throws(JSONPathLimitExceeded) -> JSONPathResult<Node> {
    var evaluation = Evaluation(root: root, limits: limits)
    let result = evaluation.evaluate(self, on: item)
    if evaluation.isExhausted { throw JSONPathLimitExceeded() }
    return result
  }
}
