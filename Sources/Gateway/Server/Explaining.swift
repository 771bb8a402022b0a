import Reactor
import Upstream

/// How a gateway runs that only exists to explain requests: `sluice explain` starts one for its own process.
public struct Explaining: Sendable {
  /// Somebody who answers in the place of every integration.
  public struct StandIn: Sendable {
    /// What the record calls it.
    public let name: String
    let address: OriginAddress

    /// - Parameter address: a listener on this machine.
    public init(name: String, at address: SocketAddress) {
      self.name = name
      self.address = .tcp(host: address.host, port: address.port)
    }
  }

  /// What `X-Sluice-Explain` must say, whatever the configuration says.
  public let token: String
  /// Whether secrets are shown.
  public let showsSecrets: Bool
  /// The port that requests are taken to have come to; nil: the one that they came to.
  public let port: UInt16?
  public let standIn: StandIn?

  public init(token: String, showsSecrets: Bool, port: UInt16?, standIn: StandIn?) {
    self.token = token
    self.showsSecrets = showsSecrets
    self.port = port
    self.standIn = standIn
  }
}
