import Bytes
import HTTPWire
import Testing

@testable import CacheRules

@Suite("Cache keys (spec § 14.4)")
struct CacheKeyTests {
  /// The key, with its NUL written as `|` and its LFs as `;`.
  private func key(
    _ policy: CacheKeyPolicy, _ target: String, _ fields: [String] = [], method: String = "GET", space: UInt32 = 7
  ) -> String {
    let head = request(method, target, fields)
    let key = written { CacheKey.write(space: space, policy, head, path: head.pathBytes, into: $0) }
    return String(
      String.UnicodeScalarView(key.unicodeScalars.dropFirst(5).map { $0 == "\0" ? "|" : $0 == "\n" ? ";" : $0 }))
  }

  @Test("the query must be in the key as the policy says, in the order received")
  func query() {
    #expect(key(CacheKeyPolicy(query: .all), "/a?x=1&y=2") == "/a?x=1&y=2|")
    #expect(key(CacheKeyPolicy(query: .none), "/a?x=1&y=2") == "/a|")
    #expect(key(CacheKeyPolicy(query: .whitelist(["y", "z"])), "/a?x=1&y=2&z&y=3") == "/a?y=2&z&y=3|")
    #expect(key(CacheKeyPolicy(query: .allExcept(["y"])), "/a?x=1&y=2") == "/a?x=1|")
    #expect(key(CacheKeyPolicy(query: .whitelist(["color"])), "/a?color=red;size=large") == "/a?color=red;size=large|")
    #expect(key(CacheKeyPolicy(query: .whitelist(["q"])), "/a?x=1") == "/a|")
  }

  @Test("what stands behind the target must be readable, but for what may be a secret")
  func readableParts() {
    let head = request(
      "OPTIONS", "/a?b", ["Cookie: id=secret", "X: 1:2", "Authorization: secret", "Accept-Encoding: br"])
    let out = ByteBuffer()
    CacheKey.write(
      space: 7, CacheKeyPolicy(headers: ["X", "Authorization"], cookies: .all, encodings: [.brotli]), head,
      path: head.pathBytes, into: out)
    withBytes("A.example.com:80") { CacheKey.write(host: $0, into: out) }
    out.write("v:CloudFront-Viewer-Country: DE\r\nCloudFront-Viewer-ASN: 1\r\n")
    #expect(
      CacheKey.parts(of: out.readable) == """
        method:OPTIONS
        authorization:…
        x:1:2
        cookie:id=…
        accept-encoding:br
        host:a.example.com:80
        CloudFront-Viewer-Country: DE
        CloudFront-Viewer-ASN: 1

        """)
    out.clear()
    withBytes("/a") { CacheKey.write(space: 7, target: $0, into: out) }
    #expect(CacheKey.parts(of: out.readable) == "")
  }

  @Test("headers must count by name in any case and by value as it is; an absent one is not an empty one")
  func headers() {
    let policy = CacheKeyPolicy(headers: ["X-Tenant", "Host"])
    #expect(key(policy, "/", ["x-TENANT: A"]) == "/|h:host:example.com;h:x-tenant:A;")
    #expect(key(policy, "/") == "/|h:host:example.com;")
    #expect(key(policy, "/", ["X-Tenant:"]) == "/|h:host:example.com;h:x-tenant:;")
    #expect(key(policy, "/", ["X-Tenant: a", "X-Tenant: b"]) == "/|h:host:example.com;h:x-tenant:a,b;")
  }

  @Test("cookies must be in the key as the policy says, sorted")
  func cookies() {
    #expect(key(CacheKeyPolicy(cookies: .all), "/", ["Cookie: b=2; a=1"]) == "/|c:a=1;c:b=2;")
    #expect(
      key(CacheKeyPolicy(cookies: .whitelist(["a"])), "/", ["Cookie: b=2; a=1", "Cookie: a=0"]) == "/|c:a=0;c:a=1;")
    #expect(key(CacheKeyPolicy(cookies: .allExcept(["a"])), "/", ["Cookie: b=2;a=1;;"]) == "/|c:b=2;")
    #expect(key(CacheKeyPolicy(cookies: .none), "/", ["Cookie: b=2"]) == "/|")
  }

  @Test(
    "Accept-Encoding must be in the key as what counts of it",
    arguments: [
      ("gzip, deflate, br", "e:br,gzip;"), ("br;q=1.0, gzip;q=0.5", "e:br,gzip;"), ("gzip;q=0, br", "e:br;"),
      ("*", "e:br,gzip;"),
      ("*;q=0", ""), ("deflate", ""), ("gzip;q=0.000", ""), ("GZIP", "e:gzip;"), ("*, br;q=0", "e:gzip;"),
    ])
  func encodings(_ value: String, _ part: String) {
    #expect(key(CacheKeyPolicy(encodings: [.gzip, .brotli]), "/", ["Accept-Encoding: \(value)"]) == "/|" + part)
    #expect(key(CacheKeyPolicy(), "/", ["Accept-Encoding: \(value)"]) == "/|")
  }

  @Test("HEAD must share with GET, OPTIONS and other spaces must not")
  func classes() {
    func bytes(_ method: String, _ space: UInt32) -> [UInt8] {
      let out = ByteBuffer()
      let head = request(method, "/")
      CacheKey.write(space: space, .standard, head, path: head.pathBytes, into: out)
      return Array(out.readable)
    }
    #expect(bytes("GET", 1) == bytes("HEAD", 1))
    #expect(bytes("GET", 1) != bytes("OPTIONS", 1))
    // What is invalidated by its path is found by its parts.
    #expect(bytes("OPTIONS", 1).withUnsafeBytes(CacheKey.hasParts))
    #expect(bytes("GET", 1) != bytes("GET", 2))
    #expect(bytes("GET", 0x0102_0304).withUnsafeBytes { CacheKey.space(of: $0) } == 0x0102_0304)
  }

  @Test("a key must give back its target, and say whether it has parts")
  func parts() {
    let head = request("GET", "/a?b", ["Cookie: c=d"])
    let out = ByteBuffer()
    CacheKey.write(space: 0, CacheKeyPolicy(cookies: .all), head, path: head.pathBytes, into: out)
    #expect(CacheKey.target(of: out.readable).text == "/a?b" && CacheKey.hasParts(out.readable))
    let plain = ByteBuffer()
    withBytes("/a?b") { CacheKey.write(space: 0, target: $0, into: plain) }
    #expect(!CacheKey.hasParts(plain.readable))
    #expect(CacheKey.target(of: UnsafeRawBufferPointer(start: nil, count: 0)).isEmpty)
  }
}

