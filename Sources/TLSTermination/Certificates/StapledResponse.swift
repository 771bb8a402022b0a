import COpenSSL

/// An OCSP response as it is stapled to a certificate (RFC 6066 § 8, RFC 6960): DER, from a file beside the chain, or from the
/// responder that the certificate names.
public struct StapledResponse: Sendable {
  /// Why a response is not stapled.
  public enum Flaw: Error, Hashable, Sendable, CustomStringConvertible {
    case noResponse, noAnswer, otherCertificate, revoked
    /// Neither the issuer nor whom it has named has signed it.
    case notSigned
    /// It is from the future; seconds since 1970.
    case early(Int64)
    /// It should have been renewed; seconds since 1970.
    case expired(Int64)

    public var description: String {
      switch self {
      case .noResponse: "it is no OCSP response"
      case .noAnswer: "the issuer could not answer"
      case .otherCertificate: "it is about another certificate"
      case .revoked: "the certificate has been revoked"
      case .notSigned: "the issuer has not signed it"
      case .early(let time): "it is not true before \(CertificateTime.text(time))"
      case .expired(let time): "it has expired, on \(CertificateTime.text(time))"
      }
    }
  }

  let bytes: [UInt8]
  /// Seconds since 1970.
  public let thisUpdate: Int64
  /// Seconds since 1970; nil: the issuer does not say.
  public let nextUpdate: Int64?

  /// Seconds by which a responder's clock may be ahead.
  private static let skew: Int64 = 300

  /// - Parameters:
  ///   - chain: the certificate, and its issuer's behind it.
  ///   - now: seconds since 1970.
  /// - Throws: where it is no answer, or one about another certificate, not the issuer's, or no longer true.
  public init(_ bytes: [UInt8], for chain: [Certificate], at now: Int64) throws(Flaw) {
    guard let leaf = chain.first else { throw .otherCertificate }
    let issuer = chain.count > 1 ? chain[1] : leaf
    var (this, next): (Int64, Int64) = (0, 0)
    let verdict = bytes.withUnsafeBufferPointer {
      copenssl_check_staple($0.baseAddress, $0.count, leaf.x509, issuer.x509, now, &this, &next)
    }
    ERR_clear_error()
    switch verdict {
    case 0: break
    case 1: throw .noResponse
    case 2: throw .noAnswer
    case 3: throw .otherCertificate
    case 4: throw .revoked
    default: throw .notSigned
    }
    if this > now + Self.skew { throw .early(this) }
    if next > 0, next <= now { throw .expired(next) }
    self.bytes = bytes
    thisUpdate = this
    nextUpdate = next > 0 ? next : nil
  }

  /// The same, from a file.
  init(_ file: String, for chain: [Certificate], at now: Int64) throws(CertificateFlaw) {
    let bytes = try FileContent.read(file)
    do throws(Flaw) {
      try self.init(bytes, for: chain, at: now)
    } catch {
      if case .expired(let time) = error { throw .expired(file, time) }
      throw .malformed(file, error.description)
    }
  }

  /// Whether clients would still believe it.
  func isCurrent(at now: Int64) -> Bool { nextUpdate.map { $0 > now } ?? true }
}
