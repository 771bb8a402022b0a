import APIModel
import HTTPSemantics

/// Where an integration's requests go. A class, so that handing one on is one reference counted rather than three.
public final class Endpoint: Hashable, Sendable {
  /// What is special about TLS there; nil: it is spoken to without.
  public let tls: Integration.TLSConfig?
  /// A host name or an IP address, without brackets.
  public let host: String
  public let port: UInt16
  /// As it goes into `Host:`, with the port where it is not the scheme's own (RFC 9110 § 7.2).
  public let hostField: String
  /// A Unix-domain socket to connect to in place of host and port.
  public let unixPath: String?

  public init(
    host: String, port: UInt16, hostField: String, unixPath: String? = nil, tls: Integration.TLSConfig? = nil
  ) {
    self.tls = tls
    self.host = host
    self.port = port
    self.hostField = hostField
    self.unixPath = unixPath
  }

  /// Reads `http://host[:port]`, `https://host[:port]`, `http://[address]` or `http+unix://%2Frun%2Fapp.sock`.
  /// - Parameter scheme: in small letters.
  /// - Parameter tls: for `https`.
  /// - Parameter authority: what stands between `//` and the next `/`, `?` or `#`.
  /// - Returns: nil for anything else: user information, an empty host, bytes that no host name has.
  public convenience init?(scheme: String, authority: String, tls: Integration.TLSConfig = Integration.TLSConfig()) {
    switch scheme {
    case "http+unix":
      let path = PercentEncoding.decoded(authority)
      guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { return nil }
      self.init(host: "localhost", port: 0, hostField: "localhost", unixPath: path)
    case "http", "https":
      guard let (host, port) = Self.split(authority) else { return nil }
      let standard: UInt16 = scheme == "https" ? 443 : 80
      let written = host.contains(":") ? "[\(host)]" : host
      let number = port ?? standard
      self.init(
        host: host, port: number, hostField: number == standard ? written : "\(written):\(number)",
        tls: scheme == "https" ? tls : nil)
    default:
      return nil
    }
  }

  public static func == (a: Endpoint, b: Endpoint) -> Bool {
    a === b
      || (a.tls, a.host, a.port, a.hostField) == (b.tls, b.host, b.port, b.hostField) && a.unixPath == b.unixPath
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(tls)
    hasher.combine(host)
    hasher.combine(port)
    hasher.combine(unixPath)
  }

  private static func split(_ authority: String) -> (host: String, port: UInt16?)? {
    var host = authority[...]
    var port: UInt16?
    let search = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : authority.startIndex
    guard let search else { return nil }
    if let colon = authority[search...].firstIndex(of: ":") {
      host = authority[..<colon]
      let digits = authority[authority.index(after: colon)...]
      guard digits.utf8.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
      if !digits.isEmpty {
        guard let number = UInt16(digits), number > 0 else { return nil }
        port = number
      }
    }
    if host.hasPrefix("[") {
      guard host.hasSuffix("]") else { return nil }
      host = host.dropFirst().dropLast()
      guard !host.isEmpty, host.utf8.allSatisfy({ "0123456789abcdefABCDEF:.".utf8.contains($0) }) else { return nil }
    } else {
      guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return nil }
    }
    return (String(host), port)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    byte &- 48 < 10 || (byte | 32) &- 97 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "_")
  }
}
