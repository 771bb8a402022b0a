/// For how long a response is fresh (RFC 9111 § 4.2.1), and which of its fields says so.
public struct Freshness: Equatable, Sendable {
  public enum Source: String, Sendable {
    case sharedMaxAge = "s-maxage"
    case maxAge = "max-age"
    case expires = "Expires"
    case heuristic = "10 % of the time since Last-Modified"
    /// Nothing was said, and nothing can be guessed.
    case none = "nothing"
    /// The behaviour's default TTL.
    case defaultTTL = "default TTL"
    /// The behaviour's minimum or maximum TTL moved what the origin said.
    case minimumTTL = "minimum TTL"
    case maximumTTL = "maximum TTL"
    case errorTTL = "error caching minimum TTL"
    case stageTTL = "cacheTtlInSeconds"
  }

  /// Seconds; 0 where it is never fresh.
  public var lifetime: Int
  public var source: Source

  public init(lifetime: Int, source: Source) {
    self.lifetime = lifetime
    self.source = source
  }

  /// A guess is never believed for longer than a day.
  public static let longestGuess = 86_400

  /// What the response says for a shared cache, in the order of RFC 9111 § 4.2.1; nil where it says nothing.
  /// - Parameter now: seconds since 1970, for a response without `Date`.
  public static func explicit(_ facts: ResponseFacts, now: Int) -> Freshness? {
    if let seconds = facts.directives.sharedMaxAge.value { return Freshness(lifetime: seconds, source: .sharedMaxAge) }
    if let seconds = facts.directives.maxAge.value { return Freshness(lifetime: seconds, source: .maxAge) }
    if facts.directives.isTargeted { return nil }
    switch facts.expires {
    case .absent: return nil
    case .invalid: return Freshness(lifetime: 0, source: .expires)
    case .at(let time):
      let seconds = time &- (facts.date ?? now)
      return Freshness(lifetime: min(max(0, seconds), DeltaSeconds.greatest), source: .expires)
    }
  }

  /// A guess from `Last-Modified`, for statuses that allow one and for what is `public` (RFC 9111 § 4.2.2).
  ///
  /// A response that sets a cookie is not guessed about: whoever wants it shared has to say so.
  public static func heuristic(_ facts: ResponseFacts, now: Int) -> Freshness? {
    guard isHeuristicallyCacheable(facts.status) || facts.directives.isPublic, !facts.setsCookies,
      let modified = facts.lastModified
    else { return nil }
    let unchanged = max(0, (facts.date ?? now) &- modified)
    return Freshness(lifetime: min(unchanged / 10, longestGuess), source: .heuristic)
  }

  public static func of(_ facts: ResponseFacts, now: Int) -> Freshness {
    explicit(facts, now: now) ?? heuristic(facts, now: now) ?? Freshness(lifetime: 0, source: .none)
  }

  /// RFC 9110 § 15.1.
  public static func isHeuristicallyCacheable(_ status: Int) -> Bool {
    switch status {
    case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501: true
    default: false
    }
  }
}
