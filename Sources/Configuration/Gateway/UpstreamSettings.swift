import APIModel
import Pipeline

/// How certain origins are spoken to, whoever sends requests there: integrations or distributions.
public struct UpstreamSettings: Sendable {
  /// The least version of TLS that is spoken, by the words of CloudFront's `OriginSslProtocols`.
  public enum ProtocolVersion: String, Sendable, CaseIterable {
    case tls1 = "TLSv1", tls1_1 = "TLSv1.1", tls1_2 = "TLSv1.2", tls1_3 = "TLSv1.3"

    public var version: SecurityPolicy.Version {
      switch self {
      case .tls1: .tls1_0
      case .tls1_1: .tls1_1
      case .tls1_2: .tls1_2
      case .tls1_3: .tls1_3
      }
    }
  }

  /// What is spoken. Over TLS an origin that is asked for HTTP/2 may choose HTTP/1.1.
  public enum ApplicationProtocol: String, Sendable, CaseIterable {
    case http1, http2
  }

  public let host: HostPattern
  public var applicationProtocol = ApplicationProtocol.http1
  /// A PEM file; nil: the system's authorities.
  public var trustedCertificates: String?
  /// A folder with `chain.pem` and `key.pem`; nil: origins are shown none.
  public var clientCertificate: String?
  /// The name that the certificate must be for, and that is asked for; nil: the host.
  public var serverName: String?
  public var insecureSkipVerification = false
  public var minimumProtocolVersion = ProtocolVersion.tls1_2
  public let location: SourceLocation

  public init(host: HostPattern, location: SourceLocation) {
    self.host = host
    self.location = location
  }
}

/// Which hosts are meant: `legacy.internal`, `legacy.internal:8443`, `*.internal` (one label more), `*` (all).
public struct HostPattern: Hashable, Sendable, CustomStringConvertible {
  public let description: String
  /// What stands in the place of the host: `internal` of `*.internal`; empty for all.
  fileprivate let host: String
  fileprivate let isWildcard: Bool
  /// Nil: any.
  fileprivate let port: UInt16?

  /// - Returns: nil for what is no host.
  public init?(_ text: String) {
    description = text
    isWildcard = text == "*" || text.hasPrefix("*.")
    if text == "*" {
      host = ""
      port = nil
      return
    }
    let authority = isWildcard ? String(text.dropFirst(2)) : text
    // Without a port each scheme has its own.
    guard let plain = Endpoint(scheme: "http", authority: authority),
      let secure = Endpoint(scheme: "https", authority: authority)
    else { return nil }
    host = plain.host.lowercased()
    port = plain.port == secure.port ? plain.port : nil
  }

  fileprivate init(host: String, isWildcard: Bool, port: UInt16?) {
    description = host
    self.host = host
    self.isWildcard = isWildcard
    self.port = port
  }

  public static func == (a: HostPattern, b: HostPattern) -> Bool {
    (a.host, a.isWildcard, a.port) == (b.host, b.isWildcard, b.port)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(host)
    hasher.combine(isWildcard)
    hasher.combine(port)
  }
}

/// The `upstreams` of a configuration: an exact host counts before a wildcard, and with its port before without.
public struct UpstreamTable: Sendable {
  public let entries: [UpstreamSettings]
  private let indices: [HostPattern: Int]

  public init(_ entries: [UpstreamSettings]) {
    self.entries = entries
    indices = Dictionary(entries.enumerated().map { ($1.host, $0) }) { first, _ in first }
  }

  /// Whether a host is to be asked for HTTP/2.
  /// - Parameter host: a name or an address, without brackets.
  public func wantsHTTP2(host: String, port: UInt16) -> Bool {
    find(host: host, port: port).map { entries[$0].applicationProtocol == .http2 } ?? false
  }

  /// The index of what is said of a host; nil: nothing is.
  /// - Parameter host: a name or an address, without brackets.
  public func find(host: String, port: UInt16) -> Int? {
    if entries.isEmpty { return nil }
    let host = host.lowercased()
    func index(_ host: String, _ isWildcard: Bool) -> Int? {
      indices[HostPattern(host: host, isWildcard: isWildcard, port: port)]
        ?? indices[HostPattern(host: host, isWildcard: isWildcard, port: nil)]
    }
    if let index = index(host, false) { return index }
    if let dot = host.firstIndex(of: "."), let index = index(String(host[host.index(after: dot)...]), true) {
      return index
    }
    return index("", true)
  }
}
