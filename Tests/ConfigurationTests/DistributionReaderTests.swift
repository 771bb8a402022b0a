import APIModel
import Edge
import HTTPSemantics
import StaticFiles
import Testing

@testable import Configuration

@Suite struct DistributionReaderTests {
  private func read(_ distributions: String) throws -> Snapshot {
    try Loading.snapshot([
      "gateway.yaml": Loading.gateway("api.yaml") + "distributions:\n" + distributions,
      "api.yaml": "openapi: 3.0.1\ninfo: { title: t, version: \"1\" }\npaths: {}\n", "site/index.html": "",
    ])
  }

  private func one(_ text: String) throws -> Distribution {
    let edge = try #require(try read(text).edge)
    return try #require(edge.distributions.first)
  }

  @Test("a configuration without distributions must have none")
  func none() throws { #expect(try read("  []\n").edge == nil) }

  @Test("everything that a distribution may say must come out of it")
  func whole() throws {
    let distribution = try one(
      """
        - aliases: [App.example.com, "*.example.org"]
          comment: the shop
          defaultRootObject: index.html
          origins:
            - id: site
              directory: site
              indexDocument: start.html
              fallbackDocument: app/index.html
              errorDocument: 404.html
              cacheControl: [{ path: "/private/*", value: no-store }]
            - { id: api, api: a, stage: dev, basePath: /api/ }
            - { id: server, url: "http://[::1]:9000/", originPath: /base/, customHeaders: { X-Key: k }, originReadTimeout: 5 }
            - { id: spare, url: "http+unix://%2Frun%2Fapp.sock" }
          originGroups: [{ id: both, members: [server, spare], statusCodes: [502, 503] }]
          defaultCacheBehavior: { targetOriginId: site }
          cacheBehaviors:
            - { pathPattern: "api/*", targetOriginId: api, allowedMethods: [delete, GET, HEAD, OPTIONS, PUT, POST, PATCH] }
            - { pathPattern: "*.php", targetOriginId: both, viewerProtocolPolicy: redirect-to-https }
          customErrorResponses: [{ errorCode: 503, responsePagePath: /busy.html, responseCode: 503, errorCachingMinTTL: 1 }]
      """.replacing("delete", with: "DELETE"))
    #expect(distribution.aliases == ["app.example.com", "*.example.org"])
    #expect(distribution.defaultRootObject == "index.html")
    #expect(distribution.behaviors.map { $0.pathPattern?.text } == ["api/*", "*.php", nil])
    #expect(distribution.behaviors.map(\.origin.id) == ["api", "server", "site"])
    #expect(distribution.behaviors[0].allowedMethods == .all)
    #expect(distribution.behaviors[1].failover?.origin.id == "spare")
    #expect(distribution.behaviors[1].failover?.statusCodes == [502, 503])
    #expect(distribution.behaviors[1].viewerProtocolPolicy == .redirectToHTTPS)
    #expect(distribution.customErrorResponse(for: 503)?.page?.behavior.origin.id == "site")

    guard case .directory(let site) = distribution.origins[0], case .api(let api) = distribution.origins[1],
      case .http(let server) = distribution.origins[2], case .http(let spare) = distribution.origins[3]
    else {
      Issue.record("the origins are of the kinds that were written")
      return
    }
    #expect(site.settings.directory == "site")
    #expect(site.settings.indexDocument == "start.html")
    #expect(site.settings.fallbackDocument == "app/index.html")
    #expect(site.settings.errorDocument == "404.html")
    #expect(site.settings.cacheControl == [CacheControlRule(path: PathPattern("/private/*"), value: "no-store")])
    #expect((api.api, api.stage, api.basePath) == ("a", "dev", "/api"))
    #expect(server.endpoint.hostField == "[::1]:9000")
    #expect(server.originPath == "/base")
    #expect(server.customHeaders.map(\.name) == ["X-Key"])
    #expect(server.readTimeoutMilliseconds == 5000)
    #expect(spare.endpoint.unixPath == "/run/app.sock")
  }

  @Test("a distribution without aliases must answer for every host, and one that is not enabled for none")
  func standards() throws {
    let plain = try one("  - { origins: [{ id: s, directory: site }], defaultCacheBehavior: { targetOriginId: s } }\n")
    #expect(plain.aliases == ["*"])
    #expect(plain.behaviors[0].allowedMethods == .reading)
    #expect(plain.behaviors[0].viewerProtocolPolicy == .allowAll)
    #expect(plain.behaviors[0].cachePolicy == nil)
    let off = try read(
      "  - { enabled: false, origins: [{ id: s, directory: site }], defaultCacheBehavior: { targetOriginId: s } }\n")
    #expect(off.edge == nil)
  }

  private func policy(_ keys: String) throws -> CachePolicy? {
    try one(
      "  - { origins: [{ id: s, directory: site }], defaultCacheBehavior: { targetOriginId: s, \(keys) } }\n"
    ).behaviors[0].cachePolicy
  }

  @Test("the cache's settings must be read in each of their three forms (spec § 14.2, § 14.4)")
  func cachePolicies() throws {
    #expect(
      try policy("minTTL: 1, defaultTTL: 2, maxTTL: 3")
        == CachePolicy(minTTL: 1, defaultTTL: 2, maxTTL: 3, acceptsGzip: true))
    #expect(
      try policy(
        "forwardedValues: { queryString: true, queryStringCacheKeys: [a], headers: [Origin], cookies: { forward: all } }"
      )
        == CachePolicy(
          queryStrings: .whitelist(["a"]), headers: .whitelist(["Origin"]), cookies: .all, acceptsGzip: true))
    #expect(try policy("cachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad")?.maxTTL == 0)
    #expect(
      try policy(
        "cachePolicy: { maxTTL: 60, defaultTTL: 60, queryStringBehavior: allExcept, queryStrings: [utm], enableAcceptEncodingBrotli: true }"
      ) == CachePolicy(defaultTTL: 60, maxTTL: 60, queryStrings: .allExcept(["utm"]), acceptsBrotli: true))
  }

  @Test("a time that is not said must not contradict one that is")
  func times() throws {
    #expect(try policy("minTTL: 100000")?.defaultTTL == 100_000)
    #expect(try policy("cachePolicy: { defaultTTL: 40000000 }")?.maxTTL == 40_000_000)
  }

  @Test("what is not in force yet must be said")
  func warnings() throws {
    let snapshot = try read(
      "  - { origins: [{ id: s, directory: site }], defaultCacheBehavior: { targetOriginId: s, compress: true, minTTL: 1 } }\n"
    )
    #expect(
      snapshot.warnings.map(\.message) == [
        "`minTTL` has no effect here: files are served from their directory, never from the cache"
      ])
    let server = try read(
      "  - { origins: [{ id: s, url: \"http://a\" }], defaultCacheBehavior: { targetOriginId: s, minTTL: 0, maxTTL: 9, defaultTTL: 2, forwardedValues: { queryString: true }, allowedMethods: &m [GET, HEAD, OPTIONS], cachedMethods: *m } }\n"
    )
    #expect(server.warnings.isEmpty)
  }

  @Test("compression that the policy has no coding for must be warned of")
  func compressionWithoutCodings() throws {
    func warnings(_ more: String) throws -> [String] {
      try read(
        "  - { origins: [{ id: s, url: \"http://a\" }], defaultCacheBehavior: { targetOriginId: s, compress: true, \(more) } }\n"
      ).warnings.map(\.message)
    }
    #expect(
      try warnings("cachePolicy: { queryStringBehavior: all }") == [
        "`compress` does nothing here: the behaviour's cache policy has neither `enableAcceptEncodingGzip` nor `enableAcceptEncodingBrotli`"
      ])
    #expect(try warnings("cachePolicy: { enableAcceptEncodingGzip: true }").isEmpty)
    #expect(try warnings("minTTL: 0, forwardedValues: { queryString: false }").isEmpty)
  }

  @Test("where CloudFront's rules part with RFC 9111 to a visitor's harm it must be said")
  func rules() throws {
    func warnings(_ more: String) throws -> [String] {
      try read(
        "  - { origins: [{ id: s, url: \"http://a\" }], defaultCacheBehavior: { targetOriginId: s, \(more) } }\n"
      ).warnings.map { String($0.message.prefix(30)) }
    }
    let (kept, query) = ("what says `no-store`, `private", "beside a TTL alone the query d")
    #expect(try warnings("cachePolicyId: CachingOptimized") == [kept])
    #expect(try warnings("minTTL: 1") == [query, kept])
    #expect(try warnings("maxTTL: 5, defaultTTL: 1, originRequestPolicyId: AllViewerExceptHostHeader").isEmpty)
    #expect(try warnings("cachePolicyId: CachingDisabled").isEmpty)
    #expect(try warnings("minTTL: 0, defaultTTL: 0, maxTTL: 0").isEmpty)
  }
}
