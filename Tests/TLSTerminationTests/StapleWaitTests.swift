import Foundation
import Testing

@testable import TLSTermination

@Suite struct StapleWaitTests {
  private let issuer: Issuer
  private let folder: CertificateFolder
  private let first: CertificatePair

  /// A folder with a certificate that must be stapled, and is.
  init() throws {
    issuer = try Issuer()
    try Self.put(issuer)
    folder = CertificateFolder(issuer.folder.path + "/certs")
    first = try #require(folder.look(at: now, fetchesStaples: true).entries.first?.items.first?.pair)
    #expect(first.leaf.mustBeStapled && folder.awaited.isEmpty)
    first.fetchedStaple = try StapledResponse(issuer.answer(first.stapleRequest), for: first.chain, at: now)
  }

  /// Puts the certificate there, as whoever has renewed it does.
  private static func put(_ issuer: Issuer) throws {
    for (from, to) in [("chain.pem", "chain.pem"), ("leaf-key.pem", "key.pem")] {
      try issuer.folder.write("certs/a/" + to, String(contentsOfFile: issuer.folder.path + "/" + from, encoding: .utf8))
    }
  }

  @Test("a renewed certificate that must be stapled must be shown when its issuer's word has come, and not before")
  func renewal() throws {
    try Self.put(issuer)
    let look = folder.look(at: now + 10, fetchesStaples: true)
    #expect(!look.hasChanged && look.waiting == ["a"] && look.entries[0].items[0].pair === first)
    let next = try #require(folder.awaited.first)
    #expect(next.host == "a" && next.pair !== first)
    #expect(folder.look(at: now + 12, fetchesStaples: true).waiting == [])
    next.pair.fetchedStaple = first.fetchedStaple
    let settled = folder.look(at: now + 14, fetchesStaples: true)
    #expect(settled.hasChanged && settled.unstapled == [] && settled.entries[0].items[0].pair === next.pair)
    #expect(folder.awaited.isEmpty)
  }

  @Test("a word that does not come must be waited for until the limit, and its lack be told then")
  func limit() throws {
    try Self.put(issuer)
    _ = folder.look(at: now, fetchesStaples: true)
    #expect(folder.look(at: now + StapleWait.patience - 1, fetchesStaples: true).entries[0].items[0].pair === first)
    let late = folder.look(at: now + StapleWait.patience, fetchesStaples: true)
    #expect(late.hasChanged && late.unstapled == ["a"] && late.entries[0].items[0].pair !== first)
  }

  @Test("a certificate that has expired must not be shown on, and nothing be waited for that nobody asks for")
  func noWait() throws {
    try Self.put(issuer)
    let item = try #require(folder.look(at: now).entries.first?.items.first)
    #expect(item.pair !== first && folder.awaited.isEmpty)
    let before = CertificateEntry.Item(pair: first, staple: nil)
    #expect(StapleWait(for: item, after: before, at: first.leaf.notAfter) == nil)
    #expect(StapleWait(for: item, after: nil, at: now) == nil)
    #expect(StapleWait(for: item, after: before, at: now)?.isOver(after: before, at: first.leaf.notAfter) == true)
    // One that carries its issuer's word is shown at once.
    item.pair.fetchedStaple = first.fetchedStaple
    #expect(StapleWait(for: item, after: before, at: now) == nil)
  }
}
