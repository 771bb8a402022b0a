import Bytes
import Testing

@testable import HTTPWire

@Suite("HTTP/1.1 requests as HTTP/2 fields")
struct RequestFieldsTests {
  private func fields(
    _ text: String, isSecure: Bool = false, acceptsTrailers: Bool = false, isTunnel: Bool = false
  ) -> [String]? {
    let buffer = ByteBuffer()
    buffer.write(text)
    defer { withExtendedLifetime(buffer) {} }
    guard
      let head = RequestFields(
        buffer.readable, isSecure: isSecure, acceptsTrailers: acceptsTrailers, isTunnel: isTunnel)
    else { return nil }
    let section = ByteBuffer()
    head.write(by: FieldEncoder(), into: section)
    return Sections.decode(section)
  }

  @Test("the request line and Host must become pseudo-header fields, before all others")
  func pseudo() {
    #expect(
      fields("POST /p?q HTTP/1.1\r\nAccept: */*\r\nHost: a.example\r\n\r\nbody")
        == [":method: POST", ":scheme: http", ":path: /p?q", ":authority: a.example", "accept: */*"])
    #expect(
      fields("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", isSecure: true)
        == [":method: OPTIONS", ":scheme: https", ":path: *", ":authority: a"])
  }

  @Test("what belongs to an HTTP/1 connection must be left out; te: trailers is said where it is meant")
  func connection() {
    let text =
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n"
      + "Keep-Alive: x\r\nProxy-Connection: y\r\nTE: gzip\r\nX-Empty:\r\n\r\n"
    #expect(fields(text) == [":method: GET", ":scheme: http", ":path: /", ":authority: a", "x-empty: "])
    #expect(fields(text, acceptsTrailers: true)?.last == "te: trailers")
  }

  @Test("where the head ends must be told")
  func end() throws {
    let buffer = ByteBuffer()
    buffer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\n")
    let head = try #require(RequestFields(buffer.readable, isSecure: false, acceptsTrailers: false))
    #expect(head.byteCount == buffer.count - 4)
  }

  @Test(
    "what is no head must not be taken for one",
    arguments: [
      "", "GET", "GET /\r\n\r\n", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n",
      "GET / HTTP/1.1\r\nHost\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n", " / HTTP/1.1\r\n\r\n", "\r\n\r\n",
      "GET  HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r",
      "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
  func none(_ text: String) { #expect(fields(text) == nil) }

  @Test("Host must be found wherever it stands, and said once")
  func host() {
    #expect(
      fields("GET /a HTTP/1.1\r\nTest: 1\r\nHOST:  b \r\nx-y:z\r\nHost: c\r\n\r\n")
        == [":method: GET", ":scheme: http", ":path: /a", ":authority: b", "test: 1", "x-y: z"])
    #expect(fields("GET /a HTTP/1.1\r\n\r\n") == [":method: GET", ":scheme: http", ":path: /a"])
  }

  @Test("a request for a WebSocket must become an extended CONNECT, without what proves a handshake over HTTP/1")
  func tunnel() {
    #expect(
      fields(
        "GET /chat HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Protocol: p\r\nUpgrade: websocket\r\n"
          + "Connection: upgrade\r\n\r\n", isTunnel: true)
        == [
          ":method: CONNECT", ":protocol: websocket", ":scheme: http", ":path: /chat", ":authority: a",
          "sec-websocket-protocol: p",
        ])
  }

  @Test("nghttp2 must be told what kind of answer is right")
  func standIn() throws {
    for (text, isTunnel, expected) in [
      ("GET", false, HTTP2StandIn.get), ("PUT", false, .get), ("HEAD", false, .head), ("GET", true, .connect),
    ] {
      let buffer = ByteBuffer()
      buffer.write("\(text) / HTTP/1.1\r\n\r\n")
      let head = RequestFields(buffer.readable, isSecure: false, acceptsTrailers: false, isTunnel: isTunnel)
      #expect(try #require(head).standIn == expected)
    }
  }
}
