import Bytes
import Glibc
import HTTPSemantics

/// What matching a request against an API's resources came to.
public enum RouteVerdict: Hashable, Sendable {
  /// `target` is the caller's number for the method, `resource` the index of the resource.
  case matched(target: Int32, resource: Int32)
  /// No resource has this path: `Missing Authentication Token`.
  case noResource
  /// The resource has neither this method nor `ANY`, and no greedy resource above it does: `Missing Authentication
  /// Token` too.
  case noMethod(resource: Int32)
}

/// One API's resources, as requests are matched against them (spec § 1.3, § 1.4).
///
/// For each segment a literal comes before `{name}`, and that before `{name+}`; a way that leads nowhere is left for the
/// next. A resource that lacks the request's method gives way to a greedy one above it that has it. Matching is
/// case-sensitive and does not decode. One slash at the end and all doubled ones at the start are ignored; a greedy
/// variable takes at least one byte and keeps the doubled slashes inside it.
public struct RouteTree: Sendable {
  /// A resource for `init`: its path, and the caller's number for each of its methods (`ANY` among them).
  public typealias Resource = (path: String, methods: [(name: String, target: Int32)])

  /// Segments that a resource may have; deeper ones are a problem and are left out.
  public static let deepest = 256

  struct Node: Sendable {
    /// The resource that ends here, or -1.
    var resource: Int32 = -1
    /// The child for `{name}`, or -1.
    var variable: Int32 = -1
    /// The child for `{name+}`, or -1.
    var greedy: Int32 = -1
    var hasLiterals = false
    /// The targets of the seven methods that `ANY` stands for, in `methodIndex` order; -1 where there is none.
    var targets = InlineArray<7, Int32>(repeating: -1)
  }

  private(set) var nodes: ContiguousArray<Node> = [Node()]
  private(set) var literals = SegmentTable()
  private var names: [[String]] = []
  /// What is wrong with the resources that were given; the tree serves what can be served regardless.
  public private(set) var problems: [RouteProblem] = []

  public init(resources: [Resource]) {
    for (index, resource) in resources.enumerated() {
      names.append([])
      insert(resource, Int32(clamping: index))
    }
    variableNames = [:]
  }

  /// The names of the variables in a resource's path, from left to right.
  public func parameterNames(of resource: Int32) -> [String] {
    names.indices.contains(Int(resource)) ? names[Int(resource)] : []
  }

  /// Finds what answers a request.
  /// - Parameter path: behind the stage, as received: percent-encoded, without the query; empty is the root.
  /// - Parameter captures: overwritten with what the variables stood for.
  public func match(
    method: HTTPMethod, path: UnsafeRawBufferPointer, into captures: inout Captures
  ) -> RouteVerdict {
    captures.clear()
    let (start, end) = Self.trimmed(path)
    var search = Search(path: path, end: end, method: Self.index(of: method))
    return nodes.withUnsafeBufferPointer { nodes in
      descend(0, start, nodes, &search, &captures)
      return search.verdict
    }
  }

  /// Where the first segment begins and the last one ends.
  @inline(__always)
  static func trimmed(_ path: UnsafeRawBufferPointer) -> (start: Int, end: Int) {
    var start = 0
    while start < path.count, path[start] == UInt8(ascii: "/") { start &+= 1 }
    var end = path.count
    if end > start, path[end &- 1] == UInt8(ascii: "/") { end &-= 1 }
    return (start, end)
  }

  /// One attempt's state.
  private struct Search {
    let path: UnsafeRawBufferPointer
    /// Where the path ends, without a trailing slash.
    let end: Int
    /// The method's place in `Node.targets`; -1 for one that `ANY` does not stand for.
    let method: Int
    var verdict = RouteVerdict.noResource
    /// A resource was found without the method: only greedy ones may still answer.
    var greedyOnly = false
  }

  /// Follows the path from a node. At most `deepest` calls are nested.
  /// - Parameter start: where the next segment begins; the end where there is none.
  /// - Returns: whether the search is over.
  @discardableResult
  private func descend(
    _ index: Int32, _ start: Int, _ nodes: UnsafeBufferPointer<Node>, _ search: inout Search,
    _ captures: inout Captures
  ) -> Bool {
    let node = nodes[Int(index)]
    guard start < search.end else { return Self.finish(node, &search) }
    let end = Self.segmentEnd(search.path, start, search.end)
    let next = end < search.end ? end &+ 1 : search.end
    // One slash at the end is cut off already; a second leaves an empty segment, which only a greedy variable may hold.
    let hasEmptyLast = end < search.end && next == search.end
    if !hasEmptyLast, !search.greedyOnly {
      if node.hasLiterals {
        let child = literals.value(index, UnsafeRawBufferPointer(rebasing: search.path[start..<end]))
        if child >= 0, descend(child, next, nodes, &search, &captures) { return true }
      }
      if node.variable >= 0, end > start, !search.greedyOnly {
        captures.ranges.append(start..<end)
        if descend(node.variable, next, nodes, &search, &captures) { return true }
        captures.ranges.removeLast()
      }
    }
    guard node.greedy >= 0 else { return false }
    captures.ranges.append(start..<search.end)
    if Self.finish(nodes[Int(node.greedy)], &search) { return true }
    captures.ranges.removeLast()
    return false
  }

