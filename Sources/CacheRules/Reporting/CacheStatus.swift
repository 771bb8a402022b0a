import Bytes

/// `Cache-Status` (RFC 9211): what this cache did and why, for whoever looks at a response.
///
///     sluice; hit; ttl=3540
///     sluice; fwd=stale; fwd-status=304; stored; ttl=60
///     sluice; fwd=uri-miss; fwd-status=200; stored; collapsed; ttl=60
///     sluice; fwd=bypass; detail="request method is not cached"
public enum CacheStatus {
  /// Writes the value, without the name of the field.
  /// - Parameter cache: this cache's name: a token.
  public static func write(_ outcome: CacheOutcome, cache: StaticString = "sluice", into out: ByteBuffer) {
    out.write(cache)
    switch outcome.kind {
    case .hit, .staleWhileRevalidate: out.write("; hit")
    case .revalidated(let reason), .forwarded(let reason), .unsatisfiable(let reason):
      out.write("; fwd=")
      out.write(word(for: reason))
    case .bypassed(let reason):
      out.write("; fwd=")
      out.write(reason == .method ? "method" : "bypass")
    }
    if let status = outcome.forwardStatus {
      out.write("; fwd-status=")
      out.write(decimal: status)
    }
    if outcome.stored == true { out.write("; stored") }
    if outcome.isCollapsed { out.write("; collapsed") }
    if let remaining = outcome.remaining {
      out.write("; ttl=")
      out.write(decimal: remaining)
    }
    writeDetail(outcome, into: out)
  }

  /// RFC 9211 § 2.2.
  static func word(for reason: ForwardReason) -> StaticString {
    switch reason {
    case .nothingStored: "uri-miss"
    case .noVariant: "vary-miss"
    case .stale, .noCache, .invalidated: "stale"
    case .requestNoCache, .requestMaxAge, .requestMinFresh: "request"
    case .partial: "partial"
    }
  }

  /// What the words of the standard leave out. None of the reasons has a quote or a backslash in it.
  private static func writeDetail(_ outcome: CacheOutcome, into out: ByteBuffer) {
    let detail: String
    if let refusal = outcome.refusal {
      detail = refusal.rawValue
    } else {
      switch outcome.kind {
      case .hit(.fresh), .forwarded(.nothingStored), .forwarded(.noVariant), .forwarded(.stale), .revalidated(.stale):
        return
      case .hit(.acceptedStale), .hit(.staleOnError), .staleWhileRevalidate, .revalidated, .forwarded, .bypassed,
        .unsatisfiable:
        detail = outcome.reason
      }
    }
    out.write("; detail=\"")
    out.write(detail)
    out.write("\"")
  }
}
