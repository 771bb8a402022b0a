import Bytes

/// A path with wildcards, as CloudFront's cache behaviours have it (spec § 14.3): `*` stands for any run of bytes, slashes
/// among them and none at all; `?` for exactly one. Everything else stands for itself, capitals and small letters apart.
/// Whether the pattern begins with a slash makes no difference.
///
///     /api/*        *.js        /img/icon-??.png        *
public struct PathPattern: Hashable, Sendable, CustomStringConvertible {
  /// As it was written.
  public let text: String
  private let bytes: [UInt8]
  /// Bytes before the first wildcard.
  private let literal: Int
  /// The only wildcard is a `*` at the end.
  private let isPrefix: Bool

  /// The longest that CloudFront takes, in characters.
  public static let longest = 255

  public init(_ text: String) {
    self.text = text
    let bytes = Array((text.hasPrefix("/") || text.hasPrefix("*") ? text : "/" + text).utf8)
    self.bytes = bytes
    let literal = bytes.firstIndex { $0 == Self.star || $0 == Self.mark } ?? bytes.count
    self.literal = literal
    isPrefix = literal + 1 == bytes.count && bytes[literal] == Self.star
  }

  public var description: String { text }

  private static let star = UInt8(ascii: "*")
  private static let mark = UInt8(ascii: "?")

  /// Whether the pattern stands for the whole path.
  /// - Parameter path: with its leading slash, without query.
  public func matches(_ path: UnsafeRawBufferPointer) -> Bool {
    guard path.count >= literal else { return false }
    return bytes.withUnsafeBytes { pattern in
      for index in 0..<literal where pattern[index] != path[index] { return false }
      return isPrefix || Self.matches(pattern, path, from: literal)
    }
  }

  /// Goes back to the last `*` where what follows does not fit: the time is at most the product of both lengths, and a
  /// pattern has 255 characters.
  private static func matches(_ pattern: UnsafeRawBufferPointer, _ path: UnsafeRawBufferPointer, from: Int) -> Bool {
    var at = from
    var behind = from
    var lastStar = -1
    var resume = 0
    while at < path.count {
      if behind < pattern.count, pattern[behind] == star {
        lastStar = behind
        resume = at
        behind &+= 1
      } else if behind < pattern.count, pattern[behind] == mark || pattern[behind] == path[at] {
        behind &+= 1
        at &+= 1
      } else if lastStar >= 0 {
        resume &+= 1
        at = resume
        behind = lastStar &+ 1
      } else {
        return false
      }
    }
    while behind < pattern.count, pattern[behind] == star { behind &+= 1 }
    return behind == pattern.count
  }
}
