import Bytes
import CLinux
import Glibc

/// A connected stream socket on a reactor: `read` and `write` try the system call first and suspend only when the kernel
/// has nothing to give or no room to take.
///
/// Belongs to one reactor's thread. At most one task may wait to read and one to write at a time. The socket closes its
/// descriptor when it goes.
///
/// Readiness (edge-triggered, epoll(7)):
///
///     mayRead = false --event--> true --short read or EAGAIN--> false
///     once the peer has closed its side, mayRead stays true: the next read finds the end.
public final class Socket {
  public let reactor: Reactor
  public private(set) var descriptor: Int32
  /// Whether the connection is gone in both directions; a peer that has only finished sending is not.
  public private(set) var isHungUp = false
  /// Who serves this one, and is interrupted when this one hangs up.
  public var companion: (any Interruptible)?
  /// What stands between the descriptor and those who read and write here; nil: nothing does.
  public internal(set) var transport: Transport?
  var mayRead = false
  private(set) var peerClosed = false
  private var isInterrupted = false
  let reader: Wait
  let writer: Wait
  /// Whether the end follows what is written.
  private var isEnding = false
  /// Whether room to write wakes the reader, too.
  private var readerAlsoWrites = false
  /// Who wants to know how connecting went.
  var race: ConnectRace?
  /// Reads since the task last suspended: a peer that always has more to say must let others speak.
  private var eagerReads = 0

  /// Takes over a non-blocking descriptor and watches it.
  /// - Throws: `.failed` when the kernel will not watch it; the descriptor is closed then.
  public init(adopting descriptor: Int32, on reactor: Reactor) throws(SocketError) {
    self.descriptor = descriptor
    self.reactor = reactor
    reader = Wait(on: reactor)
    writer = Wait(on: reactor)
    if !reactor.register(self) {
      let code = errno
      Glibc.close(descriptor)
      self.descriptor = -1
      throw .failed(code)
    }
  }

  deinit { if descriptor >= 0 { Glibc.close(release()) } }

  public var isOpen: Bool { descriptor >= 0 }
  /// Whether an end or an error from the peer has been seen but not yet read: a pooled connection like this is dead.
  public var hasPeerClosed: Bool { peerClosed }
  /// Whether the kernel has told of something that has not been read. What a transport keeps is not asked for.
  public var mayHaveUnreadBytes: Bool { mayRead }
  /// Whether something can be read at once, as far as is known.
  public var hasUnreadBytes: Bool {
    guard mayRead, let transport else { return mayRead }
    return hasUnreadBytes(in: transport)
  }

  /// Whether the peer has sent neither bytes nor its end: asks the kernel, for the cases where what the last turn of the
  /// loop knew is not enough.
  public var isQuiet: Bool {
    var byte: UInt8 = 0
    let isEmpty = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0 && errno == EAGAIN
    guard let transport else { return isEmpty }
    if !isEmpty { transport.mayReceive = true }
    return !hasUnreadBytes(in: transport)
  }

  // MARK: Reading

  /// Waits until there is something to read, without a buffer to read it into: how an idle connection waits.
  /// - Throws: `.timedOut`, `.interrupted`.
  public func readable(until deadline: MonotonicTime) async throws(SocketError) {
    while !mayRead {
      if isInterrupted || descriptor < 0 { throw .interrupted }
      eagerReads = 0
      switch await reactor.wait(reader, until: deadline) {
      case .ready: continue
      case .timedOut: throw .timedOut
      case .interrupted: throw .interrupted
      }
    }
  }

  /// Wakes `sleeper` when there is something to read, the deadline has come, or the socket is interrupted. No task must
  /// wait to read meanwhile.
  public func wake(_ sleeper: any Sleeper, whenReadableUntil deadline: MonotonicTime) {
    assert(!reader.isWaiting)
    transport?.rest()
    reader.sleeper = sleeper
    reactor.arm(reader, deadline: deadline)
    if isInterrupted || descriptor < 0 { reader.resume(.interrupted) } else if mayRead { reader.resume() }
  }

