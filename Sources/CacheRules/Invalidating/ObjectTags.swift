import Bytes
import HTTPSemantics

/// The names that a response gives itself, by which it can be invalidated together with others: `Cache-Tag: a, b`,
/// `Surrogate-Key: a b` and `Cache-Groups: "a", "b"` (RFC 9875). All three name the same thing here.
public enum ObjectTags {
  /// What stands beyond these is not looked at: more than RFC 9875 § 2.1 asks for (32 groups of 32 characters).
  public static let most = 256
  public static let longest = 1024

  /// Hands over each tag of a response, some perhaps twice.
  public static func read(_ fields: FieldBlock, _ take: (UnsafeRawBufferPointer) -> Void) {
    var count = 0
    func pass(_ tag: UnsafeRawBufferPointer) {
      guard !tag.isEmpty, tag.count <= longest, count < most else { return }
      count &+= 1
      take(tag)
    }
    for line in fields where line.id == .other {
      if line.name.equalsIgnoringCase("cache-tag") {
        var tags = ListElements(line.value)
        while let tag = tags.next() { pass(tag) }
      } else if line.name.equalsIgnoringCase("surrogate-key") {
        words(of: line.value, pass)
      } else if line.name.equalsIgnoringCase("cache-groups") {
        list(line.value, pass)
      }
    }
  }

  /// Hands over each group that the answer to an unsafe request makes invalid: `Cache-Group-Invalidation` (RFC 9875 § 3).
  public static func readInvalidated(_ fields: FieldBlock, _ take: (UnsafeRawBufferPointer) -> Void) {
    for line in fields where line.isNamed("cache-group-invalidation") { list(line.value, take) }
  }

  private static func words(of value: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void) {
    var at = 0
    while at < value.count {
      let start = at
      while at < value.count, value[at] != 32, value[at] != 9 { at &+= 1 }
      take(UnsafeRawBufferPointer(rebasing: value[start..<at]))
      at &+= 1
    }
  }

  private static func list(_ value: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void) {
    // Twice, so that nothing of a malformed list counts.
    var check = StructuredDictionary(value)
    guard check.readList({ _ in }) else { return }
    var list = StructuredDictionary(value)
    _ = list.readList(take)
  }
}
