import Bytes
import HTTPSemantics

/// An entity tag: `[ "W/" ] DQUOTE *etagc DQUOTE` (RFC 9110 § 8.8.3). A view of the bytes.
public struct EntityTag {
  public let isWeak: Bool
  /// What is compared: with its quotes, or as received where it has none, as some origins write it.
  public let opaque: UnsafeRawBufferPointer

  public init(_ bytes: UnsafeRawBufferPointer) {
    if bytes.count >= 2, bytes[0] == 87, bytes[1] == 47 {
      isWeak = true
      opaque = UnsafeRawBufferPointer(rebasing: bytes[2...])
    } else {
      isWeak = false
      opaque = bytes
    }
  }

  /// Equal, and neither is weak: what ranges are joined by (RFC 9110 § 8.8.3.2).
  public func isStronglyEqual(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && isWeaklyEqual(other) }

  /// Equal, weak or not: what `If-None-Match` asks for.
  public func isWeaklyEqual(_ other: EntityTag) -> Bool {
    !opaque.isEmpty && opaque.count == other.opaque.count && opaque.elementsEqual(other.opaque)
  }

  /// Whether an `If-None-Match` value names this tag, or any (`*`).
  public func isNamed(in list: UnsafeRawBufferPointer) -> Bool {
    if list.equals("*") { return true }
    var elements = ListElements(list)
    while let element = elements.next() {
      if EntityTag(element).isWeaklyEqual(self) { return true }
    }
    return false
  }
}
