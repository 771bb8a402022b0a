import CLinux
import COpenSSL
import Glibc
import Reactor

/// How OpenSSL reaches the descriptor: through the transport.
enum SocketBIO {
  // SAFETY: made once, under the lock of a static's initialisation, and only read afterwards.
  nonisolated(unsafe) static let method: OpaquePointer? = {
    guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sluice socket") else { return nil }
    BIO_meth_set_read_ex(method) { bio, room, size, count in
      guard let bio, let room, let pointer = BIO_get_data(bio) else { return 0 }
      copenssl_clear_retry(bio)
      let read = Unmanaged<TLSTransport>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.receive(room, size, bio) }
      count?.pointee = read
      return read > 0 ? 1 : 0
    }
    BIO_meth_set_write_ex(method) { bio, bytes, size, count in
      guard let bio, let bytes, let pointer = BIO_get_data(bio) else { return 0 }
      copenssl_clear_retry(bio)
      let sent = Unmanaged<TLSTransport>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.send(bytes, size, bio) }
      count?.pointee = sent
      return sent > 0 ? 1 : 0
    }
    BIO_meth_set_ctrl(method) { bio, command, number, argument in
      if command == Int32(BIO_CTRL_FLUSH) { return 1 }
      guard let bio, let pointer = BIO_get_data(bio) else { return 0 }
      return Unmanaged<TLSTransport>.fromOpaque(pointer)._withUnsafeGuaranteedRef { transport in
        switch command {
        case Int32(BIO_CTRL_EOF): return transport.hasReceivedEnd ? 1 : 0
        case COPENSSL_CTRL_SET_KTLS: return transport.handOver(argument, writes: number != 0) ? 1 : 0
        case Int32(BIO_CTRL_GET_KTLS_SEND): return transport.isInKernel ? 1 : 0
        case COPENSSL_CTRL_SET_RECORD_TYPE: transport.recordType = UInt8(truncatingIfNeeded: number)
        case COPENSSL_CTRL_CLEAR_RECORD_TYPE: transport.recordType = nil
        default: break
        }
        return 0
      }
    }
    return method
  }()
}

extension TLSTransport {
  /// What the BIO does to read. 0: nothing, for the time being or for ever.
  func receive(_ room: UnsafeMutableRawPointer, _ size: Int, _ bio: OpaquePointer) -> Int {
    guard mayReceive else {
      blocked = .reading
      copenssl_retry(bio, 0)
      return 0
    }
    while true {
      let count = clinux_recv(descriptor, room, size)
      if count < size && !hasPeerClosed { mayReceive = false }
      if count > 0 { return count }
      if count == 0 {
        hasReceivedEnd = true
        return 0
      }
      switch errno {
      case EINTR: mayReceive = true
      case EAGAIN:
        mayReceive = false
        blocked = .reading
        copenssl_retry(bio, 0)
        return 0
      case let code:
        failure = code
        return 0
      }
    }
  }

  /// Whether more is sent at once behind what is being sent.
  var isFollowed: Bool { isEnding || (!isOpen && SSL_get_state(ssl) == TLS_ST_SW_SESSION_TICKET) }

  /// What the BIO does to write. A ticket waits for the response behind it, or a fifth of a second, and a last response, and the
  /// announcement of the end, for the FIN: a packet less for each (MSG_MORE, send(2)).
  func send(_ bytes: UnsafeRawPointer, _ count: Int, _ bio: OpaquePointer) -> Int {
    let isFollowed = isFollowed
    if isInKernel {
      if isKeyUpdate(bytes, count) {
        recordType = nil
        return count
      }
      if isFollowed { cork() }
    }
    while true {
      let sent =
        isInKernel
        ? sendRecord(bytes, count)
        : isFollowed ? clinux_send_more(descriptor, bytes, count) : clinux_send(descriptor, bytes, count)
      if sent > 0 { return sent }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        blocked = .writing
        copenssl_retry(bio, 1)
        return 0
      case let code:
        failure = code
        return 0
      }
    }
  }

  /// The transport of a handshake that a callback is called in.
  static func of(_ ssl: OpaquePointer?) -> TLSTransport? {
    guard let ssl, let bio = SSL_get_rbio(ssl), let pointer = BIO_get_data(bio) else { return nil }
    return Unmanaged<TLSTransport>.fromOpaque(pointer).takeUnretainedValue()
  }
}
