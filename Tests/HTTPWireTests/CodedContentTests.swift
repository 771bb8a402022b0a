import Bytes
import HTTPSemantics
import Testing

@testable import HTTPWire

struct CodedContentTests {
  private func head(_ lines: String) throws -> RequestHead {
    let buffer = ByteBuffer()
    buffer.write("POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n")
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    guard case .complete = parser.parse(buffer: buffer, into: head) else {
      Issue.record("no request")
      return head
    }
    return head
  }

  @Test("one coding that is known must be found; none, several and others not")
  func found() throws {
    #expect(try head("Content-Encoding: gzip\r\n").contentCoding == .gzip)
    #expect(try head("content-encoding:DEFLATE\r\n").contentCoding == .deflate)
    for lines in [
      "", "Content-Encoding: br\r\n", "Content-Encoding: gzip, gzip\r\n", "Content-Encoding: identity\r\n",
      "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n", "Content-Encoding: gzip\r\nContent-Encoding: br\r\n",
      "Content-Encoding:\r\n", "Accept-Encoding: gzip\r\n",
    ] {
      #expect(try head(lines).contentCoding == nil)
    }
  }

  @Test("a coding that was taken off must be taken out of the head, and nothing else")
  func removed() throws {
    let head = try head("Content-Encoding: gzip\r\nX-A: 1\r\n")
    head.removeContentCoding()
    #expect(head.contentCoding == nil)
    #expect(head.fields.map { head.name(of: $0).text } == ["Host", "X-A"])
  }
}
