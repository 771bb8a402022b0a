import Pipeline
import TLSTermination

extension ConnectionSecurity {
  /// What a handshake has come to.
  convenience init(_ transport: TLSTransport) {
    let domain = transport.domain?.name ?? ""
    let client: Client =
      switch transport.clientVerdict {
      case .notAsked: .unknown
      case .refused(let reason): .refused(reason, by: domain)
      case .trusted(let certificate): .trusted(ClientCertificate(certificate), by: domain)
      }
    self.init(version: transport.version, cipher: transport.cipher, client: client, isResumed: transport.isResumed)
  }
}

extension ConnectionSecurity.ClientCertificate {
  init(_ certificate: Certificate) {
    let validity = certificate.validity
    self.init(
      pem: certificate.pem, subject: certificate.subject, issuer: certificate.issuer,
      serialNumber: certificate.serialNumber, notBefore: validity.notBefore, notAfter: validity.notAfter)
  }
}
