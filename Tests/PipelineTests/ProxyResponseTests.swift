import APIModel
import Testing

@testable import Pipeline

@Suite("2.4 Response headers of HTTP_PROXY")
struct ProxyResponseTests {
  private func fields(_ lines: String, status: String = "200 OK") -> [String] {
    Bench().response("GET /dev/a HTTP/1.1\r\nHost: c", origin: "HTTP/1.1 \(status)\r\n\(lines)\r\n\r\n")
      .split(separator: "\r\n").map(String.init)
  }

  @Test("The origin's status, fields and body must be the client's, in order, with the identifiers behind")
  func whole() {
    let exchange = Bench().response(
      "GET /dev/a HTTP/1.1\r\nHost: c",
      origin: "HTTP/1.1 404 Nope\r\nContent-Type: text/html\r\nSet-Cookie: a\r\nset-cookie:b\r\nX-E:\r\n\r\n<p>")
    #expect(exchange == "404\r\nContent-Type: text/html\r\nSet-Cookie: a\r\nset-cookie: b\r\nX-E: \r\n\r\n<p>")
  }

  @Test(
    "Connection, Content-Length, Date, Server and the request id must be remapped, in their own spelling",
    arguments: [
      ("Connection: keep-alive", "x-amzn-Remapped-Connection: keep-alive"),
      ("content-length: 0", "x-amzn-Remapped-content-length: 0"),
      ("Date: Tue", "x-amzn-Remapped-Date: Tue"), ("Server: nginx", "x-amzn-Remapped-Server: nginx"),
      ("x-amzn-requestid: 1", "x-amzn-Remapped-x-amzn-requestid: 1"),
    ])
  func remapped(_ line: String, _ expected: String) {
    #expect(fields("Content-Type: a/b\r\n\(line)\r\nX: 1") == ["200", "Content-Type: a/b", expected, "X: 1"])
  }

  @Test(
    "Fields that end here must be dropped",
    arguments: [
      "Transfer-Encoding: chunked", "Via: 1.1 x", "Keep-Alive: x", "Proxy-Connection: x", "Trailer: x", "Upgrade: x",
    ])
  func dropped(_ line: String) {
    #expect(fields("Content-Type: a/b\r\n\(line)\r\nX: 1") == ["200", "Content-Type: a/b", "X: 1"])
  }

  @Test("What the origin's `Connection` names must be dropped")
  func nominated() {
    #expect(
      fields("Content-Type: a/b\r\nX-Hop: 1\r\nConnection: X-Hop\r\nX: 1")
        == ["200", "Content-Type: a/b", "x-amzn-Remapped-Connection: X-Hop", "X: 1"])
  }

  @Test(
    "Other fields must not be remapped",
    arguments: [
      "Accept: x", "Accept-Charset: x", "Accept-Encoding: x", "Age: 1", "Content-Encoding: gzip", "Pragma: x",
      "Range: x",
      "Referer: x", "TE: x", "Warn: x", "Authorization: x", "Content-MD5: x", "Expect: x", "Host: x", "Max-Forwards: 1",
      "User-Agent: x", "WWW-Authenticate: x", "X-Custom: x", "ETag: x",
    ])
  func kept(_ line: String) {
    #expect(fields("Content-Type: a/b\r\n\(line)") == ["200", "Content-Type: a/b", line])
  }

  @Test("A content type must be added where nothing set one, but to a 304")
  func contentType() {
    #expect(fields("X: 1") == ["200", "X: 1", "Content-Type: application/json"])
    #expect(fields("x: Content-Type: a") == ["200", "x: Content-Type: a", "Content-Type: application/json"])
    #expect(fields("CONTENT-TYPE: a/b") == ["200", "CONTENT-TYPE: a/b"])
    #expect(fields("ETag: x", status: "304 Not Modified") == ["304", "ETag: x"])
  }

  @Test("X-Amzn-Trace-Id must be absent for HTTP_PROXY")
  func trace() {
    #expect(!fields("X: 1").contains { $0.hasPrefix("X-Amzn-Trace-Id") })
  }
}
