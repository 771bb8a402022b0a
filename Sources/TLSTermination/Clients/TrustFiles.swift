import COpenSSL
import Synchronization

/// The authorities whose client certificates a domain trusts, and what they have revoked.
// SAFETY: nothing is changed once it has been made, and OpenSSL guards what it counts and caches in it.
final class TrustStore: @unchecked Sendable {
  let pointer: OpaquePointer
  /// The authorities' names, which clients choose their certificate by.
  let names: OpaquePointer
  /// What tells its sessions from others.
  let identity: [UInt8]

  /// - Throws: why the files cannot be used.
  init(_ authorities: String, revocations: String?) throws(CertificateFlaw) {
    let content = try FileContent.read(authorities)
    let certificates = try Certificate.read(content, file: authorities)
    let revoked: [UInt8]? = if let revocations { try FileContent.read(revocations) } else { nil }
    guard let store = X509_STORE_new() else { throw .refused(authorities, OpenSSLErrors.take()) }
    guard let names = copenssl_new_names() else {
      X509_STORE_free(store)
      throw .refused(authorities, OpenSSLErrors.take())
    }
    pointer = store
    self.names = names
    var digest = [UInt8](repeating: 0, count: 32)
    let all = content + (revoked ?? [])
    _ = EVP_Digest(all, all.count, &digest, nil, EVP_sha256(), nil)
    identity = digest
    for certificate in certificates {
      X509_STORE_add_cert(store, certificate.x509)
      _ = copenssl_append_name(names, X509_get_subject_name(certificate.x509))
    }
    // Authorities need not be at the root of their tree.
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    guard let revoked, let revocations else { return }
    let count: Int32? = PEM.read(revoked) { memory in
      var count: Int32 = 0
      while let list = PEM_read_bio_X509_CRL(memory, nil, PEM.noPassphrase, nil) {
        count += X509_STORE_add_crl(store, list)
        X509_CRL_free(list)
      }
      return count
    }
    ERR_clear_error()
    guard let count, count > 0 else {
      throw .malformed(revocations, "it has no revocation list (`-----BEGIN X509 CRL-----`)")
    }
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
  }

  deinit {
    X509_STORE_free(pointer)
    copenssl_free_names(names)
  }
}

/// The files of a domain's trust store, looked at again and again: what was good stays in use until it can be replaced.
public final class TrustFiles: Sendable {
  private struct State {
    var stamps: [FileContent.Stamp?] = []
    var store: TrustStore?
    var flaw: CertificateFlaw?
  }

  /// PEM files.
  public let authorities: String
  public let revocations: String?
  private let state = Mutex(State())

  public init(authorities: String, revocations: String?) {
    self.authorities = authorities
    self.revocations = revocations
  }

  /// Whether there is anybody to trust.
  public var isUsable: Bool { current != nil }
  /// Why what is on disk cannot be used.
  public var flaw: CertificateFlaw? { state.withLock { $0.flaw } }

  var current: TrustStore? { state.withLock { $0.store } }

  /// Reads them where they have changed.
  /// - Returns: why they cannot be used, if that was not said before; whether others are used now.
  public func look() -> (flaw: CertificateFlaw?, hasChanged: Bool) {
    state.withLock { state in
      let stamps = [authorities, revocations ?? authorities].map { FileContent.Stamp($0) }
      guard stamps != state.stamps || state.stamps.isEmpty else { return (nil, false) }
      state.stamps = stamps
      do throws(CertificateFlaw) {
        state.store = try TrustStore(authorities, revocations: revocations)
        state.flaw = nil
        return (nil, true)
      } catch {
        defer { state.flaw = error }
        return (error == state.flaw ? nil : error, false)
      }
    }
  }
}
