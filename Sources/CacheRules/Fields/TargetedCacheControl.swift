import Bytes
import HTTPSemantics

/// `CDN-Cache-Control` (RFC 9213): directives for caches like this one, in the syntax of structured fields. Where it is
/// there and well-formed, `Cache-Control` and `Expires` are for others.
enum TargetedCacheControl {
  static let name: StaticString = "cdn-cache-control"

  /// - Returns: nil where the field is absent, empty or malformed, or a directive has a value of the wrong type: then
  ///   `Cache-Control` counts (RFC 9213 § 2.1).
  static func read(_ fields: FieldBlock) -> ResponseDirectives? {
    var only: UnsafeRawBufferPointer?
    var joined: ByteBuffer?
    for line in fields where line.isNamed(name) {
      if let first = only {
        let buffer = joined ?? ByteBuffer(capacity: first.count &+ line.value.count &+ 64)
        if joined == nil { buffer.write(first) }
        buffer.write(byte: 44)
        buffer.write(line.value)
        joined = buffer
      } else {
        only = line.value
      }
    }
    guard let only else { return nil }
    return withExtendedLifetime(joined) { parse(joined?.readable ?? only) }
  }

  private static func parse(_ bytes: UnsafeRawBufferPointer) -> ResponseDirectives? {
    var directives = ResponseDirectives()
    var isEmpty = true
    var isWellTyped = true
    var dictionary = StructuredDictionary(bytes)
    let isWellFormed = dictionary.read { key, value in
      isEmpty = false
      if !take(key, value, into: &directives) { isWellTyped = false }
    }
    guard isWellFormed, isWellTyped, !isEmpty else { return nil }
    directives.isTargeted = true
    return directives
  }

  /// - Returns: false where the value is of the wrong type.
  private static func take(
    _ key: UnsafeRawBufferPointer, _ value: StructuredDictionary.Value, into directives: inout ResponseDirectives
  ) -> Bool {
    if let path = seconds(key) {
      guard case .integer(let number) = value else { return false }
      // The last of several counts here, unlike in Cache-Control (RFC 9651 § 3.2); a negative age is past.
      directives[keyPath: path] = .seconds(min(max(number, 0), DeltaSeconds.greatest))
      return true
    }
    if let path = flag(key) {
      switch value {
      case .boolean(let isSet): directives[keyPath: path] = isSet
      // `no-cache="field"` restricts fields; for all of them is the cautious reading.
      case .string, .token, .other: directives[keyPath: path] = true
      case .integer: return false
      }
    }
    return true
  }

  private static func seconds(_ key: UnsafeRawBufferPointer) -> WritableKeyPath<ResponseDirectives, DirectiveSeconds>? {
    if key.equals("max-age") { return \.maxAge }
    if key.equals("s-maxage") { return \.sharedMaxAge }
    if key.equals("stale-while-revalidate") { return \.staleWhileRevalidate }
    if key.equals("stale-if-error") { return \.staleIfError }
    return nil
  }

  private static func flag(_ key: UnsafeRawBufferPointer) -> WritableKeyPath<ResponseDirectives, Bool>? {
    if key.equals("no-store") { return \.noStore }
    if key.equals("no-cache") { return \.noCache }
    if key.equals("private") { return \.isPrivate }
    if key.equals("public") { return \.isPublic }
    if key.equals("must-revalidate") { return \.mustRevalidate }
    if key.equals("proxy-revalidate") { return \.proxyRevalidate }
    if key.equals("must-understand") { return \.mustUnderstand }
    if key.equals("immutable") { return \.immutable }
    return nil
  }
}
