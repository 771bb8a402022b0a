import CLinux
import Glibc

/// A socket that takes connections, one for each worker: the kernel spreads new connections over all that listen on the
/// same address with SO_REUSEPORT. Unix-domain listeners share one descriptor instead.
///
/// SO_REUSEPORT lets every process of the same user in, a second gateway that was started by mistake, too. So the first socket
/// of an address is bound without it: the kernel refuses what is taken, as it does for everybody else. Only then is the option
/// set, for the sockets that are bound beside it; another gateway's first one is refused all the same.
public final class ListeningSocket {
  /// A connection as it was accepted.
  public struct Accepted {
    public let socket: Socket
    /// Nil for a Unix-domain client.
    public let peer: SocketAddress?
  }

  private let socket: Socket
  /// The address really bound: a port of 0 has become one of the kernel's choosing.
  public let address: SocketAddress

  init(socket: Socket, address: SocketAddress) {
    self.socket = socket
    self.address = address
  }

  /// A descriptor that listens, to be handed to a worker.
  public struct Bound: Sendable {
    public let descriptor: Int32
    public let address: SocketAddress

    /// Closes a descriptor that no worker was given.
    public func release() { Glibc.close(descriptor) }
  }

  /// Binds and listens.
  /// - Parameters:
  ///   - ours: open sockets of this process that listen on the same port and go on doing so, each under this address or one that
  ///     overlaps it; those of other ports do not matter.
  ///   - backlog: connections that the kernel keeps for us until we accept them.
  /// - Throws: `.failed` with the errno: address in use, not ours, no permission.
  public static func bind(
    _ address: SocketAddress, beside ours: [Bound] = [], backlog: Int32 = 4096
  ) throws(SocketError) -> Bound {
    let descriptor = open(address.domain)
    guard descriptor >= 0 else { throw .failed(errno) }
    var one: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    if address.family == .unix {
      removeStaleSocket(address)
    } else {
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
      let neighbours = ours.filter { $0.address.sharesPort(with: address) }
      if !neighbours.isEmpty {
        for sharing in neighbours.map(\.descriptor) + [descriptor] {
          setsockopt(sharing, SOL_SOCKET, SO_REUSEPORT, &one, size)
        }
      }
      if address.family == .ipv6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size) }
      // On Linux, connections have it from their listener.
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
    }
    guard address.withSockaddr({ Glibc.bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, backlog) == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw .failed(code)
    }
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let named = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    let bound = named == 0 ? SocketAddress(storage, length: length) ?? address : address
    return Bound(descriptor: descriptor, address: bound)
  }

  /// A second descriptor for the same listening socket: how workers share a Unix-domain listener.
  public static func share(_ bound: Bound) throws(SocketError) -> Bound {
    let copy = fcntl(bound.descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .failed(errno) }
    return Bound(descriptor: copy, address: bound.address)
  }

  /// Starts taking connections from a bound descriptor on this worker's reactor.
  public init(_ bound: Bound, on reactor: Reactor) throws(SocketError) {
    socket = try Socket(adopting: bound.descriptor, on: reactor)
    address = bound.address
  }

  /// The next connection. Waits until there is one.
  /// - Throws: `.interrupted` once it is closed; `.failed` when descriptors or memory have run out:
  ///   wait a little before the next call.
  public func accept() async throws(SocketError) -> Accepted {
    while true {
      if let accepted = try acceptNow() { return accepted }
      // The kernel tells of new connections only once; until then there are none.
      try await socket.waitForConnections()
    }
  }

  /// A connection that has already come; nil where there is none.
  public func acceptNow() throws(SocketError) -> Accepted? {
    guard socket.isOpen else { throw .interrupted }
    while true {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let descriptor = clinux_accept(socket.descriptor, &storage, &length)
      if descriptor < 0 {
        switch errno {
        case EAGAIN: return nil
        case EINTR, ECONNABORTED: continue
        case let code: throw .failed(code)
        }
      }
      let connection = try Socket(adopting: descriptor, on: socket.reactor)
      return Accepted(socket: connection, peer: address.family == .unix ? nil : SocketAddress(storage, length: length))
    }
  }

  public var isOpen: Bool { socket.isOpen }

  /// Ends a waiting `accept`, too. Connections that have come are reset, but for those that `acceptNow` has given out before.
  public func close() { socket.close() }

  private static func open(_ domain: Int32) -> Int32 { Glibc.socket(domain, CLINUX_STREAM, 0) }

  /// A socket file that nobody listens on is left over from a process that was killed.
  private static func removeStaleSocket(_ address: SocketAddress) {
    let probe = open(AF_UNIX)
    guard probe >= 0 else { return }
    defer { Glibc.close(probe) }
    let connected = address.withSockaddr { connect(probe, $0, $1) }
    if connected != 0 && errno == ECONNREFUSED { unlink(address.host) }
  }
}
