import APIModel
import Testing

@testable import Pipeline

private let forwarded =
  "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Port: 8080\r\nX-Forwarded-Proto: http\r\nVia: 1.1 sluice\r\n"
  + "X-Amzn-Apigateway-Api-Id: api1\r\n"
private let trace = "X-Amzn-Trace-Id: Root=1-6553f100-0123456789abcdef44556677\r\n"

extension Bench {
  /// The request line that goes to the origin.
  fileprivate func line(_ request: String) -> String { String(sent(request).prefix { $0 != "\r\n" }) }
  /// The field lines that come from the client or a mapping.
  fileprivate func fields(_ request: String) -> [String] {
    sent(request).split(separator: "\r\n").dropFirst().map(String.init).filter { line in
      !["X-Forwarded-", "Via:", "X-Amzn-", "Host: origin.test"].contains { line.hasPrefix($0) }
    }
  }
}

@Suite("2.3 Headers sent to an HTTP_PROXY integration")
struct ProxyRequestTests {
  @Test("A request must go on byte for byte, to the endpoint's host, with the forwarding fields behind")
  func whole() {
    #expect(
      Bench().sent("GET /dev/a/b?x=1&y=%20 HTTP/1.1\r\nHost: client.test\r\nAccept: */*\r\nX-A:  1 \r\ncookie: a=b")
        == """
        GET /base/a/b?x=1&y=%20 HTTP/1.1\r
        Host: origin.test:9000\r
        Accept: */*\r
        X-A: 1\r
        cookie: a=b\r
        \(forwarded)\(trace)\r

        """)
  }

  @Test(
    "The client's method must be kept under ANY, and the integration's be used where it has one",
    arguments: ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
  func method(_ name: String) {
    #expect(Bench().line("\(name) /dev/a HTTP/1.1\r\nHost: c") == "\(name) /base/a HTTP/1.1")
    let post = Bench { $1.httpMethod = "POST" }
    #expect(post.line("\(name) /dev/a HTTP/1.1\r\nHost: c") == "POST /base/a HTTP/1.1")
  }

  @Test(
    "A path that leads out of the URI's must be refused, since the backend may have what is not for clients [I]",
    arguments: [
      "/dev/..", "/dev/../admin", "/dev/a/../../admin", "/dev/%2e%2e/admin", "/dev/..%2fadmin", "/dev/..;/admin",
    ])
  func climbing(_ path: String) {
    #expect(Bench().sent("GET \(path) HTTP/1.1\r\nHost: c").hasPrefix("400"))
  }

  @Test("A path that stays below the URI's must go on as it is", arguments: ["a/../b", "a/..", "...", ".", "a..b"])
  func staying(_ path: String) {
    #expect(Bench().line("GET /dev/\(path) HTTP/1.1\r\nHost: c") == "GET /base/\(path) HTTP/1.1")
  }

  @Test(
    "Fields that AWS drops at ingress must not go on",
    arguments: [
      "Content-MD5: x", "Expect: 100-continue", "Max-Forwards: 3", "Proxy-Authenticate: x", "Server: x", "TE: trailers",
      "Trailer: x", "Upgrade: x", "WWW-Authenticate: x", "Content-Length: 0", "Connection: close", "Via: 1.0 x",
      "Keep-Alive: 3", "Proxy-Connection: x", "Proxy-Authorization: x", "X-HTTP-Method-Override: GET",
      "X-Amzn-Apigateway-Api-Id: other",
    ])
  func dropped(_ line: String) {
    #expect(Bench().fields("GET /dev/a HTTP/1.1\r\nHost: c\r\nA: 1\r\n\(line)\r\nB: 2") == ["A: 1", "B: 2"])
  }

  @Test(
    "Visible fields must go on as they are",
    arguments: [
      "Accept: a/b", "accept-charset: utf-8", "Accept-Encoding: gzip", "Age: 1", "Authorization: Basic eDp5",
      "Content-Encoding: gzip", "Content-Type: text/plain", "Date: x", "Pragma: x", "Range: bytes=0-1", "Referer: x",
      "User-Agent: curl", "Warn: x", "X-Custom: a, b",
    ])
  func visible(_ line: String) {
    #expect(Bench().fields("GET /dev/a HTTP/1.1\r\nHost: c\r\n\(line)") == [line])
  }

  @Test("What `Connection` names must end here, unless it says where the message goes or how long it is")
  func nominated() {
    let lines = Bench().fields(
      "GET /dev/a HTTP/1.1\r\nHost: c\r\nConnection: X-Hop, Authorization\r\nX-Hop: 1\r\nAuthorization: x\r\nX-End: 2")
    #expect(lines == ["Authorization: x", "X-End: 2"])
  }

  @Test("An X-Forwarded-For must be kept, with the client's address behind it; port and proto must be ours")
  func forwardedFor() {
    let sent = Bench().sent(
      "GET /dev/a HTTP/1.1\r\nHost: c\r\nX-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\n"
        + "X-Forwarded-For: 198.51.100.2, 10.0.0.1\r\nX-Forwarded-Port: 1")
    #expect(sent.contains("\r\nX-Forwarded-For: 198.51.100.1, 198.51.100.2, 10.0.0.1, 203.0.113.7\r\n"))
    #expect(sent.contains("\r\nX-Forwarded-Proto: http\r\n") && !sent.contains("https"))
    #expect(sent.contains("\r\nX-Forwarded-Port: 8080\r\n") && !sent.contains("Port: 1\r\n"))
  }

  @Test("A trace id that the client sends must be kept in place of ours")
  func traceID() {
    let sent = Bench().sent("GET /dev/a HTTP/1.1\r\nHost: c\r\nX-Amzn-Trace-Id: Root=1-2-3")
    #expect(sent.contains("X-Amzn-Trace-Id: Root=1-2-3\r\n"))
    #expect(!sent.contains("6553f100"))
  }

  @Test("A mapped header must replace the client's, whatever its case; without a value the client's must stay")
  func mappedHeader() {
    let bench = Bench {
      $0.requestParameters["method.request.querystring.q"] = false
      $1.requestParameters["integration.request.header.X-A"] = "method.request.querystring.q"
    }
    #expect(bench.fields("GET /dev/a?q=new HTTP/1.1\r\nHost: c\r\nx-a: 1\r\nX-A: 2\r\nB: 3") == ["B: 3", "X-A: new"])
    #expect(bench.fields("GET /dev/a?q= HTTP/1.1\r\nHost: c\r\nx-a: 1") == ["x-a: 1"])
    #expect(bench.fields("GET /dev/a HTTP/1.1\r\nHost: c\r\nx-a: 1") == ["x-a: 1"])
  }

  @Test("Mapping `Host` and `User-Agent` must override the defaults")
  func mappedHost() {
    let bench = Bench {
      $1.requestParameters["integration.request.header.Host"] = "'other.test'"
      $1.requestParameters["integration.request.header.User-Agent"] = "'mine'"
    }
    let sent = bench.sent("GET /dev/a HTTP/1.1\r\nHost: c\r\nUser-Agent: curl")
    #expect(sent.contains("\r\nHost: other.test\r\n") && !sent.contains("origin.test"))
    #expect(sent.contains("\r\nUser-Agent: mine\r\n") && !sent.contains("curl"))
  }

  @Test(
    "Mapping an illegal header must fail with 500, only where it has a value",
    arguments: ["Content-Length", "Transfer-Encoding", "X-Amzn-Trace-Id", "x-amzn-apigateway-api-id"])
  func illegal(_ name: String) {
    let bench = Bench {
      $0.requestParameters["method.request.header.h"] = false
      $1.requestParameters["integration.request.header.\(name)"] = "method.request.header.h"
    }
    #expect(bench.errors.isEmpty && bench.warnings.count == 1)
    #expect(
      bench.sent("GET /dev/a HTTP/1.1\r\nHost: c\r\nh: 1") == """
        500\r
        x-amzn-ErrorType: InternalServerErrorException\r
        Content-Type: application/json\r
        \r
        {"message": "Internal server error"}
        """)
    #expect(bench.line("GET /dev/a HTTP/1.1\r\nHost: c") == "GET /base/a HTTP/1.1")
  }

  @Test("Headers that are dropped even if mapped must be", arguments: ["Expect", "Proxy-Authenticate", "TE", "Via"])
  func droppedDestinations(_ name: String) {
    let bench = Bench { $1.requestParameters["integration.request.header.\(name)"] = "'x'" }
    #expect(bench.fields("GET /dev/a HTTP/1.1\r\nHost: c") == [])
    #expect(bench.warnings == ["the header `\(name)` is never sent to an integration"])
  }

  @Test("A mapped value must not be able to begin another field")
  func injection() {
    let bench = Bench {
      $0.requestParameters["method.request.querystring.q"] = false
      $1.requestParameters["integration.request.header.X-Q"] = "method.request.querystring.q"
    }
    #expect(
      bench.fields("GET /dev/a?q=1%0D%0AX-Evil:%202%00 HTTP/1.1\r\nHost: c") == ["X-Q: 1  X-Evil: 2 "])
  }

  @Test("A mapping that reads the body must have it whole, and send it on")
  func bodyMapping() {
    let bench = Bench { $1.requestParameters["integration.request.header.X-Name"] = "method.request.body.user.name" }
    #expect(bench.method.needsBody && !bench.method.streams)
    let json = #"{"user":{"name":"Ann"},"n":1}"#
    let sent = bench.sent("POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Length: 29\r\n\r\n" + json)
    #expect(sent.contains("\r\nX-Name: Ann\r\n"))
    #expect(sent.hasSuffix("\r\n\r\n" + json))
    #expect(!Bench().method.needsBody && Bench().method.streams)
  }
}

