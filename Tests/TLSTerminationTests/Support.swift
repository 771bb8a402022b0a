import COpenSSL
import Foundation
import TestFolders

@testable import Reactor
@testable import TLSTermination

/// Now, as certificates count it; a little later, for those that other programs make meanwhile.
let now = Int64(Date().timeIntervalSince1970) + 60

extension TemporaryFolder {
  /// A host's folder with what an authority has issued for `names`.
  func write(
    _ host: String, names: [String], by authority: DevelopmentAuthority, at time: Int64 = now, days: Int = 90
  ) throws {
    let pair = try authority.issue(.server(names: names), now: time, days: days)
    try write("\(host)/chain.pem", pair.certificate)
    try write("\(host)/key.pem", pair.key)
  }
}

extension TemporaryFolder {
  /// A certificate with an RSA key, which signs itself: our own authority has none.
  func writeRSA(_ chain: String, _ key: String, names: [String], bits: Int = 2048) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = [
      "req", "-x509", "-newkey", "rsa:\(bits)", "-nodes", "-days", "9", "-subj", "/CN=rsa", "-addext",
      "subjectAltName=" + names.map { "DNS:\($0)" }.joined(separator: ","), "-keyout", "\(path)/\(key)", "-out",
      "\(path)/\(chain)",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
  }
}

extension DevelopmentAuthority {
  static func test() throws -> DevelopmentAuthority { try DevelopmentAuthority(named: "Test authority", now: now) }
}

/// A client's side of TLS, for tests: what the gateway itself never needs to be.
// SAFETY: used by one test at a time.
final class TestClient: @unchecked Sendable {
  let context: OpaquePointer

  init(trusting authority: DevelopmentAuthority? = nil, versions: ClosedRange<Int32> = TLS1_2_VERSION...TLS1_3_VERSION)
  {
    context = SSL_CTX_new(TLS_client_method())
    copenssl_set_modes(context)
    _ = copenssl_set_versions(context, versions.lowerBound, versions.upperBound)
    SSL_CTX_set_session_id_context(context, [1], 1)
    guard let authority else { return }
    // The memory that is read must outlast the reading.
    _ = PEM.read(Array(authority.issued.certificate.utf8)) { memory in
      let certificate = PEM_read_bio_X509(memory, nil, nil, nil)
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate)
      X509_free(certificate)
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
  }

  deinit { SSL_CTX_free(context) }

  /// Which signatures it can check: `ECDSA+SHA256:RSA-PSS+SHA256`.
  func accept(signatures: String) {
    var names = Array(signatures.utf8CString)
    SSL_CTX_ctrl(context, SSL_CTRL_SET_SIGALGS_LIST, 0, &names)
  }

  func show(_ pair: DevelopmentAuthority.IssuedPair) {
    _ = PEM.read(Array(pair.certificate.utf8)) { memory in
      let certificate = PEM_read_bio_X509(memory, nil, nil, nil)
      SSL_CTX_use_certificate(context, certificate)
      X509_free(certificate)
    }
    _ = PEM.read(Array(pair.key.utf8)) { memory in
      let key = PEM_read_bio_PrivateKey(memory, nil, nil, nil)
      SSL_CTX_use_PrivateKey(context, key)
      EVP_PKEY_free(key)
    }
  }

  /// - Parameters:
  ///   - session: one to go on from.
  ///   - protocols: in the order of preference, as RFC 7301 writes them.
  func connect(
    on descriptor: Int32, to name: String?, protocols: [UInt8] = [], session: OpaquePointer? = nil
  ) -> TLSTransport? {
    guard let ssl = SSL_new(context) else { return nil }
    SSL_set_connect_state(ssl)
    if let name {
      _ = copenssl_set_server_name(ssl, name)
      SSL_set1_host(ssl, name)
    }
    if !protocols.isEmpty { SSL_set_alpn_protos(ssl, protocols, UInt32(protocols.count)) }
    if let session { SSL_set_session(ssl, session) }
    return TLSTransport(ssl: ssl, on: descriptor)
  }
}

/// Both ends of a connection within one thread: what one sends, the other can read at once.
final class Ends {
  let server: TLSTransport
  let client: TLSTransport
  private let descriptors: (Int32, Int32)
  var clientDescriptor: Int32 { descriptors.1 }

  /// - Parameter isTCP: over loopback, which is what the kernel can make records for.
  init?(
    _ listener: TLSListener, _ client: TestClient, name: String?, protocols: [UInt8] = [],
    session: OpaquePointer? = nil,
    isTCP: Bool = false
  ) {
    guard let pair = isTCP ? Self.connection() : Self.pair() else { return nil }
    descriptors = (pair[0], pair[1])
    guard let server = listener.accept(on: pair[0]),
      let near = client.connect(on: pair[1], to: name, protocols: protocols, session: session)
    else { return nil }
    self.server = server
    self.client = near
  }

  deinit {
    close(descriptors.0)
    close(descriptors.1)
  }

  private static func pair() -> [Int32]? {
    var pair: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    return socketpair(AF_UNIX, kind, 0, &pair) == 0 ? pair : nil
  }

  private static func connection() -> [Int32]? {
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listening) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listening, address, size) == 0, listen(listening, 1) == 0,
          getsockname(listening, address, &size) == 0
        else { return nil }
        let near = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard connect(near, address, size) == 0 else { return nil }
        let far = accept(listening, nil, nil)
        for descriptor in [near, far] {
          _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
          var one: Int32 = 1
          setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
        return [far, near]
      }
    }
  }

  enum Agreement: Equatable { case both, refusedByServer, refusedByClient, unfinished }

  func shakeHands() -> Agreement {
    var isDone = (server: false, client: false)
    for _ in 0..<20 {
      client.mayReceive = true
      if !isDone.client {
        switch client.handshake() {
        case .moved: isDone.client = true
        case .failed:
          server.mayReceive = true
          _ = server.handshake()
          return .refusedByClient
        case .wantsToRead, .wantsToWrite: break
        }
      }
      server.mayReceive = true
      if !isDone.server {
        switch server.handshake() {
        case .moved: isDone.server = true
        case .failed: return .refusedByServer
        case .wantsToRead, .wantsToWrite: break
        }
      }
      if isDone.server && isDone.client { return .both }
    }
    return .unfinished
  }

  /// What arrives of `text` at the other end.
  func pass(_ text: String, from sender: TLSTransport, to receiver: TLSTransport) -> String? {
    guard
      case .moved(text.utf8.count) = Array(text.utf8).withUnsafeBytes({
        sender.write($0, then: UnsafeRawBufferPointer(start: nil, count: 0))
      })
    else { return nil }
    guard hasSomething(at: receiver) else { return nil }
    receiver.mayReceive = true
    return read(receiver)
  }

  /// Waits until there is something to receive, or 5 seconds.
  func hasSomething(at receiver: TLSTransport) -> Bool {
    var wanted = pollfd(fd: receiver.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, 5000) == 1
  }

  func read(_ receiver: TLSTransport) -> String? {
    var room = [UInt8](repeating: 0, count: 20_000)
    guard case .moved(let count) = room.withUnsafeMutableBytes({ receiver.read(into: $0) }) else { return nil }
    return String(decoding: room.prefix(count), as: UTF8.self)
  }
}
