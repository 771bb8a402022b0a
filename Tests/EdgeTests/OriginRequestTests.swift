import Bytes
import HTTPWire
import Pipeline
import Testing

@testable import Edge

@Suite struct OriginRequestTests {
  private let facts = RequestFacts(sender: RequestSender(clientAddress: "203.0.113.7", port: 8080))

  private func written(_ head: RequestHead, to origin: HTTPOrigin) -> String {
    let out = ByteBuffer()
    OriginRequest.write(head, to: origin, path: head.pathBytes, facts: facts, into: out)
    return out.readable.text
  }

  @Test("a request must keep its path, its query and its fields, and go to the origin's host")
  func whole() throws {
    let head = request("GET /a%20b/c?x=1&x=2 HTTP/1.1", "Accept: text/plain", "X-Thing:  one", "Cookie: a=b")
    #expect(
      written(head, to: try server("s")) == """
        GET /a%20b/c?x=1&x=2 HTTP/1.1\r
        Host: origin.test:9000\r
        Accept: text/plain\r
        X-Thing: one\r
        Cookie: a=b\r
        X-Forwarded-For: 203.0.113.7\r
        X-Forwarded-Port: 8080\r
        X-Forwarded-Proto: http\r
        Via: 1.1 sluice\r\n
        """)
  }

  @Test("a cache must ask on conditions of its own, and for a range only where it says so")
  func onBehalfOfAll() throws {
    let head = request(
      "GET /a HTTP/1.1", "If-None-Match: x", "If-Modified-Since: y", "Range: bytes=0-1", "If-Range: z", "Cookie: c=d",
      "Accept: e")
    func fields(_ keepsRange: Bool, _ keepsCookies: Bool) throws -> [Substring] {
      let out = ByteBuffer()
      OriginRequest.write(
        head, to: try server("s"), path: head.pathBytes, facts: facts, keepsConditions: false, keepsRange: keepsRange,
        keepsCookies: keepsCookies, into: out)
      return out.readable.text.split(separator: "\r\n").dropFirst(2).map { $0.prefix { $0 != ":" } }
        .filter { !$0.hasPrefix("X-") && $0 != "Via" }
    }
    #expect(try fields(false, true) == ["Cookie", "Accept"])
    #expect(try fields(true, false) == ["Range", "If-Range", "Accept"])
  }

  @Test("an origin must be told of the viewer where it is asked for, and never what a viewer says in that name")
  func viewerHeaders() throws {
    let head = request(
      "GET /a HTTP/1.1", "CloudFront-Forwarded-Proto: https", "cloudfront-viewer-country: XX", "CloudFront-: z",
      "CloudFrontier: y")
    func fields(_ viewer: Viewer?) throws -> [Substring] {
      let out = ByteBuffer()
      OriginRequest.write(head, to: try server("s"), path: head.pathBytes, facts: facts, viewer: viewer, into: out)
      return out.readable.text.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("cloudfront") }
    }
    #expect(try fields(nil) == ["CloudFrontier: y"])
    #expect(
      try fields(Viewer(ViewerHeader.allCases, facts)) == [
        "CloudFrontier: y", "CloudFront-Forwarded-Proto: http", "CloudFront-Viewer-Http-Version: 1.1",
        "CloudFront-Viewer-Address: 203.0.113.7:0",
      ])
    let security = ConnectionSecurity(version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", isResumed: true)
    let secure = RequestFacts(
      sender: RequestSender(clientAddress: "198.51.100.10", clientPort: 46532, isSecure: true, security: security),
      httpVersion: "HTTP/2.0")
    #expect(
      try fields(Viewer(ViewerHeader.allCases, secure, origin: Viewer.Origin(country: "DE", region: "BE", asn: 64500)))
        == [
          "CloudFrontier: y", "CloudFront-Forwarded-Proto: https", "CloudFront-Viewer-Http-Version: 2.0",
          "CloudFront-Viewer-Country: DE", "CloudFront-Viewer-Country-Region: BE", "CloudFront-Viewer-ASN: 64500",
          "CloudFront-Viewer-Address: 198.51.100.10:46532",
          "CloudFront-Viewer-TLS: TLSv1.3:TLS_AES_128_GCM_SHA256:sessionResumed",
        ])
  }

  @Test("the origin's path must come before the request's")
  func originPath() throws {
    let text = written(request("GET /a HTTP/1.1"), to: try server("s", path: "/base/v1"))
    #expect(text.hasPrefix("GET /base/v1/a HTTP/1.1\r\n"))
  }

  @Test("a custom field must be sent, and take the place of the client's")
  func customHeaders() throws {
    let origin = try server("s", headers: [("X-Secret", "s3"), ("Accept", "a/b")])
    let text = written(request("GET / HTTP/1.1", "x-secret: forged", "accept: x"), to: origin)
    #expect(text.contains("X-Secret: s3\r\nAccept: a/b\r\n"))
    #expect(!text.contains("forged"))
    #expect(!text.contains("accept: x"))
  }

  @Test("fields of one hop must end here, and what passed before must be told")
  func hops() throws {
    let head = request(
      "POST / HTTP/1.1", "Connection: keep-alive, X-Hop", "X-Hop: 1", "TE: trailers", "X-Forwarded-For: 198.51.100.1",
      "Via: 1.0 cache", "X-Forwarded-Proto: https", "Expect: 100-continue", "Content-Length: 0")
    let text = written(head, to: try server("s"))
    for gone in ["X-Hop", "TE:", "Connection:", "Expect", "Content-Length", "https"] {
      #expect(!text.contains(gone), "\(gone)")
    }
    #expect(text.contains("X-Forwarded-For: 198.51.100.1, 203.0.113.7\r\n"))
    #expect(text.contains("Via: 1.0 cache, 1.1 sluice\r\n"))
  }

  @Test("an answer must keep the origin's own fields, its date among them")
  func answer() {
    let buffer = ByteBuffer()
    buffer.write(
      "HTTP/1.1 200 OK\r\nServer: o\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 3\r\n"
        + "WWW-Authenticate: Basic\r\nKeep-Alive: 5\r\nVia: 1.1 inner\r\n\r\n")
    let head = ResponseHead(buffer: buffer)
    var parser = ResponseHeadParser()
    _ = parser.parse(buffer: buffer, into: head, answering: .get, limits: .standard)
    let fields = ByteBuffer()
    OriginRequest.writeAnswer(head, into: fields)
    #expect(
      fields.readable.text == """
        Server: o\r
        Date: Sun, 06 Nov 1994 08:49:37 GMT\r
        WWW-Authenticate: Basic\r
        Via: 1.1 inner, 1.1 sluice\r\n
        """)
  }
}
