import COpenSSL
import Glibc

/// One X.509 certificate (RFC 5280).
// SAFETY: OpenSSL counts the references to a certificate with atomic operations, and nothing here changes one.
public final class Certificate: @unchecked Sendable {
  let x509: OpaquePointer

  /// Takes over a reference.
  init(_ x509: OpaquePointer) { self.x509 = x509 }

  deinit { X509_free(x509) }

  /// All certificates of a PEM text, in their order.
  static func read(_ bytes: [UInt8], file: String) throws(CertificateFlaw) -> [Certificate] {
    let found: [Certificate]? = PEM.read(bytes) { memory in
      var certificates: [Certificate] = []
      while let x509 = PEM_read_bio_X509(memory, nil, PEM.noPassphrase, nil) { certificates.append(Certificate(x509)) }
      return certificates
    }
    // The queue says `no start line` behind the last one.
    let code = ERR_peek_last_error()
    let isAtEnd = copenssl_error_library(code) == ERR_LIB_PEM && copenssl_error_reason(code) == PEM_R_NO_START_LINE
    let reason = OpenSSLErrors.take()
    guard let found, isAtEnd else { throw .malformed(file, reason) }
    guard !found.isEmpty else { throw .noCertificate(file) }
    return found
  }

  /// Seconds since 1970.
  public var notBefore: Int64 { Self.epochSeconds(X509_get0_notBefore(x509)) }
  public var notAfter: Int64 { Self.epochSeconds(X509_get0_notAfter(x509)) }

  private static func epochSeconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
    var parts = tm()
    guard ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
    return Int64(timegm(&parts))
  }

  /// The hosts that it is for, in lower case: `api.example.com`, `*.example.com`, and addresses.
  public var names: [String] {
    guard let extensionValue = X509_get_ext_d2i(x509, NID_subject_alt_name, nil, nil) else { return [] }
    let list = OpaquePointer(extensionValue)
    defer { GENERAL_NAMES_free(list) }
    var names: [String] = []
    var index: Int32 = 0
    while true {
      var bytes: UnsafePointer<UInt8>?
      var count: Int32 = 0
      let type = copenssl_alternative_name(list, index, &bytes, &count)
      if type < 0 { return names }
      index &+= 1
      let content = UnsafeBufferPointer(start: bytes, count: Int(max(0, count)))
      switch type {
      case GEN_DNS: names.append(String(decoding: content, as: UTF8.self).lowercased())
      case GEN_IPADD: if let address = Self.address(content) { names.append(address) }
      default: break
      }
    }
  }

  private static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    var text = [CChar](repeating: 0, count: 64)
    guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes.baseAddress, &text, 64) != nil else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// `CN=client,O=Example` as RFC 2253 writes it.
  public var subject: String { Self.text(of: X509_get_subject_name(x509)) }
  public var issuer: String { Self.text(of: X509_get_issuer_name(x509)) }

  private static func text(of name: OpaquePointer?) -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(memory) }
    X509_NAME_print_ex(memory, name, 0, COPENSSL_RFC2253)
    return PEM.content(of: memory)
  }

  /// Decimal, as `$context.identity.clientCert.serialNumber` has it.
  public var serialNumber: String {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), nil) else { return "" }
    defer { BN_free(number) }
    guard let digits = BN_bn2dec(number) else { return "" }
    defer { CRYPTO_free(digits, "", 0) }
    return String(cString: digits)
  }

  /// `May 28 12:30:02 2019 GMT`, as `$context.identity.clientCert.validity` has it.
  public var validity: (notBefore: String, notAfter: String) {
    (Self.text(of: X509_get0_notBefore(x509)), Self.text(of: X509_get0_notAfter(x509)))
  }

  private static func text(of time: UnsafePointer<ASN1_TIME>?) -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(memory) }
    ASN1_TIME_print(memory, time)
    return PEM.content(of: memory)
  }

  public var pem: String {
    guard let memory = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(memory) }
    PEM_write_bio_X509(memory, x509)
    return PEM.content(of: memory)
  }
}

/// PEM texts in memory (RFC 7468).
enum PEM {
  /// OpenSSL would ask at the terminal.
  static let noPassphrase:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 =
      { _, _, _, _ in -1 }

  static func read<Value>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Value) -> Value? {
    bytes.withUnsafeBytes { bytes in
      guard let memory = copenssl_memory(bytes.baseAddress, bytes.count) else { return nil }
      defer { BIO_free(memory) }
      return body(memory)
    }
  }

  /// What was written to a memory BIO.
  static func content(of memory: OpaquePointer) -> String {
    var bytes: UnsafeMutablePointer<CChar>?
    let count = copenssl_memory_content(memory, &bytes)
    guard let bytes, count > 0 else { return "" }
    return bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
      String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
    }
  }
}
