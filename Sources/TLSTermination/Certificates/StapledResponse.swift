import COpenSSL
import Glibc

/// An OCSP response as it is stapled to a certificate (RFC 6066 § 8, RFC 6960): DER, from a file beside the chain.
public struct StapledResponse: Sendable {
  let bytes: [UInt8]
  /// Seconds since 1970; nil: the issuer does not say.
  let nextUpdate: Int64?

  /// - Throws: where it is no answer, or one about another certificate, or no longer true at `now`.
  init(_ file: String, for chain: [Certificate], at now: Int64) throws(CertificateFlaw) {
    bytes = try FileContent.read(file)
    let issuer = chain.count > 1 ? chain[1] : chain[0]
    var next: Int64 = 0
    let verdict = bytes.withUnsafeBufferPointer {
      copenssl_check_staple($0.baseAddress, $0.count, chain[0].x509, issuer.x509, &next)
    }
    ERR_clear_error()
    switch verdict {
    case 0: break
    case 1: throw .malformed(file, "it is no OCSP response")
    case 2: throw .malformed(file, "the issuer could not answer")
    case 3: throw .malformed(file, "it is about another certificate")
    default: throw .malformed(file, "the certificate has been revoked")
    }
    nextUpdate = next > 0 ? next : nil
    if let nextUpdate, nextUpdate <= now { throw .expired(file, nextUpdate) }
  }

  /// Whether clients would still believe it.
  func isCurrent(at now: Int64) -> Bool { nextUpdate.map { $0 > now } ?? true }
}
