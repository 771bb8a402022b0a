import Bytes
import HTTPSemantics
import Testing

@testable import HTTPWire

/// What a body decoder made of a stream.
private struct Outcome: Equatable {
  var content = ""
  var isDone = false
  var error: WireError?
  var trailers: String?
  /// What it left for the next message.
  var rest = ""
}

/// Feeds a decoder pieces of `size`, as a connection would: the buffer is cleared whenever it is empty.
private func decode(
  _ text: String, _ framing: BodyFraming, limits: BodyLimits = .standard, inPiecesOf size: Int, closing: Bool = false
) -> Outcome {
  let bytes = Array(text.utf8)
  let buffer = ByteBuffer()
  var decoder = BodyDecoder(framing, limits: limits)
  var outcome = Outcome()
  var at = 0
  loop: while true {
    switch decoder.next(in: buffer) {
    case .data(let range): outcome.content += String(decoding: buffer[range], as: UTF8.self)
    case .needsMore:
      if at == bytes.count {
        if closing { outcome.isDone = decoder.peerClosed() }
        break loop
      }
      if buffer.isEmpty { buffer.clear() }
      let next = min(at + size, bytes.count)
      buffer.write(Array(bytes[at..<next]))
      at = next
    case .end:
      outcome.isDone = true
      break loop
    case .failed(let error):
      outcome.error = error
      break loop
    }
  }
  outcome.trailers = decoder.trailers?.readable.text
  if outcome.error == nil { outcome.rest = buffer.readable.text + String(decoding: bytes[at...], as: UTF8.self) }
  return outcome
}

