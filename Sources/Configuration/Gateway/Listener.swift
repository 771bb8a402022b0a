import APIModel

/// An address that the gateway accepts connections on.
public struct Listener: Sendable, Hashable {
  public enum Address: Sendable, Hashable, CustomStringConvertible {
    /// `host` is an IPv4 or IPv6 address without brackets, or a name to look up; port 0 lets the kernel choose.
    case tcp(host: String, port: UInt16)
    case unix(path: String)

    public var description: String {
      switch self {
      case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      case .unix(let path): "unix:\(path)"
      }
    }
  }

  public var address: Address
  /// Whether clients may speak HTTP/1 there, and HTTP/2; one of them at least.
  public var http1 = true
  public var http2 = true
  /// Nil: it speaks without.
  public var tls: ListenerTLS?
  /// Whether every request is sent to the same address over HTTPS.
  public var redirectsToHTTPS = false
  /// Whether its connections begin with a PROXY protocol header.
  public var takesProxyHeader = false
  public var location: SourceLocation

  public init(address: Address, location: SourceLocation) {
    self.address = address
    self.location = location
  }
}

extension Listener.Address {
  /// Why a text is not an address.
  public enum Flaw: Error, Equatable {
    case noPort, badPort(String), noHost, unclosedBracket, bareIPv6, noPath, pathTooLong
  }

  /// A Unix socket's path must fit `sockaddr_un.sun_path` with its closing zero byte.
  static let longestUnixPath = 107

  /// Reads `host:port`, `[v6]:port`, `:port` (every IPv4 address of the machine) or `unix:/path`.
  public init(_ text: String) throws(Flaw) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      guard !path.isEmpty else { throw .noPath }
      guard path.utf8.count <= Self.longestUnixPath else { throw .pathTooLong }
      self = .unix(path: path)
      return
    }
    let host: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { throw .unclosedBracket }
      host = text[text.index(after: text.startIndex)..<close]
      rest = text[text.index(after: close)...]
      guard !host.isEmpty else { throw .noHost }
    } else {
      let colon = text.firstIndex(of: ":") ?? text.endIndex
      host = text[..<colon]
      rest = text[colon...]
      guard rest.dropFirst().contains(":") == false else { throw .bareIPv6 }
    }
    guard rest.first == ":" else { throw .noPort }
    let digits = rest.dropFirst()
    guard !digits.isEmpty else { throw .noPort }
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits) else {
      throw .badPort(String(digits))
    }
    self = .tcp(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
  }
}

extension Listener.Address.Flaw {
  public var reason: String {
    switch self {
    case .noPort: "it has no port"
    case .badPort(let text): "`\(text)` is not a port from 0 to 65535"
    case .noHost: "the brackets are empty"
    case .unclosedBracket: "`[` has no closing bracket"
    case .bareIPv6: "an IPv6 address stands in brackets"
    case .noPath: "`unix:` needs a path"
    case .pathTooLong: "a Unix socket's path has at most \(Listener.Address.longestUnixPath) bytes"
    }
  }
}
