import Bytes
import Testing

@testable import HTTPWire

@Suite("HTTP/2 requests as HTTP/1.1 text")
struct RequestTextTests {
  /// What becomes of fields, past nghttp2, which finds much of this by itself.
  private func text(_ fields: [(String, String)], limits: HeadLimits = .standard) -> (RequestText.Outcome, String) {
    let text = RequestText()
    text.begin(limits: limits)
    for (name, value) in fields {
      let (name, value) = (Array(name.utf8), Array(value.utf8))
      name.withUnsafeBytes { name in value.withUnsafeBytes { text.add(name, $0) } }
    }
    let outcome = text.finish(nonce: (0, 0))
    return (outcome, text.out.readable.text)
  }

  private func isMalformed(_ fields: [(String, String)]) -> Bool {
    if case .malformed = text(fields).0 { true } else { false }
  }

  private func refusal(_ fields: [(String, String)], limits: HeadLimits = .standard) -> WireError? {
    if case .refused(let error) = text(fields, limits: limits).0 { error } else { nil }
  }

  @Test("pseudo-header fields must become the request line and Host, in whatever order they come")
  func requestLine() {
    #expect(text(Frames.get.reversed()).1 == "GET /p?q HTTP/1.1\r\nhost: a.example\r\n\r\n")
    #expect(
      text([(":method", "OPTIONS"), (":scheme", "https"), (":path", "*"), ("host", "b")]).1
        == "OPTIONS * HTTP/1.1\r\nhost: b\r\n\r\n")
    #expect(
      text([(":method", "CONNECT"), (":authority", "a:443")]).1 == "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n")
  }

  @Test("Host must be what :authority is, and is not written twice")
  func host() {
    #expect(text(Frames.get + [("host", "A.example")]).1 == "GET /p?q HTTP/1.1\r\nhost: a.example\r\n\r\n")
    #expect(isMalformed(Frames.get + [("host", "b.example")]))
    #expect(isMalformed(Frames.get + [("host", "a.example"), ("host", "a.example")]))
  }

  @Test("an extended CONNECT must become the WebSocket handshake of HTTP/1.1 (RFC 8441 § 5)")
  func webSocket() {
    let fields = [
      (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":authority", "a"), (":path", "/c"),
      ("sec-websocket-version", "13"), ("sec-websocket-key", "mine"),
    ]
    #expect(
      text(fields).1 == """
        GET /c HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n
        """)
    var other = fields
    other[1].1 = "connect-udp"
    #expect(refusal(other) == .unsupportedProtocol)
    other[0].1 = "GET"
    #expect(isMalformed(other))
  }

  @Test(
    "what cannot be written down in HTTP/1 without changing its meaning must be malformed",
    arguments: [
      // Downgrade injection: lines, requests and targets within pseudo-header fields.
      [(":path", "/ HTTP/1.1\r\nX: y")], [(":path", "/a b")], [(":path", "/\u{0}")], [(":path", "")],
      [(":path", "http://b/")], [(":path", "a")], [(":path", "*")], [(":method", "GET /x HTTP/1.1\r\nA:")],
      [(":method", "G T")], [(":method", "")], [(":authority", "a\r\nX: y")], [(":authority", "a b")],
      [(":scheme", "ftp")], [(":scheme", "http\r\n")],
      // Pseudo-header fields where they do not belong.
      [(":status", "200")], [(":unknown", "x")], [(":path", "/"), (":path", "/")], [("x", "y"), (":path", "/")],
      // Fields.
      [("X-Upper", "y")], [("x y", "z")], [("x:y", "z")], [("", "z")], [("x\r\ny", "z")], [("x\u{0}", "z")],
      [("x", "y\r\nz: w")], [("x", "y\nz")], [("x", "y\rz")], [("x", "y\u{0}")], [("x", "\u{7F}")],
      [("connection", "close")], [("keep-alive", "x")], [("proxy-connection", "x")],
      [("transfer-encoding", "chunked")], [("upgrade", "h2c")], [("te", "gzip")], [("te", "trailers, gzip")],
    ])
  func malformed(_ fields: [(String, String)]) {
    let names = fields.map(\.0)
    #expect(isMalformed(Frames.get.filter { !names.contains($0.0) } + fields), "\(fields)")
  }

  @Test("a request without a method, a scheme or a path must be malformed")
  func missing() {
    for name in [":method", ":scheme", ":path"] { #expect(isMalformed(Frames.get.filter { $0.0 != name }), "\(name)") }
  }

  @Test("what is beyond the limits must be refused as in HTTP/1, and not be kept")
  func limits() {
    let limits = HeadLimits(targetBytes: 100, headBytes: 1000, fieldCount: 10)
    let long = String(repeating: "x", count: 200)
    var fields = Frames.get
    fields[3].1 = "/" + long
    #expect(refusal(fields, limits: limits) == .targetTooLong)
    #expect(refusal(Frames.get + (0..<8).map { ("x-\($0)", long) }, limits: limits) == .headTooLarge)
    #expect(refusal(Frames.get + (0..<8).map { _ in ("cookie", long) }, limits: limits) == .headTooLarge)
    #expect(refusal(Frames.get + (0..<11).map { ("x-\($0)", "y") }, limits: limits) == .tooManyFields)
  }

  @Test("whatever is whole must be read by the parser of HTTP/1, to its last byte")
  func parsed() {
    for fields in [[("a", "b")], [("cookie", "a=1"), ("x", ""), ("cookie", "b")], [("te", "trailers")]] {
      let (outcome, text) = text(Frames.get + fields)
      guard case .whole = outcome else {
        Issue.record("\(fields)")
        continue
      }
      #expect(Wire.request(text).0 == .complete(byteCount: text.utf8.count))
    }
  }

  @Test("a nonce must be sixteen bytes in base64 (RFC 6455 § 4.1)")
  func nonce() {
    let out = ByteBuffer()
    WebSocketKey.write((0x7468_6520_7361_6D70, 0x6C65_206E_6F6E_6365), into: out)
    #expect(out.readable.text == "dGhlIHNhbXBsZSBub25jZQ==")
  }
}
