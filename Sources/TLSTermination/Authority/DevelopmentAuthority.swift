import COpenSSL
import Glibc

/// A local authority for development: it issues certificates that the browsers of its own machine trust, once they have been
/// told to trust it. ECDSA P-256 throughout.
///
/// Its certificates are what browsers ask of public ones, too: names in the subject alternative name, serverAuth or
/// clientAuth, not much more than a year of life (825 days are the most that Apple's take of a private authority).
public struct DevelopmentAuthority {
  private let pair: IssuedPair

  /// What was issued: PEM texts.
  public struct IssuedPair: Sendable {
    public let certificate: String
    public let key: String

    public init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// What a certificate is for.
  public enum Purpose: Sendable {
    case server(names: [String])
    case client(name: String)
  }

  /// Its own certificate and key.
  public var issued: IssuedPair { pair }

  /// Goes on as the authority that was made before.
  public init(_ pair: IssuedPair) { self.pair = pair }

  /// Makes a new one.
  /// - Parameters:
  ///   - name: what lists of authorities show.
  ///   - now: seconds since 1970. It lasts ten years.
  /// - Throws: OpenSSL's words.
  public init(named name: String, now: Int64) throws(AuthorityError) {
    let key = try SigningKey()
    let certificate = try Draft(subject: name, from: now, days: 3650, publicKey: key)
    try certificate.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
    try certificate.add(NID_key_usage, "critical,keyCertSign,cRLSign")
    try certificate.addIdentifiers(issuer: certificate)
    pair = try certificate.sign(as: certificate, by: key, issuedKey: key)
  }

  /// Why a pair cannot go on as an authority; nil: it can.
  public static func flaw(of pair: IssuedPair, file: String, at now: Int64) -> CertificateFlaw? {
    do throws(CertificateFlaw) {
      guard let certificate = try Certificate.read(Array(pair.certificate.utf8), file: file).first else {
        return .noCertificate(file)
      }
      if certificate.notAfter <= now { return .expired(file, certificate.notAfter) }
      guard let key = try? SigningKey(pem: pair.key), X509_check_private_key(certificate.x509, key.pointer) == 1 else {
        ERR_clear_error()
        return .refused(file, "the key beside it is another's")
      }
      return nil
    } catch {
      return error
    }
  }

  /// Issues a certificate.
  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - days: how long it lasts; at most 825.
  public func issue(_ purpose: Purpose, now: Int64, days: Int = 397) throws(AuthorityError) -> IssuedPair {
    let issuer = try Draft(pem: pair.certificate)
    let issuerKey = try SigningKey(pem: pair.key)
    let key = try SigningKey()
    let certificate: Draft
    switch purpose {
    case .server(let names):
      certificate = try Draft(subject: names.first ?? "", from: now, days: days, publicKey: key)
      try certificate.add(NID_ext_key_usage, "serverAuth")
      let alternatives = names.map { Self.isAddress($0) ? "IP:\($0)" : "DNS:\($0)" }
      try certificate.add(NID_subject_alt_name, alternatives.joined(separator: ","))
    case .client(let name):
      certificate = try Draft(subject: name, from: now, days: days, publicKey: key)
      try certificate.add(NID_ext_key_usage, "clientAuth")
    }
    try certificate.add(NID_basic_constraints, "critical,CA:FALSE")
    try certificate.add(NID_key_usage, "critical,digitalSignature")
    try certificate.addIdentifiers(issuer: issuer)
    return try certificate.sign(as: issuer, by: issuerKey, issuedKey: key)
  }

  /// Whether a text can stand in a certificate as the name of a host: labels of letters, digits and hyphens, the first of
  /// which may be `*`; or an IP address.
  public static func isHost(_ text: String) -> Bool {
    if isAddress(text) { return true }
    var labels = text.split(separator: ".", omittingEmptySubsequences: false)
    if labels.first == "*" {
      labels.removeFirst()
      if labels.isEmpty { return false }
    }
    return text.utf8.count <= 253
      && labels.allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63
          && label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
              true
            default: false
            }
          }
      }
  }

  static func isAddress(_ text: String) -> Bool {
    var storage = in6_addr()
    return inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1
  }
}

/// Why a certificate could not be made: OpenSSL's words.
public struct AuthorityError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init() { description = OpenSSLErrors.take() }
}

/// A private key.
final class SigningKey {
  let pointer: OpaquePointer

