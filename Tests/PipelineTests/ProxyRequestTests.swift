import APIModel
import Testing

@testable import Pipeline

private let added =
  "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Port: 8080\r\nX-Forwarded-Proto: http\r\nVia: 1.1 sluice\r\n"
  + "X-Amzn-Apigateway-Api-Id: api1\r\n"
private let trace = "X-Amzn-Trace-Id: Root=1-6553f100-0123456789abcdef44556677\r\n"

@Suite("HTTP_PROXY's request")
struct ProxyRequestTests {
  @Test("A request must go on byte for byte, to the endpoint's host, with the forwarding fields behind")
  func whole() {
    #expect(
      Bench().sent("GET /dev/a/b?x=1&y=%20 HTTP/1.1\r\nHost: client.test\r\nAccept: */*\r\nX-A:  1 \r\ncookie: a=b") == """
        GET /base/a/b?x=1&y=%20 HTTP/1.1\r
        Host: origin.test:9000\r
        Accept: */*\r
        X-A: 1\r
        cookie: a=b\r
        \(added)\(trace)\r

        """)
  }
}