@Suite("The cache of a stage (spec § 11.2)")
struct StageCacheTests {
  @Test("a successful response must be kept for the stage's TTL, whatever its fields say")
  func storing() {
    // [I]: which statuses are cached is not documented.
    #expect(StageCache.decide(status: 200, length: 10, ttl: 300) == .store(Freshness(lifetime: 300, source: .stageTTL)))
    #expect(StageCache.decide(status: 200, length: 10, ttl: 99_999).lifetime == 3600)
    #expect(StageCache.decide(status: 200, length: 10, ttl: 0).refusal == .ttlZero)
    #expect(StageCache.decide(status: 404, length: 10, ttl: 300).refusal == .notSuccessful)
    #expect(StageCache.decide(status: 200, length: 1_048_577, ttl: 300).refusal == .tooLarge)
  }

  @Test("a stage's answers must be kept apart from another's, a canary's and a distribution's")
  func spaces() {
    let all = [
      StageCache.space(api: "a", stage: "dev", isCanary: false),
      StageCache.space(api: "a", stage: "dev", isCanary: true),
      StageCache.space(api: "a", stage: "prod", isCanary: false),
      StageCache.space(api: "ad", stage: "ev", isCanary: false),
      CacheKey.space(named: ["a", "dev"]), CacheKey.space(named: ["adev"]),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test("max-age=0 must invalidate for those who may, and do as the strategy says for others")
  func invalidation() {
    func decide(_ value: String, _ requires: Bool, _ authorized: Bool, _ strategy: StageCache.UnauthorizedStrategy)
      -> StageCache.Invalidation
    {
      StageCache.invalidation(
        RequestDirectives(request("GET", "/", ["Cache-Control: \(value)"])), requiresAuthorization: requires,
        isAuthorized: authorized, strategy: strategy)
    }
    #expect(decide("max-age=0", true, true, .failWith403) == .refetch)
    #expect(decide("max-age=0", false, false, .failWith403) == .refetch)
    #expect(decide("max-age=0", true, false, .failWith403) == .forbid)
    #expect(decide("max-age=0", true, false, .succeedWithResponseHeader) == .ignore(withWarning: true))
    #expect(decide("max-age=0", true, false, .succeedWithoutResponseHeader) == .ignore(withWarning: false))
    #expect(decide("no-cache", true, true, .failWith403) == .none)
  }

  @Test("a key must hold the method and the listed parameters, and no value must pass for another's")
  func keys() {
    func key(_ values: [(String, String?)]) -> String {
      written { out in
        StageCache.write(space: 1, namespace: "res1", method: .get, into: out)
        for (name, value) in values {
          if let value {
            withBytes(value) { StageCache.write(parameter: name, $0, into: out) }
          } else {
            StageCache.write(parameter: name, nil, into: out)
          }
        }
      }
    }
    #expect(key([("q", "1")]) != key([("q", nil)]))
    #expect(key([("q", "")]) != key([("q", nil)]))
    #expect(key([("a", "1\np:b=1:2")]) != key([("a", "1"), ("b", "2")]))
    #expect(key([("a", "1")]) == key([("a", "1")]))
  }
}
