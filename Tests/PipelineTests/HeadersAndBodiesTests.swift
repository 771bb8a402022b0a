import APIModel
import Bytes
import Testing

@testable import Pipeline

/// Statements of spec §§ 2 and 3 that concern a message as a whole; those of one stage are tested beside it.
@Suite("2.2 Request headers on the way in")
struct IngressTests {
  private func seen(_ name: String, value: String) -> (mapped: String?, rendered: String) {
    let bench = Bench("GET", "/a", .http, uri: "http://o.test/") { method, integration in
      method.requestParameters["method.request.header.\(name)"] = false
      integration.requestParameters["integration.request.header.X-Out"] = "method.request.header.\(name)"
      integration.requestTemplates["application/json"] = source("[$input.params('\(name)')]")
    }
    let fields = name == "Host" ? "Host: \(value)" : "Host: c\r\n\(name): \(value)"
    let sent = bench.sent("GET /dev/a HTTP/1.1\r\n\(fields)")
    let line = sent.split(separator: "\r\n").first { $0.hasPrefix("X-Out: ") }
    return (line.map { String($0.dropFirst(7)) }, String(sent.split(separator: "\r\n").last ?? ""))
  }

  @Test(
    "Headers that are dropped at ingress must be invisible to mappings, and render as nothing",
    arguments: [
      ("Connection", "close"), ("Content-Length", "0"), ("Content-MD5", "x"), ("Expect", "100-continue"),
      ("Max-Forwards", "1"), ("Proxy-Authenticate", "x"), ("Server", "x"), ("TE", "trailers"), ("Trailer", "x"),
      ("Upgrade", "x"), ("WWW-Authenticate", "x"),
    ])
  func invisible(_ name: String, _ value: String) {
    #expect(seen(name, value: value) == (nil, "[]"))
  }

  @Test(
    "The others must be visible to both",
    arguments: [
      "Accept", "Accept-Charset", "Accept-Encoding", "Age", "Authorization", "Content-Encoding", "Date", "Host",
      "Pragma", "Range", "Referer", "User-Agent", "Via", "Warn", "X-Anything",
    ])
  func visible(_ name: String) { #expect(seen(name, value: "v") == ("v", "[v]")) }
}

@Suite("2.1 Values that come more than once")
struct RepeatedValuesTests {
  @Test("HTTP_PROXY's query must be what the URI says, then what the client sent: merged, never replaced")
  func merged() {
    let bench = Bench(
      "GET", "/{pathVariable}", uri: "http://o.test/?testVar={pathVar}&testQs={qsVar}"
    ) { method, integration in
      method.requestParameters["method.request.querystring.qs"] = false
      integration.requestParameters["integration.request.path.pathVar"] = "method.request.path.pathVariable"
      integration.requestParameters["integration.request.path.qsVar"] = "method.request.querystring.qs"
    }
    #expect(
      bench.sent("GET /dev/foobar?testVar=bar&qs=1 HTTP/1.1\r\nHost: c")
        .hasPrefix("GET /?testVar=foobar&testQs=1&testVar=bar&qs=1 HTTP/1.1\r\n"))
  }

  @Test("HTTP_PROXY must send on every one of several lines and query values, in order and apart")
  func passedOn() {
    let sent = Bench().sent("GET /dev/a?q=1&p=2&q=3 HTTP/1.1\r\nHost: c\r\nX-A: 1\r\nX-B: 2\r\nx-a: 3")
    #expect(sent.hasPrefix("GET /base/a?q=1&p=2&q=3 HTTP/1.1\r\n"))
    #expect(sent.contains("\r\nX-A: 1\r\nX-B: 2\r\nx-a: 3\r\n"))
  }
}

@Suite("2.3, 2.4 Content-Encoding and the bytes that it describes")
struct ContentEncodingTests {
  // AWS drops the field from a proxied answer (§ 2.4). Here it stays, both ways, as the bytes do: they must never travel
  // without the label that says how to read them.
  @Test("HTTP_PROXY must send it on in both directions, since the body goes on as it came")
  func proxied() {
    #expect(
      Bench().sent("POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Encoding: gzip").contains(
        "\r\nContent-Encoding: gzip\r\n"))
    #expect(
      Bench().response(
        "GET /dev/a HTTP/1.1\r\nHost: c",
        origin: "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\n\r\nxyz")
        == "200\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\n\r\nxyz")
  }

  @Test("Of a body that was decoded nobody must hear that it is coded")
  func decoded() {
    let bench = Bench("POST", "/a", .http, uri: "http://o.test/") { method, integration in
      method.requestParameters["method.request.header.Content-Encoding"] = false
      integration.requestParameters["integration.request.header.Content-Encoding"] =
        "method.request.header.Content-Encoding"
    }
    let exchange = bench.exchange("POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Encoding: gzip\r\nX-A: 1")
    let out = ByteBuffer()
    exchange.head.removeContentCoding()
    #expect(throws: Never.self) {
      _ = try IntegrationRequest.run(try exchange.route(in: bench.plan, from: 4), exchange, into: out)
    }
    #expect(!out.readable.text.contains("Content-Encoding"))
  }
}

