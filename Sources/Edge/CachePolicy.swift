/// How long a behaviour's answers are kept, and what of a request tells one from another (spec § 14.4, § 14.5). All that is
/// in the key goes to the origin.
public struct CachePolicy: Hashable, Sendable {
  /// Which of a request's parameters, fields or cookies belong to the key.
  public enum Selection: Hashable, Sendable {
    case none
    case whitelist([String])
    case allExcept([String])
    case all
  }

  /// Seconds.
  public var minTTL: Int
  public var defaultTTL: Int
  public var maxTTL: Int
  public var queryStrings: Selection
  public var headers: Selection
  public var cookies: Selection
  /// `Accept-Encoding` belongs to the key, reduced to whether the client takes gzip.
  public var acceptsGzip: Bool
  /// The same for brotli.
  public var acceptsBrotli: Bool

  public init(
    minTTL: Int = 0, defaultTTL: Int = 86_400, maxTTL: Int = 31_536_000, queryStrings: Selection = .none,
    headers: Selection = .none, cookies: Selection = .none, acceptsGzip: Bool = false, acceptsBrotli: Bool = false
  ) {
    self.minTTL = minTTL
    self.defaultTTL = defaultTTL
    self.maxTTL = maxTTL
    self.queryStrings = queryStrings
    self.headers = headers
    self.cookies = cookies
    self.acceptsGzip = acceptsGzip
    self.acceptsBrotli = acceptsBrotli
  }

  /// The policies that CloudFront has ready, by the id that templates name them with.
  public static let managed: [(name: String, id: String, policy: CachePolicy)] = [
    (
      "CachingOptimized", "658327ea-f89d-4fab-a63d-7e88639e58f6",
      CachePolicy(minTTL: 1, acceptsGzip: true, acceptsBrotli: true)
    ),
    ("CachingOptimizedForUncompressedObjects", "b2884449-e4de-46a7-ac36-70bc7f1ddd6d", CachePolicy(minTTL: 1)),
    (
      "CachingDisabled", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      CachePolicy(minTTL: 0, defaultTTL: 0, maxTTL: 0)
    ),
    (
      "Amplify", "2e54312d-136d-493c-8eb9-b001f22f67d2",
      CachePolicy(
        minTTL: 2, defaultTTL: 2, maxTTL: 600, queryStrings: .all,
        headers: .whitelist(["Authorization", "CloudFront-Viewer-Country", "Host"]), cookies: .all,
        acceptsGzip: true, acceptsBrotli: true)
    ),
  ]

  /// A managed policy, by its id or its name.
  public static func managed(_ text: String) -> CachePolicy? {
    managed.first { $0.id == text.lowercased() || $0.name == text || "Managed-" + $0.name == text }?.policy
  }
}
