import COpenSSL
import CLinux
import Glibc
import Reactor

/// TLS on a socket's descriptor, as OpenSSL speaks it (RFC 8446, RFC 5246): either side of a connection.
///
///     handshaking --agreed--> open --close_notify sent or received, each for itself--> ended
///          |                   |
///          +---any failure-----+--> broken: `flaw` says why, and nothing more is written
///
/// OpenSSL reads and writes by a BIO of ours, which knows what the reactor knows: as long as the kernel has nothing new it
/// is not asked, so that a request costs one recv and a response one send.
public final class TLSTransport: Transport {
  let ssl: OpaquePointer
  private let descriptor: Int32
  /// Why the last call of the BIO's did nothing.
  private enum Blocked { case no, reading, writing }
  private var blocked = Blocked.no
  /// The errno of a system call that failed; 0: none has.
  private var failure: Int32 = 0
  private var hasReceivedEnd = false
  private var isOpen = false
  private var isBroken = false
  /// Why the handshake, or the connection after it, failed.
  public internal(set) var flaw: TLSFlaw?
  /// Who keeps what the callbacks of the handshake use: a listener.
  var owner: TLSListener?
  /// The certificates in use, and what the callbacks are given.
  var context: TLSContext?
  /// The origin that was connected to, and under which terms; nil where a client connected to us.
  var peer: TLSPeer?
  var clientContext: TLSClientContext?
  /// The terms of the domain that the client asked for by name.
  public internal(set) var domain: TLSDomain?
  /// Of the client; nil where its listener takes none.
  public internal(set) var fingerprint: TLSFingerprint?
  /// What is wrong with the client's certificate (X509_V_ERR_…); 0: nothing.
  var clientCertificateError: Int32 = 0

  /// Takes over `ssl`, whose side has been chosen.
  /// - Returns: nil when memory has run out.
  init?(ssl: OpaquePointer, on descriptor: Int32) {
    self.ssl = ssl
    self.descriptor = descriptor
    super.init()
    guard let method = SocketBIO.method, let bio = BIO_new(method) else { return nil }
    // SAFETY: the BIO goes with `ssl`, and that in `deinit`.
    BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    BIO_set_init(bio, 1)
    SSL_set_bio(ssl, bio, bio)
  }

  deinit { SSL_free(ssl) }

  // MARK: What was agreed

