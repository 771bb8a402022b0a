import CLinux
import Glibc

/// Looking ahead, for what stands in front of a connection's own protocol and must be taken off to the byte: whoever speaks
/// behind it (TLS) reads from the descriptor itself.
extension Socket {
  /// Looks at what has come, from its first byte, without taking it.
  /// - Returns: bytes written, 0 at the end of the stream; nil if there is nothing, or nothing more than was seen before:
  ///   wait until the socket is readable again.
  /// - Throws: `.reset`, `.interrupted`, `.failed`.
  public func peekNow(into bytes: UnsafeMutableRawBufferPointer) throws(SocketError) -> Int? {
    guard mayRead else { return nil }
    guard descriptor >= 0 else { throw .interrupted }
    while true {
      let count = recv(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
      if count >= 0 {
        // The kernel tells of what comes behind.
        if count < bytes.count && !hasPeerClosed { mayRead = false }
        return count
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        mayRead = false
        return nil
      case let code: throw SocketError(errno: code)
      }
    }
  }

  /// Takes bytes that were looked at.
  public func drop(_ count: Int) throws(SocketError) {
    var rest = count
    while rest > 0 {
      guard descriptor >= 0 else { throw .interrupted }
      let taken = withUnsafeTemporaryAllocation(byteCount: min(rest, 512), alignment: 1) {
        clinux_recv(descriptor, $0.baseAddress, $0.count)
      }
      if taken > 0 {
        rest -= taken
      } else if taken == 0 {
        throw .reset
      } else if errno != EINTR {
        throw SocketError(errno: errno)
      }
    }
    mayRead = true
  }
}
