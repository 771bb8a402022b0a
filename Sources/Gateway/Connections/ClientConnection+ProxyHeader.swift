import Bytes
import Firewall
import Logging
import Reactor

/// The PROXY protocol in front of a connection (decision 0015).
extension ClientConnection {
  /// Takes the header off the connection, to the byte, and believes it.
  /// - Returns: whether the connection goes on. Who is not trusted, or sends no header, is not served: on this listener
  ///   a request without one has no client.
  func takeProxyHeader(_ trusted: TrustedProxies) async -> Bool {
    guard trusted.trusts(IPAddress(clientAddress)) else { return refuse("the peer is no trusted proxy") }
    let deadline = state.reactor.now.advanced(milliseconds: state.deadlines.requestHeader)
    let bench = state.benches.take()
    defer { state.benches.give(bench) }
    bench.input.reserve(ProxyHeader.longest)
    let room = bench.input.writable
    do {
      while true {
        let seen = try socket.peekNow(into: room) ?? 0
        let bytes = UnsafeRawBufferPointer(rebasing: room[..<seen])
        if let header = try ProxyHeader.read(bytes) {
          try socket.drop(header.byteCount)
          if let client = header.client {
            clientAddress = client.address.description
            clientPort = client.port
            port = client.destinationPort
          }
          return true
        }
        if socket.hasPeerClosed { return false }
        try await socket.readable(until: deadline)
      }
    } catch let flaw as ProxyHeader.Flaw {
      return refuse("the PROXY header is \(flaw)")
    } catch {
      return refuse("no PROXY header came: \(error)")
    }
  }

  private func refuse(_ reason: String) -> Bool {
    state.server.log.debug(
      "connection refused", metadata: ["reason": "\(reason)", "peer": "\(clientAddress)"])
    return false
  }
}