  init() throws(AuthorityError) {
    guard let pointer = copenssl_new_p256_key() else { throw AuthorityError() }
    self.pointer = pointer
  }

  init(pem: String) throws(AuthorityError) {
    let key: OpaquePointer?? = PEM.read(Array(pem.utf8)) { PEM_read_bio_PrivateKey($0, nil, PEM.noPassphrase, nil) }
    guard let key, let key else { throw AuthorityError() }
    pointer = key
  }

  deinit { EVP_PKEY_free(pointer) }

  /// PKCS #8, not encrypted.
  func pem() throws(AuthorityError) -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { throw AuthorityError() }
    defer { BIO_free(memory) }
    guard PEM_write_bio_PKCS8PrivateKey(memory, pointer, nil, nil, 0, nil, nil) == 1 else { throw AuthorityError() }
    return PEM.content(of: memory)
  }
}

/// A certificate that is being made.
final class Draft {
  private let x509: OpaquePointer

  init(pem: String) throws(AuthorityError) {
    let x509: OpaquePointer?? = PEM.read(Array(pem.utf8)) { PEM_read_bio_X509($0, nil, PEM.noPassphrase, nil) }
    guard let x509, let x509 else { throw AuthorityError() }
    self.x509 = x509
  }

  /// A certificate of version 3 with a serial number of chance (RFC 5280 § 4.1.2.2: 159 bits, positive).
  init(subject: String, from now: Int64, days: Int, publicKey: SigningKey) throws(AuthorityError) {
    guard let x509 = X509_new() else { throw AuthorityError() }
    self.x509 = x509
    var serial = [UInt8](repeating: 0, count: 20)
    guard RAND_bytes(&serial, 20) == 1 else { throw AuthorityError() }
    serial[0] = serial[0] & 0x7F | 0x40
    guard let number = BN_bin2bn(serial, 20, nil) else { throw AuthorityError() }
    defer { BN_free(number) }
    // A few minutes early: clocks differ.
    var start = time_t(now - 300)
    let name = X509_get_subject_name(x509)
    guard X509_set_version(x509, 2) == 1, BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != nil,
      X509_time_adj_ex(X509_getm_notBefore(x509), 0, 0, &start) != nil,
      X509_time_adj_ex(X509_getm_notAfter(x509), Int32(clamping: days), 0, &start) != nil,
      X509_set_pubkey(x509, publicKey.pointer) == 1,
      X509_NAME_add_entry_by_NID(name, NID_organizationName, utf8, "Sluice development", -1, -1, 0) == 1,
      X509_NAME_add_entry_by_NID(name, NID_commonName, utf8, String(subject.prefix(64)), -1, -1, 0) == 1
    else { throw AuthorityError() }
  }

  deinit { X509_free(x509) }

  func add(_ kind: Int32, _ value: String) throws(AuthorityError) {
    try add(kind, value, issuer: self)
  }

  /// The keys' own names, by which a chain is put together.
  func addIdentifiers(issuer: Draft) throws(AuthorityError) {
    try add(NID_subject_key_identifier, "hash", issuer: issuer)
    if issuer !== self { try add(NID_authority_key_identifier, "keyid:always", issuer: issuer) }
  }

  private func add(_ kind: Int32, _ value: String, issuer: Draft) throws(AuthorityError) {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer.x509, x509, nil, nil, 0)
    guard let made = X509V3_EXT_conf_nid(nil, &context, kind, value) else { throw AuthorityError() }
    defer { X509_EXTENSION_free(made) }
    guard X509_add_ext(x509, made, -1) == 1 else { throw AuthorityError() }
  }

  func sign(
    as issuer: Draft, by issuerKey: SigningKey, issuedKey: SigningKey
  ) throws(AuthorityError) -> DevelopmentAuthority.IssuedPair {
    guard X509_set_issuer_name(x509, X509_get_subject_name(issuer.x509)) == 1,
      X509_sign(x509, issuerKey.pointer, EVP_sha256()) > 0, let memory = BIO_new(BIO_s_mem())
    else { throw AuthorityError() }
    defer { BIO_free(memory) }
    guard PEM_write_bio_X509(memory, x509) == 1 else { throw AuthorityError() }
    return DevelopmentAuthority.IssuedPair(certificate: PEM.content(of: memory), key: try issuedKey.pem())
  }
}

/// `MBSTRING_UTF8`, which Swift does not see.
private let utf8: Int32 = 0x1000
