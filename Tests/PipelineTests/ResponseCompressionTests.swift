import APIModel
import Bytes
import HTTPSemantics
import Testing

@testable import Pipeline

@Suite("3.4 Compression of responses")
struct ResponseCompressionTests {
  /// What is decided of a response, and its fields afterwards.
  private func decided(
    _ request: String = "Accept-Encoding: gzip", method: String = "GET", status: Int = 200, size: Int? = 1000,
    fields: String = "Content-Type: text/plain\r\n", minimum: Int? = 100
  ) -> (coding: ContentCoding?, fields: [String]) {
    let bench = Bench(api: { $0.minimumCompressionSize = minimum })
    let exchange = bench.exchange("\(method) /dev/a HTTP/1.1\r\nHost: c\r\n\(request)")
    _ = try? exchange.route(in: bench.plan, from: 4)
    let block = ByteBuffer()
    block.write(fields)
    let coding = ResponseCompression.coding(exchange, status: status, size: size, fields: block)
    if let coding { ResponseCompression.mark(block, as: coding) }
    return (coding, block.readable.text.split(separator: "\r\n").map(String.init))
  }

  @Test("Without minimumCompressionSize nothing must be compressed, nor said")
  func off() {
    #expect(decided(minimum: nil) == (nil, ["Content-Type: text/plain"]))
  }

  @Test("From the minimum on a response must be compressed for a client that takes it")
  func on() {
    let fields = ["Content-Type: text/plain", "Vary: Accept-Encoding", "Content-Encoding: gzip"]
    #expect(decided() == (.gzip, fields))
    #expect(decided(size: 100) == (.gzip, fields))
    #expect(decided(size: nil) == (.gzip, fields), "a body that streams may become large")
    #expect(decided("Accept-Encoding: deflate").coding == .deflate)
  }

  @Test("Below the minimum it must go as it is; an empty body always")
  func small() {
    #expect(decided(size: 99) == (nil, ["Content-Type: text/plain"]))
    #expect(decided(size: 0, minimum: 0) == (nil, ["Content-Type: text/plain"]))
    #expect(decided(size: 1, minimum: 0).coding == .gzip)
  }

  @Test("A client that takes no coding must be sent the bytes, and caches be told that others are not")
  func refused() {
    for request in ["X: 1", "Accept-Encoding: br", "Accept-Encoding: gzip;q=0", "Accept-Encoding: identity"] {
      #expect(decided(request) == (nil, ["Content-Type: text/plain", "Vary: Accept-Encoding"]))
    }
  }

  @Test("What has no body, or a part of one, must go as it is", arguments: [204, 205, 206, 304])
  func statuses(status: Int) { #expect(decided(status: status) == (nil, ["Content-Type: text/plain"])) }

  @Test("A HEAD's response must go as it is")
  func head() { #expect(decided(method: "HEAD").coding == nil) }

  @Test(
    "What has a coding, is a part, or must not be changed, must go as it is",
    arguments: [
      "Content-Encoding: gzip\r\n", "content-encoding: br\r\n", "Content-Range: bytes 0-1/2\r\n",
      "Cache-Control: public, no-transform\r\n", "cache-control: No-Transform\r\n",
    ])
  func fixed(_ line: String) { #expect(decided(fields: line) == (nil, [String(line.dropLast())])) }

  @Test("A client that forbids changes must be obeyed (RFC 9111 § 5.2.1.6)")
  func clientForbids() {
    #expect(decided("Accept-Encoding: gzip\r\nCache-Control: no-transform").coding == nil)
  }

  @Test("`identity` must not count as a coding, and not be sent beside another one")
  func identity() {
    #expect(
      decided(fields: "Content-Encoding: identity\r\n").fields == ["Vary: Accept-Encoding", "Content-Encoding: gzip"])
  }

  @Test("A strong entity tag must become a weak one, and what is about the bytes be left out")
  func aboutTheBytes() {
    let fields =
      "ETag: \"a\"\r\nAccept-Ranges: bytes\r\nContent-MD5: x\r\nDigest: x\r\nRepr-Digest: x\r\nContent-Digest: x\r\nX: 1\r\n"
    #expect(
      decided(fields: fields).fields == ["ETag: W/\"a\"", "X: 1", "Vary: Accept-Encoding", "Content-Encoding: gzip"])
    #expect(decided(fields: "etag: W/\"a\"\r\n").fields.first == "etag: W/\"a\"")
  }

  @Test("Vary must be said once")
  func vary() {
    #expect(
      decided(fields: "Vary: Origin, accept-encoding\r\n").fields == [
        "Vary: Origin, accept-encoding", "Content-Encoding: gzip",
      ])
    #expect(decided(fields: "Vary: *\r\n").fields == ["Vary: *", "Content-Encoding: gzip"])
    #expect(
      decided(fields: "Vary: Origin\r\n").fields == ["Vary: Origin", "Vary: Accept-Encoding", "Content-Encoding: gzip"])
  }

  @Test("A strong entity tag must become a weak one, a weak one stay, and what is none be left out")
  func entityTags() {
    func marked(_ tag: String) -> String {
      let block = ByteBuffer()
      block.write("ETag: \(tag)\r\nX: y\r\n" as String)
      ResponseCompression.weaken(block)
      return block.readable.text
    }
    #expect(marked("\"a\"") == "ETag: W/\"a\"\r\nX: y\r\n")
    #expect(marked("W/\"a\"") == "ETag: W/\"a\"\r\nX: y\r\n")
    #expect(marked("a") == "X: y\r\n")
  }
}
