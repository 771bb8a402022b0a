import Bytes
import CLinux
import Glibc

extension Socket {
  /// Sends a part of a file from the kernel's own pages, behind what is in `head`, which is consumed.
  ///
  /// Reading a file may wait for the disk, and the thread with it: as with every server that uses sendfile(2), what is
  /// asked for often is in memory.
  /// - Parameters:
  ///   - file: a descriptor of a regular file.
  ///   - patience: milliseconds for which the peer may take nothing.
  /// - Throws: `.timedOut`, `.reset`, `.interrupted`, `.failed`; `.failed(SocketError.shortFile)` for a file that has become
  ///   shorter.
  public func send(
    _ head: ByteBuffer, thenFile file: Int32, _ range: Range<Int>, patience: Int
  ) async throws(SocketError) {
    if let transport { return try await send(head, thenFile: file, range, patience: patience, through: transport) }
    while !head.isEmpty {
      if let count = try sendMoreNow(head.readable) {
        head.consume(count)
      } else {
        try await waitToWrite(until: reactor.now.advanced(milliseconds: patience))
      }
    }
    var offset = range.lowerBound
    while offset < range.upperBound {
      let count = min(range.upperBound &- offset, Self.sendFileAtOnce)
      guard let sent = try sendFileNow(file, at: offset, count: count) else {
        try await waitToWrite(until: reactor.now.advanced(milliseconds: patience))
        continue
      }
      if sent == 0 { throw .failed(SocketError.shortFile) }
      offset &+= sent
      // A peer as fast as this must let others have their turn.
      if sent == Self.sendFileAtOnce { await Task.yield() }
    }
  }

  /// Sends what the kernel has room for of a head and the file behind it: what needs no waiting needs no `async` call.
  /// - Returns: the file's bytes that were sent; nil where not even the head went out whole. `head` is consumed as far as it
  ///   did.
  public func sendNow(_ head: ByteBuffer, thenFile file: Int32, _ range: Range<Int>) throws(SocketError) -> Int? {
    if let transport { return try sendNow(head, thenFile: file, range, through: transport) }
    while !head.isEmpty {
      guard let count = try sendMoreNow(head.readable) else { return nil }
      head.consume(count)
    }
    let count = min(range.count, Self.sendFileAtOnce)
    guard let sent = try sendFileNow(file, at: range.lowerBound, count: count) else { return 0 }
    if sent == 0, count > 0 { throw .failed(SocketError.shortFile) }
    return sent
  }

  /// Bytes that one call may take from a file.
  static var sendFileAtOnce: Int { 1 << 20 }

  private func sendMoreNow(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int? {
    guard descriptor >= 0 else { throw .interrupted }
    while true {
      let count = clinux_send_more(descriptor, bytes.baseAddress, bytes.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      case let code: throw SocketError(errno: code)
      }
    }
  }

  private func sendFileNow(_ file: Int32, at start: Int, count: Int) throws(SocketError) -> Int? {
    guard descriptor >= 0 else { throw .interrupted }
    var offset = start
    while true {
      let sent = clinux_sendfile(descriptor, file, &offset, count)
      if sent >= 0 { return sent }
      switch errno {
      case EINTR: continue
      case EAGAIN: return nil
      case let code: throw SocketError(errno: code)
      }
    }
  }
}
