/// A member's name to look for, prepared once: its bytes and their hash.
public struct JSONName: Hashable, Sendable {
  public let text: String
  @usableFromInline let utf8: [UInt8]
  /// What `JSONNode.member(_:hash:)` wants to know beside the bytes.
  public let hash: UInt16

  public init(_ text: String) {
    self.text = text
    utf8 = Array(text.utf8)
    hash = utf8.withUnsafeBytes { nameHash($0) }
  }
}
