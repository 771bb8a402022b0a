import Bytes
import HTTPSemantics

/// Which paths an invalidation is for, in CloudFront's words (spec § 14.11): `/path`, `/path?query`, or either with `*`
/// as its last character, which stands for any number of characters.
///
/// Paths are compared as they stand in the key, percent-encoding and case included; only what cannot stand there is encoded.
/// Where the query is part of the key, `/i.jpg` is not `/i.jpg?a=1`, and `/i.jpg*` is both.
public struct InvalidationPattern: Hashable, Sendable {
  /// Characters.
  public static let longest = 4000

  /// The path, without the `*`.
  public let path: [UInt8]
  public let isPrefix: Bool

  public enum Mistake: String, Error, Sendable {
    case empty = "an invalidation path is empty"
    case noSlash = "an invalidation path begins with /"
    case tooLong = "an invalidation path has at most 4000 characters"
    case innerWildcard = "* may only be the last character of an invalidation path"
    case control = "an invalidation path has no spaces or control characters; percent-encode them"
  }

  public init(_ text: String) throws(Mistake) {
    var bytes = Array(text.utf8)
    if bytes.isEmpty { throw .empty }
    if bytes.count > Self.longest { throw .tooLong }
    if bytes[0] != 47 { throw .noSlash }
    let endsWithStar = bytes[bytes.count - 1] == 42
    if endsWithStar { bytes.removeLast() }
    if bytes.contains(42) { throw .innerWildcard }
    if bytes.contains(where: { $0 <= 32 || $0 == 127 }) { throw .control }
    path = Self.encoded(bytes)
    isPrefix = endsWithStar
  }

  /// Letters beyond ASCII as clients send them, who cannot send them as they are.
  private static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(where: { $0 > 127 }) else { return bytes }
    let out = ByteBuffer(capacity: bytes.count)
    for byte in bytes {
      if byte > 127 { out.write(percentEncoding: byte) } else { out.write(byte: byte) }
    }
    return Array(out.readable)
  }

  /// A path that needs no check: one that stands in a key.
  public init(exactly path: UnsafeRawBufferPointer) {
    self.path = Array(path)
    isPrefix = false
  }

  /// The same for what is stored under the name of a root object, which stands in for `/`.
  /// - Parameter root: the object's path.
  /// - Returns: nil for a pattern that is not for `/`, with or without a query.
  public func forRoot(_ root: [UInt8]) -> InvalidationPattern? {
    guard path.first == 47, path.count == 1 ? !isPrefix : path[1] == 63 else { return nil }
    return InvalidationPattern(path: root + path.dropFirst(), isPrefix: isPrefix)
  }

  private init(path: [UInt8], isPrefix: Bool) {
    self.path = path
    self.isPrefix = isPrefix
  }

  /// Whether this is `/*`: everything.
  public var isEverything: Bool { isPrefix && path.count == 1 }

  /// - Parameter target: path and query as they stand in a key.
  public func matches(_ target: UnsafeRawBufferPointer) -> Bool {
    guard isPrefix ? target.count >= path.count : target.count == path.count else { return false }
    return path.withUnsafeBytes { $0.elementsEqual(UnsafeRawBufferPointer(rebasing: target[..<path.count])) }
  }

  public var text: String { String(decoding: path, as: UTF8.self) + (isPrefix ? "*" : "") }
}
