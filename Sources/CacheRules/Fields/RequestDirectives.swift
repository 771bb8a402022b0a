import Bytes
import HTTPSemantics
import HTTPWire

/// What a client says of caching in `Cache-Control` (RFC 9111 § 5.2.1), or in `Pragma` where it has none (§ 5.4).
public struct RequestDirectives: Equatable, Sendable {
  public var noStore = false
  public var noCache = false
  public var onlyIfCached = false
  /// No response older than this many seconds.
  public var maxAge: Int?
  /// A response that has been stale for up to this many seconds will do; `DeltaSeconds.greatest`: for any time.
  public var maxStale: Int?
  /// The response must stay fresh for this many seconds more.
  public var minFresh: Int?
  /// A stale response will do for this many seconds, if the origin fails (RFC 5861 § 4).
  public var staleIfError: Int?

  public init() {}

  /// A number that cannot be read is passed over, but for `max-age`, where the cautious reading is 0.
  public init(_ head: RequestHead) {
    guard head.present.contains(.cacheControl) || head.present.contains(.pragma) else { return }
    var hasCacheControl = false
    var pragmaNoCache = false
    for index in head.fields.indices {
      let field = head.fields[index]
      if field.id == .cacheControl {
        hasCacheControl = true
        take(head.value(of: field))
      } else if field.id == .pragma {
        var list = DirectiveList(head.value(of: field))
        while let directive = list.next() {
          if directive.name.equalsIgnoringCase("no-cache") { pragmaNoCache = true }
        }
      }
    }
    if pragmaNoCache, !hasCacheControl { noCache = true }
  }

  private mutating func take(_ value: UnsafeRawBufferPointer) {
    var list = DirectiveList(value)
    while let directive = list.next() {
      let name = directive.name
      let seconds = directive.argument.flatMap(DeltaSeconds.parse)
      if name.equalsIgnoringCase("no-store") {
        noStore = true
      } else if name.equalsIgnoringCase("no-cache") {
        noCache = true
      } else if name.equalsIgnoringCase("only-if-cached") {
        onlyIfCached = true
      } else if name.equalsIgnoringCase("max-age") {
        maxAge = maxAge ?? seconds ?? 0
      } else if name.equalsIgnoringCase("max-stale") {
        maxStale = maxStale ?? (directive.argument == nil ? DeltaSeconds.greatest : seconds)
      } else if name.equalsIgnoringCase("min-fresh") {
        minFresh = minFresh ?? seconds
      } else if name.equalsIgnoringCase("stale-if-error") {
        staleIfError = staleIfError ?? seconds
      }
    }
  }
}
