import COpenSSL
import Glibc
import TestFolders
import Testing

@testable import Reactor
@testable import TLSTermination

@Suite struct TLSListenerTests {
  private let authority: DevelopmentAuthority
  private let folder: TemporaryFolder

  init() throws {
    authority = try .test()
    folder = try TemporaryFolder()
    try folder.write("a", names: ["a.test", "www.a.test"], by: authority)
    try folder.write("b", names: ["*.b.test"], by: authority)
  }

  private func listener(_ terms: TLSListener.Terms = .init(), tickets: TicketKeys = TicketKeys()) -> TLSListener {
    let listener = TLSListener(terms, tickets: tickets)
    #expect(listener.adopt(CertificateFolder(folder.path).look(at: now).entries) == [])
    return listener
  }

  /// The names of the certificate that a client is shown; nil: there is no agreement.
  private func shown(_ listener: TLSListener, _ name: String?) throws -> [String]? {
    let ends = try #require(Ends(listener, TestClient(), name: name))
    return ends.shakeHands() == .both ? ends.client.peerCertificate?.names : nil
  }

  @Test("the certificate must be chosen by the name that the client asks for, exact before wildcard, in any case")
  func choice() throws {
    let listener = listener()
    #expect(try shown(listener, "a.test") == ["a.test", "www.a.test"])
    #expect(try shown(listener, "WWW.A.TEST") == ["a.test", "www.a.test"])
    #expect(try shown(listener, "x.b.test") == ["*.b.test"])
    try folder.write("c", names: ["x.b.test"], by: authority)
    #expect(try shown(self.listener(), "x.b.test") == ["x.b.test"])
  }

  @Test("a client that names no host, or an unknown one, must be shown the default")
  func unknownName() throws {
    #expect(try shown(listener(), nil) == ["a.test", "www.a.test"])
    for name in ["unknown.test", "b.test", "x.y.b.test"] {
      #expect(try shown(listener(), name) == ["a.test", "www.a.test"], "\(name)")
      #expect(try shown(listener(.init(defaultHost: "b")), name) == ["*.b.test"], "\(name)")
    }
    try folder.write("default", names: ["z.test"], by: authority)
    #expect(try shown(listener(), nil) == ["z.test"])
  }

  @Test(
    "a client that names an unknown host must be refused where the listener says so, and one that names none must not")
  func refusedName() throws {
    let listener = listener(.init(refusesUnknownNames: true))
    let ends = try #require(Ends(listener, TestClient(), name: "unknown.test"))
    #expect(ends.shakeHands() == .refusedByServer)
    #expect(ends.server.flaw == .unknownName)
    #expect(try shown(listener, nil) == ["a.test", "www.a.test"])
    #expect(try shown(listener, "x.b.test") == ["*.b.test"])
  }

