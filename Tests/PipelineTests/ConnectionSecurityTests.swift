import Testing

@testable import Pipeline

@Suite struct ConnectionSecurityTests {
  private let certificate = ConnectionSecurity.ClientCertificate(
    pem: "PEM", subject: "CN=a", issuer: "CN=b", serialNumber: "1", notBefore: "x", notAfter: "y")

  private func refusal(_ client: ConnectionSecurity.Client) -> String? {
    let security = ConnectionSecurity(version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", client: client)
    return ConnectionSecurity.refusal(of: security, for: "api.test")
  }

  @Test("only who has shown this domain a certificate that it trusts may make its requests")
  func refusals() {
    #expect(refusal(.trusted(certificate, by: "api.test")) == nil)
    #expect(
      refusal(.refused("Could not find issuer for certificate", by: "api.test"))
        == "Access denied. Reason: Could not find issuer for certificate")
    let elsewhere = "Access denied. Reason: the connection was not made for this domain"
    #expect(refusal(.trusted(certificate, by: "other.test")) == elsewhere)
    #expect(refusal(.refused("x", by: "other.test")) == elsewhere)
    #expect(refusal(.unknown) == elsewhere)
    #expect(ConnectionSecurity.refusal(of: nil, for: "api.test") == elsewhere)
  }

  @Test("a certificate that is not trusted must not be told as the client's")
  func certificates() {
    let refused = ConnectionSecurity(version: "", cipher: "", client: .refused("x", by: "api.test"))
    #expect(refused.clientCertificate == nil)
    let trusted = ConnectionSecurity(version: "", cipher: "", client: .trusted(certificate, by: "api.test"))
    #expect(trusted.clientCertificate?.subject == "CN=a")
  }
}
