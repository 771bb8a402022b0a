import APIModel
import COpenSSL
import Synchronization

/// TLS towards origins: whom to believe, and what to show those that ask. The files are read again when they change; what was
/// good stays in use until it can be replaced. From any thread.
public final class TLSClient: Sendable {
  public struct Terms: Hashable, Sendable {
    /// A PEM file with the authorities that are believed; nil: the system's.
    public var authorities: String?
    /// A folder with `chain.pem` and `key.pem`, shown to origins that ask for a certificate; nil: they get none.
    public var certificate: String?
    public var leastVersion: SecurityPolicy.Version
    /// Whether a certificate may be of any authority. It must be for the right name, and valid now, all the same.
    public var trustsAnyAuthority: Bool

    public init(
      authorities: String? = nil, certificate: String? = nil, leastVersion: SecurityPolicy.Version = .tls1_2,
      trustsAnyAuthority: Bool = false
    ) {
      self.authorities = authorities
      self.certificate = certificate
      self.leastVersion = leastVersion
      self.trustsAnyAuthority = trustsAnyAuthority
    }

    var files: [String] {
      (authorities.map { [$0] } ?? []) + (certificate.map { ["\($0)/chain.pem", "\($0)/key.pem"] } ?? [])
    }
  }

  private struct State {
    var stamps: [FileContent.Stamp?]?
    var context: TLSClientContext?
    var flaw: CertificateFlaw?
  }

  public let terms: Terms
  private let state = Mutex(State())

  /// Nothing is read before `look` is called.
  public init(_ terms: Terms) { self.terms = terms }

  /// Whether origins can be spoken to.
  public var isUsable: Bool { context != nil }
  /// Why the files that are on disk cannot be used.
  public var flaw: CertificateFlaw? { state.withLock { $0.flaw } }

  var context: TLSClientContext? { state.withLock { $0.context } }

  /// Reads the files where they have changed.
  /// - Returns: why they cannot be used, if that was not said before; whether others are used now.
  public func look() -> (flaw: CertificateFlaw?, hasChanged: Bool) {
    state.withLock { state in
      let stamps = terms.files.map { FileContent.Stamp($0) }
      guard stamps != state.stamps else { return (nil, false) }
      state.stamps = stamps
      do throws(CertificateFlaw) {
        state.context = try TLSClientContext(terms)
        state.flaw = nil
        return (nil, true)
      } catch {
        defer { state.flaw = error }
        return (error == state.flaw ? nil : error, false)
      }
    }
  }
}

/// An `SSL_CTX`: what the handshakes with origins under the same terms have in common.
// SAFETY: nothing is changed once it has been made, and OpenSSL guards what it counts and caches in it.
final class TLSClientContext: @unchecked Sendable {
  let pointer: OpaquePointer

  /// - Throws: why the files cannot be used.
  init(_ terms: TLSClient.Terms) throws(CertificateFlaw) {
    guard let pointer = SSL_CTX_new(TLS_client_method()) else { throw .refused("TLS", OpenSSLErrors.take()) }
    self.pointer = pointer
    copenssl_set_modes(pointer)
    copenssl_keep_sessions(pointer)
    SSL_CTX_set_options(pointer, COPENSSL_CLIENT_OPTIONS)
    // Values of OpenSSL's own, which it knows: their failing would be a mistake of ours, and the handshakes would fail.
    _ = copenssl_set_versions(pointer, terms.leastVersion.wireNumber, TLS1_3_VERSION)
    if terms.leastVersion < .tls1_2 { _ = SSL_CTX_set_cipher_list(pointer, "@SECLEVEL=0:DEFAULT") }
    let protocols: [UInt8] = [8] + Array("http/1.1".utf8)
    SSL_CTX_set_alpn_protos(pointer, protocols, UInt32(protocols.count))
    try trust(terms)
    if let folder = terms.certificate {
      let pair = try CertificatePair(chain: "\(folder)/chain.pem", key: "\(folder)/key.pem", isForServers: false)
      try TLSContext.use(pair, in: pointer)
    }
    SSL_CTX_sess_set_new_cb(pointer) { ssl, session in
      guard let session, let transport = TLSTransport.of(ssl), let peer = transport.peer,
        let context = transport.clientContext
      else { return 0 }
      peer.keep(session, of: context)
      return 1
    }
  }

  deinit { SSL_CTX_free(pointer) }

  private func trust(_ terms: TLSClient.Terms) throws(CertificateFlaw) {
    if terms.trustsAnyAuthority {
      SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER) { isGood, verification in
        switch X509_STORE_CTX_get_error(verification) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
          X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
          X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
          return 1
        default: return isGood
        }
      }
      return
    }
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    if let file = terms.authorities {
      let store = try TrustStore(file, revocations: nil)
      withExtendedLifetime(store) { copenssl_set_context_trust(pointer, store.pointer) }
    } else if SSL_CTX_set_default_verify_paths(pointer) != 1 {
      throw .refused("the system's authorities", OpenSSLErrors.take())
    }
  }
}

extension SecurityPolicy.Version {
  /// By its number on the wire.
  var wireNumber: Int32 {
    switch self {
    case .tls1_0: TLS1_VERSION
    case .tls1_1: TLS1_1_VERSION
    case .tls1_2: TLS1_2_VERSION
    case .tls1_3: TLS1_3_VERSION
    }
  }
}
