import HTTPSemantics
import HTTPWire

/// Whether a response may be stored (RFC 9111 § 3), and why not.
public enum StoreDecision: Equatable, Sendable {
  case store(Freshness)
  case refuse(StoreRefusal)
}

/// Why a response is not stored. The raw value is what logs, `Cache-Status` and `sluice cache why` say.
public enum StoreRefusal: String, Sendable, CaseIterable, Error {
  case method = "request method is not cached"
  case requestNoStore = "request: no-store"
  case noStore = "response: no-store"
  case isPrivate = "response: private"
  case authorization = "request has Authorization, and the response is not public"
  case status = "answers with this status are not kept"
  case interim = "interim response"
  case varyAll = "Vary: *"
  case nothingToReuse = "no freshness and no validator"
  case notModified = "304 without a stored response"
  case partial = "partial response without a usable Content-Range"
  case incomplete = "response ended before its end"
  case tooLarge = "response is larger than an object may be"
  case ttlZero = "TTL is 0"
  case disabled = "caching is disabled"
  case invalidated = "invalidated while it was being fetched"
  case setsCookie = "response sets a cookie"
  case notSuccessful = "only successful responses are kept"
}

/// What of a request has a say in whether its answer is stored.
public struct StoringRequest: Sendable {
  public var method: HTTPMethod
  public var noStore: Bool
  public var hasAuthorization: Bool

  public init(method: HTTPMethod, noStore: Bool, hasAuthorization: Bool) {
    self.method = method
    self.noStore = noStore
    self.hasAuthorization = hasAuthorization
  }

  public init(_ head: RequestHead, directives: RequestDirectives) {
    self.init(
      method: head.method, noStore: directives.noStore, hasAuthorization: head.first(.authorization) != nil)
  }
}

public enum Storability {
  /// RFC 9111 § 3 for a shared cache.
  ///
  /// What could never be reused, since it is never fresh and cannot be validated, is not stored either. Nor is what sets a
  /// cookie: RFC 9111 § 7.3 would have it stored, but a cookie is most often one client's, whatever `Cache-Control` a
  /// framework puts beside it, and nginx and Varnish refuse it, too.
  /// - Parameters:
  ///   - sharesCookies: what sets a cookie is stored all the same.
  ///   - cachesOptions: answers to OPTIONS are, too; RFC 9110 § 9.3.7 leaves that to whoever runs the cache.
  ///   - now: seconds since 1970.
  public static func decide(
    _ request: StoringRequest, _ facts: ResponseFacts, sharesCookies: Bool = false, cachesOptions: Bool = false,
    now: Int
  ) -> StoreDecision {
    var request = request
    if cachesOptions, request.method == .options { request.method = .get }
    if let refusal = refusal(request, facts) { return .refuse(refusal) }
    if facts.setsCookies, !sharesCookies, !StoredFields.isRestricted("Set-Cookie", by: facts.fields) {
      return .refuse(.setsCookie)
    }
    let freshness = Freshness.of(facts, now: now)
    let isServedStale =
      freshness.source != .none
      && (facts.directives.staleIfError.value ?? 0 > 0 || facts.directives.staleWhileRevalidate.value ?? 0 > 0)
    guard freshness.lifetime > 0 || facts.hasValidator || isServedStale else { return .refuse(.nothingToReuse) }
    return .store(freshness)
  }

  /// Everything but the question of freshness.
  static func refusal(_ request: StoringRequest, _ facts: ResponseFacts) -> StoreRefusal? {
    switch request.method {
    case .get: break
    case .head, .post, .put, .patch, .delete, .options, .connect, .trace, .other: return .method
    }
    if request.noStore { return .requestNoStore }
    return refusal(facts) ?? (mayBeShared(request, facts.directives) ? nil : .authorization)
  }

  static func refusal(_ facts: ResponseFacts) -> StoreRefusal? {
    let directives = facts.directives
    if facts.status < 200 { return .interim }
    if facts.status == 304 { return .notModified }
    if directives.mustUnderstand {
      // § 5.2.2.3: whoever understands the status heeds must-understand in place of no-store.
      guard isUnderstood(facts.status) else { return .status }
    } else if directives.noStore {
      return .noStore
    }
    if directives.isPrivate { return .isPrivate }
    if facts.variesOnEverything { return .varyAll }
    if facts.status == 206 {
      guard let range = facts.contentRange, range.isConsistent(withLength: facts.contentLength) else { return .partial }
    }
    return nil
  }

  /// § 3.5: the answer to one who has shown credentials is for everybody only if it says so.
  public static func mayBeShared(_ request: StoringRequest, _ directives: ResponseDirectives) -> Bool {
    !request.hasAuthorization || directives.isPublic || directives.mustRevalidate || directives.sharedMaxAge.isPresent
  }

  /// The final statuses of RFC 9110 § 15 and RFC 6585, whose caching this cache knows.
  static func isUnderstood(_ status: Int) -> Bool {
    switch status {
    case 200...206, 300...303, 305, 307, 308, 400...417, 421, 422, 426, 428, 429, 431, 451, 500...505, 511: true
    default: false
    }
  }
}
