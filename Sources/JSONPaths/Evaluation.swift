import JSON

/// One run of a path over a document.
///
/// Recursion goes one level for each step of the path and each level of the document that a scan descends; both have
/// limits.
struct Evaluation<Node: JSONPathNode> {
  let root: Node
  private var stepsLeft: Int
  private let deepest: Int
  /// Scans' levels that are open, those of paths inside filters on top of those around them.
  private var level = 0
  /// Set when a limit was passed; every result is then void.
  private(set) var isExhausted = false
  /// Set where Jayway throws what no branch catches: the path then leads nowhere.
  private var isFailed = false
  /// Members must be there on every branch: so filters ask whether a path exists.
  private var requiresMembers = false
  private var nodes: [Node] = []
  /// In place of `nodes` as soon as a result is none.
  private var values: [JSONPathValue<Node>]?

  init(root: Node, limits: JSONPathLimits) {
    self.root = root
    stepsLeft = limits.steps
    deepest = limits.depth
  }

  /// How a branch ended. `absent` is Jayway's `PathNotFoundException`, which ends the whole path unless it comes out of
  /// an element under a wildcard; `invalid` is its `InvalidPathException`, which always does.
  enum Outcome { case found, absent, invalid }

  mutating func evaluate(
    _ path: JSONPath, on item: Node, requiresMembers: Bool = false
  ) -> JSONPathResult<Node> {
    if path.isSimple { return path.follow(item) }
    let outer = (nodes, values, self.requiresMembers)
    (nodes, values, self.requiresMembers) = ([], nil, requiresMembers)
    defer { (nodes, values, self.requiresMembers) = outer }
    guard case .found = run(path, 0, item), !isExhausted, !isFailed else { return .missing }
    if path.isDefinite {
      if let values { return values.first.map { .built($0) } ?? .missing }
      return nodes.first.map { .value($0) } ?? .missing
    }
    return values.map { .built(.list($0)) } ?? .list(nodes)
  }

  private mutating func add(_ node: Node) {
    if values != nil { values?.append(.node(node)) } else { nodes.append(node) }
  }

  private mutating func add(_ value: JSONPathValue<Node>) {
    if values == nil { values = nodes.map { .node($0) } }
    values?.append(value)
  }

  /// False: the limit is passed.
  mutating func spend(_ cost: Int = 1) -> Bool {
    stepsLeft &-= cost
    if stepsLeft < 0 { exhaust() }
    return !isExhausted
  }

  /// Ends the evaluation with nothing found.
  /// - Returns: what a filter says that does not matter any more.
  mutating func fail() -> Bool {
    isFailed = true
    return false
  }

  mutating func exhaust() {
    isExhausted = true
    stepsLeft = -1
  }

  private mutating func run(_ path: JSONPath, _ index: Int, _ node: Node) -> Outcome {
    guard spend() else { return .invalid }
    guard index < path.steps.count else {
      add(node)
      return .found
    }
    switch path.steps[index] {
    case .member(let name):
      guard node.pathKind == .object else { return .absent }
      return member(path, index, name, of: node)

    case .members(let names):
      guard node.pathKind == .object else { return .absent }
      if index == path.steps.count - 1 { return pick(names, of: node) }
      for name in names {
        let outcome = member(path, index, name, of: node)
        if outcome != .found { return outcome }
      }
      return .found

    case .element(let place): return elements(path, index, [place], of: node)
    case .elements(let places): return elements(path, index, places, of: node)
    case .elementFromLength(let offset):
      return elements(path, index, [node.pathCount + offset], of: node, fromEnd: false)

    case .slice(let from, let to):
      guard node.pathKind == .array else { return node.pathKind == .null ? .absent : .invalid }
      let count = node.pathCount
      var range = (from ?? 0, Swift.min(to ?? count, count))
      // With both ends given, neither counts from the end.
      if from == nil || to == nil {
        if range.0 < 0 { range.0 = Swift.max(0, count + range.0) }
        if range.1 < 0 { range.1 += count }
      } else if range.0 < 0 && range.0 < range.1 && count > 0 {
        return .absent
      }
      return slice(path, index, from: range.0, to: range.1, of: node)

    case .wildcard:
      let isArray = node.pathKind == .array
      for child in node.pathChildren {
        let outcome = run(path, index + 1, child)
        if outcome == .found || isArray && outcome == .absent && !requiresMembers { continue }
        return outcome
      }
      return .found

    case .filter(let filter):
      switch node.pathKind {
      case .object: return accepts(filter, node) ? run(path, index + 1, node) : .found
      case .array:
        for child in node.pathChildren where accepts(filter, child) {
          let outcome = run(path, index + 1, child)
          if outcome != .found { return outcome }
        }
        return .found
      default: return .invalid
      }

    case .scan:
      return scan(path, index + 1, node)

    case .function(let function, let parameters):
      guard let value = call(function, parameters, on: node) else { return .invalid }
      add(value)
      return .found
    }
  }

