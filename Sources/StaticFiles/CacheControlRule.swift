import Bytes
import HTTPSemantics

/// What `Cache-Control` the files have whose path matches.
public struct CacheControlRule: Hashable, Sendable {
  public let path: PathPattern
  public let value: String

  public init(path: PathPattern, value: String) {
    self.path = path
    self.value = value
  }

  /// The value for a path: the first rule's that matches, or the standard one.
  ///
  /// The standard: a name that carries a hash of its content never means another content, so it is kept for a year and
  /// never asked for again (RFC 8246); everything else, the pages above all, for five minutes.
  /// - Parameter path: below the root, with a slash in front.
  public static func value(for path: UnsafeRawBufferPointer, by rules: [CacheControlRule]) -> String {
    for rule in rules where rule.path.matches(path) { return rule.value }
    return HashedName.isHashed(path) ? forHashedNames : standard
  }

  static let forHashedNames = "public, max-age=31536000, immutable"
  static let standard = "public, max-age=300"

  /// Whether a value says that the file under this name never changes.
  public static func isImmutable(_ value: String) -> Bool {
    value.split(separator: ",").contains { part in
      let word = part.drop { $0 == " " }
      return word.lowercased().prefix { $0 != " " } == "immutable"
    }
  }
}
