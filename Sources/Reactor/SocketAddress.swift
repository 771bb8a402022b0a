import CLinux
import Glibc

/// Where a socket listens or connects to: an IPv4 or IPv6 address with a port, or a Unix-domain path.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  public enum Family: Sendable { case ipv4, ipv6, unix }

  public let family: Family
  /// The `sockaddr` as the kernel wants it.
  let bytes: [UInt8]

  init(family: Family, bytes: [UInt8]) {
    self.family = family
    self.bytes = bytes
  }

  /// A literal IP address.
  /// - Parameter ip: `127.0.0.1` or `::1`, without brackets; nil where it is neither.
  public init?(ip: String, port: UInt16) {
    var v4 = sockaddr_in()
    if inet_pton(AF_INET, ip, &v4.sin_addr) == 1 {
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      self.init(family: .ipv4, bytes: withUnsafeBytes(of: &v4) { Array($0) })
      return
    }
    var v6 = sockaddr_in6()
    if inet_pton(AF_INET6, ip, &v6.sin6_addr) == 1 {
      v6.sin6_family = sa_family_t(AF_INET6)
      v6.sin6_port = port.bigEndian
      self.init(family: .ipv6, bytes: withUnsafeBytes(of: &v6) { Array($0) })
      return
    }
    return nil
  }

  /// A Unix-domain path; nil where it is longer than the kernel takes (107 bytes).
  public init?(unixPath path: String) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let text = Array(path.utf8)
    guard !text.isEmpty, text.count < MemoryLayout.size(ofValue: address.sun_path), !text.contains(0) else {
      return nil
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text) }
    let size = MemoryLayout<sa_family_t>.size + text.count + 1
    self.init(family: .unix, bytes: withUnsafeBytes(of: &address) { Array($0.prefix(size)) })
  }

  /// The address in a `sockaddr_storage`; nil for a family other than ours.
  init?(_ storage: sockaddr_storage, length: socklen_t) {
    var storage = storage
    switch Int32(storage.ss_family) {
    case AF_INET: family = .ipv4
    case AF_INET6: family = .ipv6
    case AF_UNIX: family = .unix
    default: return nil
    }
    bytes = withUnsafeBytes(of: &storage) { Array($0.prefix(Int(length))) }
  }

  /// Zero for a Unix-domain path.
  public var port: UInt16 {
    switch family {
    case .ipv4, .ipv6: bytes.count >= 4 ? UInt16(bytes[2]) << 8 | UInt16(bytes[3]) : 0
    case .unix: 0
    }
  }

  /// The same address with another port.
  public func with(port: UInt16) -> SocketAddress {
    guard family != .unix, bytes.count >= 4 else { return self }
    var copy = bytes
    copy[2] = UInt8(port >> 8)
    copy[3] = UInt8(port & 255)
    return SocketAddress(family: family, bytes: copy)
  }

  /// Whether both stand for one port, of which each takes the connections to its own address or to all.
  func sharesPort(with other: SocketAddress) -> Bool {
    family != .unix && family == other.family && port != 0 && port == other.port
  }

  /// The address without the port: `127.0.0.1`, `::1`, or the path.
  public var host: String {
    switch family {
    case .ipv4: text(of: AF_INET, at: 4)
    case .ipv6: text(of: AF_INET6, at: 8)
    case .unix: String(decoding: bytes.dropFirst(2).prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private func text(of family: Int32, at offset: Int) -> String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    return bytes.withUnsafeBytes { raw in
      guard raw.count > offset, let base = raw.baseAddress,
        inet_ntop(family, base + offset, &buffer, socklen_t(buffer.count)) != nil
      else { return "" }
      return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/sluice.sock`.
  public var description: String {
    switch family {
    case .ipv4: "\(host):\(port)"
    case .ipv6: "[\(host)]:\(port)"
    case .unix: "unix:\(host)"
    }
  }

  /// Removes the file of a Unix-domain listener that nobody listens on any more.
  public func removeSocketFile() { if family == .unix { unlink(host) } }

  var domain: Int32 {
    switch family {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes.prefix($0.count)) }
    return withUnsafePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(bytes.count)) }
    }
  }
}
