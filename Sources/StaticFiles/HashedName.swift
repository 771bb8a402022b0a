import Bytes

/// Whether a file's name carries a hash of its content, as bundlers write it: `main.3f2a9c1b.js`, `index-BsXf3k2a.css`,
/// `chunk.4c9a2b1f77.min.js`.
///
/// A name that is taken for one by mistake would be kept by browsers for a year, so the rule is strict: at least eight
/// letters and digits behind a `.`, `-` or `_`, digits and letters among them, and either nothing but hexadecimal digits in
/// small letters, or capitals and small letters together. A date (`20240115`) is none, nor is a word.
public enum HashedName {
  /// - Parameter path: of the file; only what stands behind the last slash counts.
  public static func isHashed(_ path: UnsafeRawBufferPointer) -> Bool {
    var start = path.count
    while start > 0, path[start &- 1] != UInt8(ascii: "/") { start &-= 1 }
    var end = path.count
    while end > start, path[end &- 1] != UInt8(ascii: ".") { end &-= 1 }
    // Without an ending it is no asset, and the first part of a name is the name.
    guard end > start else { return false }
    var partStart = -1
    var at = start
    while at < end {
      if path[at] == UInt8(ascii: ".") || path[at] == UInt8(ascii: "-") || path[at] == UInt8(ascii: "_") {
        if partStart >= 0, isHash(UnsafeRawBufferPointer(rebasing: path[partStart..<at])) { return true }
        partStart = at &+ 1
      }
      at &+= 1
    }
    return false
  }

  private static func isHash(_ part: UnsafeRawBufferPointer) -> Bool {
    guard part.count >= 8, part.count <= 64 else { return false }
    var digits = 0
    var capitals = 0
    var smallHexadecimal = 0
    var small = 0
    for byte in part {
      if byte &- 48 < 10 {
        digits &+= 1
      } else if byte &- 65 < 26 {
        capitals &+= 1
      } else if byte &- 97 < 6 {
        smallHexadecimal &+= 1
      } else if byte &- 97 < 26 {
        small &+= 1
      } else {
        return false
      }
    }
    guard digits > 0, smallHexadecimal &+ small > 0 else { return false }
    return capitals > 0 || small == 0
  }
}
