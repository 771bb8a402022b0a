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
/// OpenSSL reads and writes by a BIO of ours (``SocketBIO``), which knows what the reactor knows: as long as the kernel has
/// nothing new it is not asked, so that a request costs one recv and a response one send. Where the kernel has taken the keys
/// (`isInKernel`), it makes the records of what is written, and files go out without a copy.
public final class TLSTransport: Transport {
  let ssl: OpaquePointer
  let descriptor: Int32
  /// Why the last system call did nothing.
  enum Blocked { case no, reading, writing }
  var blocked = Blocked.no
  /// The errno of a system call that failed; 0: none has.
  var failure: Int32 = 0
  var hasReceivedEnd = false
  private(set) var isOpen = false
  private(set) var isBroken = false
  /// Whether the kernel encrypts what is written.
  public internal(set) var isInKernel = false
  /// Whether the kernel waits for more before it closes a packet.
  var isCorked = false
  /// The type of the record that OpenSSL writes next, where the kernel makes it; nil: application data.
  var recordType: UInt8?
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
    if isInKernel { return writeInKernel(bytes, then: more) }
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
    if isInKernel { return writeInKernel(bytes, thenFile: file, at: offset, count: count) }
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
    if SSL_shutdown(ssl) >= 0 { return isHeldBack ? .wantsToWrite : .moved(0) }
    let isBlocked = blocked == .writing
    ERR_clear_error()
    return isBlocked ? .wantsToWrite : .moved(0)
  }

  /// A connection that rests keeps no buffers: 33 KB.
  public override func rest() { SSL_free_buffers(ssl) }

  /// Why a call came to nothing.
  func outcome() -> Outcome {
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
}
