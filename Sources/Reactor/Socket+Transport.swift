import Bytes
import CLinux
import Glibc

/// Reading and writing through a `Transport`.
extension Socket {
  /// Puts `transport` between the descriptor and everybody, and returns when it has agreed with the peer.
  /// - Throws: `.timedOut`, `.reset`, `.truncated`, `.violated`, `.interrupted`, `.failed`. The transport stays.
  public func secure(by transport: Transport, until deadline: MonotonicTime) async throws(SocketError) {
    self.transport = transport
    transport.mayReceive = mayRead
    transport.hasPeerClosed = peerClosed
    while true {
      switch transport.handshake() {
      case .moved:
        mayRead = transport.hasUnread
        return
      case .wantsToRead:
        mayRead = false
        try await readable(until: deadline)
      case .wantsToWrite: try await waitToWrite(until: deadline)
      case .failed(let error): throw error
      }
    }
  }

  /// Takes the transport away again, where it never came to be one: what is written next goes to the peer as it is.
  public func removeTransport() { transport = nil }

  // MARK: Reading

  func read(into buffer: ByteBuffer, through transport: Transport) throws(SocketError) -> Int? {
    switch transport.read(into: buffer.writable) {
    case .moved(let count):
      if count > 0 && !transport.hasUnread { mayRead = false }
      buffer.didWrite(count)
      return count
    case .wantsToRead:
      mayRead = false
      return nil
    case .wantsToWrite:
      mayRead = false
      transport.readerWantsToWrite = true
      return nil
    case .failed(let error): throw error
    }
  }

  /// Looks whether what has come holds anything for the reader: a ticket for the next session does not.
  func hasUnreadBytes(in transport: Transport) -> Bool {
    switch transport.peek() {
    // What the transport has taken from the kernel, that will not tell of again.
    case .moved, .failed: mayRead = true
    case .wantsToRead, .wantsToWrite: mayRead = false
    }
    return mayRead
  }

  // MARK: Writing

  /// What the writer hears of an outcome: nil where it has to wait.
  @inline(__always)
  func moved(_ outcome: Transport.Outcome, through transport: Transport) throws(SocketError) -> Int? {
    switch outcome {
    case .moved(let count): return count
    case .wantsToWrite: return nil
    case .wantsToRead:
      transport.writerWantsToRead = true
      return nil
    case .failed(let error): throw error
    }
  }

  func send(
    _ head: ByteBuffer, thenFile file: Int32, _ range: Range<Int>, patience: Int, through transport: Transport
  ) async throws(SocketError) {
    var offset = range.lowerBound
    while offset < range.upperBound || !head.isEmpty {
      let before = offset
      if let sent = try sendNow(head, thenFile: file, offset..<range.upperBound, through: transport) {
        offset &+= sent
        if sent == Self.sendFileAtOnce { await Task.yield() }
      }
      if offset == before { try await waitToWrite(until: reactor.now.advanced(milliseconds: patience)) }
    }
  }

  func sendNow(
    _ head: ByteBuffer, thenFile file: Int32, _ range: Range<Int>, through transport: Transport
  ) throws(SocketError) -> Int? {
    guard descriptor >= 0 else { throw .interrupted }
    let end = range.lowerBound &+ min(range.count, Self.sendFileAtOnce)
    var offset = range.lowerBound
    while offset < end || !head.isEmpty {
      let outcome = transport.write(head.readable, thenFile: file, at: offset, count: end &- offset)
      guard let count = try moved(outcome, through: transport) else { break }
      let first = min(count, head.count)
      head.consume(first)
      offset &+= count &- first
    }
    return head.isEmpty ? offset &- range.lowerBound : nil
  }

  // MARK: Ending

  /// Announces the end to the peer.
  /// - Returns: whether that is done, as far as it can be.
  @discardableResult
  func endWriting(through transport: Transport) -> Bool {
    guard !transport.isCutOff else { return true }
    transport.owesEnd = false
    if case .wantsToWrite = transport.end() { transport.owesEnd = true }
    return !transport.owesEnd
  }

  // MARK: Reactor's side

  /// The kernel's news, as the transport must know them before anybody is woken.
  func tell(_ transport: Transport, of events: UInt32, mayWrite: Bool) {
    if peerClosed || events & CLINUX_EPOLLIN != 0 {
      transport.mayReceive = true
      if peerClosed { transport.hasPeerClosed = true }
      if transport.writerWantsToRead {
        transport.writerWantsToRead = false
        writer.resume()
      }
    }
    guard mayWrite else { return }
    if transport.readerWantsToWrite {
      transport.readerWantsToWrite = false
      mayRead = true
    }
    if transport.owesEnd { shutdownWriting() }
  }
}
