import Bytes
import HTTPWire
import Pipeline
import Testing

@testable import Edge

@Suite("Forwarding: what of a request goes to the origin")
struct ForwardingTests {
  private let head = request(
    "GET /a?x=1&y=2&x=3&z HTTP/1.1", "Accept: a/b", "Accept-Encoding: gzip", "Authorization: s", "Content-Language: d",
    "If-Match: e", "Range: bytes=0-1", "Origin: o", "User-Agent: u", "X-Own: v", "Cookie: one=1; two=2",
    "Cookie: three=3",
    "CloudFront-Viewer-Country: XX")

  private func written(_ forwarding: Forwarding, keepsCookies: Bool = true) throws -> [String] {
    let out = ByteBuffer()
    OriginRequest.write(
      head, to: try server("s"), path: head.pathBytes, facts: RequestFacts(), keepsCookies: keepsCookies,
      forwarding: forwarding, into: out)
    return out.readable.text.split(separator: "\r\n").map(String.init).filter {
      !$0.hasPrefix("X-Forwarded") && !$0.hasPrefix("Via")
    }
  }

  private func seenByAPI(_ forwarding: Forwarding, viewer: Viewer? = nil) -> [String] {
    let out = ByteBuffer()
    OriginRequest.write(head, by: forwarding, viewer: viewer, into: out)
    return out.readable.text.split(separator: "\r\n").map(String.init)
  }

  private static let rest = ["Accept-Encoding: gzip", "Content-Language: d", "If-Match: e", "Range: bytes=0-1"]

