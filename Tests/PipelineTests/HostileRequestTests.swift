import APIModel
import Bytes
import HTTPWire
import Testing

@testable import Pipeline

/// Numbers that look random and are the same in every run.
private struct Noise: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
  }
}

@Suite("Hostile requests")
struct HostileRequestTests {
  /// Every source that a client can fill, in every place that a mapping can fill.
  private static func bench(_ kind: Integration.Kind) -> Bench {
    Bench("ANY", "/{proxy+}", kind, uri: "http://o.test/{proxy}/{p}/x?a={q}&b={h}") {
      $1.requestParameters.merge([
        "integration.request.path.p": "method.request.header.X-P",
        "integration.request.path.q": "method.request.path.proxy",
        "integration.request.path.h": "method.request.body.h",
        "integration.request.header.X-1": "method.request.querystring.q",
        "integration.request.header.X-2": "method.request.multivaluequerystring.q",
        "integration.request.header.X-3": "method.request.body",
        "integration.request.header.X-4": "context.identity.userAgent",
        "integration.request.querystring.z": "method.request.multivaluequerystring.q",
        "integration.request.querystring.y": "method.request.body.h",
      ]) { $1 }
      $0.requestParameters = [:]
    }
  }

  @Test(
    "Whatever clients send, an origin must see one well-formed request", arguments: [Integration.Kind.httpProxy, .http])
  func wellFormed(_ kind: Integration.Kind) {
    let bench = Self.bench(kind)
    var noise = Noise(state: 42)
    // What the codec lets through, and what decodes to what it would not.
    let path = [
      "a", "/", "//", "%20", "%0D%0A", "%00", "%2F", "%3F", "%23", "[", "]", "|", ";", "&", "=", "+", "'", "..", "%ff",
    ]
    let query = path + ["?", "\\", "^", "`", "{", "}", "q=", "&q="]
    let value = query.filter { $0 != "|" } + [" ", "\t", "\"", "<", "#", "é", "%", "%4"]
    var seen = 0
    for _ in 0..<3000 {
      func some(_ pieces: [String]) -> String {
        (0..<Int.random(in: 0...8, using: &noise)).map { _ in pieces.randomElement(using: &noise) ?? "" }.joined()
      }
      let body = ByteBuffer()
      body.write("{\"h\":\"")
      body.write(some(value.filter { $0 != "\"" && $0 != "\\" && $0 != "\t" }))
      body.write("\\r\\nX-Evil: 1\\u0000\"}")
      let head = ByteBuffer()
      head.write("POST /dev/\(some(path))?q=\(some(query)) HTTP/1.1\r\nHost: c\r\nX-P: \(some(value))\r\n")
      head.write("User-Agent: \(some(value))\r\nContent-Length: 3\r\n\r\n")
      let request = RequestHead(buffer: head)
      var parser = RequestHeadParser()
      guard case .complete = parser.parse(buffer: head, into: request) else { continue }
      let exchange = Exchange(head: request)
      exchange.begin(head: request, facts: Bench.facts)
      exchange.body = body
      let out = ByteBuffer()
      guard let plan = try? exchange.route(in: bench.plan, from: 4),
        (try? IntegrationRequest.run(plan, exchange, into: out)) != nil
      else { continue }
      out.write("\r\n")
      let sent = RequestHead(buffer: out)
      var reader = RequestHeadParser()
      let whole = out.count
      guard case .complete(let count) = reader.parse(buffer: out, into: sent) else {
        Issue.record("not well-formed: \(out.readable.text)")
        continue
      }
      #expect(count == whole)
      seen += 1
      #expect(!sent.fields.contains { sent.name(of: $0).text == "X-Evil" })
    }
    #expect(seen > 1000, "most requests are refused before they come here")
  }

  @Test("Whatever an origin answers, a client must see a well-formed field block")
  func response() {
    var noise = Noise(state: 7)
    let bench = Bench("GET", "/a", .http, uri: "http://o.test/") {
      var response = APIModel.IntegrationResponse(selectionPattern: nil, statusCode: 200, location: here)
      response.responseParameters = [
        "method.response.header.A": "integration.response.header.X",
        "method.response.header.B": "integration.response.body",
        "method.response.header.C": "integration.response.body.x",
      ]
      $1.responses = [response]
      _ = $0
    }
    for _ in 0..<1000 {
      let payload = ByteBuffer()
      payload.write("{\"x\":\"\\r\\n\(UInt8.random(in: 35...90, using: &noise))\\u0000\\n\"}\r\nX-Evil: 1\r\n\r\n")
      let (head, _) = Bench.answer("HTTP/1.1 200 OK\r\nX: a\u{80}\r\n\r\n")
      let exchange = bench.exchange("GET /dev/a HTTP/1.1\r\nHost: c")
      let fields = ByteBuffer()
      guard let plan = try? exchange.route(in: bench.plan, from: 4),
        (try? Pipeline.IntegrationResponse.run(
          plan, exchange, status: 200, head: head, body: payload, fields: fields, into: ByteBuffer())) != nil
      else { continue }
      let lines = fields.readable.text.split(separator: "\r\n", omittingEmptySubsequences: false)
      #expect(lines.dropLast().allSatisfy { ["A", "B", "C"].contains(String($0.prefix(1))) } && lines.last == "")
    }
  }

  @Test("Long and repeated things must be answered")
  func long() {
    let bench = Self.bench(.http)
    let query = String(repeating: "q=1&;", count: 2000)
    #expect(bench.sent("GET /dev/a?\(query) HTTP/1.1\r\nHost: c").hasPrefix("GET /a/%7Bp%7D/x?"))
    let fields = (0..<60).map { "X-P: \($0)\r\n" }.joined()
    #expect(bench.sent("GET /dev/a HTTP/1.1\r\nHost: c\r\n\(fields)\r\n\r\n").hasPrefix("GET /a/59/x?"))
  }
}
