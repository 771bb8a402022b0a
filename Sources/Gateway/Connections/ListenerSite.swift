import Configuration

/// Where connections come in: what all connections of one listener and worker have in common.
final class ListenerSite {
  /// As gateway.yaml has it.
  let address: Listener.Address
  /// The port really bound; 0 for a Unix-domain listener.
  let port: UInt16

  init(address: Listener.Address, port: UInt16) {
    self.address = address
    self.port = port
  }
}
