import Bytes
import Testing

@testable import CacheRules

@Suite("Cache-Status (RFC 9211) and X-Cache")
struct ReportingTests {
  private func status(_ outcome: CacheOutcome) -> String { written { CacheStatus.write(outcome, into: $0) } }

  private func outcome(_ kind: CacheOutcome.Kind, _ change: (inout CacheOutcome) -> Void = { _ in }) -> CacheOutcome {
    var outcome = CacheOutcome(kind)
    change(&outcome)
    return outcome
  }

  @Test("a hit must say so, and how long it stays fresh")
  func hits() {
    #expect(status(outcome(.hit(.fresh)) { $0.remaining = 3540 }) == "sluice; hit; ttl=3540")
    #expect(
      status(outcome(.staleWhileRevalidate) { $0.remaining = -5 })
        == "sluice; hit; ttl=-5; detail=\"stale, being revalidated\"")
  }

  @Test("a forward must say why, what came, and whether it was stored")
  func forwards() {
    #expect(
      status(
        outcome(.forwarded(.nothingStored)) {
          $0.forwardStatus = 200; $0.stored = true; $0.remaining = 60
        })
        == "sluice; fwd=uri-miss; fwd-status=200; stored; ttl=60")
    #expect(
      status(
        outcome(.revalidated(.stale)) {
          $0.forwardStatus = 304; $0.stored = true
        }) == "sluice; fwd=stale; fwd-status=304; stored")
    #expect(status(outcome(.bypassed(.method))) == "sluice; fwd=method; detail=\"request method is not cached\"")
    #expect(
      status(
        outcome(.forwarded(.noVariant)) {
          $0.isCollapsed = true; $0.refusal = .noStore
        })
        == "sluice; fwd=vary-miss; collapsed; detail=\"response: no-store\"")
  }

  @Test("every reason must be a string that needs no escape")
  func details() {
    let words =
      StoreRefusal.allCases.map(\.rawValue) + ForwardReason.allCases.map(\.rawValue)
      + BypassReason.allCases.map(\.rawValue)
    for word in words {
      #expect(!word.isEmpty && word.utf8.allSatisfy { $0 >= 32 && $0 < 127 && $0 != 34 && $0 != 92 }, "\(word)")
    }
  }

  @Test("X-Cache must use CloudFront's words")
  func xCache() {
    func word(_ kind: CacheOutcome.Kind, _ status: Int = 200) -> String {
      written { XCache.write(CacheOutcome(kind), status: status, name: "sluice", into: $0) }
    }
    #expect(word(.hit(.fresh)) == "Hit from sluice")
    #expect(word(.forwarded(.nothingStored)) == "Miss from sluice")
    #expect(word(.revalidated(.stale)) == "RefreshHit from sluice")
    #expect(word(.forwarded(.nothingStored), 404) == "Error from sluice")
    #expect(word(.hit(.fresh), 404) == "Error from sluice")
    #expect(word(.bypassed(.method)) == "Miss from sluice")
  }

  @Test("an age must be told of what the origin was not asked for, and where it has told one")
  func age() {
    for kind in [CacheOutcome.Kind.hit(.fresh), .hit(.staleOnError), .staleWhileRevalidate] {
      #expect(outcome(kind).tellsAge)
    }
    for kind in [CacheOutcome.Kind.forwarded(.stale), .revalidated(.stale), .bypassed(.method)] {
      #expect(!outcome(kind).tellsAge)
      #expect(outcome(kind) { $0.wasAged = true }.tellsAge && outcome(kind) { $0.isCollapsed = true }.tellsAge)
    }
  }
}
