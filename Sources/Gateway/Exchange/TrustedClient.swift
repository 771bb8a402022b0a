import Firewall
import HTTPWire
import Pipeline

extension RequestFacts {
  /// Takes trusted proxies' word for whose the request is.
  mutating func believe(_ trusted: TrustedProxies, about head: RequestHead) {
    // A Unix-domain client has no address.
    let peer = IPAddress(sender.clientAddress)
    guard let finding = trusted.finding(of: head, from: peer) else { return }
    sender = sender.passingOn(finding.client.description, isSecure: finding.isSecure)
  }
}
