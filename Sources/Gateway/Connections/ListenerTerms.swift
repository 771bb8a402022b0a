import Configuration
import Firewall
import TLSTermination

/// What holds for the connections of one listener: made anew with every configuration; a connection keeps those that it began
/// with.
final class ListenerTerms: Sendable {
  /// Where they hold; nil: where no configuration has named it.
  let address: Listener.Address?
  /// What is spoken there, best first; not empty.
  let protocols: [ApplicationProtocol]
  /// Nil: the listener speaks without TLS.
  let tls: TLSListener?
  let redirectsToHTTPS: Bool
  /// The field line `Strict-Transport-Security`; nil: none is sent.
  let transportSecurity: [UInt8]?

  /// Who may put a PROXY protocol header in front of a connection; nil: there is none.
  let proxies: TrustedProxies?

  /// Nothing in particular.
  static let plain = ListenerTerms(
    address: nil, protocols: [.http2, .http1], tls: nil, redirectsToHTTPS: false, transportSecurity: nil, proxies: nil)

  init(
    address: Listener.Address?, protocols: [ApplicationProtocol], tls: TLSListener?, redirectsToHTTPS: Bool,
    transportSecurity: [UInt8]?, proxies: TrustedProxies?
  ) {
    self.address = address
    self.protocols = protocols
    self.tls = tls
    self.proxies = proxies
    self.redirectsToHTTPS = redirectsToHTTPS
    self.transportSecurity = transportSecurity
  }

  convenience init(_ listener: Listener, tls: TLSListener?, of snapshot: Snapshot) {
    self.init(
      address: listener.address, protocols: Self.protocols(of: listener), tls: tls,
      redirectsToHTTPS: listener.redirectsToHTTPS,
      transportSecurity: listener.tls?.strictTransportSecurity.map {
        Array("Strict-Transport-Security: \($0.value)\r\n".utf8)
      },
      proxies: listener.takesProxyHeader ? snapshot.trustedProxies : nil)
  }

  /// What a listener speaks, best first.
  static func protocols(of listener: Listener) -> [ApplicationProtocol] {
    (listener.http2 ? [.http2] : []) + (listener.http1 ? [.http1] : [])
  }
}
