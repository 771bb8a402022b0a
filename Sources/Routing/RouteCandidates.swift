import Bytes
import HTTPSemantics

/// A resource whose path fits a request's.
public struct RouteCandidate: Hashable, Sendable {
  /// The index of the resource.
  public let resource: Int32
  /// Whether it has the request's method, or `ANY`.
  public let hasMethod: Bool
}

extension RouteTree {
  /// Every resource whose path fits, in the order in which `match` comes to them: for somebody who asks why it stopped
  /// where it did.
  public func candidates(method: HTTPMethod, path: UnsafeRawBufferPointer) -> [RouteCandidate] {
    let (start, end) = Self.trimmed(path)
    var found: [RouteCandidate] = []
    collect(0, start, path, end, Self.index(of: method), into: &found)
    return found
  }

  /// As `descend`, to the end of every way. A node has one way to it, so each is seen once at most.
  private func collect(
    _ index: Int32, _ start: Int, _ path: UnsafeRawBufferPointer, _ pathEnd: Int, _ method: Int,
    into found: inout [RouteCandidate]
  ) {
    let node = nodes[Int(index)]
    func add(_ node: Node) {
      guard node.resource >= 0 else { return }
      found.append(RouteCandidate(resource: node.resource, hasMethod: method >= 0 && node.targets[method] >= 0))
    }
    guard start < pathEnd else { return add(node) }
    let end = Self.segmentEnd(path, start, pathEnd)
    let next = end < pathEnd ? end + 1 : pathEnd
    if end == pathEnd || next < pathEnd {
      if node.hasLiterals {
        let child = literals.value(index, UnsafeRawBufferPointer(rebasing: path[start..<end]))
        if child >= 0 { collect(child, next, path, pathEnd, method, into: &found) }
      }
      if node.variable >= 0, end > start { collect(node.variable, next, path, pathEnd, method, into: &found) }
    }
    if node.greedy >= 0 { add(nodes[Int(node.greedy)]) }
  }
}
