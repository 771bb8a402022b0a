import Edge
import Testing

@Suite struct CachePolicyTests {
  @Test("a managed policy must be known by its id and its name (spec § 14.4)")
  func managed() {
    #expect(CachePolicy.managed("658327ea-f89d-4fab-a63d-7e88639e58f6")?.acceptsBrotli == true)
    #expect(CachePolicy.managed("Managed-CachingDisabled")?.maxTTL == 0)
    #expect(CachePolicy.managed("Amplify")?.cookies == .all)
    #expect(CachePolicy.managed("CachingOptimised") == nil)
  }
}