@Suite("1.4 X-HTTP-Method-Override")
struct MethodOverrideTests {
  @Test("It must replace the method before routing, and be consumed")
  func override() {
    let bench = Bench("PUT")
    #expect(bench.line("POST /dev/a HTTP/1.1\r\nHost: c\r\nX-HTTP-Method-Override: PUT") == "PUT /base/a HTTP/1.1")
    #expect(bench.fields("POST /dev/a HTTP/1.1\r\nHost: c\r\nX-HTTP-Method-Override: PUT") == [])
    #expect(bench.sent("PUT /dev/a HTTP/1.1\r\nHost: c\r\nX-HTTP-Method-Override: GET").hasPrefix("403"))
    #expect(bench.sent("PUT /dev/a HTTP/1.1\r\nHost: c\r\nX-HTTP-Method-Override: n o").hasPrefix("403"))
  }

  @Test("It may be mapped")
  func mapped() {
    let bench = Bench("PUT") {
      $0.requestParameters["method.request.header.X-HTTP-Method-Override"] = false
      $1.requestParameters["integration.request.header.X-M"] = "method.request.header.X-HTTP-Method-Override"
    }
    #expect(bench.fields("POST /dev/a HTTP/1.1\r\nHost: c\r\nX-HTTP-Method-Override: PUT") == ["X-M: PUT"])
  }
}
