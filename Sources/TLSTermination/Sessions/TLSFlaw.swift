import COpenSSL

/// Why TLS ended on one connection: for the log, and for whoever can say something better than an alert.
public enum TLSFlaw: Error, Hashable, Sendable, CustomStringConvertible {
  /// The client speaks HTTP without TLS.
  case plainHTTP
  /// What the client sent is no TLS at all.
  case notTLS
  case noCommonVersion, noCommonCipher, noCommonProtocol
  /// There is no certificate for the name that the client asked for.
  case unknownName
  /// The domain asks for a client certificate, and got none.
  case noClientCertificate
  /// The certificate that the origin has shown is not to be believed: OpenSSL's words.
  case untrusted(String)
  /// The peer gave up, for a reason of its own: OpenSSL's words.
  case alert(String)
  /// The connection ended first.
  case connectionEnded
  case timedOut
  /// OpenSSL's words.
  case other(String)

  /// Why the last call failed, from this thread's queue of errors, which is empty then.
  static func take(of ssl: OpaquePointer) -> TLSFlaw {
    let code = ERR_peek_last_error()
    let reason = copenssl_error_reason(code)
    let words = OpenSSLErrors.take()
    guard copenssl_error_library(code) == ERR_LIB_SSL else { return .other(words) }
    switch reason {
    case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return .plainHTTP
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_BAD_RECORD_TYPE, SSL_R_UNEXPECTED_MESSAGE: return .notTLS
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW: return .noCommonVersion
    case SSL_R_NO_SHARED_CIPHER: return .noCommonCipher
    case SSL_R_NO_APPLICATION_PROTOCOL: return .noCommonProtocol
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return .noClientCertificate
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return .untrusted(String(cString: X509_verify_cert_error_string(SSL_get_verify_result(ssl))))
    // Alerts that came are numbered from here (RFC 8446 § 6).
    case 1000...: return .alert(words)
    default: return .other(words)
    }
  }

  public var description: String {
    switch self {
    case .plainHTTP: "plain HTTP on a TLS port"
    case .notTLS: "not TLS"
    case .noCommonVersion: "no TLS version in common"
    case .noCommonCipher: "no cipher in common"
    case .noCommonProtocol: "no application protocol in common"
    case .unknownName: "no certificate for this name"
    case .noClientCertificate: "no client certificate"
    case .untrusted(let words): "the certificate is not trusted: \(words)"
    case .alert(let words): "the peer gave up: \(words)"
    case .connectionEnded: "the connection ended"
    case .timedOut: "timed out"
    case .other(let words): words
    }
  }
}
