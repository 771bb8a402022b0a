import APIModel
import Bytes
import Testing

@testable import Pipeline

/// What an HTTP integration is sent, and what the client gets, for bodies of one content type and handling.
private struct Bodies {
  var binary: [String] = ["image/png"]
  var handling: Integration.ContentHandling?

  private func bench() -> Bench {
    Bench("ANY", "/a", .http, uri: "http://o.test/a") { [handling] _, integration in
      integration.contentHandling = handling
      var response = APIModel.IntegrationResponse(selectionPattern: nil, statusCode: 200, location: here)
      response.contentHandling = handling
      integration.responses = [response]
    } api: {
      $0.binaryMediaTypes = binary
    }
  }

  /// The integration's body; nil: 500.
  func sent(_ body: [UInt8], type: String?) -> [UInt8]? {
    let bench = bench()
    let exchange = bench.exchange(
      "POST /dev/a HTTP/1.1\r\nHost: c\(type.map { "\r\nContent-Type: \($0)" } ?? "")\r\n\r\n")
    let buffer = ByteBuffer()
    buffer.write(body)
    exchange.body = buffer
    do {
      let plan = try exchange.route(in: bench.plan, from: 4)
      _ = try IntegrationRequest.run(plan, exchange, into: ByteBuffer())
      return Array(exchange.integrationBody.readable)
    } catch {
      #expect(error.type == .apiConfigurationError)
      return nil
    }
  }

  /// The client's body; nil: 500.
  func answered(_ body: [UInt8], type: String?, accept: String?) -> [UInt8]? {
    let bench = bench()
    let exchange = bench.exchange(
      "GET /dev/a HTTP/1.1\r\nHost: c\(accept.map { "\r\nAccept: \($0)" } ?? "")\r\n\r\n")
    let (head, _) = Bench.answer("HTTP/1.1 200 OK\(type.map { "\r\nContent-Type: \($0)" } ?? "")\r\n\r\n")
    let payload = ByteBuffer()
    payload.write(body)
    let out = ByteBuffer()
    do {
      let plan = try exchange.route(in: bench.plan, from: 4)
      _ = try Pipeline.IntegrationResponse.run(
        plan, exchange, status: 200, head: head, body: payload, fields: ByteBuffer(), into: out)
      return Array(out.readable)
    } catch {
      #expect(error.type == .apiConfigurationError)
      return nil
    }
  }
}

private let raw: [UInt8] = [0x61, 0xFF, 0x62]
private let lossy = Array("a\u{FFFD}b".utf8)
private let encoded = Array("Yf9i".utf8)

@Suite("3.3 Content handling of requests")
struct RequestContentTests {
  @Test("Text must be UTF-8, what is not being replaced", arguments: [nil, Integration.ContentHandling.convertToText])
  func text(_ handling: Integration.ContentHandling?) {
    #expect(Bodies(handling: handling).sent(raw, type: "application/json") == lossy)
    #expect(Bodies(binary: [], handling: handling).sent(raw, type: "image/png") == lossy)
  }

  @Test("Text that is to be binary must be decoded from base64, and be 500 where it is none")
  func decode() {
    #expect(Bodies(handling: .convertToBinary).sent(encoded, type: "text/plain") == raw)
    #expect(Bodies(handling: .convertToBinary).sent(Array("!".utf8), type: "text/plain") == nil)
  }

  @Test("Binary must be left alone", arguments: [nil, Integration.ContentHandling.convertToBinary])
  func binary(_ handling: Integration.ContentHandling?) {
    #expect(Bodies(handling: handling).sent(raw, type: "image/png; q=1") == raw)
  }

  @Test("Binary that is to be text must be encoded in base64")
  func encode() {
    #expect(Bodies(handling: .convertToText).sent(raw, type: "IMAGE/PNG") == encoded)
  }
}

