import Glibc

/// How a connection stopped giving bytes.
enum ConnectionEnd: Error, CustomStringConvertible {
  case timedOut, closed, reset
  case failed(errno: Int32)

  var description: String {
    switch self {
    case .timedOut: "nothing came in time"
    case .closed: "the peer closed the connection"
    case .reset: "the peer reset the connection"
    case .failed(let errno): "the connection failed: \(String(cString: strerror(errno)))"
    }
  }

  fileprivate init(_ code: Int32) {
    switch code {
    case ECONNRESET, EPIPE: self = .reset
    case EAGAIN: self = .timedOut
    default: self = .failed(errno: code)
    }
  }
}

/// One end of a stream socket, used by one thread: blocking, with a deadline for every wait, and nothing hidden. Bytes
/// go out as they are given, and come in as they came.
final class Connection {
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var consumed = 0

  init(descriptor: Int32) {
    self.descriptor = descriptor
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  convenience init(to address: Address) throws {
    self.init(descriptor: makeSocket(address.family))
    guard address.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 else { throw ConnectionEnd(errno) }
  }

  deinit { close() }

  /// Bytes that have come in and were not taken yet.
  var unread: ArraySlice<UInt8> { buffer[consumed...] }

  // MARK: Sending

  func send(_ bytes: some Collection<UInt8>, until deadline: Deadline) throws {
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&waiting, 1, deadline.milliseconds) != 0 else { throw ConnectionEnd.timedOut }
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if count >= 0 {
        sent += count
      } else if errno != EAGAIN && errno != EINTR {
        throw ConnectionEnd(errno)
      }
    }
  }

  // MARK: Receiving

  /// Takes up to and including the next `delimiter`.
  func take(through delimiter: [UInt8], until deadline: Deadline) throws -> ArraySlice<UInt8> {
    var searched = 0  // of the unread bytes
    while true {
      if let found = unread.dropFirst(searched).firstRange(of: delimiter) { return take(found.upperBound - consumed) }
      searched = max(0, unread.count - delimiter.count + 1)
      try fill(until: deadline)
    }
  }

  /// Takes exactly so many bytes.
  func take(exactly count: Int, until deadline: Deadline) throws -> ArraySlice<UInt8> {
    while unread.count < count { try fill(until: deadline) }
    return take(count)
  }

  /// Takes at least one byte and at most `limit`, as soon as there are any.
  func take(atMost limit: Int, until deadline: Deadline) throws -> ArraySlice<UInt8> {
    if unread.isEmpty { try fill(until: deadline) }
    return take(min(limit, unread.count))
  }

  private func take(_ count: Int) -> ArraySlice<UInt8> {
    let taken = buffer[consumed..<(consumed + count)]
    consumed += count
    return taken
  }

  /// Waits for more bytes. Throws how the connection ended, or `.timedOut`.
  func fill(until deadline: Deadline) throws {
    if consumed == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      consumed = 0
    }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, deadline.milliseconds) != 0 else { throw ConnectionEnd.timedOut }
    let chunk = try [UInt8](unsafeUninitializedCapacity: 65_536) { space, count in
      let received = recv(descriptor, space.baseAddress, space.count, 0)
      guard received >= 0 else { throw ConnectionEnd(errno) }
      count = received
    }
    guard !chunk.isEmpty else { throw ConnectionEnd.closed }
    buffer += chunk
  }

  // MARK: Ending

  func close() {
    guard descriptor >= 0 else { return }
    _ = Glibc.close(descriptor)
    descriptor = -1
  }

  /// Says that nothing more will be sent; receiving goes on.
  func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends the connection with a TCP reset.
  func reset() {
    var abort = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
    close()
  }
}