/// The outcome, which must be the same whole and in pieces.
private func verify(_ text: String, _ framing: BodyFraming, limits: BodyLimits = .standard, closing: Bool = false)
  -> Outcome
{
  let whole = decode(text, framing, limits: limits, inPiecesOf: 1_000_000, closing: closing)
  for size in [1, 2, 3, 7] {
    let pieces = decode(text, framing, limits: limits, inPiecesOf: size, closing: closing)
    // How much content came through before a mistake was met may differ, what it was may not.
    if whole.error == nil { #expect(pieces == whole) } else { #expect(pieces.error == whole.error) }
  }
  return whole
}

@Suite("BodyDecoder")
struct BodyDecoderTests {
  @Test("no body must end at once and take nothing")
  func none() {
    #expect(verify("next", .none) == Outcome(isDone: true, rest: "next"))
    #expect(verify("next", .length(0)) == Outcome(isDone: true, rest: "next"))
  }

  @Test("a counted body must end after its bytes")
  func length() {
    #expect(verify("hellonext", .length(5)) == Outcome(content: "hello", isDone: true, rest: "next"))
    #expect(verify("hell", .length(5), closing: true) == Outcome(content: "hell"))
  }

  @Test("an open body must end when the connection does")
  func untilClose() {
    #expect(verify("hello", .untilClose, closing: true) == Outcome(content: "hello", isDone: true))
    #expect(verify("hello", .untilClose) == Outcome(content: "hello"))
  }

  @Test(
    "a chunked body must be put together",
    arguments: [
      ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"), ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
      ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
      ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("05\r\nhello\r\n00\r\n\r\n", "hello"),
      ("0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n", "hello"),
      ("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n"), ("5;a\r\nhello\r\n0;b\r\n\r\n", "hello"),
      ("5;a=b;c=\"d;\\\" e\"\r\nhello\r\n0\r\n\r\n", "hello"),
      ("5;a=\"\"\r\nhello\r\n0;x=\"\t \u{e4}\"\r\n\r\n", "hello"),
    ])
  func chunked(_ text: String, _ content: String) {
    #expect(verify(text + "next", .chunked) == Outcome(content: content, isDone: true, rest: "next"))
  }

  @Test("a chunked body that stops anywhere must not be whole")
  func cutOff() {
    let text = "5;a=\"b\"\r\nhello\r\n0\r\nX: y\r\n\r\n"
    for count in 0..<text.utf8.count {
      let outcome = verify(String(decoding: text.utf8.prefix(count), as: UTF8.self), .chunked, closing: true)
      #expect(!outcome.isDone && outcome.error == nil, "\(count)")
    }
  }

  @Test(
    "malformed chunk framing must be refused",
    arguments: [
      ("\r\nhello\r\n", WireError.malformedChunkSize), ("g\r\n", .malformedChunkSize),
      ("-5\r\nhello", .malformedChunkSize), ("+5\r\nhello", .malformedChunkSize),
      ("0x5\r\nhello", .malformedChunkSize), ("5h\r\nhello", .malformedChunkSize), (" 5\r\nhello", .malformedChunkSize),
      ("5 \r\nhello", .malformedChunkSize),
      ("5\t\r\nhello", .malformedChunkSize), ("5 ;a\r\nhello", .malformedChunkSize),
      ("\t5\r\nhello", .malformedChunkSize), (";a\r\nhello", .malformedChunkSize),
      ("5,5\r\nhello", .malformedChunkSize), ("5.0\r\nhello", .malformedChunkSize),
      ("5\u{0}\r\nhello", .malformedChunkSize), ("5\u{b}\r\nhello", .malformedChunkSize),
      ("\"5\"\r\nhello", .malformedChunkSize), ("0_5\r\nhello", .malformedChunkSize),
      ("٥\r\nhello", .malformedChunkSize), ("5\u{a0}\r\n", .malformedChunkSize),
      ("00000000000000005\r\nhello", .malformedChunkSize), ("8000000000000000\r\n", .malformedChunkSize),
      ("ffffffffffffffff\r\n", .malformedChunkSize),
      ("10000000000000005\r\nhello", .malformedChunkSize), ("fffffffffffffffff\r\n", .malformedChunkSize),
      ("5\nhello\r\n", .bareLineFeed), ("5\rhello\r\n", .bareCarriageReturn),
      ("5\r\rhello", .bareCarriageReturn), ("5\r\nhello0\r\n\r\n", .malformedChunkEnd),
      ("5\r\nhello!\r\n0\r\n\r\n", .malformedChunkEnd), ("5\r\nhello\n0\r\n\r\n", .malformedChunkEnd),
      ("5\r\nhello\r0\r\n\r\n", .malformedChunkEnd), ("5\r\nhello\r\r\n0\r\n\r\n", .malformedChunkEnd),
      ("5\r\nhello\r\n\r\n0\r\n\r\n", .malformedChunkSize),
      ("5\r\nhello \r\n0\r\n\r\n", .malformedChunkEnd), ("3\r\nhello\r\n0\r\n\r\n", .malformedChunkEnd),
      ("5;\r\nhello", .malformedChunkExtension),
      ("5;;a\r\nhello", .malformedChunkExtension), ("5; a\r\nhello", .malformedChunkExtension),
      ("5;a =b\r\nhello", .malformedChunkExtension), ("5;a= b\r\nhello", .malformedChunkExtension),
      ("5;a=\r\nhello", .malformedChunkExtension), ("5;=b\r\nhello", .malformedChunkExtension),
      ("5;a=b c\r\nhello", .malformedChunkExtension), ("5;a=\"b\r\nhello", .malformedChunkExtension),
      ("5;a=\"b\"c\r\nhello", .malformedChunkExtension), ("5;a=\"\\\r\n\"\r\nhello", .malformedChunkExtension),
      ("5;a=\"\u{0}\"\r\n", .malformedChunkExtension),
      ("5;a=b\u{1}\r\nhello", .malformedChunkExtension), ("5;a\u{0}\r\nhello", .malformedChunkExtension),
      ("5;\u{e4}\r\nhello", .malformedChunkExtension), ("5;a=\u{7f}\r\n", .malformedChunkExtension),
      ("5;a\nhello", .bareLineFeed), ("5;a=\"b\n\"\r\nhello", .bareLineFeed), ("5;a=b\nhello", .bareLineFeed),
      ("5;a\rhello", .bareCarriageReturn), ("5;a\r\r\nhello", .bareCarriageReturn),
      ("5;\n0\r\nhello", .bareLineFeed), ("0\r\nX\r\n\r\n", .malformedFieldName), ("0\r\n X: y\r\n\r\n", .foldedField),
      ("0\r\nX: y\r\n z\r\n\r\n", .foldedField), ("0\r\nX : y\r\n\r\n", .whitespaceBeforeColon),
      ("0\r\n: y\r\n\r\n", .emptyFieldName), ("0\r\nX: \u{0}\r\n\r\n", .nulByte), ("0\r\n\n", .bareLineFeed),
      ("0\r\nX: y\n\r\n", .bareLineFeed), ("0\r\n\rX", .bareCarriageReturn),
      ("0\r\nX: y\r\n\r\r\n", .bareCarriageReturn), ("0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .whitespaceBeforeColon),
      ("0\n\r\n", .bareLineFeed), ("0\r\r\n", .bareCarriageReturn),
    ])
  func malformed(_ text: String, _ error: WireError) {
    let outcome = verify(text + "\r\n\r\n: more\r\n\r\n", .chunked)
    #expect(outcome.error == error, "\(text.debugDescription)")
  }

  @Test("a byte that is not allowed in a chunk size or an extension must be refused, and every other one taken")
  func everyByte() {
    for byte in UInt8.min...UInt8.max {
      func verdict(_ before: String, _ behind: String) -> WireError? {
        let buffer = Wire.buffer(Array(before.utf8) + [byte] + Array(behind.utf8))
        var decoder = BodyDecoder(.chunked)
        while true {
          switch decoder.next(in: buffer) {
          case .data: continue
          case .failed(let error): return error
          case .end, .needsMore: return nil
          }
        }
      }
      let isHex = "0123456789abcdefABCDEF".utf8.contains(byte)
      #expect((verdict("0", "\r\n") == nil) == isHex, "size \(byte)")
      let isToken = [byte].withUnsafeBytes { $0.isToken }
      #expect((verdict("5;a", "b\r\nhello\r\n") == nil) == (isToken || byte == 61 || byte == 59), "name \(byte)")
      #expect((verdict("5;a=b", "\r\nhello\r\n") == nil) == (isToken), "value \(byte)")
      let isQuoted = byte == 9 || (byte >= 32 && byte != 127)
      #expect((verdict("5;a=\"b\\", "c\"\r\nhello\r\n") == nil) == isQuoted, "escaped \(byte)")
      #expect((verdict("5;a=\"b", "c\"\r\nhello\r\n") == nil) == (isQuoted && byte != 34), "quoted \(byte)")
    }
  }

  @Test("trailers must be given as lines, without those that a trailer must not change")
  func trailers() {
    let text =
      "0\r\nX-Sum: 1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: b\r\nAuthorization: x\r\nCookie: x\r\nSet-Cookie: x\r\nETag:\"e\"\r\nTrailer: x\r\n"
      + "Connection: x\r\nCache-Control: x\r\nContent-Type: x\r\nContent-Encoding: x\r\ncontent-range: x\r\nIf-Match: x\r\nExpect: x\r\nX-Forwarded-For: x\r\n"
      + "Location: x\r\nVary: x\r\nRetry-After: 1\r\nX-Time:\t2 \r\n\r\nnext"
    let outcome = verify(text, .chunked)
    #expect(outcome == Outcome(isDone: true, trailers: "X-Sum: 1\r\nETag: \"e\"\r\nX-Time: 2\r\n", rest: "next"))
    #expect(verify("0\r\n\r\n", .chunked).trailers == nil)
    #expect(verify("0\r\nHost: x\r\n\r\n", .chunked).trailers == nil)
  }

  @Test("limits must hold, however the body arrives")
  func limits() {
    let small = BodyLimits(contentBytes: 5, extensionBytes: 6, trailerBytes: 20, trailerCount: 2)
    #expect(verify("hello", .length(5), limits: small).isDone)
    #expect(verify("hello!", .length(6), limits: small).error == .contentTooLarge)
    #expect(verify("hello", .untilClose, limits: small, closing: true).isDone)
    #expect(verify("hello!", .untilClose, limits: small).error == .contentTooLarge)
    #expect(verify("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", .chunked, limits: small).isDone)
    #expect(verify("3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n", .chunked, limits: small).error == .contentTooLarge)
    #expect(verify("1;ab\r\nx\r\n1;cd\r\ny\r\n0\r\n\r\n", .chunked, limits: small).isDone)
    #expect(verify("1;ab\r\nx\r\n1;cde\r\ny\r\n0\r\n\r\n", .chunked, limits: small).error == .chunkExtensionsTooLarge)
    #expect(verify("0\r\nA: b\r\nC: d\r\n\r\n", .chunked, limits: small).isDone)
    #expect(verify("0\r\nA: b\r\nC: d\r\nE: f\r\n\r\n", .chunked, limits: small).error == .trailersTooLarge)
    #expect(verify("0\r\nA: bcdefghijklm\r\n\r\n", .chunked, limits: small).isDone)
    #expect(verify("0\r\nA: bcdefghijklmnop\r\n\r\n", .chunked, limits: small).error == .trailersTooLarge)
    #expect(verify("0\r\nA" + String(repeating: "a", count: 50), .chunked, limits: small).error == .trailersTooLarge)
  }

  @Test("a decoder that has failed must stay failed")
  func failed() {
    let buffer = Wire.buffer("x\r\n0\r\n\r\n")
    var decoder = BodyDecoder(.chunked)
    for _ in 0..<2 {
      let step = decoder.next(in: buffer)
      #expect(step == .failed(.malformedChunkSize))
    }
    let isWhole = decoder.peerClosed()
    #expect(!isWhole)
  }

  @Test("a head in front of the body must stay valid while the body is read")
  func headStays() {
    let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    let buffer = Wire.buffer(text)
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    guard case .complete(let count) = parser.parse(buffer: buffer, into: head) else {
      Issue.record("no head")
      return
    }
    buffer.readIndex += count
    var decoder = BodyDecoder(head.framing)
    while decoder.next(in: buffer) != .end {}
    #expect(buffer.isEmpty)
    #expect(head.lines == ["Host=a", "Transfer-Encoding=chunked"])
  }
}
