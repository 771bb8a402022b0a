import APIModel
import Bytes
import CacheRules
import Edge
import HTTPSemantics
import HTTPWire
import Pipeline
import Testing

@testable import Gateway

@Suite("Cache terms: a behaviour in the words of CacheRules")
struct CacheTermsTests {
  private func terms(_ policy: CachePolicy?, aliases: [String] = ["a.example.com"]) -> CacheTerms {
    let place = SourceLocation(file: "gateway.yaml", line: 1, column: 1)
    let origin = Origin.api(APIOrigin(id: "o", api: "a", stage: nil, basePath: ""))
    let behavior = CacheBehavior(pathPattern: nil, origin: origin, cachePolicy: policy)
    let distribution = Distribution(
      aliases: aliases, origins: [origin], behaviors: [behavior],
      customErrorResponses: [CustomErrorResponse(errorCode: 404, page: nil, errorCachingMinTTL: 3)], location: place)
    return CacheTerms(distribution, behavior)
  }

  /// The same for a server that is sent what a policy says.
  private func terms(_ policy: CachePolicy?, aliases: [String], server sent: OriginRequestPolicy) throws -> CacheTerms {
    let place = SourceLocation(file: "gateway.yaml", line: 1, column: 1)
    let endpoint = try #require(Endpoint(scheme: "http", authority: "origin.test:9000"))
    let origin = Origin.http(
      HTTPOrigin(id: "o", endpoint: endpoint, originPath: "", customHeaders: [], readTimeoutMilliseconds: 1000))
    let behavior = CacheBehavior(pathPattern: nil, origin: origin, cachePolicy: policy, originRequestPolicy: sent)
    return CacheTerms(
      Distribution(aliases: aliases, origins: [origin], behaviors: [behavior], location: place), behavior)
  }

  @Test("without a policy RFC 9111 alone must decide, and the client's directives count")
  func standard() throws {
    let terms = terms(nil)
    let head = try RequestHead(text: "GET / HTTP/1.1\r\nHost: a\r\nCache-Control: no-cache\r\n")
    #expect(terms.ttl == nil && terms.key == .standard && !terms.isDisabled && !terms.dropsCookies)
    #expect(terms.directives(head).noCache)
  }

  @Test("a policy must bring its times, its key and CloudFront's deafness to clients")
  func policy() throws {
    let terms = terms(
      CachePolicy(
        minTTL: 1, defaultTTL: 2, maxTTL: 3, queryStrings: .whitelist(["q"]), headers: .whitelist(["X"]),
        acceptsGzip: true))
    let head = try RequestHead(text: "GET / HTTP/1.1\r\nHost: a\r\nCache-Control: no-cache, no-store\r\n")
    #expect(terms.ttl == TTLPolicy(minimum: 1, standard: 2, maximum: 3, errorMinimums: [404: 3]))
    #expect(terms.key == CacheKeyPolicy(query: .whitelist(["q"]), headers: ["x"], encodings: [.gzip]))
    #expect(terms.dropsCookies)
    #expect(terms.bypass(head, terms.directives(head)) == nil)
  }

  @Test("times of 0, or every header in the key, must mean that nothing is cached")
  func disabled() throws {
    let head = try RequestHead(text: "GET / HTTP/1.1\r\nHost: a\r\n")
    for policy in [CachePolicy(minTTL: 0, defaultTTL: 0, maxTTL: 0), CachePolicy(headers: .all)] {
      #expect(terms(policy).bypass(head, RequestDirectives()) == .disabled)
    }
    #expect(!terms(CachePolicy(cookies: .all)).dropsCookies)
  }

  @Test("distributions must be kept apart by their aliases, in whatever configuration they stand")
  func spaces() {
    #expect(terms(nil).space == terms(CachePolicy()).space)
    #expect(terms(nil, aliases: ["a", "b"]).space != terms(nil, aliases: ["ab"]).space)
    #expect(terms(nil, aliases: ["*"]).space != terms(nil).space)
  }

  @Test("the host must tell answers apart where who answers gets to know it, unless it is the only one")
  func hosts() throws {
    func key(_ terms: CacheTerms, _ host: String) throws -> [UInt8] {
      let head = try RequestHead(text: "GET /a HTTP/1.1\r\nHost: \(host)\r\n")
      let out = ByteBuffer()
      terms.writeKey(head, path: head.pathBytes, nil, into: out)
      return Array(out.readable)
    }
    for policy in [nil, CachePolicy()] {
      let several = terms(policy, aliases: ["*.example.com"])
      #expect(try key(several, "a.example.com") != key(several, "b.example.com"))
      #expect(try key(several, "a.example.com") == key(several, "A.Example.com"))
      let one = terms(policy)
      #expect(try key(one, "A.example.com").last == 0)
      let server = try terms(policy, aliases: ["a", "b"], server: OriginRequestPolicy(headers: .whitelist(["Host"])))
      #expect(try key(server, "a") != key(server, "b"))
      let deaf = try terms(policy, aliases: ["a", "b"], server: OriginRequestPolicy())
      #expect(try key(deaf, "a") == key(deaf, "b"))
      // An API may write the port that a client has made up into its answer.
      #expect(try key(one, "a.example.com:1") != key(one, "a.example.com"))
    }
  }

  @Test("what the gateway says of the viewer must tell answers apart, and what a viewer says in its place must not")
  func viewerHeaders() throws {
    let terms = terms(CachePolicy(headers: .whitelist(["Accept", "cloudfront-forwarded-proto", "CloudFront-X"])))
    #expect(
      terms.key.headers == ["accept"] && terms.keyedHeaders == [.forwardedProto]
        && terms.forwarding.told == [.forwardedProto])
    func key(_ line: String, isSecure: Bool) throws -> [UInt8] {
      let head = try RequestHead(text: "GET /a HTTP/1.1\r\nHost: a\r\n\(line)\r\n")
      let out = ByteBuffer()
      let viewer = Viewer(terms.keyedHeaders, RequestFacts(sender: RequestSender(isSecure: isSecure)))
      terms.writeKey(head, path: head.pathBytes, viewer, into: out)
      return Array(out.readable)
    }
    let plain = try key("CloudFront-Forwarded-Proto: https", isSecure: false)
    #expect(try plain == key("X: y", isSecure: false))
    #expect(try plain != key("X: y", isSecure: true))
  }
}