  @Test("without a policy all must go but `Host`, and cookies where they are not kept back")
  func standard() throws {
    let all = try written(.standard)
    #expect(all.prefix(2) == ["GET /a?x=1&y=2&x=3&z HTTP/1.1", "Host: origin.test:9000"])
    #expect(
      all.suffix(from: 2) == [
        "Accept: a/b", "Accept-Encoding: gzip", "Authorization: s", "Content-Language: d", "If-Match: e",
        "Range: bytes=0-1",
        "Origin: o", "User-Agent: u", "X-Own: v", "Cookie: one=1; two=2", "Cookie: three=3",
      ])
    #expect(try !written(.standard, keepsCookies: false).contains { $0.hasPrefix("Cookie") })
    #expect(OriginRequest.differs(head, by: .standard))
    #expect(!OriginRequest.differs(request("GET / HTTP/1.1", "CloudFrontier: y"), by: .standard))
  }

  @Test("where the answer may be kept, only what belongs to the key must go of the query and the cookies")
  func kept() throws {
    let none = try written(Forwarding(CachePolicy(), nil, isKept: true))
    #expect(none.first == "GET /a HTTP/1.1" && !none.contains { $0.hasPrefix("Cookie") })
    #expect(none.contains("X-Own: v"))
    let keyed = CachePolicy(queryStrings: .allExcept(["x"]), cookies: .whitelist(["two"]))
    let some = try written(Forwarding(keyed, nil, isKept: true))
    #expect(some.first == "GET /a?y=2&z HTTP/1.1" && some.last == "Cookie: two=2")
    #expect(seenByAPI(Forwarding(keyed, nil, isKept: true)).first == "GET /a?y=2&z HTTP/1.1")
    #expect(try written(Forwarding(keyed, nil)) == written(.standard))
    #expect(try written(Forwarding(nil, nil, isKept: true)) == written(.standard))
    // Whoever says what else goes has said so.
    let all = OriginRequestPolicy(queryStrings: .all, cookies: .all)
    #expect(try written(Forwarding(keyed, all, isKept: true)) == written(Forwarding(keyed, all)))
  }

  @Test("a policy that names nothing must let through what a request is made of, and what belongs to the key")
  func nothing() throws {
    let none = Forwarding(CachePolicy(), OriginRequestPolicy())
    #expect(
      try written(none) == ["GET /a HTTP/1.1", "Host: origin.test:9000", "User-Agent: sluice"] + Self.rest)
    let keyed = Forwarding(
      CachePolicy(
        queryStrings: .whitelist(["x"]), headers: .whitelist(["x-own", "HOST"]), cookies: .whitelist(["two", "three"])),
      OriginRequestPolicy())
    #expect(
      try written(keyed) == ["GET /a?x=1&x=3 HTTP/1.1", "Host: app.example.com", "User-Agent: sluice"] + Self.rest
        + ["X-Own: v", "Cookie: two=2", "Cookie: three=3"])
    // Where RFC 9111 alone decides, the whole query belongs to the key.
    #expect(try written(Forwarding(nil, OriginRequestPolicy())).first == "GET /a?x=1&y=2&x=3&z HTTP/1.1")
  }

  @Test("names that are listed, and all but some, must go with those of the key")
  func lists() throws {
    let listed = Forwarding(
      CachePolicy(queryStrings: .whitelist(["z"])),
      OriginRequestPolicy(
        headers: .whitelist(["origin", "User-Agent"]), queryStrings: .whitelist(["y"]), cookies: .whitelist(["ONE"])))
    #expect(
      try written(listed) == ["GET /a?y=2&z HTTP/1.1", "Host: origin.test:9000"] + Self.rest
        + ["Origin: o", "User-Agent: u"])
    let except = Forwarding(
      CachePolicy(queryStrings: .allExcept(["x", "y"]), headers: .whitelist(["Accept"])),
      OriginRequestPolicy(
        headers: .allExcept(["accept", "authorization", "X-OWN", "host", "range"]),
        queryStrings: .allExcept(["y", "z"]),
        cookies: .allExcept(["two"])))
    #expect(
      try written(except) == [
        "GET /a?x=1&x=3&z HTTP/1.1", "Host: origin.test:9000", "Accept: a/b", "Accept-Encoding: gzip",
        "Content-Language: d", "If-Match: e", "Range: bytes=0-1", "Origin: o", "User-Agent: u", "Cookie: one=1",
        "Cookie: three=3",
      ])
  }

  @Test("a policy that names cookies must have them sent, also where none belongs to the key")
  func cookies() throws {
    let all = Forwarding(CachePolicy(), OriginRequestPolicy(cookies: .all))
    #expect(try written(all, keepsCookies: false).suffix(2) == ["Cookie: one=1; two=2", "Cookie: three=3"])
  }

  @Test(
    "managed policies must do what their names say",
    arguments: [
      ("AllViewer", "app.example.com", 11), ("Managed-AllViewerExceptHostHeader", "origin.test:9000", 11),
      ("33f36d7e-f396-46d9-90e0-52428a34d9dc", "app.example.com", 11), ("CORS-CustomOrigin", "origin.test:9000", 6),
      ("CORS-S3Origin", "origin.test:9000", 6), ("HostHeaderOnly", "app.example.com", 5),
      ("UserAgentRefererHeaders", "origin.test:9000", 5),
      ("Elemental-MediaTailor-PersonalizedManifests", "origin.test:9000", 6),
    ])
  func managed(_ name: String, _ host: String, _ fields: Int) throws {
    let policy = try #require(OriginRequestPolicy.managed(name))
    let lines = try written(Forwarding(.managed("CachingDisabled"), policy))
    #expect(lines[1] == "Host: \(host)")
    #expect(lines.count == fields + 2, "\(lines)")
    #expect(OriginRequestPolicy.managed("AllViewers") == nil)
    #expect(Forwarding(nil, policy).told == (name.hasPrefix("33f") ? ViewerHeader.allCases : []))
  }

  @Test("an API must see the viewer's request with its host, and what is said of the viewer in place of what he says")
  func api() {
    let viewer = Viewer(
      ViewerHeader.allCases, RequestFacts(sender: RequestSender(clientAddress: "2001:db8::1", clientPort: 443)),
      origin: Viewer.Origin(country: "DE"))
    #expect(
      seenByAPI(
        Forwarding(nil, OriginRequestPolicy(headers: .all, told: ViewerHeader.allCases, cookies: .all)), viewer: viewer)
        == [
          "GET /a?x=1&y=2&x=3&z HTTP/1.1", "Host: app.example.com", "Accept: a/b", "Accept-Encoding: gzip",
          "Authorization: s", "Content-Language: d", "If-Match: e", "Range: bytes=0-1", "Origin: o", "User-Agent: u",
          "X-Own: v", "Cookie: one=1; two=2", "Cookie: three=3", "CloudFront-Forwarded-Proto: http",
          "CloudFront-Viewer-Http-Version: 1.1", "CloudFront-Viewer-Country: DE",
          "CloudFront-Viewer-Address: 2001:db8::1:443",
        ])
    #expect(
      seenByAPI(Forwarding(CachePolicy(), OriginRequestPolicy(headers: .whitelist(["X-Own"])))) == [
        "GET /a HTTP/1.1", "Host: app.example.com",
      ] + Self.rest + ["X-Own: v"])
  }
}
