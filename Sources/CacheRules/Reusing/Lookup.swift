import HTTPSemantics
import HTTPWire

/// What becomes of a request, given what is stored for it.
public enum LookupDecision: Equatable, Sendable {
  /// The stored response answers.
  case hit(HitKind)
  /// The stored response answers, and the origin is asked meanwhile (RFC 5861 § 3).
  case staleWhileRevalidate
  /// The origin is asked whether the stored response still holds.
  case revalidate(ForwardReason)
  /// The origin is asked for a response.
  case forward(ForwardReason)
  /// 504: the client wants nothing that is not stored (`only-if-cached`, RFC 9111 § 5.2.1.7).
  case unsatisfiable(ForwardReason)
  /// The cache has no part in this request.
  case bypass(BypassReason)
}

public enum HitKind: Equatable, Sendable {
  case fresh
  /// Stale, and the client takes it so (`max-stale`).
  case acceptedStale
  /// Stale, and served because the origin fails (RFC 9111 § 4.2.4, RFC 5861 § 4).
  case staleOnError
}

/// Why the origin is asked: `fwd` of `Cache-Status` (RFC 9211 § 2.2), and `sluice cache why`.
public enum ForwardReason: String, Sendable, CaseIterable {
  case nothingStored = "nothing is stored under this key"
  case noVariant = "no stored variant matches (Vary)"
  case stale = "stale"
  case noCache = "response: no-cache"
  case requestNoCache = "request: no-cache"
  case requestMaxAge = "older than the request's max-age"
  case requestMinFresh = "not fresh for as long as the request's min-fresh"
  case invalidated = "invalidated"
  case partial = "only a part is stored"
}

/// Why the cache has no part in a request.
public enum BypassReason: String, Sendable, CaseIterable {
  case method = "request method is not cached"
  case requestNoStore = "request: no-store"
  case disabled = "caching is disabled"
  /// Its answers have lately not been storable, so nobody waits for them.
  case knownUncacheable = "recent responses could not be stored"
  case upgrade = "request asks for another protocol"
}

public enum Lookup {
  /// Whether the cache looks at a request at all.
  /// - Parameter cachesOptions: OPTIONS is answered from it, too, where it has no body.
  public static func bypass(
    _ head: RequestHead, directives: RequestDirectives, cachesOptions: Bool = false
  ) -> BypassReason? {
    switch head.method {
    case .get, .head: break
    case .options:
      guard cachesOptions, head.framing == .none || head.framing == .length(0) else { return .method }
    case .post, .put, .patch, .delete, .connect, .trace, .other: return .method
    }
    if directives.noStore { return .requestNoStore }
    return head.upgrade == nil ? nil : .upgrade
  }

  /// What to do with the stored response that a request selects (RFC 9111 § 4). The hot path: no allocation, and for a
  /// request without directives and a fresh response two comparisons.
  /// - Parameters:
  ///   - isInvalidated: a soft invalidation has hit it: it may not be reused without asking.
  ///   - now: milliseconds since 1970.
  @inlinable
  public static func decide(
    _ directives: RequestDirectives, _ record: ResponseRecord, isInvalidated: Bool, now: Int64
  ) -> LookupDecision {
    let age = record.age(now: now)
    let remaining = record.freshness.lifetime &- age
    if remaining > 0, !isInvalidated, !record.flags.contains(.noCache), directives == RequestDirectives() {
      return .hit(.fresh)
    }
    let decision = weigh(directives, record, isInvalidated: isInvalidated, age: age, remaining: remaining)
    if directives.onlyIfCached, case .revalidate(let reason) = decision { return .unsatisfiable(reason) }
    return decision
  }

  @usableFromInline static func weigh(
    _ directives: RequestDirectives, _ record: ResponseRecord, isInvalidated: Bool, age: Int, remaining: Int
  ) -> LookupDecision {
    if record.flags.contains(.noCache) { return .revalidate(.noCache) }
    let isReload = directives.noCache || directives.maxAge == 0
    if isReload, !(record.flags.contains(.isImmutable) && remaining > 0 && !isInvalidated) || directives.noCache {
      return .revalidate(.requestNoCache)
    }
    if isInvalidated {
      // Whoever invalidates softly allows that the old is served while the new is fetched, where the origin does: for no
      // longer than it would be without that.
      return record.staleWhileRevalidate > max(0, -remaining) && !record.flags.contains(.forbidsStaleExtensions)
        ? .staleWhileRevalidate : .revalidate(.invalidated)
    }
    if !isReload, let limit = directives.maxAge, age > limit { return .revalidate(.requestMaxAge) }
    if let minimum = directives.minFresh, remaining < minimum { return .revalidate(.requestMinFresh) }
    if remaining > 0 { return .hit(.fresh) }
    let staleness = -remaining
    if let limit = directives.maxStale, staleness <= limit, !record.flags.contains(.forbidsStale) {
      return .hit(.acceptedStale)
    }
    if staleness < record.staleWhileRevalidate, !record.flags.contains(.forbidsStaleExtensions) {
      return .staleWhileRevalidate
    }
    return .revalidate(.stale)
  }
}
