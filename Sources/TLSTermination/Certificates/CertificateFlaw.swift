import Glibc

/// Why a certificate, its key or a list of authorities cannot be used.
public enum CertificateFlaw: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, and the errno.
  case unreadable(String, Int32)
  case tooLarge(String)
  case noCertificate(String)
  /// The file, and OpenSSL's words.
  case malformed(String, String)
  case noKey(String)
  case encryptedKey(String)
  /// The key is not the certificate's.
  case mismatched(chain: String, key: String)
  /// Seconds since 1970.
  case expired(String, Int64)
  case notYetValid(String, Int64)
  /// The certificate names no host.
  case nameless(String)
  /// OpenSSL will not use it: too small a key, a signature by a broken hash.
  case refused(String, String)
  /// There is no chain beside the key, or no key beside the chain.
  case alone(String, missing: String)
  /// A directory with nothing to serve in it.
  case nothing(String)

  public var description: String {
    switch self {
    case .unreadable(let file, let code): "\(file) cannot be read: \(String(cString: strerror(code)))"
    case .tooLarge(let file): "\(file) is larger than a certificate can be"
    case .noCertificate(let file): "\(file) has no certificate in it (`-----BEGIN CERTIFICATE-----`)"
    case .malformed(let file, let reason): "\(file) is malformed: \(reason)"
    case .noKey(let file): "\(file) has no private key in it (`-----BEGIN PRIVATE KEY-----`)"
    case .encryptedKey(let file): "\(file) is encrypted: write it without a passphrase, readable by its owner only"
    case .mismatched(let chain, let key): "\(key) is not the key of the first certificate of \(chain)"
    case .expired(let file, let time): "\(file) has expired, on \(CertificateTime.text(time))"
    case .notYetValid(let file, let time): "\(file) is not valid before \(CertificateTime.text(time))"
    case .nameless(let file): "\(file) names no host: it has no subject alternative name"
    case .refused(let file, let reason): "\(file) cannot be used: \(reason)"
    case .alone(let file, let missing): "\(file) has no \(missing) beside it"
    case .nothing(let path):
      "\(path) has no certificates: it needs HOST/chain.pem and HOST/key.pem"
    }
  }
}

/// Times of certificates: seconds since 1970.
public enum CertificateTime {
  /// `2026-11-21 15:50 UTC`
  public static func text(_ epochSeconds: Int64) -> String {
    var seconds = time_t(epochSeconds)
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return "\(epochSeconds)" }
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let day = "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return "\(day) \(two(parts.tm_hour)):\(two(parts.tm_min)) UTC"
  }
}
