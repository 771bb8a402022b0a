import Glibc
import Reactor
import Synchronization
import TLSTermination
import TestFolders

/// Now, as certificates count it; a little later than they were made.
let certificateTime = Int64(time(nil)) + 60

/// An authority, what it has issued in files, and what origins do with it. The files go with the test.
final class SecureOrigin: Sendable {
  let folder: TemporaryFolder
  let listener: TLSListener
  /// How each handshake went, in their order.
  private let agreed = Mutex<[Handshake]>([])
  var handshakes: [Handshake] { agreed.withLock { $0 } }

  struct Handshake: Equatable {
    /// Whether it went on from a session.
    var isResumed: Bool
    /// Whom the client's certificate names; empty: it showed none.
    var client: String
  }

  /// - Parameter asksForCertificates: whether clients must show one of the same authority; the folder `client` has one then.
  init(
    names: [String] = ["origin.test"], issuedAt time: Int64 = certificateTime, days: Int = 90,
    asksForCertificates: Bool = false, protocols: [ApplicationProtocol] = [.http1]
  ) throws {
    let authority = try DevelopmentAuthority(named: "Test authority", now: time)
    folder = try TemporaryFolder(["authority.pem": authority.issued.certificate])
    let pair = try authority.issue(.server(names: names), now: time, days: days)
    try folder.write(pair, to: "served/default")
    var domains: [TLSDomain] = []
    if asksForCertificates {
      try folder.write(try authority.issue(.client(name: "gateway"), now: time), to: "client")
      let trust = TrustFiles(authorities: folder.path(of: "authority.pem"), revocations: nil)
      _ = trust.look()
      domains = names.map { TLSDomain(name: $0, policy: nil, trust: trust) }
    }
    listener = TLSListener(.init(protocols: protocols, domains: domains), tickets: TicketKeys())
    listener.adopt(CertificateFolder(folder.path(of: "served")).look(at: time).entries)
  }

  /// Believes this authority alone, unless the terms say otherwise.
  func client(showing certificate: Bool = false, trusting: Bool = true, any: Bool = false) -> TLSClient {
    let client = TLSClient(
      .init(
        authorities: trusting ? folder.path(of: "authority.pem") : nil,
        certificate: certificate ? folder.path(of: "client") : nil,
        trustsAnyAuthority: any))
    _ = client.look()
    return client
  }

  /// The origin's side of the handshake.
  func secure(_ connection: OriginConnection) async throws {
    guard let transport = listener.accept(on: connection.socket.descriptor) else { return }
    try await connection.socket.secure(by: transport, until: .never)
    let handshake = Handshake(isResumed: transport.isResumed, client: transport.peerCertificate?.subject ?? "")
    agreed.withLock { $0.append(handshake) }
  }
}

extension TemporaryFolder {
  fileprivate func write(_ pair: DevelopmentAuthority.IssuedPair, to name: String) throws {
    try write("\(name)/chain.pem", pair.certificate)
    try write("\(name)/key.pem", pair.key)
  }
}
