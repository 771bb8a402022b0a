import Bytes
import HTTPSemantics

/// What an origin says of caching (RFC 9111 § 5.2.2, RFC 5861, RFC 8246), read once from all lines of `Cache-Control`, or
/// from `CDN-Cache-Control` in their stead (RFC 9213).
public struct ResponseDirectives: Equatable, Sendable {
  public var noStore = false
  /// `no-cache` without field names: no reuse without asking the origin.
  public var noCache = false
  /// `no-cache="field, …"`: everything but these fields may be reused.
  public var noCacheFields = false
  public var isPrivate = false
  /// `private="field, …"`: everything but these fields may be stored.
  public var privateFields = false
  public var isPublic = false
  public var mustRevalidate = false
  public var proxyRevalidate = false
  public var mustUnderstand = false
  public var immutable = false
  public var maxAge = DirectiveSeconds.absent
  public var sharedMaxAge = DirectiveSeconds.absent
  public var staleWhileRevalidate = DirectiveSeconds.absent
  public var staleIfError = DirectiveSeconds.absent
  /// Whether these come from `CDN-Cache-Control`: then `Expires` counts for nothing (RFC 9213 § 2.1).
  public var isTargeted = false

  public init() {}

  public init(_ fields: FieldBlock) {
    if let targeted = TargetedCacheControl.read(fields) {
      self = targeted
      return
    }
    for line in fields where line.id == .cacheControl {
      var list = DirectiveList(line.value)
      while let directive = list.next() { take(directive.name, directive.argument) }
    }
  }

  mutating func take(_ name: UnsafeRawBufferPointer, _ argument: UnsafeRawBufferPointer?) {
    if name.equalsIgnoringCase("max-age") {
      maxAge.take(argument)
    } else if name.equalsIgnoringCase("s-maxage") {
      sharedMaxAge.take(argument)
    } else if name.equalsIgnoringCase("no-store") {
      noStore = true
    } else if name.equalsIgnoringCase("no-cache") {
      if argument?.isEmpty ?? true { noCache = true } else { noCacheFields = true }
    } else if name.equalsIgnoringCase("private") {
      if argument?.isEmpty ?? true { isPrivate = true } else { privateFields = true }
    } else if name.equalsIgnoringCase("public") {
      isPublic = true
    } else if name.equalsIgnoringCase("must-revalidate") {
      mustRevalidate = true
    } else if name.equalsIgnoringCase("proxy-revalidate") {
      proxyRevalidate = true
    } else if name.equalsIgnoringCase("must-understand") {
      mustUnderstand = true
    } else if name.equalsIgnoringCase("immutable") {
      immutable = true
    } else if name.equalsIgnoringCase("stale-while-revalidate") {
      staleWhileRevalidate.take(argument)
    } else if name.equalsIgnoringCase("stale-if-error") {
      staleIfError.take(argument)
    }
  }

  /// Whether the response itself forbids that it is served stale (RFC 9111 § 4.2.4). For a shared cache `s-maxage` says
  /// the same as `proxy-revalidate` (§ 5.2.2.10).
  public var forbidsStale: Bool { noCache || mustRevalidate || proxyRevalidate || sharedMaxAge.isPresent }

  /// The same, but for what `stale-while-revalidate` and `stale-if-error` allow in so many words: origins that write
  /// `s-maxage=60, stale-while-revalidate=30` mean both.
  public var forbidsStaleExtensions: Bool { noCache || mustRevalidate || proxyRevalidate }
}
