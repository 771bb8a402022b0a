/// What of a request tells stored responses apart (spec § 14.4), beside the distribution and the path.
public struct CacheKeyPolicy: Hashable, Sendable {
  /// Which of the query's or the cookies' names count.
  public enum Selection: Hashable, Sendable {
    case none
    case whitelist(Set<String>)
    case allExcept(Set<String>)
    case all
  }

  /// Order and case are significant, and only `&` separates.
  public var query: Selection
  /// Names in small letters; values are compared as they are.
  public var headers: [String]
  public var cookies: Selection
  /// The codings that are kept apart; empty: `Accept-Encoding` has no part in the key.
  public var encodings: AcceptedEncodings

  public init(
    query: Selection = .all, headers: [String] = [], cookies: Selection = .none, encodings: AcceptedEncodings = []
  ) {
    self.query = query
    self.headers = headers.map { $0.lowercased() }.sorted()
    self.cookies = cookies
    self.encodings = encodings
  }

  /// The whole target; what else matters is for `Vary` to say (RFC 9111 § 2).
  public static let standard = CacheKeyPolicy()
}
