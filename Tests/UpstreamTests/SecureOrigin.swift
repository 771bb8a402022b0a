import Foundation
import Glibc
import Reactor
import Synchronization
import TLSTermination

/// Now, as certificates count it; a little later than they were made.
let certificateTime = Int64(time(nil)) + 60

/// An authority, what it has issued in files, and what origins do with it. The files go with the test.
final class SecureOrigin: Sendable {
  let folder = FileManager.default.temporaryDirectory.path + "/sluice-upstream-" + UUID().uuidString
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
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try authority.issued.certificate.write(toFile: folder + "/authority.pem", atomically: true, encoding: .utf8)
    let pair = try authority.issue(.server(names: names), now: time, days: days)
    try Self.write(pair, to: folder + "/served/default")
    var domains: [TLSDomain] = []
    if asksForCertificates {
      try Self.write(try authority.issue(.client(name: "gateway"), now: time), to: folder + "/client")
      let trust = TrustFiles(authorities: folder + "/authority.pem", revocations: nil)
      _ = trust.look()
      domains = names.map { TLSDomain(name: $0, policy: nil, trust: trust) }
    }
    listener = TLSListener(.init(protocols: protocols, domains: domains), tickets: TicketKeys())
    listener.adopt(CertificateFolder(folder + "/served").look(at: time).entries)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static func write(_ pair: DevelopmentAuthority.IssuedPair, to directory: String) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try pair.certificate.write(toFile: directory + "/chain.pem", atomically: true, encoding: .utf8)
    try pair.key.write(toFile: directory + "/key.pem", atomically: true, encoding: .utf8)
  }

  /// Believes this authority alone, unless the terms say otherwise.
  func client(showing certificate: Bool = false, trusting: Bool = true, any: Bool = false) -> TLSClient {
    let client = TLSClient(
      .init(
        authorities: trusting ? folder + "/authority.pem" : nil, certificate: certificate ? folder + "/client" : nil,
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
