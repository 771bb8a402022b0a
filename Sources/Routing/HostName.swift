import Bytes

/// The name in a `Host` field, as names are compared: without regard to case, port or a dot at the end (RFC 3986 § 3.2.2,
/// RFC 1034 § 3.1).
public enum HostName {
  /// Calls `body` with the name in small letters; nil where there is none, or one too long to be a name (RFC 1035 § 2.3.4).
  /// - Parameter host: `host[:port]` as received; may be empty.
  public static func withFolded<Result>(
    _ host: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result?
  ) -> Result? {
    var count = host.count
    if host.first == UInt8(ascii: "[") {
      if let close = host.firstIndex(of: UInt8(ascii: "]")) { count = close + 1 }
    } else if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
      count = colon
    }
    if count > 0, host[count - 1] == UInt8(ascii: ".") { count -= 1 }
    guard count > 0, count <= 255 else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { folded in
      for index in 0..<count {
        let byte = host[index]
        folded[index] = byte &- 65 < 26 ? byte | 32 : byte
      }
      return body(UnsafeRawBufferPointer(folded))
    }
  }
}
