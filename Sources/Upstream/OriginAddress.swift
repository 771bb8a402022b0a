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
