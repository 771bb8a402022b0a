import Bytes
import Testing

@testable import HTTPWire

@Suite("HTTP/2 answers as HTTP/1.1 text")
struct ResponseTextTests {
  private func text(_ fields: [(String, String)], limits: HeadLimits = .standard) -> ResponseText {
    let text = ResponseText()
    text.begin(limits: limits)
    for (name, value) in fields {
      let (name, value) = (Array(name.utf8), Array(value.utf8))
      let isWorthIt = name.withUnsafeBytes { name in value.withUnsafeBytes { text.add(name, $0) } }
      if !isWorthIt { break }
    }
    text.finish()
    return text
  }

  @Test("an answer must become a head that HTTP/1.1 has", arguments: [("200", false), ("103", true)])
  func head(_ status: String, _ isInterim: Bool) {
    let text = text([(":status", status), ("content-type", "a/b"), ("set-cookie", "a"), ("set-cookie", "b"), ("x", "")])
    #expect(text.error == nil)
    #expect(text.isInterim == isInterim)
    #expect(
      text.out.readable.text
        == "HTTP/1.1 \(status)\r\ncontent-type: a/b\r\nset-cookie: a\r\nset-cookie: b\r\nx: \r\n\r\n")
    let head = ResponseHead(buffer: text.out)
    var parser = ResponseHeadParser()
    #expect(parser.parse(buffer: text.out, into: head, answering: .get) == .complete(byteCount: text.out.count))
    #expect("\(head.status)" == status)
  }

  @Test("what HTTP/1.1 could not write must not become one of its heads")
  func malformed() {
    #expect(text([]).error == .malformedStatusLine)
    #expect(text([("a", "b")]).error == .malformedStatusLine)
    #expect(text([(":status", "20")]).error == .malformedStatusLine)
    #expect(text([(":status", "200"), (":path", "/")]).error == .malformedFieldName)
    #expect(text([(":status", "200"), ("a b", "c")]).error == .malformedFieldName)
    #expect(text([(":status", "200"), ("a", "b\r\nc: d")]).error == .malformedFieldName)
    #expect(text([(":status", "200"), ("a", "\0")]).error == .malformedFieldName)
  }

  @Test("the limits of a head must hold, and nothing beyond them is kept")
  func limits() {
    let limits = HeadLimits(headBytes: 64, fieldCount: 2)
    let many = text([(":status", "200"), ("a", "1"), ("b", "2"), ("c", "3")], limits: limits)
    #expect(many.error == .tooManyFields)
    let large = text([(":status", "200"), ("a", String(repeating: "v", count: 64))], limits: limits)
    #expect(large.error == .headTooLarge)
    #expect(large.out.count <= 64)
  }
}
