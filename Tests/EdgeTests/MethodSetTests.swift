import Edge
import Testing

@Suite struct MethodSetTests {
  @Test("a set must allow its methods and no method that CloudFront does not know")
  func allows() {
    #expect(MethodSet.reading.allows(.get))
    #expect(!MethodSet.reading.allows(.options))
    #expect(MethodSet.all.allows(.delete))
    #expect(!MethodSet.all.allows(.other("PROPFIND")))
    #expect(!MethodSet.all.allows(.trace))
  }
}
