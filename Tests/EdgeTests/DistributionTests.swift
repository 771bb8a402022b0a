import Edge
import Testing

@Suite struct DistributionTests {
  @Test("a set must allow its methods, and no method that CloudFront does not know")
  func methods() {
    #expect(MethodSet.reading.allows(.get))
    #expect(!MethodSet.reading.allows(.options))
    #expect(MethodSet.all.allows(.delete))
    #expect(!MethodSet.all.allows(.other("PROPFIND")))
    #expect(!MethodSet.all.allows(.trace))
  }

  @Test("only an error that has a page must have one, and no success ever")
  func errorResponses() {
    let behavior = CacheBehavior(pathPattern: nil, origin: directory("site"))
    let page = CustomErrorResponse.Page(behavior: behavior, path: Array("/404.html".utf8), responseCode: 404)
    let distribution = Distribution(
      aliases: ["*"], origins: [], behaviors: [],
      customErrorResponses: [
        CustomErrorResponse(errorCode: 404, page: page), CustomErrorResponse(errorCode: 500, page: nil),
      ], location: here)
    #expect(distribution.customErrorResponse(for: 404)?.page?.responseCode == 404)
    #expect(distribution.customErrorResponse(for: 500) == nil)
    #expect(distribution.customErrorResponse(for: 403) == nil)
    #expect(distribution.customErrorResponse(for: 200) == nil)
  }
}