  @Test("bytes must pass both ways, and the announced end be told from the descriptor's")
  func bytes() throws {
    let ends = try #require(Ends(listener(), TestClient(trusting: authority), name: "a.test"))
    #expect(ends.shakeHands() == .both)
    #expect(ends.pass("hello", from: ends.client, to: ends.server) == "hello")
    #expect(ends.pass("hello yourself", from: ends.server, to: ends.client) == "hello yourself")
    #expect(ends.server.version == "TLSv1.3")
    #expect(ends.server.cipher.hasPrefix("TLS_AES_"))
    guard case .moved = ends.client.end() else { return #expect(Bool(false)) }
    ends.server.mayReceive = true
    #expect(ends.read(ends.server) == "")
  }

  @Test("an end that was not announced must not pass for one, and the answer still be sent")
  func truncation() throws {
    let ends = try #require(Ends(listener(), TestClient(trusting: authority), name: "a.test"))
    #expect(ends.shakeHands() == .both)
    shutdown(ends.clientDescriptor, Int32(SHUT_WR))
    ends.server.mayReceive = true
    ends.server.hasPeerClosed = true
    for _ in 0..<2 {
      guard case .failed(.truncated) = ends.server.peek() else { return #expect(Bool(false)) }
    }
    #expect(ends.pass("still", from: ends.server, to: ends.client) == "still")
  }

  @Test("a security policy must decide which versions are spoken")
  func versions() throws {
    let old = TestClient(versions: TLS1_2_VERSION...TLS1_2_VERSION)
    #expect(try #require(Ends(listener(), old, name: "a.test")).shakeHands() == .both)
    let ends = try #require(Ends(listener(.init(policy: .tls1_3of2025)), old, name: "a.test"))
    #expect(ends.shakeHands() == .refusedByServer)
    #expect(ends.server.flaw == .noCommonVersion)
    // A domain's own policy counts before its listener's.
    let domain = TLSDomain(name: "a.test", policy: .tls1_2of2021, trust: nil)
    let mixed = listener(.init(policy: .tls1_3of2025, domains: [domain]))
    #expect(try #require(Ends(mixed, old, name: "a.test")).shakeHands() == .both)
    #expect(try #require(Ends(mixed, old, name: "x.b.test")).shakeHands() == .refusedByServer)
  }

  @Test("the protocol must be the first of ours that the client offers, and none in common be the end")
  func protocols() throws {
    func agreed(_ ours: [ApplicationProtocol], _ theirs: String) throws -> (Ends.Agreement, ApplicationProtocol?) {
      let offered = theirs.split(separator: " ").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
      let ends = try #require(Ends(listener(.init(protocols: ours)), TestClient(), name: "a.test", protocols: offered))
      return (ends.shakeHands(), ends.server.applicationProtocol)
    }
    #expect(try agreed([.http1], "h2 http/1.1") == (.both, .http1))
    #expect(try agreed([.http2, .http1], "http/1.1 h2") == (.both, .http2))
    #expect(try agreed([.http1], "") == (.both, nil))
    #expect(try agreed([.http1], "h2 spdy/3").0 == .refusedByServer)
  }

  @Test("a session must go on by its ticket, on any listener with the same keys, until those have turned twice")
  func tickets() throws {
    for versions in [TLS1_3_VERSION...TLS1_3_VERSION, TLS1_2_VERSION...TLS1_2_VERSION] {
      let tickets = TicketKeys()
      let client = TestClient(versions: versions)
      let first = try #require(Ends(listener(tickets: tickets), client, name: "a.test"))
      #expect(first.shakeHands() == .both)
      // The ticket comes with the first bytes.
      #expect(first.pass("x", from: first.server, to: first.client) == "x")
      let session = SSL_get1_session(first.client.ssl)
      defer { SSL_SESSION_free(session) }
      func isResumed(_ tickets: TicketKeys) throws -> Bool {
        // OpenSSL spoils a session whose connection was not shut down.
        let copy = SSL_SESSION_dup(session)
        defer { SSL_SESSION_free(copy) }
        let ends = try #require(Ends(listener(tickets: tickets), client, name: "a.test", session: copy))
        #expect(ends.shakeHands() == .both)
        #expect(ends.pass("y", from: ends.server, to: ends.client) == "y")
        return ends.server.isResumed
      }
      #expect(try isResumed(tickets))
      #expect(try !isResumed(TicketKeys()))
      tickets.rotate()
      tickets.rotate()
      #expect(try isResumed(tickets))
      tickets.rotate()
      #expect(try !isResumed(tickets))
    }
  }

  @Test("what speaks no TLS must be told apart, and what speaks HTTP most of all")
  func notTLS() throws {
    for (text, flaw) in [("GET / HTTP/1.1\r\n\r\n", TLSFlaw.plainHTTP), ("\0\0\0\0\0\0\0\0\0\0\0", .notTLS)] {
      let ends = try #require(Ends(listener(), TestClient(), name: nil))
      _ = Array(text.utf8).withUnsafeBytes { write(ends.clientDescriptor, $0.baseAddress, $0.count) }
      ends.server.mayReceive = true
      guard case .failed(.violated) = ends.server.handshake() else { return #expect(Bool(false), "\(text)") }
      #expect(ends.server.flaw == flaw)
    }
  }

  @Test("RSA and ECDSA must stand side by side, and each client be shown what it can check")
  func twoKinds() throws {
    try folder.writeRSA("a/chain-rsa.pem", "a/key-rsa.pem", names: ["a.test", "www.a.test"])
    let listener = listener()
    for (algorithms, kind) in [("RSA-PSS+SHA256", "RSA"), ("ECDSA+SHA256", "EC")] {
      let client = TestClient()
      client.accept(signatures: algorithms)
      let ends = try #require(Ends(listener, client, name: "a.test"))
      #expect(ends.shakeHands() == .both, "\(kind): \(ends.server.flaw?.description ?? "")")
      let certificate = try #require(ends.client.peerCertificate)
      let key = X509_get0_pubkey(certificate.x509)
      #expect(EVP_PKEY_get0_type_name(key).map { String(cString: $0) } == kind)
    }
  }
}
