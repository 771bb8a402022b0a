/// Which pages of other origins may call an API from a browser: the members of API Gateway's HTTP APIs (Fetch standard,
/// § 3.2).
public struct CORSSettings: Equatable, Sendable {
  /// `*`; `https://*` and `http://*` for every host of a scheme; or origins, as browsers write them.
  public var allowOrigins: [String] = ["*"]
  /// Nil: those that the resource has.
  public var allowMethods: [String]?
  /// Nil: those that API Gateway's console allows, and those that the resource's methods declare.
  public var allowHeaders: [String]?
  public var allowCredentials = false
  public var exposeHeaders: [String] = []
  /// Seconds for which a browser may remember what it was allowed; nil: as long as it likes.
  public var maxAge: Int?
  public var location: SourceLocation

  public init(location: SourceLocation) { self.location = location }
}
