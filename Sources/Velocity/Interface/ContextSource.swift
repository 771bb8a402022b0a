/// What `$context` reads, looked up only when a template asks.
public protocol ContextSource: AnyObject {
  /// The value of a variable by its dotted name (`requestId`, `identity.sourceIp`, `authorizer.claims.sub`); nil is Java's
  /// null. `requestTimeEpoch` is given in decimal digits and becomes a Long.
  func variable(_ name: String) -> String?
  /// The names of members that differ from request to request, as under `authorizer` and `authorizer.claims`.
  func names(under prefix: String) -> [String]
}
