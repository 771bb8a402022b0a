/// Why a pattern is not one.
public struct RegexError: Error, Hashable, Sendable, CustomStringConvertible {
  /// In PCRE2's words, or ours where the pattern uses a part of Java's dialect that has no counterpart.
  public var message: String
  /// Where in the pattern, in bytes from 0.
  public var offset: Int

  public init(message: String, offset: Int) {
    self.message = message
    self.offset = offset
  }

  public var description: String { "\(message), at offset \(offset)" }
}
