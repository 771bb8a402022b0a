import CLinux
import COpenSSL
import Glibc
import Reactor

/// Whether the kernel can make TLS records.
public enum KernelTLS {
  /// Asked once: a module that is loaded later is found by the next process.
  public static let isOffered = clinux_offers_kernel_tls() == 1
}

/// What is written on a connection whose keys the kernel has taken (Linux' Documentation/networking/tls.rst): application data
/// as if there were no TLS, past OpenSSL, which goes on reading, and says what is not application data.
extension TLSTransport {
  /// Hands the keys of one direction over as soon as OpenSSL has them, where nothing is in its hands that they are for.
  /// - Returns: whether the kernel makes the records from now on.
  func handOver(_ keys: UnsafeMutableRawPointer?, writes: Bool) -> Bool {
    // What is read stays with OpenSSL, which reads many records by one call.
    guard writes, copenssl_hand_over(descriptor, 1, keys) == 1 else { return false }
    isInKernel = true
    return true
  }

  func writeInKernel(_ bytes: UnsafeRawBufferPointer, then more: UnsafeRawBufferPointer) -> Outcome {
    guard mayWrite else { return .failed(.violated) }
    if more.isEmpty { return moved { clinux_send(descriptor, bytes.baseAddress, bytes.count) } }
    if bytes.isEmpty { return moved { clinux_send(descriptor, more.baseAddress, more.count) } }
    return withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { vectors in
      vectors[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
      vectors[1] = iovec(iov_base: UnsafeMutableRawPointer(mutating: more.baseAddress), iov_len: more.count)
      var message = msghdr()
      message.msg_iov = vectors.baseAddress
      message.msg_iovlen = 2
      return moved { sendmsg(descriptor, &message, CLINUX_MSG_NOSIGNAL) }
    }
  }

  /// The head waits in a record of the kernel's for the file behind it (MSG_MORE).
  func writeInKernel(_ head: UnsafeRawBufferPointer, thenFile file: Int32, at start: Int, count: Int) -> Outcome {
    guard mayWrite else { return .failed(.violated) }
    guard count > 0 else { return writeInKernel(head, then: UnsafeRawBufferPointer(start: nil, count: 0)) }
    if !head.isEmpty {
      let sent = moved { clinux_send_more(descriptor, head.baseAddress, head.count) }
      guard case .moved(head.count) = sent else { return sent }
    }
    var offset = start
    let sent = moved { clinux_sendfile(descriptor, file, &offset, count) }
    switch sent {
    case .moved(0) where head.isEmpty: return .failed(.failed(SocketError.shortFile))
    case .moved(let count): return .moved(head.count &+ count)
    default: return head.isEmpty ? sent : .moved(head.count)
    }
  }

  /// As a ticket and a last response wait without the kernel: records that are no application data cannot be sent with
  /// MSG_MORE.
  func cork() {
    if isCorked { return }
    isCorked = true
    clinux_cork(descriptor, 1)
  }

  private func uncork() {
    isCorked = false
    clinux_cork(descriptor, 0)
  }

  private var mayWrite: Bool { !isBroken && SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN == 0 }

  private func moved(_ call: () -> Int) -> Outcome {
    blocked = .no
    if isEnding { cork() }
    while true {
      let sent = call()
      if sent >= 0 {
        if isCorked && !isEnding { uncork() }
        return .moved(sent)
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        blocked = .writing
        return .wantsToWrite
      case let code:
        failure = code
        return outcome()
      }
    }
  }

  /// Whether what OpenSSL writes is an answer to the peer's wish for new keys (RFC 8446 § 4.6.3). The kernel cannot exchange ours
  /// before Linux 6.14, nor does OpenSSL 3.0 try: the peer's are exchanged, and ours stay.
  func isKeyUpdate(_ bytes: UnsafeRawPointer, _ count: Int) -> Bool {
    isOpen && recordType == UInt8(SSL3_RT_HANDSHAKE) && count > 0
      && bytes.loadUnaligned(as: UInt8.self) == UInt8(SSL3_MT_KEY_UPDATE)
  }

  /// Sends what is no application data: that does not come from OpenSSL here.
  func sendRecord(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    let sent = clinux_send_record(descriptor, recordType ?? UInt8(SSL3_RT_APPLICATION_DATA), bytes, count)
    if sent > 0 { recordType = nil }
    return sent
  }

  /// Whether what was written last may lie in a record that the kernel has not passed on yet: it counts as written there, and
  /// would be thrown away with the descriptor, or be cut off by a FIN. The next event of the socket says that it has gone.
  var isHeldBack: Bool { isInKernel && clinux_is_writable(descriptor) == 0 }
}
