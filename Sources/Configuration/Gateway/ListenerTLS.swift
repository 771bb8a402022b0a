import APIModel

/// What a listener says of TLS.
public struct ListenerTLS: Sendable, Hashable {
  /// What a client is shown that names a host without a certificate (RFC 6066 § 3).
  public enum UnknownNames: String, Sendable, CaseIterable {
    /// The default certificate, which it will not believe; but clients that name no host get it as well.
    case serve
    /// Nothing: the handshake ends with `unrecognized_name`.
    case refuse
  }

  /// The directory, as seen from where gateway.yaml was named.
  public var certificates: String
  public var securityPolicy: SecurityPolicy = .standard
  /// The folder of `certificates` whose certificate is the default.
  public var defaultCertificate: String?
  public var unknownNames = UnknownNames.serve
  public var strictTransportSecurity: StrictTransportSecurity?
  /// Whether the issuers of certificates are asked for their word on them (RFC 6960), to staple it.
  public var ocspStapling = true
  /// Whether the kernel encrypts what is written, where it can.
  public var kernelTLS = true
  public var location: SourceLocation

  /// Browsers that have seen it use nothing but TLS for the host (RFC 6797); the members are CloudFront's.
  public struct StrictTransportSecurity: Sendable, Hashable {
    /// Seconds.
    public var accessControlMaxAgeSec: Int
    public var includeSubdomains: Bool
    public var preload: Bool

    /// The field's value.
    public var value: String {
      "max-age=\(accessControlMaxAgeSec)\(includeSubdomains ? "; includeSubDomains" : "")\(preload ? "; preload" : "")"
    }
  }
}
