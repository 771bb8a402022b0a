import CacheRules

/// What a cache did for a request, in as few words as a time series needs.
enum CacheResult: UInt8, CaseIterable {
  /// No cache was asked: a file of a directory, a stage without one, a refusal.
  case none
  case hit
  /// Served although it was stale: while it is revalidated, or because the origin fails.
  case stale
  /// The origin has confirmed what was stored.
  case revalidated
  /// Another request's fetch was the answer to this one, too.
  case collapsed
  case miss
  /// The cache had no part in it: the method, the behaviour or the request wanted none.
  case bypass
  /// The client wanted nothing that was not stored.
  case unsatisfiable

  var label: String {
    switch self {
    case .none: "none"
    case .hit: "hit"
    case .stale: "stale"
    case .revalidated: "revalidated"
    case .collapsed: "collapsed"
    case .miss: "miss"
    case .bypass: "bypass"
    case .unsatisfiable: "unsatisfiable"
    }
  }

  init(_ outcome: CacheOutcome) {
    switch outcome.kind {
    case .hit(.fresh), .hit(.acceptedStale): self = .hit
    case .hit(.staleOnError), .staleWhileRevalidate: self = .stale
    case .revalidated: self = .revalidated
    case .forwarded: self = outcome.isCollapsed ? .collapsed : .miss
    case .bypassed: self = .bypass
    case .unsatisfiable: self = .unsatisfiable
    }
  }
}
