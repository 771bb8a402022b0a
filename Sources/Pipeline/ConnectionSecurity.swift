/// What TLS has made sure of for all requests of a connection.
public final class ConnectionSecurity: Sendable {
  /// A client's certificate, in the forms of `$context.identity.clientCert` (spec § 4.9).
  public struct ClientCertificate: Sendable {
    public let pem: String
    /// As RFC 2253 writes them.
    public let subject, issuer: String
    /// Decimal.
    public let serialNumber: String
    /// `May 28 12:30:02 2019 GMT`
    public let notBefore, notAfter: String

    public init(
      pem: String, subject: String, issuer: String, serialNumber: String, notBefore: String, notAfter: String
    ) {
      self.pem = pem
      self.subject = subject
      self.issuer = issuer
      self.serialNumber = serialNumber
      self.notBefore = notBefore
      self.notAfter = notAfter
    }
  }

  /// Who the client has shown to be.
  public enum Client: Sendable {
    /// It was not asked.
    case unknown
    /// It was asked by this domain, in lower case, which trusts its certificate.
    case trusted(ClientCertificate, by: String)
    /// It was asked, and its certificate is not trusted, for this reason.
    case refused(String, by: String)
  }

  /// `TLSv1.3`
  public let version: String
  /// `TLS_AES_128_GCM_SHA256`
  public let cipher: String
  public let client: Client
  /// Whether its handshake went on from an earlier session.
  public let isResumed: Bool

  public init(version: String, cipher: String, client: Client = .unknown, isResumed: Bool = false) {
    self.version = version
    self.cipher = cipher
    self.client = client
    self.isResumed = isResumed
  }

  public var clientCertificate: ClientCertificate? {
    if case .trusted(let certificate, _) = client { certificate } else { nil }
  }

  /// Why a request for a domain that asks for certificates is not the client's to make; nil: it is. Who has shown one to
  /// another domain, or to none, has not shown it to this.
  /// - Parameter domain: in lower case.
  public static func refusal(of security: ConnectionSecurity?, for domain: String) -> String? {
    switch security?.client {
    case .trusted(_, domain): nil
    case .refused(let reason, domain): "Access denied. Reason: \(reason)"
    case .trusted, .refused, .unknown, nil: "Access denied. Reason: the connection was not made for this domain"
    }
  }
}
