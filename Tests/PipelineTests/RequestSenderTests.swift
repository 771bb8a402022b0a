import Testing

@testable import Pipeline

@Suite("Who sends requests")
struct RequestSenderTests {
  private let security = ConnectionSecurity(version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256")

  @Test("a client that comes itself must stand last by its own address")
  func direct() {
    let sender = RequestSender(clientAddress: "203.0.113.7", port: 8080)
    #expect(sender.lastAddress == "203.0.113.7" && sender.proxyAddress == nil)
  }

  @Test("for whom a proxy passes requests on must be the client, and the proxy must stand last")
  func proxied() {
    let proxy = RequestSender(
      clientAddress: "10.0.0.1", port: 8443, isSecure: true, security: security)
    let sender = proxy.passingOn("203.0.113.7", isSecure: nil)
    #expect(sender.clientAddress == "203.0.113.7")
    #expect(sender.lastAddress == "10.0.0.1" && sender.port == 8443)
    #expect(sender.isSecure && sender.security === security)
  }

  @Test("a proxy's word on TLS must count", arguments: [true, false])
  func word(isSecure: Bool) {
    let proxy = RequestSender(clientAddress: "10.0.0.1", isSecure: !isSecure)
    #expect(proxy.passingOn("203.0.113.7", isSecure: isSecure).isSecure == isSecure)
  }

  @Test("at another port everything else must stay")
  func port() {
    let sender = RequestSender(
      clientAddress: "203.0.113.7", proxyAddress: "10.0.0.1", port: 80, isSecure: true,
      security: security
    ).connected(to: 443)
    #expect(sender.port == 443 && sender.clientAddress == "203.0.113.7")
    #expect(sender.lastAddress == "10.0.0.1" && sender.isSecure && sender.security === security)
  }
}
