import APIModel
import COpenSSL
import Synchronization

/// What TLS is like for one domain where it differs from its listener's: a security policy of its own, and whether clients
/// must show a certificate.
public final class TLSDomain: Sendable {
  /// `api.example.com`, `*.example.com`
  public let name: String
  let policy: SecurityPolicy?
  /// Whose certificates are trusted; nil: clients need none.
  public let trust: TrustFiles?

  public init(name: String, policy: SecurityPolicy?, trust: TrustFiles?) {
    self.name = name.lowercased()
    self.policy = policy
    self.trust = trust
  }

  /// In the handshake, before the version is chosen.
  /// - Returns: false where it cannot be asked for what must be asked for.
  func apply(to ssl: OpaquePointer) -> Bool {
    if let policy {
      let versions = policy.wireVersions
      _ = copenssl_set_ssl_versions(ssl, versions.least, versions.most)
      _ = SSL_set_cipher_list(ssl, policy.cipherList)
    }
    guard let trust else { return true }
    guard let store = trust.current else { return false }
    // A session is not gone on from: its certificate may have expired or been revoked since.
    SSL_set_options(ssl, COPENSSL_NO_TICKET)
    SSL_set_num_tickets(ssl, 0)
    SSL_set_session_id_context(ssl, store.identity, UInt32(store.identity.count))
    copenssl_set_trust(ssl, store.pointer)
    copenssl_set_asked_names(ssl, store.names)
    SSL_set_verify_depth(ssl, 10)
    // A certificate that is not trusted is let through here and answered with 403, as API Gateway does; none at all ends the
    // handshake.
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT) { isGood, verification in
      let index = SSL_get_ex_data_X509_STORE_CTX_idx()
      guard isGood == 0, let pointer = X509_STORE_CTX_get_ex_data(verification, index) else { return 1 }
      let error = X509_STORE_CTX_get_error(verification)
      // Of an authority without a revocation list among others that have one, nothing is known to be revoked.
      if error != X509_V_ERR_UNABLE_TO_GET_CRL, let transport = TLSTransport.of(OpaquePointer(pointer)) {
        if transport.clientCertificateError == X509_V_OK { transport.clientCertificateError = error }
      }
      return 1
    }
    return true
  }
}

extension TLSTransport {
  /// What the client's certificate is worth where its domain asks for one.
  public enum ClientVerdict: Sendable {
    case notAsked
    case trusted(Certificate)
    /// The words of API Gateway's log: `Could not find issuer for certificate`.
    case refused(String)
  }

  public var clientVerdict: ClientVerdict {
    guard domain?.trust != nil else { return .notAsked }
    guard let certificate = peerCertificate else { return .refused("there is no certificate") }
    switch clientCertificateError {
    case X509_V_OK: return .trusted(certificate)
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return .refused("Could not find issuer for certificate")
    case let code: return .refused(String(cString: X509_verify_cert_error_string(Int(code))))
    }
  }
}