  private mutating func member(_ path: JSONPath, _ index: Int, _ name: JSONName, of node: Node) -> Outcome {
    if let value = node.pathMember(name) { return run(path, index + 1, value) }
    let isLast = index == path.steps.count - 1
    return isLast || path.isStrict[index] || requiresMembers ? .absent : .found
  }

  private mutating func pick(_ names: [JSONName], of node: Node) -> Outcome {
    var members: [(name: String, value: JSONPathValue<Node>)] = []
    for name in names {
      if let value = node.pathMember(name) {
        if !members.contains(where: { $0.name == name.text }) { members.append((name.text, .node(value))) }
      } else if requiresMembers {
        return .absent
      }
    }
    add(.object(members))
    return .found
  }

  private mutating func elements(
    _ path: JSONPath, _ index: Int, _ places: [Int], of node: Node, fromEnd: Bool = true
  ) -> Outcome {
    guard node.pathKind == .array else { return node.pathKind == .null ? .absent : .invalid }
    for place in places {
      let place = place < 0 && fromEnd ? node.pathCount + place : place
      guard let element = node.pathElement(at: place) else { return .absent }
      let outcome = run(path, index + 1, element)
      if outcome != .found { return outcome }
    }
    return .found
  }

  private mutating func slice(_ path: JSONPath, _ index: Int, from: Int, to: Int, of node: Node) -> Outcome {
    var place = 0
    for element in node.pathChildren {
      if place >= to { break }
      if place >= from {
        let outcome = run(path, index + 1, element)
        if outcome != .found { return outcome }
      }
      place += 1
    }
    return .found
  }

  // MARK: Scans

  /// Looks for the step at `target` in `node` and everything inside it.
  ///
  /// In an array that the step could be applied to, what follows the step is tried on every element, whichever of them
  /// the step names: `$..[0].a` finds the `a` of all elements. That is Jayway 2.0's way.
  private mutating func scan(_ path: JSONPath, _ target: Int, _ node: Node) -> Outcome {
    let kind = node.pathKind
    guard kind == .object || kind == .array else { return .found }
    guard level < deepest, spend() else {
      exhaust()
      return .invalid
    }
    level += 1
    defer { level -= 1 }
    if isWanted(path.steps[target], node) {
      if kind == .object || target == path.steps.count - 1 {
        let outcome = run(path, target, node)
        if outcome != .found { return outcome }
      } else {
        for child in node.pathChildren {
          let outcome = run(path, target + 1, child)
          if outcome != .found { return outcome }
        }
      }
    }
    for child in node.pathChildren {
      let outcome = scan(path, target, child)
      if outcome != .found { return outcome }
    }
    return .found
  }

  private mutating func isWanted(_ step: PathStep, _ node: Node) -> Bool {
    switch step {
    case .member(let name): node.pathKind == .object && node.pathMember(name) != nil
    case .members(let names): node.pathKind == .object && names.allSatisfy { node.pathMember($0) != nil }
    case .element, .elements, .elementFromLength, .slice: node.pathKind == .array
    case .wildcard: true
    case .filter(let filter): accepts(filter, node)
    case .scan, .function: false
    }
  }
}
