import Bytes
import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("RequestHeadParser")
struct RequestHeadParserTests {
  @Test("a head must be read into its parts")
  func parts() {
    let text =
      "GET /a/b?x=1&y=2 HTTP/1.1\r\nHost: example.com:8080\r\nAccept:*/*\r\nX-Custom: \t two words \t\r\nEmpty:\r\n\r\n"
    let (result, head) = Wire.request(text + "rest")
    #expect(result == .complete(byteCount: text.utf8.count))
    #expect(head.method == .get)
    #expect(head.form == .origin)
    #expect(head.pathBytes.text == "/a/b")
    #expect(head.queryBytes?.text == "x=1&y=2")
    #expect(head.authorityBytes.text == "example.com:8080")
    #expect(head.lines == ["Host=example.com:8080", "Accept=*/*", "X-Custom=two words", "Empty="])
    #expect(head.fields.map(\.id) == [.host, .accept, .other, .other])
    #expect(head.framing == .none)
    #expect(head.keepsAlive)
    #expect(head.minorVersion == 1)
    #expect(head.first(.accept) != nil)
    #expect(head.first(.cookie) == nil)
  }
}