@Suite("2.4 Headers that are always added")
struct AddedHeadersTests {
  @Test("X-Amzn-Trace-Id must be in the answers of HTTP, not in those of MOCK, HTTP_PROXY and failures")
  func traceID() {
    func hasTrace(_ bench: Bench, _ request: String = "GET /dev/a HTTP/1.1\r\nHost: c") -> Bool {
      bench.response(request).contains("X-Amzn-Trace-Id: Root=1-")
    }
    #expect(hasTrace(Bench("GET", "/a", .http, uri: "http://o.test/")))
    #expect(!hasTrace(Bench("GET", "/a", uri: "http://o.test/")))
    let mock = Bench("GET", "/a", .mock) { $1.requestTemplates["application/json"] = source("{statusCode:200}") }
    #expect(!hasTrace(mock))
    #expect(!hasTrace(mock, "POST /dev/a HTTP/1.1\r\nHost: c"))
  }

  @Test("A client's own trace must go on, with AWS_PROXY as recorded and with HTTP [inferred]; what is none must not")
  func clientTrace() {
    let bench = Bench("GET", "/a", .http, uri: "http://o.test/")
    let trace = "X-Amzn-Trace-Id: Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1\r\n"
    let request = "GET /dev/a HTTP/1.1\r\nHost: c\r\n\(trace)\r\n"
    #expect(bench.sent(request).contains(trace))
    #expect(bench.response(request).contains(trace))
    let odd = "GET /dev/a HTTP/1.1\r\nHost: c\r\nX-Amzn-Trace-Id: \"x\r\n\r\n"
    #expect(bench.sent(odd).contains("X-Amzn-Trace-Id: Root=1-6553f100-"))
  }

  @Test("A 504 must carry it")
  func timeout() {
    let bench = Bench()
    let exchange = bench.exchange("GET /dev/a HTTP/1.1\r\nHost: c")
    #expect(Bench.shown(.timeout("no answer"), exchange).contains("X-Amzn-Trace-Id: Root=1-"))
  }
}

@Suite("3.3 Templates and binary payloads")
struct BinaryTemplateTests {
  private func answer(
    _ type: String, _ body: String, _ handling: Integration.ContentHandling?, accept: String = "a/b"
  ) -> String {
    let bench = Bench("GET", "/a", .http, uri: "http://o.test/") { _, integration in
      integration.responses[0].responseTemplates["application/json"] = source("[$input.body]")
      integration.responses[0].contentHandling = handling
    } api: {
      $0.binaryMediaTypes = ["image/png"]
    }
    let response = bench.response(
      "GET /dev/a HTTP/1.1\r\nHost: c\r\nAccept: \(accept)",
      origin: "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n\r\n\(body)")
    return response.hasPrefix("500") ? "500" : String(response.split(separator: "\r\n").last ?? "")
  }

  @Test("Content handling must come before the response template, which cannot read what is binary then: 500")
  func responses() {
    #expect(answer("image/png", "abc", nil, accept: "image/png") == "500")
    #expect(answer("image/png", "abc", .convertToBinary) == "500")
    #expect(answer("text/plain", "YWJj", .convertToBinary) == "500", "text that has just been decoded is binary")
    #expect(answer("image/png", "abc", .convertToText) == "[YWJj]")
    #expect(answer("image/png", "abc", nil) == "[YWJj]", "a client that takes text gets base64")
    #expect(answer("text/plain", "abc", nil) == "[abc]")
  }

  @Test("HTTP_PROXY must pass bytes, whatever the API says of binary types and the method of content handling")
  func proxied() {
    let bench = Bench(
      "POST", "/a", uri: "http://o.test/", { _, integration in integration.contentHandling = .convertToText },
      api: { $0.binaryMediaTypes = ["*/*"] })
    #expect(bench.method.streams)
    #expect(
      bench.response(
        "POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Type: image/png",
        origin: "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}"
      ).hasSuffix("\r\n\r\n\u{1}\u{2}"))
  }
}

@Suite("3.5 Overrides, and what they must not do")
struct OverrideBoundsTests {
  @Test("The same parameter overridden twice in one template must be a 500")
  func twice() {
    let bench = Bench("GET", "/a", .http, uri: "http://o.test/") {
      $1.requestTemplates["application/json"] = source(
        ##"#set($context.requestOverride.header.a = "1")#set($context.requestOverride.header.a = "2"){}"##)
    }
    #expect(bench.sent("GET /dev/a HTTP/1.1\r\nHost: c").hasPrefix("500"))
  }

  @Test("Overrides must count only when the whole template has been rendered")
  func whole() {
    let bench = Bench("GET", "/a", .http, uri: "http://o.test/") {
      $1.responses[0].responseTemplates["application/json"] = source(
        ##"#set($context.responseOverride.status = 418)#foreach($i in [1..1001])x#end"##)
    }
    #expect(bench.response("GET /dev/a HTTP/1.1\r\nHost: c").hasPrefix("500"))
  }

  @Test("Proxies must know of none: their templates are skipped")
  func proxied() {
    let bench = Bench("GET", "/a", uri: "http://o.test/") {
      $1.requestTemplates["application/json"] = source(##"#set($context.requestOverride.header.X-Over = "1")"##)
    }
    #expect(!bench.sent("GET /dev/a HTTP/1.1\r\nHost: c").contains("X-Over"))
  }
}
