import Bytes
import HTTPSemantics
import HTTPWire

/// The cache of an API Gateway stage (spec § 11.2): what its operator says decides, and nothing that the backend says.
public enum StageCache {
  /// Bytes; a larger response is not stored.
  public static let largestEntry = 1_048_576
  public static let standardTTL = 300
  /// Seconds.
  public static let longestTTL = 3600

  /// What keeps the answers of one stage apart from all others'.
  public static func space(api: String, stage: String, isCanary: Bool) -> UInt32 {
    // No alias of a distribution begins with a slash.
    CacheKey.space(named: ["/stage", api, stage, isCanary ? "canary" : ""])
  }

  /// What happens to `Cache-Control: max-age=0` from a client who may not invalidate.
  public enum UnauthorizedStrategy: String, Sendable, CaseIterable {
    case failWith403 = "FAIL_WITH_403"
    case succeedWithResponseHeader = "SUCCEED_WITH_RESPONSE_HEADER"
    case succeedWithoutResponseHeader = "SUCCEED_WITHOUT_RESPONSE_HEADER"
  }

  public enum Invalidation: Equatable, Sendable {
    /// The client asked for none.
    case none
    /// The entry is fetched anew and replaced.
    case refetch
    /// 403.
    case forbid
    /// The entry is served, with `warning` where the flag says so.
    case ignore(withWarning: Bool)
  }

  public static var warning: StaticString {
    "199 Cache-control headers were ignored because the caller was unauthorized."
  }

  /// What the client's `Cache-Control` means; only `max-age=0` means anything.
  /// - Parameter isAuthorized: it may invalidate (`execute-api:InvalidateCache`).
  public static func invalidation(
    _ directives: RequestDirectives, requiresAuthorization: Bool, isAuthorized: Bool, strategy: UnauthorizedStrategy
  ) -> Invalidation {
    guard directives.maxAge == 0 else { return .none }
    if !requiresAuthorization || isAuthorized { return .refetch }
    switch strategy {
    case .failWith403: return .forbid
    case .succeedWithResponseHeader: return .ignore(withWarning: true)
    case .succeedWithoutResponseHeader: return .ignore(withWarning: false)
    }
  }

  /// Whether a response is stored: a successful one ([I]: which statuses are cached is not documented), not too large, with
  /// a TTL.
  /// - Parameter ttl: `cacheTtlInSeconds`.
  public static func decide(status: Int, length: Int, ttl: Int) -> StoreDecision {
    let ttl = min(max(0, ttl), longestTTL)
    if ttl == 0 { return .refuse(.ttlZero) }
    guard status >= 200, status < 300, status != 206 else { return .refuse(.notSuccessful) }
    guard length <= largestEntry else { return .refuse(.tooLarge) }
    return .store(Freshness(lifetime: ttl, source: .stageTTL))
  }

  /// Writes the start of a key: the method's own, whatever its cache key parameters are. Each parameter follows by
  /// `write(parameter:_:into:)`.
  /// - Parameter namespace: `cacheNamespace`, the resource's id unless set.
  public static func write(space: UInt32, namespace: String, method: HTTPMethod, into out: ByteBuffer) {
    CacheKey.write(space: space, .stage, into: out)
    out.write(byte: 47)
    out.write(namespace)
    out.write(byte: 47)
    out.write(method.name)
    out.write(byte: 0)
  }

  /// Writes the value of one cache key parameter; nil where the request has none, which is not the same as an empty one.
  public static func write(
    parameter name: String, _ value: UnsafeRawBufferPointer?, into out: ByteBuffer
  ) {
    guard let value else { return }
    out.write("p:")
    out.write(name)
    out.write(byte: 61)
    // Lengths first: a value may hold any byte.
    out.write(decimal: value.count)
    out.write(byte: 58)
    out.write(value)
    out.write(byte: 10)
  }
}
