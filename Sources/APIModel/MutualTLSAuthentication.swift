/// Whose certificates the clients of a domain must show: API Gateway's `mutualTlsAuthentication`.
public struct MutualTLSAuthentication: Sendable, Hashable {
  /// The path of a PEM file with the authorities.
  public var truststore: String
  /// The path of a PEM file with what they have revoked; nil: nothing is known to be.
  public var revocationList: String?
  public var location: SourceLocation

  public init(truststore: String, revocationList: String?, location: SourceLocation) {
    self.truststore = truststore
    self.revocationList = revocationList
    self.location = location
  }
}
