import Bytes
import Testing

@testable import HTTPWire

@Suite("HTTP/1.1 requests as HTTP/2 fields")
struct RequestFieldsTests {
  private func fields(_ text: String, isSecure: Bool = false, acceptsTrailers: Bool = false) -> [String]? {
    let buffer = ByteBuffer()
    buffer.write(text)
    guard let head = RequestFields(buffer.readable, isSecure: isSecure, acceptsTrailers: acceptsTrailers) else {
      return nil
    }
    defer { withExtendedLifetime(buffer) {} }
    return head.fields.map {
      let name = UnsafeRawBufferPointer(start: $0.name, count: $0.namelen).text
      return "\(name) \(UnsafeRawBufferPointer(start: $0.value, count: $0.valuelen).text)"
    }
  }

  @Test("the request line and Host must become pseudo-header fields, before all others")
  func pseudo() {
    #expect(
      fields("POST /p?q HTTP/1.1\r\nAccept: */*\r\nHost: a.example\r\n\r\nbody")
        == [":method POST", ":scheme http", ":authority a.example", ":path /p?q", "Accept */*"])
    #expect(
      fields("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", isSecure: true)
        == [":method OPTIONS", ":scheme https", ":authority a", ":path *"])
  }

  @Test("what belongs to an HTTP/1 connection must be left out; te: trailers is said where it is meant")
  func connection() {
    let text =
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n"
      + "Keep-Alive: x\r\nProxy-Connection: y\r\nTE: gzip\r\nX-Empty:\r\n\r\n"
    #expect(fields(text) == [":method GET", ":scheme http", ":authority a", ":path /", "X-Empty "])
    #expect(fields(text, acceptsTrailers: true)?.last == "te trailers")
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
      "GET / HTTP/1.1\r\nHost\r\n\r\n",
      "GET / HTTP/1.1\r\n: a\r\n\r\n", " / HTTP/1.1\r\n\r\n", "\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r",
      "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
  func none(_ text: String) { #expect(fields(text) == nil) }

  @Test("trailer lines must become fields")
  func trailers() {
    let lines = ByteBuffer()
    lines.write("Grpc-Status: 0\r\nX: \r\nwithout\r\n")
    let fields = RequestFields(trailers: lines).fields.map {
      UnsafeRawBufferPointer(start: $0.name, count: $0.namelen).text
        + "=" + UnsafeRawBufferPointer(start: $0.value, count: $0.valuelen).text
    }
    withExtendedLifetime(lines) {}
    #expect(fields == ["Grpc-Status=0", "X="])
  }
}
