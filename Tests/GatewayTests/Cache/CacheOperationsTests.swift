import APIModel
import CacheRules
import CacheStore
import Configuration
import Routing
import Testing

@testable import Gateway

@Suite("Cache operations: what operators ask for")
struct CacheOperationsTests {
  private var operations: CacheOperations {
    var diagnostics: [Diagnostic] = []
    return CacheOperations(
      store: CacheStore(capacity: 1 << 20, seed: 1), edge: nil,
      addresses: AddressTable([], domains: [], diagnostics: &diagnostics),
      stages: [(api: "pets", stage: "dev")], now: 0)
  }

  private func refusal(_ request: InvalidationRequest) -> RefusalMessage? {
    do {
      _ = try operations.invalidate(request)
      return nil
    } catch { return error }
  }

  @Test("what cannot be meant must be refused, and say why")
  func refusals() {
    #expect(refusal(InvalidationRequest())?.kind == .notUnderstood)
    #expect(refusal(InvalidationRequest(paths: ["a"]))?.message == "`a`: an invalidation path begins with /")
    #expect(refusal(InvalidationRequest(paths: ["/a*b"]))?.kind == .notUnderstood)
    #expect(refusal(InvalidationRequest(everything: true, distribution: "none.example.com"))?.kind == .missing)
    #expect(refusal(InvalidationRequest(tags: ["t"])) == nil)
    #expect(
      refusal(InvalidationRequest(everything: true, stage: "pets/prod"))?.message
        == "there is no stage `pets/prod`; there is `pets/dev`")
    #expect(refusal(InvalidationRequest(paths: ["/a"], stage: "pets/dev"))?.kind == .notUnderstood)
    #expect(refusal(InvalidationRequest(everything: true, stage: "pets/dev")) == nil)
  }

  @Test("every mode that can be asked for must be one of the store's")
  func modes() {
    for mode in [InvalidationRequest.Mode.hard, .soft, .dryRun] {
      #expect(InvalidationMode(rawValue: mode.rawValue) != nil)
    }
  }

  @Test(
    "a URL that no request can be for must be refused",
    arguments: ["", "a b", "/a b", "http://a/\r\nX: y", "http://a b/"])
  func urls(_ url: String) {
    #expect(throws: RefusalMessage.self) { try operations.why(url) }
  }

  @Test("without distributions the cache must say that there is nothing in it")
  func nothing() throws {
    #expect(try operations.why("http://a/b?c").stored.isEmpty)
    #expect(operations.statistics.objects == 0)
  }
}
