import Foundation
import TestFolders
import Testing

@testable import TLSTermination

@Suite struct CertificateFolderTests {
  private let authority: DevelopmentAuthority
  private let folder: TemporaryFolder

  init() throws {
    authority = try .test()
    folder = try TemporaryFolder()
    try folder.write("a", names: ["a.test"], by: authority)
  }

  @Test("what is on disk must be found once, and told again only when it has changed")
  func changes() throws {
    let certificates = CertificateFolder(folder.path)
    try folder.write("README.md", "no host")
    let first = certificates.look(at: now)
    #expect(first.hasChanged && first.flaws.isEmpty)
    #expect(first.entries.map(\.names) == [["a.test"]])
    #expect(!certificates.look(at: now).hasChanged)
    try folder.write("b", names: ["b.test", "127.0.0.1", "::1"], by: authority)
    let second = certificates.look(at: now)
    #expect(second.hasChanged)
    #expect(second.entries.map(\.names) == [["a.test"], ["b.test", "127.0.0.1", "::1"]])
    #expect(second.entries[0] === first.entries[0])
  }

  @Test("a pair that cannot be used must be told with its reason, once, while the old one stays in use")
  func badPairs() throws {
    let certificates = CertificateFolder(folder.path)
    let good = certificates.look(at: now).entries
    let other = try authority.issue(.server(names: ["a.test"]), now: now)
    let expired = try authority.issue(.server(names: ["a.test"]), now: now - 90_000_000, days: 3)
    let early = try authority.issue(.server(names: ["a.test"]), now: now + 90_000_000, days: 3)
    let client = try authority.issue(.client(name: "a.test"), now: now)
    let path = "\(folder.path)/a"
    let cases: [(chain: String?, key: String?, reason: String)] = [
      (other.certificate, nil, "\(path)/key.pem is not the key of the first certificate of \(path)/chain.pem"),
      ("nothing", nil, "\(path)/chain.pem has no certificate in it"),
      ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", nil, "\(path)/chain.pem is malformed: "),
      (other.certificate, "nothing", "\(path)/key.pem has no private key in it"),
      (
        other.certificate, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "\(path)/key.pem is encrypted"
      ),
      (expired.certificate, expired.key, "\(path)/chain.pem has expired, on 20"),
      (early.certificate, early.key, "\(path)/chain.pem is not valid before 20"),
      (client.certificate, client.key, "\(path)/chain.pem names no host"),
    ]
    for (chain, key, reason) in cases {
      if let chain { try folder.write("a/chain.pem", chain) }
      if let key { try folder.write("a/key.pem", key) }
      let look = certificates.look(at: now)
      #expect(look.newFlaws.count == 1)
      #expect(look.newFlaws.first?.description.hasPrefix(reason) ?? false, "\(look.newFlaws)")
      #expect(!look.hasChanged)
      #expect(look.entries.first === good.first)
      #expect(certificates.look(at: now).newFlaws == [])
    }
    try folder.write("a/chain.pem", other.certificate)
    try folder.write("a/key.pem", other.key)
    let look = certificates.look(at: now)
    #expect(look.hasChanged && look.flaws.isEmpty)
    #expect(look.entries.first?.items.first?.pair.leaf.pem == other.certificate)
  }

  @Test("a pair that is not valid yet must be taken when its time has come")
  func early() throws {
    try folder.write("a", names: ["a.test"], by: authority, at: now + 9000)
    let certificates = CertificateFolder(folder.path)
    #expect(certificates.look(at: now).entries.isEmpty)
    let look = certificates.look(at: now + 9000)
    #expect(look.entries.count == 1 && look.flaws.isEmpty && look.hasChanged)
  }

  @Test("a pair that is renamed into its place must not be missed meanwhile, and one that is gone must go")
  func removal() throws {
    let certificates = CertificateFolder(folder.path)
    _ = certificates.look(at: now)
    try folder.remove("a")
    #expect(certificates.look(at: now).entries.count == 1)
    #expect(certificates.look(at: now).entries.count == 1)
    let gone = certificates.look(at: now)
    #expect(gone.entries.isEmpty && gone.hasChanged)
    #expect(gone.flaws == [.nothing(folder.path)])
  }

  @Test("half a pair must be told, and a directory that is not there")
  func halves() throws {
    try folder.remove("a/key.pem")
    let look = CertificateFolder(folder.path).look(at: now)
    #expect(look.flaws == [.alone("\(folder.path)/a/chain.pem", missing: "key.pem")])
    let none = CertificateFolder("\(folder.path)/none").look(at: now)
    #expect(none.flaws.first?.description == "\(folder.path)/none cannot be read: No such file or directory")
  }

  @Test("certbot's names must be taken as they are, and an RSA pair beside an ECDSA one")
  func layouts() throws {
    let pair = try authority.issue(.server(names: ["c.test"]), now: now)
    try folder.write("c/fullchain.pem", pair.certificate)
    try folder.write("c/privkey.pem", pair.key)
    try folder.writeRSA("a/chain-rsa.pem", "a/key-rsa.pem", names: ["a.test"])
    let look = CertificateFolder(folder.path).look(at: now)
    #expect(look.flaws == [])
    #expect(look.entries.map { $0.items.map(\.pair.keyType) } == [["EC", "RSA"], ["EC"]])
  }

  @Test("a key that is too small for anybody to trust must be refused")
  func weakKey() throws {
    try folder.writeRSA("a/chain.pem", "a/key.pem", names: ["a.test"], bits: 1024)
    let look = CertificateFolder(folder.path).look(at: now)
    #expect(look.entries.isEmpty)
    #expect(look.flaws.map(\.description) == ["\(folder.path)/a/chain.pem cannot be used: ee key too small"])
  }
}
