import Firewall
import HTTPWire
import Pipeline

extension RequestFacts {
  /// Takes trusted proxies' word for whose the request is.
  mutating func believe(_ trusted: TrustedProxies, about head: RequestHead) {
    // A Unix-domain client has no address.
    let peer = IPAddress(clientAddress)
    guard let finding = trusted.finding(of: head, from: peer) else { return }
    proxyAddress = clientAddress
    clientAddress = finding.client.description
    clientPort = 0
    if let isSecure = finding.isSecure { self.isSecure = isSecure }
  }
}
