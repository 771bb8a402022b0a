import TLSTermination

/// How an origin is spoken to over TLS: under whose terms, and which name its certificate must be for.
public struct OriginTLS: Hashable, Sendable {
  public let client: TLSClient
  /// A host name or an address.
  public let name: String

  public init(_ name: String, of client: TLSClient) {
    self.name = name
    self.client = client
  }

  public static func == (a: OriginTLS, b: OriginTLS) -> Bool { a.client === b.client && a.name == b.name }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(client))
    hasher.combine(name)
  }
}

/// Where an origin is: what connections are pooled by.
public enum OriginAddress: Hashable, Sendable, CustomStringConvertible {
  /// A name or a literal address, without brackets.
  case tcp(host: String, port: UInt16)
  case unix(path: String)

  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
