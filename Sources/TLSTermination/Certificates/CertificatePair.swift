import COpenSSL
import Glibc
import Synchronization

/// A chain of certificates and the private key of its first: what a server proves its name by.
// SAFETY: OpenSSL counts the references to a key with atomic operations, and nothing here changes one.
public final class CertificatePair: @unchecked Sendable {
  /// The files that it was read from.
  public let chainFile, keyFile: String
  public let chain: [Certificate]
  /// `RSA`, `EC`, …
  public let keyType: String
  /// Bits of the key.
  public let keySize: Int
  let key: OpaquePointer
  /// The issuer's word on the certificate, as its responder gave it last.
  private let fetched = Mutex<StapledResponse?>(nil)

  /// Reads both files.
  /// - Parameter isForServers: whether the certificate must name a host.
  /// - Throws: why they cannot be used by anybody, whatever the time is.
  init(chain chainFile: String, key keyFile: String, isForServers: Bool = true) throws(CertificateFlaw) {
    self.chainFile = chainFile
    self.keyFile = keyFile
    let certificates = try Certificate.read(try FileContent.read(chainFile), file: chainFile)
    let key = try Self.readKey(keyFile)
    do throws(CertificateFlaw) {
      guard X509_check_private_key(certificates[0].x509, key) == 1 else {
        ERR_clear_error()
        throw .mismatched(chain: chainFile, key: keyFile)
      }
      guard !isForServers || !certificates[0].names.isEmpty else { throw .nameless(chainFile) }
    } catch {
      EVP_PKEY_free(key)
      throw error
    }
    chain = certificates
    self.key = key
    keyType = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "?"
    keySize = Int(EVP_PKEY_get_bits(key))
  }

  deinit { EVP_PKEY_free(key) }

  public var leaf: Certificate { chain[0] }

  private static func readKey(_ file: String) throws(CertificateFlaw) -> OpaquePointer {
    let bytes = try FileContent.read(file)
    let key: OpaquePointer?? = PEM.read(bytes) { PEM_read_bio_PrivateKey($0, nil, PEM.noPassphrase, nil) }
    let reason = OpenSSLErrors.take()
    if let key, let key { return key }
    let text = String(decoding: bytes, as: UTF8.self)
    if text.contains("ENCRYPTED") { throw .encryptedKey(file) }
    throw text.contains("PRIVATE KEY-----") ? .malformed(file, reason) : .noKey(file)
  }

  /// - Parameter now: seconds since 1970.
  /// - Throws: `.expired`, `.notYetValid`.
  func checkValidity(at now: Int64) throws(CertificateFlaw) {
    if leaf.notAfter <= now { throw .expired(chainFile, leaf.notAfter) }
    if leaf.notBefore > now { throw .notYetValid(chainFile, leaf.notBefore) }
  }

  /// What was fetched from the issuer's responder, as long as it is good; nil: nothing.
  public var fetchedStaple: StapledResponse? {
    get { fetched.withLock { $0 } }
    set { fetched.withLock { $0 = newValue } }
  }

  /// When its issuer is asked.
  private let schedule = Mutex(StapleSchedule())

  /// Looks at when the issuer is asked, or changes it.
  public func withStapleSchedule<Value: Sendable>(_ body: (inout StapleSchedule) -> Value) -> Value {
    schedule.withLock { body(&$0) }
  }

  /// Lets go of a response that clients would not believe any more.
  public func dropStaleStaple(at now: Int64) {
    fetched.withLock { if $0?.isCurrent(at: now) == false { $0 = nil } }
  }

  /// Whether other users of the machine can read the key.
  public var isKeyReadableByOthers: Bool {
    var status = stat()
    return stat(keyFile, &status) == 0 && status.st_mode & 0o044 != 0
  }

  /// Whether every certificate of the chain was issued by the one behind it: clients need not find that out by themselves.
  public var isInOrder: Bool {
    zip(chain, chain.dropFirst()).allSatisfy { X509_check_issued($1.x509, $0.x509) == X509_V_OK }
  }
}