  /// Reads what has come into the free room of `buffer`, of which there must be some.
  /// - Returns: bytes read, or 0 at the end of the stream.
  /// - Throws: `.timedOut`, `.reset`, `.interrupted`, `.failed`.
  public func read(into buffer: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) -> Int {
    while true {
      if let count = try readNow(into: buffer) {
        eagerReads &+= 1
        if eagerReads > 16 {
          eagerReads = 0
          await Task.yield()
        }
        return count
      }
      try await readable(until: deadline)
    }
  }

  /// Reads what has come, or returns nil if nothing has.
  public func readNow(into buffer: ByteBuffer) throws(SocketError) -> Int? {
    guard mayRead else { return nil }
    guard descriptor >= 0 else { throw .interrupted }
    let room = buffer.writable
    assert(room.count > 0)
    if let transport { return try read(into: buffer, through: transport) }
    while true {
      let count = clinux_recv(descriptor, room.baseAddress, room.count)
      if count >= 0 {
        if count < room.count && !peerClosed { mayRead = false }
        buffer.didWrite(count)
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

  /// Suspends a listener until connections come: those that came before were all accepted.
  func waitForConnections() async throws(SocketError) {
    try await readable(until: .never)
    mayRead = false
  }

  /// Suspends until there is something to read or room to write, whichever comes first: for one task that does both.
  /// - Throws: `.timedOut`, `.interrupted`.
  public func waitToReadOrWrite(until deadline: MonotonicTime) async throws(SocketError) {
    if mayRead { return }
    readerAlsoWrites = true
    defer { readerAlsoWrites = false }
    if isInterrupted || descriptor < 0 { throw .interrupted }
    eagerReads = 0
    switch await reactor.wait(reader, until: deadline) {
    case .ready: return
    case .timedOut: throw .timedOut
    case .interrupted: throw .interrupted
    }
  }

  // MARK: Writing

  /// Writes the readable bytes of `buffer` and consumes them.
  /// - Throws: `.timedOut` when the peer took nothing until `deadline`, `.reset`, `.interrupted`, `.failed`.
  public func write(_ buffer: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) {
    while try !finishWriting(buffer) { try await waitToWrite(until: deadline) }
  }

  /// Writes of the readable bytes of `buffer` what the kernel has room for, and consumes it: what needs no waiting needs
  /// no `async` call.
  /// - Returns: whether that was all.
  public func finishWriting(_ buffer: ByteBuffer) throws(SocketError) -> Bool {
    while !buffer.isEmpty {
      guard let count = try writeNow(buffer.readable) else { return false }
      buffer.consume(count)
    }
    return true
  }

  /// Writes the readable bytes of `buffer`, which are consumed, and then `bytes`, where possible in one call.
  /// - Throws: as `write`.
  public func write(
    _ buffer: ByteBuffer, then bytes: UnsafeRawBufferPointer, until deadline: MonotonicTime
  ) async throws(SocketError) {
    var rest = bytes
    while !buffer.isEmpty || !rest.isEmpty {
      if var count = try writeNow(buffer.readable, then: rest) {
        let first = min(count, buffer.count)
        buffer.consume(first)
        count -= first
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else {
        try await waitToWrite(until: deadline)
      }
    }
  }

  private func writeNow(
    _ first: UnsafeRawBufferPointer, then second: UnsafeRawBufferPointer
  ) throws(SocketError) -> Int? {
    if first.isEmpty { return try writeNow(second) }
    if second.isEmpty { return try writeNow(first) }
    guard descriptor >= 0 else { throw .interrupted }
    if let transport { return try moved(transport.write(first, then: second), through: transport) }
    while true {
      let count = withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { vectors in
        vectors[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count)
        vectors[1] = iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
        var message = msghdr()
        message.msg_iov = vectors.baseAddress
        message.msg_iovlen = 2
        return sendmsg(descriptor, &message, CLINUX_MSG_NOSIGNAL)
      }
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      case let code: throw SocketError(errno: code)
      }
    }
  }

  /// Writes what the kernel has room for; nil if it has none.
  public func writeNow(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int? {
    guard descriptor >= 0 else { throw .interrupted }
    if let transport { return try moved(transport.write(bytes), through: transport) }
    while true {
      let count =
        isEnding
        ? clinux_send_more(descriptor, bytes.baseAddress, bytes.count)
        : clinux_send(descriptor, bytes.baseAddress, bytes.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      case let code: throw SocketError(errno: code)
      }
    }
  }

  /// Suspends until the kernel has room again.
  public func waitToWrite(until deadline: MonotonicTime) async throws(SocketError) {
    if isInterrupted || descriptor < 0 { throw .interrupted }
    switch await reactor.wait(writer, until: deadline) {
    case .ready: return
    case .timedOut: throw .timedOut
    case .interrupted: throw .interrupted
    }
  }

  // MARK: Ending

  /// `shutdownWriting` or `close` follows the next write at once: they go in one packet (MSG_MORE, send(2)). Where they do not,
  /// the kernel waits for a fifth of a second.
  public func endFollows() {
    isEnding = true
    transport?.isEnding = true
  }

  /// Says that nothing more will be written; the peer reads the end.
  public func shutdownWriting() {
    guard descriptor >= 0 else { return }
    if let transport, !endWriting(through: transport) { return }
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Wakes whoever waits to read, with `.interrupted`, this once.
  public func interruptReading() { reader.resume(.interrupted) }

  /// Wakes whoever waits on this socket with `.interrupted`, now and from now on.
  public func interrupt() {
    isInterrupted = true
    reader.resume(.interrupted)
    writer.resume(.interrupted)
  }

  /// Closes the descriptor and wakes whoever waits. Where the transport has more to tell the peer than there is room for, a
  /// `Farewell` sees to that.
  public func close() {
    guard descriptor >= 0 else { return }
    if let transport, !endWriting(through: transport), reactor.farewells < Farewell.most {
      let descriptor = release()
      Farewell.begin(descriptor, transport, on: reactor)
    } else {
      Glibc.close(release())
    }
    reader.resume(.interrupted)
    writer.resume(.interrupted)
  }

  /// Gives the descriptor away.
  private func release() -> Int32 {
    // Closing alone would not do: while a process that was forked from this one still holds the descriptor, the kernel
    // goes on telling of it, and of a socket that is no more.
    reactor.unregister(self)
    // What is left of the socket may go on another thread, where the timers must not be touched.
    reactor.remove(reader)
    reactor.remove(writer)
    defer { descriptor = -1 }
    return descriptor
  }

  /// Makes `close` send a reset, so that the peer knows that what it has got is not the whole.
  public func resetOnClose() {
    guard descriptor >= 0 else { return }
    transport?.isCutOff = true
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  // MARK: Reactor's side

  /// The kernel's news about the descriptor.
  func handle(_ events: UInt32) {
    if events & (CLINUX_EPOLLRDHUP | CLINUX_EPOLLHUP | CLINUX_EPOLLERR) != 0 {
      peerClosed = true
      mayRead = true
    }
    if events & (CLINUX_EPOLLHUP | CLINUX_EPOLLERR) != 0 {
      isHungUp = true
      companion?.interrupt()
    }
    if events & CLINUX_EPOLLIN != 0 { mayRead = true }
    race?.somethingHappened()
    let mayWrite = events & (CLINUX_EPOLLOUT | CLINUX_EPOLLHUP | CLINUX_EPOLLERR) != 0
    if let transport { tell(transport, of: events, mayWrite: mayWrite) }
    if mayRead || (mayWrite && readerAlsoWrites) { reader.resume() }
    if mayWrite { writer.resume() }
  }
}
