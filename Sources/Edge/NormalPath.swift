import Bytes
import HTTPSemantics

/// A path as behaviours are matched by it, so that no spelling of it slips past a pattern: CloudFront normalizes paths in
/// accordance with RFC 3986 before it matches them.
///
///     /a//b, /a/./b, /a/x/../b, /%61/b    all of them /a/b
///
/// What is percent-encoded and could stand there plainly is decoded (§ 6.2.2.2), then dots are worked out (§ 5.2.4), and
/// slashes in a row are one. `%2F` stays: it is no slash.
enum NormalPath {
  /// Whether the path may be matched as it is. Most are: one walk over the bytes.
  static func isNormal(_ path: UnsafeRawBufferPointer) -> Bool {
    var before: UInt8 = 0
    for byte in path {
      if byte == UInt8(ascii: "%") { return false }
      if before == UInt8(ascii: "/"), byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return false }
      before = byte
    }
    return true
  }

  /// - Parameter path: begins with a slash.
  static func write(_ path: UnsafeRawBufferPointer, into out: ByteBuffer) {
    let plain = ByteBuffer(capacity: path.count)
    decode(path, into: plain)
    let bytes = plain.readable
    // Where each of the segments begins that have been written.
    var starts: [Int] = []
    var at = 0
    while at < bytes.count {
      while at < bytes.count, bytes[at] == UInt8(ascii: "/") { at &+= 1 }
      let start = at
      while at < bytes.count, bytes[at] != UInt8(ascii: "/") { at &+= 1 }
      let segment = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
      if segment.equals("..") {
        out.writeIndex = starts.popLast() ?? 0
      } else if !segment.isEmpty, !segment.equals(".") {
        starts.append(out.count)
        out.write(byte: UInt8(ascii: "/"))
        out.write(segment)
        continue
      }
      // What ends in a slash, or in dots, is a folder.
      if at == bytes.count { out.write(byte: UInt8(ascii: "/")) }
    }
  }

  /// Decodes what is unreserved (RFC 3986 § 2.3).
  private static func decode(_ path: UnsafeRawBufferPointer, into out: ByteBuffer) {
    var at = 0
    while at < path.count {
      if path[at] == UInt8(ascii: "%"), at &+ 2 < path.count, let high = path[at &+ 1].hexDigitValue,
        let low = path[at &+ 2].hexDigitValue, ByteSet.unreserved.contains(high &<< 4 | low)
      {
        out.write(byte: high &<< 4 | low)
        at &+= 3
      } else {
        out.write(byte: path[at])
        at &+= 1
      }
    }
  }
}
