import HTTPSemantics

/// CloudFront's rules for how long a response is kept, on top of what its fields say (spec § 14.5 and § 14.6). A behaviour
/// that names none of these follows RFC 9111 alone.
public struct TTLPolicy: Equatable, Sendable {
  /// Seconds; `minimum <= default <= maximum`.
  public var minimum: Int
  public var standard: Int
  public var maximum: Int
  /// `ErrorCachingMinTTL` for each status, in seconds.
  public var errorMinimums: [Int: Int]

  public init(minimum: Int = 0, standard: Int = 86_400, maximum: Int = 31_536_000, errorMinimums: [Int: Int] = [:]) {
    self.minimum = minimum
    self.standard = standard
    self.maximum = maximum
    self.errorMinimums = errorMinimums
  }

  public static let standardErrorMinimum = 10

  /// `ErrorCachingMinTTL`: for how many seconds an error is remembered at least.
  public func errorMinimum(for status: Int) -> Int { errorMinimums[status] ?? Self.standardErrorMinimum }

  /// Caching is off: every request goes to the origin.
  public var isDisabled: Bool { minimum == 0 && standard == 0 && maximum == 0 }

  /// Whether and for how long a response is kept.
  /// - Parameters:
  ///   - cachesOptions: OPTIONS is among the behaviour's cached methods.
  ///   - now: seconds since 1970.
  public func decide(
    _ request: StoringRequest, _ facts: ResponseFacts, cachesOptions: Bool = false, now: Int
  ) -> StoreDecision {
    if isDisabled { return .refuse(.disabled) }
    guard request.method == .get || (request.method == .options && cachesOptions) else { return .refuse(.method) }
    if facts.status < 200 { return .refuse(.interim) }
    if facts.status == 304 { return .refuse(.notModified) }
    if facts.status >= 400 { return decideError(facts, now: now) }
    guard facts.status < 300 || Self.isCachedRedirect(facts.status) else { return .refuse(.status) }
    if facts.status == 206 {
      guard let range = facts.contentRange, range.isConsistent(withLength: facts.contentLength) else {
        return .refuse(.partial)
      }
    }
    let directives = facts.directives
    if directives.noCache || directives.noStore || directives.isPrivate {
      guard minimum > 0 else {
        return .refuse(directives.noStore ? .noStore : directives.isPrivate ? .isPrivate : .ttlZero)
      }
      return .store(Freshness(lifetime: minimum, source: .minimumTTL))
    }
    if facts.variesOnEverything, minimum == 0 { return .refuse(.varyAll) }
    let freshness = lifetime(facts, now: now)
    // Without a moment of freshness it is worth keeping only to be confirmed, or to stand in for a failing origin.
    guard freshness.lifetime > 0 || facts.hasValidator else { return .refuse(.ttlZero) }
    return .store(freshness)
  }

  /// The table of spec § 14.5.
  func lifetime(_ facts: ResponseFacts, now: Int) -> Freshness {
    guard let said = Freshness.explicit(facts, now: now) else {
      return standard >= minimum
        ? Freshness(lifetime: standard, source: .defaultTTL) : Freshness(lifetime: minimum, source: .minimumTTL)
    }
    if said.lifetime > maximum { return Freshness(lifetime: maximum, source: .maximumTTL) }
    if said.lifetime < minimum { return Freshness(lifetime: minimum, source: .minimumTTL) }
    return said
  }

  /// Spec § 14.6.
  private func decideError(_ facts: ResponseFacts, now: Int) -> StoreDecision {
    let floor = errorMinimum(for: facts.status)
    let said = Freshness.explicit(facts, now: now)
    switch facts.status {
    case 404, 414, 500, 501, 502, 503, 504:
      let lifetime = max(floor, min(said?.lifetime ?? 0, maximum))
      guard lifetime > 0 else { return .refuse(.ttlZero) }
      return .store(
        lifetime > floor || said == nil || said?.lifetime == floor
          ? Freshness(lifetime: lifetime, source: said?.source ?? .errorTTL)
          : Freshness(lifetime: lifetime, source: .errorTTL))
    case 400, 403, 405, 412, 415:
      guard facts.directives.maxAge.isPresent || facts.directives.sharedMaxAge.isPresent, let said else {
        return .refuse(.nothingToReuse)
      }
      let lifetime = max(floor, min(said.lifetime, maximum))
      return lifetime > 0 ? .store(Freshness(lifetime: lifetime, source: said.source)) : .refuse(.ttlZero)
    default: return .refuse(.status)
    }
  }

  private static func isCachedRedirect(_ status: Int) -> Bool {
    switch status {
    case 300, 301, 302, 303, 307, 308: true
    default: false
    }
  }

  /// The directives of a client that count: none, on CloudFront (spec § 14.5).
  public static func directives(_ head: RequestDirectives) -> RequestDirectives {
    var kept = RequestDirectives()
    kept.staleIfError = head.staleIfError
    return kept
  }

  /// What CloudFront's rules change about a record: an origin's ban on stale use gives way to a minimum TTL, and
  /// `stale-while-revalidate` ends with the maximum TTL.
  public func apply(to record: inout ResponseRecord, _ facts: ResponseFacts) {
    record.flags.remove(.noCache)
    if minimum > 0, facts.directives.noCache || facts.directives.noStore || facts.directives.isPrivate {
      record.flags.remove(.forbidsStale)
      record.flags.remove(.forbidsStaleExtensions)
      if record.staleIfError != 0 { record.flags.insert(.isKeptAgainstOrigin) }
    }
    record.staleWhileRevalidate = min(record.staleWhileRevalidate, maximum)
  }
}
