import Bytes
import JSON

/// What a path asks of the values it runs over, so that it runs over a parsed body and over a template's own values.
public protocol JSONPathNode {
  /// The members' values of an object or the elements of an array, in order; nothing for anything else.
  associatedtype PathChildren: Sequence where PathChildren.Element == Self

  var pathKind: JSONKind { get }
  /// Elements of an array, members of an object.
  var pathCount: Int { get }
  var pathChildren: PathChildren { get }
  /// The names of an object's members, in order.
  var pathNames: [String] { get }
  func pathMember(_ name: JSONName) -> Self?
  /// - Parameter index: from 0; nil outside of the array.
  func pathElement(at index: Int) -> Self?
  /// Whether both are the same object or array, not just equal ones.
  func isSamePathNode(as other: Self) -> Bool
  /// Hands over the text of the value as Java's `toString` has it, in UTF-8: a string's contents, a number's digits,
  /// `true`, `{a=1}`…
  func withPathText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension JSONNode: JSONPathNode {
  @inlinable public var pathKind: JSONKind { kind }
  @inlinable public var pathCount: Int { count }
  @inlinable public var pathChildren: JSONChildren { JSONChildren(self) }
  public var pathNames: [String] { members.map(\.name.string) }
  @inlinable public func pathMember(_ name: JSONName) -> JSONNode? { member(name) }
  @inlinable public func pathElement(at index: Int) -> JSONNode? { element(at: index) }

  @inlinable public func isSamePathNode(as other: JSONNode) -> Bool { isIdentical(to: other) }

  public func withPathText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if kind == .string && !hasEscapes { return body(raw) }
    let buffer = ByteBuffer(capacity: 64)
    JavaText.write(self, into: buffer)
    return body(buffer.readable)
  }
}

/// The values inside an array or an object.
@frozen public struct JSONChildren: Sequence, IteratorProtocol {
  @usableFromInline var elements: JSONElements
  @usableFromInline var members: JSONMembers

  @inlinable init(_ container: JSONNode) {
    elements = container.elements
    members = container.members
  }

  @inlinable public mutating func next() -> JSONNode? { elements.next() ?? members.next()?.value }
}
