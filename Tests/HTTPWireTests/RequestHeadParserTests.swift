import Bytes
import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("RequestHeadParser")
struct RequestHeadParserTests {
  @Test("a head must be read into its parts")
  func parts() {
    let text =
      "GET /a/b?x=1&y=2 HTTP/1.1\r\nHost: example.com:8080\r\nAccept:*/*\r\nX-Custom: \t two words \t\r\nEmpty:\r\n\r\n"
    let (result, head) = Wire.request(text + "rest")
    #expect(result == .complete(byteCount: text.utf8.count))
    #expect(head.method == .get)
    #expect(head.form == .origin)
    #expect(head.pathBytes.text == "/a/b")
    #expect(head.queryBytes?.text == "x=1&y=2")
    #expect(head.authorityBytes.text == "example.com:8080")
    #expect(head.lines == ["Host=example.com:8080", "Accept=*/*", "X-Custom=two words", "Empty="])
    #expect(head.fields.map(\.id) == [.host, .accept, .other, .other])
    #expect(head.framing == .none)
    #expect(head.keepsAlive)
    #expect(head.minorVersion == 1)
    #expect(head.first(.accept) != nil)
    #expect(head.first(.cookie) == nil)
    #expect(head.upgrade == nil)
  }

  @Test(
    "every token must be taken for a method",
    arguments: [
      ("GET", HTTPMethod.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("PATCH", .patch), ("DELETE", .delete),
      ("OPTIONS", .options), ("TRACE", .trace), ("get", .other("get")), ("GETS", .other("GETS")),
      ("M-SEARCH", .other("M-SEARCH")),
      ("!#$%&'*+-.^_`|~09azAZ", .other("!#$%&'*+-.^_`|~09azAZ")), ("P", .other("P")),
    ])
  func methods(_ name: String, _ method: HTTPMethod) {
    let (result, head) = Wire.request("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(result == .complete(byteCount: name.utf8.count + 24))
    #expect(head.method == method)
  }

  @Test(
    "each form of the target must be told apart",
    arguments: [
      ("GET / HTTP/1.1", RequestHead.TargetForm.origin, "/", nil as String?, "h"),
      ("GET //x/..;a?? HTTP/1.1", .origin, "//x/..;a", "?", "h"),
      ("GET /%C3%A4%2f?%00 HTTP/1.1", .origin, "/%C3%A4%2f", "%00", "h"), ("GET /? HTTP/1.1", .origin, "/", "", "h"),
      ("GET /a[1]|b?c={d}^`\\[e] HTTP/1.1", .origin, "/a[1]|b", "c={d}^`\\[e]", "h"),
      ("GET http://b.c:80/d?e HTTP/1.1", .absolute, "/d", "e", "b.c:80"),
      ("GET HTTPS://[::1]:8443 HTTP/1.1", .absolute, "/", nil, "[::1]:8443"),
      ("GET http://b?q HTTP/1.1", .absolute, "/", "q", "b"), ("OPTIONS * HTTP/1.1", .asterisk, "*", nil, "h"),
      ("OPTIONS /a HTTP/1.1", .origin, "/a", nil, "h"), ("CONNECT b:443 HTTP/1.1", .authority, "b:443", nil, "b:443"),
      ("GET http://b/a//b/../c HTTP/1.1", .absolute, "/a//b/../c", nil, "b"),
    ])
  func forms(_ line: String, _ form: RequestHead.TargetForm, _ path: String, _ query: String?, _ authority: String) {
    let text = "\(line)\r\nHost: h\r\n\r\n"
    for size in [1, 3, 1000] {
      let (result, head) = Wire.request(Array(text.utf8), inPiecesOf: size)
      #expect(result == .complete(byteCount: text.utf8.count))
      #expect(head.form == form)
      #expect(head.pathBytes.text == path)
      #expect(head.queryBytes?.text == query)
      #expect(head.authorityBytes.text == authority)
    }
  }

  @Test("a name may have underscores where it is nobody else's")
  func underscores() {
    let (result, head) = Wire.request(
      "GET / HTTP/1.1\r\nHost: a\r\nX_Y: 1\r\n_: 2\r\nuser_id: 3\r\nX_Forwarded: 4\r\n\r\n")
    #expect(result == .complete(byteCount: head.buffer.writeIndex))
    #expect(head.lines == ["Host=a", "X_Y=1", "_=2", "user_id=3", "X_Forwarded=4"])
  }

  @Test("one empty line in front must be forgiven and counted")
  func emptyLine() {
    let text = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
    for size in [1, 2, 3, 100] {
      #expect(Wire.request(Array(text.utf8), inPiecesOf: size).0 == .complete(byteCount: text.utf8.count))
    }
  }

  @Test(
    "Host may be what names a host",
    arguments: [
      "a", "example.com", "EXAMPLE.com.", "a-b_c~d", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:0",
      "[fe80::1:2]:65535", "[::ffff:1.2.3.4]", "a:0",
      "a:80", "xn--mnchen-3ya.de", "1", "-", ".",
    ])
  func hosts(_ host: String) {
    let (result, head) = Wire.request("GET / HTTP/1.1\r\nhOST:\(host)\r\n\r\n")
    #expect(result == .complete(byteCount: 25 + host.utf8.count))
    #expect(head.authorityBytes.text == host)
  }

  @Test(
    "an HTTP/1.0 request may come without Host, and does not keep the connection unless it asks",
    arguments: [
      ("", false), ("Connection: keep-alive\r\n", true), ("Connection: Keep-Alive, x\r\n", true),
      ("Connection: close, keep-alive\r\n", false),
    ])
  func http10(_ field: String, _ keepsAlive: Bool) {
    let (result, head) = Wire.request("GET / HTTP/1.0\r\n\(field)\r\n")
    #expect(result == .complete(byteCount: 18 + field.utf8.count))
    #expect(head.minorVersion == 0)
    #expect(head.keepsAlive == keepsAlive)
    #expect(head.authority.isEmpty)
  }

  @Test(
    "the framing must be what the fields say",
    arguments: [
      ("", BodyFraming.none), ("Content-Length: 0", .length(0)), ("content-length:5", .length(5)),
      ("Content-Length: 007", .length(7)),
      ("Content-Length: 9223372036854775807", .length(9_223_372_036_854_775_807)),
      ("Transfer-Encoding: chunked", .chunked),
      ("transfer-encoding:CHUNKED\t", .chunked), ("X-Content-Length: 5", .none), ("Content-Length-X: 5", .none),
    ])
  func framing(_ field: String, _ framing: BodyFraming) {
    let (result, head) = Wire.request("POST / HTTP/1.1\r\nHost: a\r\n\(field)\(field.isEmpty ? "" : "\r\n")\r\n")
    guard case .complete = result else {
      Issue.record("\(result)")
      return
    }
    #expect(head.framing == framing)
  }

  @Test(
    "a client must be waited for only where it waits itself",
    arguments: [
      ("HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5", true),
      ("HTTP/1.1\r\nexpect: 100-Continue\r\nTransfer-Encoding: chunked", true),
      ("HTTP/1.1\r\nExpect: 100-continue", false), ("HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0", false),
      ("HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5", false), ("HTTP/1.1\r\nContent-Length: 5", false),
    ])
  func expectations(_ rest: String, _ expects: Bool) {
    let (_, head) = Wire.request("POST / \(rest)\r\nHost: a\r\n\r\n")
    #expect(head.expectsContinue == expects)
  }

  @Test("a head must be used again for the next request without a trace of the last")
  func reuse() {
    let buffer = Wire.buffer(
      "POST http://x/a?b HTTP/1.1\r\nHost: a\r\nConnection: upgrade, foo\r\nUpgrade: w\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody"
        + "GET / HTTP/1.0\r\n\r\n")
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    guard case .complete(let count) = parser.parse(buffer: buffer, into: head) else {
      Issue.record("the first head")
      return
    }
    #expect(parser.isIdle)
    buffer.readIndex += count + 4
    #expect(parser.parse(buffer: buffer, into: head) == .complete(byteCount: 18))
    #expect(head.fields.isEmpty)
    #expect(head.query == nil)
    #expect(head.authority.isEmpty)
    #expect(head.form == .origin)
    #expect(head.framing == .none)
    #expect(!head.expectsContinue && !head.nominatesFields && !head.keepsAlive)
    #expect(head.first(.host) == nil)
  }

  @Test("pipelined requests must be read one behind the other, in whatever pieces they come")
  func pipelined() {
    let requests = (0..<20).map {
      "GET /\($0)?q HTTP/1.1\r\nHost: h\($0)\r\nX: \(String(repeating: "x", count: $0))\r\n\r\n"
    }
    let bytes = Array(requests.joined().utf8)
    for size in [1, 2, 5, 33, 10_000] {
      let buffer = ByteBuffer()
      let head = RequestHead(buffer: buffer)
      var parser = RequestHeadParser()
      var paths: [String] = []
      var at = 0
      while at < bytes.count {
        let next = min(at + size, bytes.count)
        buffer.write(Array(bytes[at..<next]))
        at = next
        while case .complete(let count) = parser.parse(buffer: buffer, into: head) {
          paths.append(head.pathBytes.text + head.authorityBytes.text)
          buffer.readIndex += count
        }
      }
      #expect(paths == (0..<20).map { "/\($0)h\($0)" })
    }
  }

  @Test("a head that is cut off anywhere must be incomplete")
  func cutOff() {
    let text =
      "\r\nPUT /a%20b?c=%41 HTTP/1.1\r\nHost: example.com\r\nContent-Length: 12\r\nX-Odd:\r\nY: \t a b \r\nConnection: close\r\n\r\n"
    let bytes = Array(text.utf8)
    for count in 0..<bytes.count {
      #expect(Wire.request(Array(bytes[..<count])).0 == .incomplete, "\(count)")
    }
    #expect(Wire.request(bytes).0 == .complete(byteCount: bytes.count))
  }

  @Test("a limit must hold to the byte, however the head arrives")
  func limits() {
    func verdict(_ text: String, _ limits: HeadLimits) -> HeadResult {
      let whole = Wire.request(text, limits: limits).0
      for size in [1, 10, 100] {
        #expect(Wire.request(Array(text.utf8), inPiecesOf: size, limits: limits).0 == whole, "in pieces of \(size)")
      }
      return whole
    }
    let path = "/" + String(repeating: "a", count: 99)
    let line = "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(verdict(line, HeadLimits(targetBytes: 100)) == .complete(byteCount: line.utf8.count))
    #expect(verdict(line, HeadLimits(targetBytes: 99)) == .failed(.targetTooLong))
    #expect(
      verdict("GET http://a\(path) HTTP/1.1\r\nHost: a\r\n\r\n", HeadLimits(targetBytes: 108))
        == .complete(byteCount: line.utf8.count + 8))
    #expect(
      verdict("GET http://a\(path) HTTP/1.1\r\nHost: a\r\n\r\n", HeadLimits(targetBytes: 107))
        == .failed(.targetTooLong))
    #expect(verdict(line, HeadLimits(headBytes: line.utf8.count)) == .complete(byteCount: line.utf8.count))
    #expect(verdict(line, HeadLimits(headBytes: line.utf8.count - 1)) == .failed(.headTooLarge))
    #expect(verdict(line, HeadLimits(headBytes: 50)) == .failed(.headTooLarge))
    let fields = (0..<10).map { "X-\($0): \(String(repeating: "v", count: 50))\r\n" }.joined()
    let many = "GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    #expect(verdict(many, HeadLimits(fieldCount: 11)) == .complete(byteCount: many.utf8.count))
    #expect(verdict(many, HeadLimits(fieldCount: 10)) == .failed(.tooManyFields))
    #expect(verdict(many, HeadLimits(headBytes: 300)) == .failed(.headTooLarge))
    // Without an end in sight.
    #expect(verdict("GET /" + String(repeating: "a", count: 20_000), .standard) == .failed(.targetTooLong))
    #expect(
      verdict("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 40_000), .standard) == .failed(.headTooLarge))
    #expect(verdict("GET / HTTP/1.1\r\n" + String(repeating: "a", count: 40_000), .standard) == .failed(.headTooLarge))
  }

  @Test("a head fed byte by byte must not be looked through again at each byte")
  func linear() {
    // 32,000 bytes, each fed alone: quadratic work would be 500 million bytes looked at.
    let text = "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "y", count: 32_000) + "\r\n\r\n"
    let (result, head) = Wire.request(Array(text.utf8), inPiecesOf: 1)
    #expect(result == .complete(byteCount: text.utf8.count))
    #expect(head.fields.count == 2)
  }
}