  /// The protocol that is spoken above (RFC 7301); nil where the client did not ask.
  public var applicationProtocol: ApplicationProtocol? {
    var name: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &count)
    return ApplicationProtocol(UnsafeBufferPointer(start: name, count: Int(count)))
  }

  /// `TLSv1.3`, as `$context.tlsVersion` has it.
  public var version: String { String(cString: SSL_get_version(ssl)) }
  /// OpenSSL's name of the cipher, as `$context.cipherSuite` has it.
  public var cipher: String { SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { String(cString: $0) } ?? "" }
  /// Whether the handshake went on from an earlier session.
  public var isResumed: Bool { SSL_session_reused(ssl) == 1 }
  /// The certificate that the peer has shown.
  public var peerCertificate: Certificate? { SSL_get1_peer_certificate(ssl).map { Certificate($0) } }

  // MARK: Transport

  public override var hasUnread: Bool { mayReceive || SSL_has_pending(ssl) == 1 }

  public override func handshake() -> Outcome {
    ERR_clear_error()
    blocked = .no
    let result = SSL_do_handshake(ssl)
    guard result == 1 else { return outcome() }
    isOpen = true
    return .moved(0)
  }

  public override func read(into room: UnsafeMutableRawBufferPointer) -> Outcome {
    guard !isBroken else { return .failed(.violated) }
    blocked = .no
    var count = 0
    return SSL_read_ex(ssl, room.baseAddress, room.count, &count) == 1 ? .moved(count) : outcome()
  }

  public override func peek() -> Outcome {
    guard !isBroken else { return .failed(.violated) }
    blocked = .no
    var byte: UInt8 = 0
    var count = 0
    return SSL_peek_ex(ssl, &byte, 1, &count) == 1 ? .moved(count) : outcome()
  }

  public override func write(_ bytes: UnsafeRawBufferPointer, then more: UnsafeRawBufferPointer) -> Outcome {
    if more.isEmpty { return write(bytes) }
    if bytes.isEmpty { return write(more) }
    guard bytes.count < Self.record else { return write(bytes) }
    // A head and the body behind it in one record.
    return withUnsafeTemporaryAllocation(byteCount: Self.record, alignment: 1) { room in
      room.copyMemory(from: bytes)
      let rest = UnsafeMutableRawBufferPointer(rebasing: room[bytes.count...])
      let count = min(rest.count, more.count)
      rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: more[..<count]))
      return write(UnsafeRawBufferPointer(rebasing: room[..<(bytes.count &+ count)]))
    }
  }

  public override func write(
    _ bytes: UnsafeRawBufferPointer, thenFile file: Int32, at offset: Int, count: Int
  ) -> Outcome {
    guard count > 0, bytes.count < Self.record else { return write(bytes) }
    return withUnsafeTemporaryAllocation(byteCount: Self.record, alignment: 1) { room in
      room.copyMemory(from: bytes)
      let wanted = min(count, room.count &- bytes.count)
      var read = pread(file, room.baseAddress?.advanced(by: bytes.count), wanted, offset)
      while read < 0 && errno == EINTR {
        read = pread(file, room.baseAddress?.advanced(by: bytes.count), wanted, offset)
      }
      if read < 0 { return .failed(.failed(errno)) }
      if read == 0 { return .failed(.failed(SocketError.shortFile)) }
      return write(UnsafeRawBufferPointer(rebasing: room[..<(bytes.count &+ read)]))
    }
  }

  /// Plain bytes that one record holds (RFC 8446 § 5.1).
  private static var record: Int { 16_384 }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    guard !isBroken else { return .failed(.violated) }
    guard !bytes.isEmpty else { return .moved(0) }
    blocked = .no
    var count = 0
    return SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count) == 1 ? .moved(count) : outcome()
  }

  public override func end() -> Outcome {
    guard isOpen, !isBroken, SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN == 0 || blocked == .writing else {
      return .moved(0)
    }
    blocked = .no
    isEnding = true
    if SSL_shutdown(ssl) >= 0 { return .moved(0) }
    let isBlocked = blocked == .writing
    ERR_clear_error()
    return isBlocked ? .wantsToWrite : .moved(0)
  }

  /// A connection that rests keeps no buffers: 33 KB.
  public override func rest() { SSL_free_buffers(ssl) }

  /// Why a call came to nothing.
  private func outcome() -> Outcome {
    switch blocked {
    case .reading: return .wantsToRead
    case .writing: return .wantsToWrite
    case .no: break
    }
    if failure == 0, ERR_peek_error() == 0, SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 {
      guard hasReceivedEnd else { return .moved(0) }
      // The peer has finished sending without a word, but may still read.
      flaw = .connectionEnded
      return .failed(.truncated)
    }
    isBroken = true
    let cause = TLSFlaw.take(of: ssl)
    if flaw == nil { flaw = failure != 0 || hasReceivedEnd ? .connectionEnded : cause }
    if failure != 0 { return .failed(SocketError(errno: failure)) }
    return .failed(hasReceivedEnd ? .truncated : .violated)
  }

  // MARK: The descriptor

  /// What the BIO does to read. 0: nothing, for the time being or for ever.
  fileprivate func receive(_ room: UnsafeMutableRawPointer, _ size: Int, _ bio: OpaquePointer) -> Int {
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

  /// What the BIO does to write. A ticket waits for the response behind it, or a fifth of a second, and a last response, and the
  /// announcement of the end, for the FIN: a packet less for each (MSG_MORE, send(2)).
  fileprivate func send(_ bytes: UnsafeRawPointer, _ count: Int, _ bio: OpaquePointer) -> Int {
    let moreFollows = isEnding || (!isOpen && SSL_get_state(ssl) == TLS_ST_SW_SESSION_TICKET)
    while true {
      let sent =
        moreFollows ? clinux_send_more(descriptor, bytes, count) : clinux_send(descriptor, bytes, count)
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

  fileprivate var isAtEnd: Bool { hasReceivedEnd }

  /// The transport of a handshake that a callback is called in.
  static func of(_ ssl: OpaquePointer?) -> TLSTransport? {
    guard let ssl, let bio = SSL_get_rbio(ssl), let pointer = BIO_get_data(bio) else { return nil }
    return Unmanaged<TLSTransport>.fromOpaque(pointer).takeUnretainedValue()
  }
}

/// How OpenSSL reaches the descriptor: through the transport.
private enum SocketBIO {
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
    BIO_meth_set_ctrl(method) { bio, command, _, _ in
      switch command {
      case Int32(BIO_CTRL_FLUSH): return 1
      case Int32(BIO_CTRL_EOF):
        guard let bio, let pointer = BIO_get_data(bio) else { return 1 }
        return Unmanaged<TLSTransport>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.isAtEnd ? 1 : 0 }
      default: return 0
      }
    }
    return method
  }()
}
