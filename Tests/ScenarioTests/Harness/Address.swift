import Glibc

/// Where a socket of a scenario listens or connects to.
enum Address: Sendable, Equatable {
  case ipv4(port: UInt16)
  case ipv6(port: UInt16)
  case unix(path: String)

  /// Reads `127.0.0.1:80`, `[::1]:80`, `unix:/path`, with or without a scheme before them; any IPv4 host is loopback.
  init?(_ text: Substring) {
    var text = text
    if let scheme = text.firstRange(of: "://") { text = text[scheme.upperBound...] }
    if text.hasPrefix("unix:") {
      self = .unix(path: String(text.dropFirst(5)))
      return
    }
    let digits = text.reversed().prefix { $0.isNumber }.reversed()
    guard let port = UInt16(String(digits)), text.dropLast(digits.count).last == ":" else { return nil }
    self = text.hasPrefix("[") ? .ipv6(port: port) : .ipv4(port: port)
  }

  /// 0 for a unix-domain address.
  var port: UInt16 {
    switch self {
    case .ipv4(let port), .ipv6(let port): port
    case .unix: 0
    }
  }

  var family: Int32 {
    switch self {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  /// Calls `body` with the address as the kernel reads it, on the loopback interface.
  func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    switch self {
    case .ipv4(let port):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      return Self.rebound(&address, body)
    case .ipv6(let port):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = in6addr_loopback
      return Self.rebound(&address, body)
    case .unix(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { field in
        for (index, byte) in path.utf8.prefix(field.count - 1).enumerated() { field[index] = byte }
      }
      return Self.rebound(&address, body)
    }
  }

  private static func rebound<A, R>(_ address: inout A, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<A>.size)) }
    }
  }
}

/// A blocking stream socket; closed with its owner.
func makeSocket(_ family: Int32) -> Int32 {
  socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
}
