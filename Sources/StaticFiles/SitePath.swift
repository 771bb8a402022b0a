import Bytes
import HTTPSemantics

/// The file below a site's root that a request's path names.
///
/// The path is decoded once and then looked at segment by segment; what could mean another file than it seems to is
/// refused, never repaired. The file system has the last word (`SiteStore` opens beneath the root only), this is the first.
public struct SitePath {
  /// Why a path names no file.
  public enum Flaw: Error, Hashable, Sendable {
    /// `.` or `..`, encoded or not: clients take these out themselves (RFC 3986 § 5.2.4).
    case dotSegment
    /// `%2F`: a name has no slash, and a path that hides one is read differently by different servers.
    case encodedSlash
    case nulByte
    /// Not a path: `*`.
    case noPath
    /// A name that begins with a dot; only `.well-known` at the root may be asked for (RFC 8615).
    case hidden
    /// Two slashes in a row: no file has a name without letters, and `//host` would be another server in a `Location`.
    case emptySegment
    /// Longer than the file system takes.
    case tooLong

    /// 400 for what no client means, 404 for what is merely not there.
    public var status: Int {
      switch self {
      case .dotSegment, .encodedSlash, .nulByte, .noPath: 400
      case .hidden, .emptySegment, .tooLong: 404
      }
    }
  }

  /// Below the root, without a slash in front; empty for the root itself. Valid as long as the request's path and the
  /// scratch buffer are.
  public let bytes: UnsafeRawBufferPointer

  /// Whether the path names a folder: it is the root's, or ends in a slash.
  public var isFolder: Bool { bytes.last ?? UInt8(ascii: "/") == UInt8(ascii: "/") }

  /// What follows the last dot of the last segment, without it; nil where there is none.
  public var fileExtension: UnsafeRawBufferPointer? { Self.fileExtension(of: bytes) }

  /// In bytes. Linux takes 4,096 for a path and 255 for a name.
  public static let longest = 2048

  /// - Parameters:
  ///   - path: as received, percent-encoded.
  ///   - scratch: gets the decoded path where it has to be decoded.
  public init(_ path: UnsafeRawBufferPointer, scratch: ByteBuffer) throws(Flaw) {
    guard path.first == UInt8(ascii: "/") else { throw .noPath }
    var rest = UnsafeRawBufferPointer(rebasing: path[1...])
    if PercentEncoding.occurs(in: rest) {
      if Self.hidesSlash(rest) { throw .encodedSlash }
      scratch.clear()
      PercentEncoding.decode(rest, into: scratch)
      rest = scratch.readable
    }
    guard rest.count <= Self.longest else { throw .tooLong }
    var start = 0
    var at = 0
    while at <= rest.count {
      if at == rest.count || rest[at] == UInt8(ascii: "/") {
        if at == start {
          // The root, or a slash at the end.
          if at < rest.count { throw .emptySegment }
        } else if rest[start] == UInt8(ascii: ".") {
          try Self.check(dotted: UnsafeRawBufferPointer(rebasing: rest[start..<at]), isFirst: start == 0)
        }
        start = at &+ 1
      } else if rest[at] == 0 {
        throw .nulByte
      }
      at &+= 1
    }
    bytes = rest
  }

  private static func check(dotted segment: UnsafeRawBufferPointer, isFirst: Bool) throws(Flaw) {
    if segment.count == 1 || segment.count == 2 && segment[1] == UInt8(ascii: ".") { throw .dotSegment }
    guard isFirst, segment.equals(".well-known") else { throw .hidden }
  }

  private static func hidesSlash(_ path: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at &+ 2 < path.count {
      if path[at] == UInt8(ascii: "%"), path[at &+ 1] == UInt8(ascii: "2"), path[at &+ 2] | 32 == UInt8(ascii: "f") {
        return true
      }
      at &+= 1
    }
    return false
  }

  /// What follows the last dot of the last segment; nil where there is none.
  public static func fileExtension(of path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var at = path.count
    while at > 0, path[at &- 1] != UInt8(ascii: "/") {
      at &-= 1
      if path[at] == UInt8(ascii: ".") {
        return at &+ 1 < path.count ? UnsafeRawBufferPointer(rebasing: path[(at &+ 1)...]) : nil
      }
    }
    return nil
  }
}
