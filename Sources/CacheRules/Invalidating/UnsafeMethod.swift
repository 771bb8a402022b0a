import Bytes
import HTTPSemantics

/// What a request that changes something on the origin makes invalid (RFC 9111 § 4.4).
public enum UnsafeMethod {
  /// Whether the answer to such a request invalidates what is stored for its target: any method that is not known to be
  /// safe, and any answer that is no error.
  public static func invalidates(_ method: HTTPMethod, status: Int) -> Bool {
    switch method {
    case .get, .head, .options, .trace, .connect: false
    case .post, .put, .patch, .delete, .other: status >= 200 && status < 400
    }
  }

  /// The path and query of a `Location` or `Content-Location` that lies on the request's own origin, which alone may be
  /// invalidated by it: else one site could empty another's cache.
  /// - Parameters:
  ///   - location: the field's value: an absolute URL, `//host/path`, or a reference relative to the request's path.
  ///   - authority: of the request.
  ///   - path: of the request.
  /// - Returns: false where it lies elsewhere or is no reference; else `out` holds path and query.
  public static func resolve(
    _ location: UnsafeRawBufferPointer, authority: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
    into out: ByteBuffer
  ) -> Bool {
    var rest = location
    if let fragment = rest.firstIndex(of: 35) { rest = UnsafeRawBufferPointer(rebasing: rest[..<fragment]) }
    for byte in rest where byte <= 32 || byte == 127 { return false }
    if let colon = rest.firstIndex(of: 58), isScheme(UnsafeRawBufferPointer(rebasing: rest[..<colon])) {
      let scheme = UnsafeRawBufferPointer(rebasing: rest[..<colon])
      guard scheme.equalsIgnoringCase("http") || scheme.equalsIgnoringCase("https") else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[(colon &+ 1)...])
      guard rest.count >= 2, rest[0] == 47, rest[1] == 47 else { return false }
    }
    if rest.count >= 2, rest[0] == 47, rest[1] == 47 {
      rest = UnsafeRawBufferPointer(rebasing: rest[2...])
      let end = rest.firstIndex { $0 == 47 || $0 == 63 } ?? rest.count
      guard UnsafeRawBufferPointer(rebasing: rest[..<end]).equalsIgnoringCase(authority) else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[end...])
      if rest.first != 47 { out.write(byte: 47) }
      out.write(rest)
      return true
    }
    if rest.first == 47 {
      out.write(rest)
      return true
    }
    // Relative to the request's path: what stands behind its last slash is replaced. Dots would have to be worked out,
    // and an origin that sends them here has not been met.
    if rest.isEmpty || rest.first == 63 {
      out.write(path)
    } else {
      guard rest.first != 46, let slash = path.lastIndex(of: 47) else { return false }
      out.write(UnsafeRawBufferPointer(rebasing: path[...slash]))
    }
    out.write(rest)
    return true
  }

  private static func isScheme(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first, (first | 32) &- 97 < 26 else { return false }
    return bytes.allSatisfy { ($0 | 32) &- 97 < 26 || $0 &- 48 < 10 || $0 == 43 || $0 == 45 || $0 == 46 }
  }
}
