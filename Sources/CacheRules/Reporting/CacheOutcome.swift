/// What the cache did for one request: what `Cache-Status`, `X-Cache`, the access log and the counters say of it.
public struct CacheOutcome: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case hit(HitKind)
    /// Served stale, and being revalidated behind it.
    case staleWhileRevalidate
    /// The origin confirmed what was stored (304).
    case revalidated(ForwardReason)
    case forwarded(ForwardReason)
    case bypassed(BypassReason)
    /// 504, because of `only-if-cached`.
    case unsatisfiable(ForwardReason)
  }

  public var kind: Kind
  /// The origin's status; nil where it was not asked, or gave none.
  public var forwardStatus: Int?
  /// Whether the answer was stored; nil where it was not for the cache to decide.
  public var stored: Bool?
  public var refusal: StoreRefusal?
  /// Another request's fetch answered this one, too.
  public var isCollapsed = false
  /// The origin's answer had an `Age` already.
  public var wasAged = false
  /// Seconds of freshness left; negative: since when it is stale.
  public var remaining: Int?

  public init(_ kind: Kind) { self.kind = kind }

  /// Whether the client is told an `Age`: where the origin was not asked for this request, or has told one (RFC 9111 § 5.1,
  /// spec § 14.8).
  public var tellsAge: Bool {
    switch kind {
    case .hit, .staleWhileRevalidate: true
    case .revalidated, .forwarded, .bypassed, .unsatisfiable: isCollapsed || wasAged
    }
  }

  /// The step that a log or `sluice cache why` names.
  public var reason: String {
    switch kind {
    case .hit(.fresh): "fresh"
    case .hit(.acceptedStale): "stale, and the request takes it so (max-stale)"
    case .hit(.staleOnError): "stale, served because the origin fails"
    case .staleWhileRevalidate: "stale, being revalidated"
    case .revalidated(let reason): "revalidated: \(reason.rawValue)"
    case .forwarded(let reason): reason.rawValue
    case .bypassed(let reason): reason.rawValue
    case .unsatisfiable(let reason): "only-if-cached: \(reason.rawValue)"
    }
  }
}
