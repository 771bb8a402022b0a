/// Who sends requests, and over what: the same for all that come over one connection, unless a trusted proxy speaks for many
/// clients. One object, so that a request that takes it over counts one reference and copies no text.
public final class RequestSender: Sendable {
  /// The client's IP address, in the form of `X-Forwarded-For`.
  public let clientAddress: String
  /// The trusted proxy that the request came from and that says whose it is; nil: the client itself sent it.
  public let proxyAddress: String?
  /// The port that the client came from; 0 where nobody has said it.
  public let clientPort: UInt16
  /// The port that the client connected to.
  public let port: UInt16
  /// Whether the client connected over TLS.
  public let isSecure: Bool
  /// What that has made sure of; nil without TLS, or where it ended before the gateway.
  public let security: ConnectionSecurity?

  /// Nobody in particular.
  public static let unknown = RequestSender()

  public init(
    clientAddress: String = "127.0.0.1", proxyAddress: String? = nil, clientPort: UInt16 = 0, port: UInt16 = 80,
    isSecure: Bool = false, security: ConnectionSecurity? = nil
  ) {
    self.clientAddress = clientAddress
    self.proxyAddress = proxyAddress
    self.clientPort = clientPort
    self.port = port
    self.isSecure = isSecure
    self.security = security
  }

  /// The client for whom this one, a trusted proxy, has passed a request on.
  /// - Parameter isSecure: whether it came to the proxy over TLS; nil: the proxy does not say.
  public func passingOn(_ clientAddress: String, isSecure: Bool?) -> RequestSender {
    RequestSender(
      clientAddress: clientAddress, proxyAddress: self.clientAddress, port: port, isSecure: isSecure ?? self.isSecure,
      security: security)
  }

  /// Who hands the request on, and so stands at the end of `X-Forwarded-For`: the client's own address is in it already
  /// where a proxy put it there.
  public var lastAddress: String { proxyAddress ?? clientAddress }

  /// The same, at another port.
  public func connected(to port: UInt16) -> RequestSender {
    RequestSender(
      clientAddress: clientAddress, proxyAddress: proxyAddress, clientPort: clientPort, port: port, isSecure: isSecure,
      security: security)
  }
}
