import COpenSSL
import Foundation
import TestFolders
import Testing

@testable import Reactor
@testable import TLSTermination

@Suite struct TLSDomainTests {
  private let authority: DevelopmentAuthority
  private let folder: TemporaryFolder
  private let trust: TrustFiles
  private let listener: TLSListener

  init() throws {
    authority = try .test()
    folder = try TemporaryFolder()
    try folder.write("a", names: ["a.test", "open.test"], by: authority)
    try folder.write("trust.pem", authority.issued.certificate)
    trust = TrustFiles(authorities: folder.path + "/trust.pem", revocations: nil)
    listener = TLSListener(
      .init(domains: [TLSDomain(name: "a.test", policy: nil, trust: trust)]), tickets: TicketKeys())
    listener.adopt(CertificateFolder(folder.path).look(at: now).entries)
  }

  private func verdict(showing pair: DevelopmentAuthority.IssuedPair?, to name: String) throws -> String {
    let client = TestClient()
    if let pair { client.show(pair) }
    let ends = try #require(Ends(listener, client, name: name))
    guard ends.shakeHands() == .both else { return "handshake: \(ends.server.flaw?.description ?? "?")" }
    switch ends.server.clientVerdict {
    case .notAsked: return "not asked"
    case .trusted(let certificate): return "trusted: \(certificate.subject)"
    case .refused(let reason): return "refused: \(reason)"
    }
  }

  @Test("a client must show a certificate where its domain asks for one, and only there")
  func asked() throws {
    #expect(trust.look().flaw == nil)
    let pair = try authority.issue(.client(name: "a client"), now: now)
    #expect(try verdict(showing: pair, to: "a.test") == "trusted: CN=a client,O=Sluice development")
    #expect(try verdict(showing: nil, to: "a.test") == "handshake: no client certificate")
    #expect(try verdict(showing: pair, to: "open.test") == "not asked")
    #expect(try verdict(showing: nil, to: "open.test") == "not asked")
  }

  @Test("a certificate of a stranger's, an expired one and one for servers must be let through to be refused")
  func refused() throws {
    #expect(trust.look().flaw == nil)
    let stranger = try DevelopmentAuthority.test().issue(.client(name: "x"), now: now)
    #expect(try verdict(showing: stranger, to: "a.test") == "refused: Could not find issuer for certificate")
    let expired = try authority.issue(.client(name: "x"), now: now - 9_000_000, days: 3)
    #expect(try verdict(showing: expired, to: "a.test") == "refused: certificate has expired")
    let server = try authority.issue(.server(names: ["x.test"]), now: now)
    #expect(try verdict(showing: server, to: "a.test") == "refused: unsuitable certificate purpose")
  }

  @Test("a domain whose trust store cannot be read must refuse everybody")
  func unreadable() throws {
    try folder.write("trust.pem", "nothing")
    #expect(trust.look().flaw == .noCertificate(folder.path + "/trust.pem"))
    #expect(trust.look().flaw == nil)
    let pair = try authority.issue(.client(name: "x"), now: now)
    #expect(try verdict(showing: pair, to: "a.test").hasPrefix("handshake: "))
    #expect(try verdict(showing: nil, to: "open.test") == "not asked")
  }

  @Test("a trust store must be read again when it has changed, and the old one stay where the new one is no good")
  func changed() throws {
    #expect(trust.look().hasChanged)
    #expect(!trust.look().hasChanged)
    let other = try DevelopmentAuthority.test()
    let pair = try other.issue(.client(name: "x"), now: now)
    #expect(try verdict(showing: pair, to: "a.test").hasPrefix("refused"))
    try folder.write("trust.pem", authority.issued.certificate + other.issued.certificate)
    #expect(trust.look().hasChanged)
    #expect(try verdict(showing: pair, to: "a.test").hasPrefix("trusted"))
    try folder.write("trust.pem", "nothing")
    #expect(trust.look().flaw != nil)
    #expect(try verdict(showing: pair, to: "a.test").hasPrefix("trusted"))
  }

  @Test("what a certificate says must be told in the forms of $context.identity.clientCert")
  func facts() throws {
    let pair = try authority.issue(.client(name: "client, of mine"), now: 1_800_000_300, days: 365)
    let certificate = try #require(try Certificate.read(Array(pair.certificate.utf8), file: "x").first)
    #expect(certificate.subject == "CN=client\\, of mine,O=Sluice development")
    #expect(certificate.issuer == "CN=Test authority,O=Sluice development")
    #expect(certificate.validity == ("Jan 15 08:00:00 2027 GMT", "Jan 15 08:00:00 2028 GMT"))
    #expect(certificate.serialNumber.allSatisfy(\.isNumber) && certificate.serialNumber.count > 40)
    #expect(certificate.pem == pair.certificate)
  }
}
