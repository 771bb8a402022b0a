import CLinux
import Glibc

extension Socket {
  /// Opens a connection.
  /// - Throws: `.refused`, `.timedOut`, `.failed`.
  public static func connect(
    to address: SocketAddress, on reactor: Reactor, until deadline: MonotonicTime
  ) async throws(SocketError) -> Socket {
    let descriptor = Glibc.socket(address.domain, CLINUX_STREAM, 0)
    guard descriptor >= 0 else { throw .failed(errno) }
    if address.family != .unix {
      var one: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
    let code = errno
    // Registering after connect spares an event for the not yet connected socket.
    let socket = try Socket(adopting: descriptor, on: reactor)
    if result == 0 { return socket }
    guard code == EINPROGRESS || code == EAGAIN else { throw SocketError(errno: code) }
    try await socket.waitToWrite(until: deadline)
    var failure: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
    if failure != 0 { throw SocketError(errno: failure) }
    return socket
  }
}