@Suite("3.3 Content handling of responses")
struct ResponseContentTests {
  @Test(
    "Each row of the table must hold",
    arguments: [
      ("text/plain", "text/plain", nil, raw, lossy), ("text/plain", nil, nil, raw, lossy),
      ("text/plain", "text/plain", .convertToBinary, encoded, raw),
      ("text/plain", "text/plain", .convertToText, raw, lossy),
      ("text/plain", "image/png", nil, encoded, raw), ("text/plain", "image/png", .convertToBinary, encoded, raw),
      ("text/plain", "image/png", .convertToText, raw, lossy),
      ("image/png", "text/plain", nil, raw, encoded), ("image/png", nil, nil, raw, encoded),
      ("image/png", "text/plain", .convertToBinary, raw, raw),
      ("image/png", "text/plain", .convertToText, raw, encoded),
      ("image/png", "image/png", nil, raw, raw), ("image/png", "image/png", .convertToBinary, raw, raw),
      ("image/png", "image/png", .convertToText, raw, encoded),
      ("image/png", "*/*", nil, raw, encoded), ("image/png", "image/*", nil, raw, encoded),
      ("image/png", "text/html, image/png", nil, raw, encoded),
      ("image/png", "image/png;q=1, text/html", nil, raw, raw),
    ] as [(String, String?, Integration.ContentHandling?, [UInt8], [UInt8])])
  func table(
    _ type: String, _ accept: String?, _ handling: Integration.ContentHandling?, _ body: [UInt8], _ expected: [UInt8]
  ) {
    #expect(Bodies(handling: handling).answered(body, type: type, accept: accept) == expected)
  }

  @Test("Without binary media types everything must be text")
  func allText() {
    #expect(Bodies(binary: []).answered(raw, type: "image/png", accept: "image/png") == lossy)
  }

  @Test("Text that is to be binary and is not base64 must be 500")
  func bad() {
    #expect(Bodies().answered(raw, type: "text/plain", accept: "image/png") == nil)
  }
}

@Suite("3.3 Everything is binary")
struct EverythingBinaryTests {
  private let bodies = Bodies(binary: ["*/*"])

  @Test("Bytes must pass whatever the messages say of them, and also where they say nothing")
  func passes() {
    #expect(bodies.sent(raw, type: "application/json") == raw)
    #expect(bodies.sent(raw, type: nil) == raw)
    for accept in [nil, "application/json", "*/*"] {
      #expect(bodies.answered(raw, type: "text/plain", accept: accept) == raw)
      #expect(bodies.answered(raw, type: nil, accept: accept) == raw)
    }
  }

  @Test("A template over nothing must be rendered, since nothing is not binary [inferred]")
  func template() {
    let mock = Bench("ANY", "/a", .mock) { _, integration in
      integration.requestTemplates = ["application/json": source(#"{"statusCode": $input.params('s')}"#)]
      integration.responses[0].responseTemplates = ["application/json": source("$input.params('s')!")]
    } api: {
      $0.binaryMediaTypes = ["*/*"]
    }
    let answer = mock.response("GET /dev/a?s=200 HTTP/1.1\r\nHost: c\r\nAccept: */*\r\n\r\n")
    #expect(answer.hasPrefix("200") && answer.hasSuffix("\r\n\r\n200!"))
  }
}

@Suite("3.3 Binary media types")
struct BinaryMediaTypesTests {
  @Test(
    "An entry must match exactly, by a wildcard on its right, or everything",
    arguments: [
      ("image/png", "image/png", true), ("image/png", "IMAGE/png", true), ("image/png", "image/jpeg", false),
      ("image/png", "image/*", false), ("image/*", "image/jpeg", true), ("image/*", "image/*", true),
      ("image/*", "image", false), ("image/*", "image/", false), ("*/test", "a/test", false), ("*/*", "a/b", true),
      ("image/png; q=1", "image/png", true), ("", "", false), ("image/png", "*/*", false),
    ])
  func entries(_ entry: String, _ type: String, _ matches: Bool) {
    var type = type
    #expect(type.withUTF8 { BinaryMediaTypes([entry]).contains(UnsafeRawBufferPointer($0)) } == matches)
  }
}

@Suite("Base64")
struct Base64Tests {
  @Test("Bytes must come back from it", arguments: 0...10)
  func roundTrip(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 200) }
    let encoded = ByteBuffer()
    let decoded = ByteBuffer()
    bytes.withUnsafeBytes { Base64.encode($0, into: encoded) }
    #expect(Base64.decode(encoded.readable, into: decoded))
    #expect(Array(decoded.readable) == bytes)
    #expect(encoded.count == (count + 2) / 3 * 4)
  }

  @Test(
    "What is not base64 must be refused, and line breaks and missing padding be forgiven",
    arguments: [
      ("", true), ("YQ==", true), ("YQ", true), ("Y\r\nQ==\n", true), ("YWI", true), ("Y", false), ("YQ=", false),
      ("Y===", false), ("YQ==YQ==", false), ("Y-_Q", false), ("====", false), ("é", false),
    ])
  func decode(_ text: String, _ good: Bool) {
    var text = text
    #expect(text.withUTF8 { Base64.decode(UnsafeRawBufferPointer($0), into: ByteBuffer()) } == good)
  }
}
