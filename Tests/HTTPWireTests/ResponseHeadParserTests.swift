import Bytes
import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("ResponseHeadParser")
struct ResponseHeadParserTests {
  /// The verdict, which must be the same however the bytes arrive.
  private func verdict(_ text: String, answering method: HTTPMethod = .get) -> (HeadResult, ResponseHead) {
    let whole = Wire.response(text, answering: method)
    for size in [1, 2, 7] {
      #expect(
        Wire.response(text, inPiecesOf: size, answering: method).0 == whole.0,
        "in pieces of \(size): \(text.debugDescription)")
    }
    return whole
  }

  @Test("a head must be read into its parts")
  func parts() {
    let text = "HTTP/1.1 404 Not Here\r\nContent-Length: 3\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n"
    let (result, head) = verdict(text)
    #expect(result == .complete(byteCount: text.utf8.count))
    #expect(head.status == 404)
    #expect(head.lines == ["Content-Length=3", "Set-Cookie=a", "Set-Cookie=b"])
    #expect(head.framing == .length(3))
    #expect(head.keepsAlive)
  }

  @Test(
    "a status line may have no reason, or no space in front of none",
    arguments: [
      "HTTP/1.1 200 OK", "HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.1 200 \t x \u{fc}", "HTTP/1.0 200 OK",
      "HTTP/1.1 999 x", "HTTP/1.1 599 -",
    ])
  func statusLines(_ line: String) {
    let text = "\(line)\r\nContent-Length: 0\r\n\r\n"
    #expect(verdict(text).0 == .complete(byteCount: text.utf8.count))
  }

  @Test(
    "what is no status line must be refused",
    arguments: [
      ("", WireError.malformedStatusLine), ("HTTP/1.1", .malformedStatusLine), ("HTTP/1.1 ", .malformedStatusLine),
      ("HTTP/1.1 20", .malformedStatusLine),
      ("HTTP/1.1 2000 OK", .malformedStatusLine), ("HTTP/1.1 099 OK", .malformedStatusLine),
      ("HTTP/1.1 000 OK", .malformedStatusLine),
      ("HTTP/1.1 2x0 OK", .malformedStatusLine), ("HTTP/1.1 -20 OK", .malformedStatusLine),
      ("HTTP/1.1  200 OK", .malformedStatusLine),
      ("HTTP/1.1\t200 OK", .malformedStatusLine), ("HTTP/1.1 200\tOK", .controlByte),
      ("HTTP/1.1 200OK", .malformedStatusLine),
      ("HTTP/1.2 200 OK", .malformedStatusLine), ("HTTP/2.0 200 OK", .malformedStatusLine),
      ("HTTP/2 200 OK", .malformedStatusLine),
      ("http/1.1 200 OK", .malformedStatusLine), ("ICY 200 OK and more", .malformedStatusLine),
      (" HTTP/1.1 200 OK", .malformedStatusLine),
      ("\r\nHTTP/1.1 200 OK", .malformedStatusLine), ("200 OK and some more words", .malformedStatusLine),
      ("HTTP/1.1 200 a\u{0}b", .nulByte),
      ("HTTP/1.1 200 a\u{1}b", .controlByte), ("HTTP/1.1 200 a\rb", .bareCarriageReturn),
      ("HTTP/1.1 200 a\nb", .bareLineFeed),
      ("HTTP/1.1 200 \u{7f}", .controlByte), ("HTTP/1.1 200\n", .bareLineFeed), ("HTTP/1.1 2", .malformedStatusLine),
      ("<html>hello</html>", .malformedStatusLine),
    ])
  func malformedStatusLines(_ line: String, _ error: WireError) {
    #expect(verdict("\(line)\r\nContent-Length: 0\r\n\r\n").0 == .failed(error))
  }

  @Test(
    "malformed fields must be refused as in requests",
    arguments: [
      ("Content-Length: 5\r\nContent-Length: 5", WireError.repeatedContentLength),
      ("Content-Length: 5, 5", .malformedContentLength),
      ("Content-Length: -1", .malformedContentLength), ("Content-Length:", .malformedContentLength),
      ("Content-Length: 0x5", .malformedContentLength),
      ("Content-Length: 5\r\nTransfer-Encoding: chunked", .conflictingFraming),
      ("Transfer-Encoding: chunked, chunked", .malformedTransferEncoding),
      ("Transfer-Encoding: gzip", .malformedTransferEncoding),
      ("Transfer-Encoding: gzip, chunked", .unsupportedTransferEncoding),
      ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .malformedTransferEncoding),
      ("X : y", .whitespaceBeforeColon), ("X: y\r\n z", .foldedField),
      (": y", .emptyFieldName), ("X", .malformedFieldName), ("X: \u{0}", .nulByte), ("X: a\nb", .bareLineFeed),
      ("X: a\rb", .bareCarriageReturn),
      ("X: \u{1}", .controlByte), ("X\u{1}: y", .malformedFieldName), (" X: y", .foldedField),
      ("Transfer-Encoding:", .malformedTransferEncoding),
    ])
  func malformedFields(_ fields: String, _ error: WireError) {
    #expect(verdict("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n").0 == .failed(error))
  }

  @Test("Transfer-Encoding from an HTTP/1.0 origin must be refused")
  func transferEncodingInHTTP10() {
    #expect(verdict("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").0 == .failed(.transferEncodingInHTTP10))
  }

  @Test(
    "the end of the body must be found by method, status and fields",
    arguments: [
      ("200 OK\r\nContent-Length: 5", HTTPMethod.get, BodyFraming.length(5), true),
      ("200 OK\r\nTransfer-Encoding: chunked", .get, .chunked, true),
      ("200 OK\r\nX: y", .get, .untilClose, false), ("200 OK\r\nConnection: keep-alive", .post, .untilClose, false),
      ("200 OK\r\nContent-Length: 5", .head, .none, true), ("200 OK\r\nTransfer-Encoding: chunked", .head, .none, true),
      ("200 OK\r\nX: y", .head, .none, true),
      ("304 Not Modified\r\nContent-Length: 5", .get, .none, true),
      ("304 Not Modified\r\nTransfer-Encoding: chunked", .get, .none, true),
      ("204 No Content\r\nX: y", .get, .none, true), ("204 No Content\r\nContent-Length: 0", .delete, .none, true),
      ("205 Reset\r\nContent-Length: 0", .post, .length(0), true),
      ("100 Continue\r\nX: y", .post, .none, true), ("103 Early Hints\r\nLink: </a>", .get, .none, true),
      ("101 Switching Protocols\r\nX: y", .get, .none, true),
      ("200 OK\r\nX: y", .connect, .none, true), ("200 OK\r\nContent-Length: 5", .connect, .none, true),
      ("403 No\r\nContent-Length: 5", .connect, .length(5), true),
      ("404 No\r\nContent-Length: 0\r\nConnection: close", .get, .length(0), false),
    ])
  func framing(_ rest: String, _ method: HTTPMethod, _ framing: BodyFraming, _ keepsAlive: Bool) {
    let text = "HTTP/1.1 \(rest)\r\n\r\n"
    let (result, head) = verdict(text, answering: method)
    #expect(result == .complete(byteCount: text.utf8.count))
    #expect(head.framing == framing)
    #expect(head.keepsAlive == keepsAlive)
  }

  @Test(
    "a body where none may be must be refused",
    arguments: [
      "204 No Content\r\nContent-Length: 5", "204 No Content\r\nTransfer-Encoding: chunked",
      "100 Continue\r\nContent-Length: 5",
      "103 Early Hints\r\nTransfer-Encoding: chunked", "101 Switching Protocols\r\nContent-Length: 1",
    ])
  func forbiddenBodies(_ rest: String) {
    #expect(verdict("HTTP/1.1 \(rest)\r\n\r\n").0 == .failed(.forbiddenBody))
  }

  @Test(
    "an HTTP/1.0 origin keeps the connection only if it says so",
    arguments: [
      ("Content-Length: 0", false), ("Content-Length: 0\r\nConnection: keep-alive", true),
      ("Connection: keep-alive", false),
    ])
  func http10(_ fields: String, _ keepsAlive: Bool) {
    #expect(verdict("HTTP/1.0 200 OK\r\n\(fields)\r\n\r\n").1.keepsAlive == keepsAlive)
  }

  @Test("an upgrade must be recognised")
  func upgrade() {
    let head = verdict("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n").1
    #expect(head.upgrade.map { head.value(of: $0).text } == "websocket")
  }

  @Test("a head that is cut off anywhere must be incomplete")
  func cutOff() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\n"
    for count in 0..<text.utf8.count {
      #expect(Wire.response(String(decoding: text.utf8.prefix(count), as: UTF8.self)).0 == .incomplete, "\(count)")
    }
  }

  @Test("a limit must hold, however the head arrives")
  func limits() {
    let text = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 200) + "\r\n\r\n"
    for size in [1, 50, 1000] {
      #expect(
        Wire.response(text, inPiecesOf: size, limits: HeadLimits(headBytes: text.utf8.count)).0
          == .complete(byteCount: text.utf8.count))
      #expect(
        Wire.response(text, inPiecesOf: size, limits: HeadLimits(headBytes: text.utf8.count - 1)).0
          == .failed(.headTooLarge))
      #expect(Wire.response(text, inPiecesOf: size, limits: HeadLimits(fieldCount: 0)).0 == .failed(.tooManyFields))
    }
    let endless = "HTTP/1.1 200 " + String(repeating: "y", count: 40_000)
    for size in [1, 40_013] { #expect(Wire.response(endless, inPiecesOf: size).0 == .failed(.headTooLarge)) }
  }
}