  /// Takes the resource that ends at a node, if it has the method.
  private static func finish(_ node: Node, _ search: inout Search) -> Bool {
    guard node.resource >= 0 else { return false }
    let target = search.method >= 0 ? node.targets[search.method] : -1
    if target >= 0 {
      search.verdict = .matched(target: target, resource: node.resource)
      return true
    }
    if !search.greedyOnly {
      search.verdict = .noMethod(resource: node.resource)
      search.greedyOnly = true
    }
    return false
  }

  @inline(__always)
  static func segmentEnd(_ path: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
    guard let base = path.baseAddress, let slash = memchr(base + start, 0x2F, end &- start) else { return end }
    return UnsafeRawPointer(slash) - base
  }

  static func index(of method: HTTPMethod) -> Int {
    switch method {
    case .delete: 0
    case .get: 1
    case .head: 2
    case .options: 3
    case .patch: 4
    case .post: 5
    case .put: 6
    case .connect, .trace, .other: -1
    }
  }

  // MARK: - Building

  private mutating func insert(_ resource: Resource, _ index: Int32) {
    var at: Int32 = 0
    let segments = resource.path.split(separator: "/", omittingEmptySubsequences: true)
    guard segments.count <= Self.deepest else { return report(.tooDeep, index) }
    for (place, segment) in segments.enumerated() {
      guard let kind = RouteSegment(segment) else { return report(.badSegment(String(segment)), index) }
      switch kind {
      case .literal:
        at = literalChild(of: at, segment)
      case .variable(let name):
        names[Int(index)].append(name)
        checkSibling(of: at, name, greedy: false, index)
        at = child(of: at, \.variable)
      case .greedy(let name):
        guard place == segments.count - 1 else { return report(.childOfGreedy(name), index) }
        names[Int(index)].append(name)
        checkSibling(of: at, name, greedy: true, index)
        at = child(of: at, \.greedy)
      }
    }
    if Set(names[Int(index)]).count < names[Int(index)].count { report(.repeatedName, index) }
    guard nodes[Int(at)].resource < 0 else {
      return report(.duplicate(of: nodes[Int(at)].resource), index)
    }
    nodes[Int(at)].resource = index
    addMethods(resource.methods, at, index)
  }

  private mutating func addMethods(_ methods: [(name: String, target: Int32)], _ at: Int32, _ index: Int32) {
    for method in methods where method.name == "ANY" {
      nodes[Int(at)].targets = InlineArray(repeating: method.target)
    }
    for (name, target) in methods where name != "ANY" {
      let place = Self.index(of: HTTPMethod(name))
      if place >= 0 { nodes[Int(at)].targets[place] = target } else { report(.unknownMethod(name), index) }
    }
  }

  private mutating func literalChild(of parent: Int32, _ segment: Substring) -> Int32 {
    let fresh = Int32(clamping: nodes.count)
    let child = literals.insert(parent, segment.utf8, fresh)
    if child == fresh { nodes.append(Node()) }
    nodes[Int(parent)].hasLiterals = true
    return child
  }

  private mutating func child(of parent: Int32, _ kind: WritableKeyPath<Node, Int32>) -> Int32 {
    if nodes[Int(parent)][keyPath: kind] < 0 {
      nodes[Int(parent)][keyPath: kind] = Int32(clamping: nodes.count)
      nodes.append(Node())
    }
    return nodes[Int(parent)][keyPath: kind]
  }

  /// While building: how the first variable child of each node is written, to find a second one.
  private var variableNames: [Int32: String] = [:]

  private mutating func checkSibling(of parent: Int32, _ name: String, greedy: Bool, _ index: Int32) {
    let written = greedy ? "{\(name)+}" : "{\(name)}"
    if let first = variableNames[parent] {
      if first != written { report(.siblingVariables(first), index) }
    } else {
      variableNames[parent] = written
    }
  }

  private mutating func report(_ kind: RouteProblem.Kind, _ index: Int32) {
    problems.append(RouteProblem(resource: index, kind: kind))
  }
}
