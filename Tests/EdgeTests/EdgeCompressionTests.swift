import Bytes
import HTTPSemantics
import HTTPWire
import Testing

@testable import Edge

@Suite("14.9 Compression at the edge")
struct EdgeCompressionTests {
  private func behavior(_ compress: Bool = true, _ policy: CachePolicy? = nil) -> CacheBehavior {
    CacheBehavior(pathPattern: nil, origin: directory("site"), compress: compress, cachePolicy: policy)
  }

  private func head(_ fields: String, version: String = "1.1") -> RequestHead {
    let buffer = ByteBuffer()
    buffer.write("GET / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n" as String)
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    _ = parser.parse(buffer: buffer, into: head)
    return head
  }

  private func mayEncode(_ fields: String, status: Int = 200) -> String? {
    let block = ByteBuffer()
    block.write(fields)
    return EdgeCompression.mayEncode(status: status, fields: block) ? block.readable.text : nil
  }

  @Test("brotli must be preferred, and what the client weighs or refuses be heard")
  func codings() {
    #expect(EdgeCompression.coding(head("Accept-Encoding: gzip, br\r\n"), behavior()) == .brotli)
    #expect(EdgeCompression.coding(head("Accept-Encoding: gzip, br;q=0.5\r\n"), behavior()) == .gzip)
    #expect(EdgeCompression.coding(head("Accept-Encoding: br;q=0\r\nAccept-Encoding: *\r\n"), behavior()) == .gzip)
    #expect(EdgeCompression.coding(head("Accept-Encoding: identity;q=1, *;q=0.5\r\n"), behavior()) == nil)
    #expect(EdgeCompression.coding(head("Accept-Encoding: deflate\r\n"), behavior()) == nil)
    #expect(EdgeCompression.coding(head(""), behavior()) == nil)
  }

  @Test("nothing must be compressed unless the behaviour says so, nor in a coding that its policy has not")
  func policies() {
    let both = head("Accept-Encoding: gzip, br\r\n")
    #expect(EdgeCompression.coding(both, behavior(false)) == nil)
    #expect(EdgeCompression.coding(both, behavior(true, CachePolicy(acceptsGzip: true))) == .gzip)
    #expect(EdgeCompression.coding(both, behavior(true, CachePolicy(acceptsBrotli: true))) == .brotli)
    #expect(EdgeCompression.coding(both, behavior(true, CachePolicy())) == nil)
  }

  @Test("parts, HTTP/1.0 and a client that wants no transformation must get the bytes as they are")
  func plain() {
    for fields in ["Range: bytes=0-1\r\n", "Cache-Control: max-age=0, no-transform\r\n"] {
      #expect(EdgeCompression.coding(head("Accept-Encoding: br\r\n" + fields), behavior()) == nil)
    }
    #expect(EdgeCompression.coding(head("Accept-Encoding: br\r\n", version: "1.0"), behavior()) == nil)
  }

  @Test("an answer that may be encoded must say that Accept-Encoding chooses, once")
  func vary() {
    #expect(
      mayEncode("Content-Type: text/html; charset=utf-8\r\n")
        == "Content-Type: text/html; charset=utf-8\r\nVary: Accept-Encoding\r\n")
    #expect(
      mayEncode("Content-Type: text/html\r\nVary: X, accept-encoding\r\n")
        == "Content-Type: text/html\r\nVary: X, accept-encoding\r\n")
  }

  @Test("what has a coding, is a part, may not be transformed or is of another status must stay as it is")
  func fixed() {
    for field in ["Content-Encoding: gzip", "Content-Range: bytes 0-1/2", "Cache-Control: public, no-transform"] {
      #expect(mayEncode("Content-Type: text/html\r\n\(field)\r\n") == nil)
    }
    for status in [201, 206, 301, 304, 400, 500] {
      #expect(mayEncode("Content-Type: text/html\r\n", status: status) == nil)
    }
    for status in [200, 403, 404] { #expect(mayEncode("Content-Type: text/html\r\n", status: status) != nil) }
    #expect(mayEncode("Content-Encoding: identity\r\nContent-Type: text/html\r\n") != nil)
  }

  @Test(
    "the types must be those of CloudFront, in any case and without their parameters",
    arguments: [
      ("text/html", true), ("TEXT/CSS;charset=utf-8", true), ("application/json ; x=y", true),
      ("application/vnd.mapbox-vector-tile", true), ("font/ttf", true), ("image/svg+xml", true),
      ("application/wasm", true),
      ("vnd.apple.mpegurl", true), ("font/woff2", false), ("image/png", false), ("text/event-stream", false),
      ("application/octet-stream", false), ("application/ld+json", false), ("text", false), ("", false),
    ])
  func types(_ type: String, _ isCompressed: Bool) {
    #expect((mayEncode("Content-Type: \(type)\r\n") != nil) == isCompressed)
  }
}
