import Bytes
import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("Hop-by-hop fields")
struct HopByHopTests {
  private func forwarded(_ fields: String) -> [String] {
    let head = Wire.request("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n").1
    return head.fields.filter { head.isEndToEnd($0) }.map { head.name(of: $0).text }
  }

  @Test("fields of the connection must end here")
  func always() {
    #expect(
      forwarded(
        "Connection: close\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\nUpgrade: x\r\nTrailer: X\r\n"
          + "Proxy-Authorization: x\r\nProxy-Authenticate: x\r\nAccept: */*\r\nX: y") == ["Host", "Accept", "X"])
    #expect(forwarded("Transfer-Encoding: chunked\r\nX: y") == ["Host", "X"])
  }

  @Test("what Connection nominates must end here, in any case and on any line")
  func nominated() {
    #expect(forwarded("Connection: x-A, close ,X-B\r\nX-A: 1\r\nx-b: 2\r\nX-C: 3\r\nConnection: X-c") == ["Host"])
    #expect(forwarded("Connection: Accept, ,\r\nAccept: x\r\nX-A: 1") == ["Host", "X-A"])
    #expect(forwarded("Connection: X\r\nXX: 1\r\nX-: 2") == ["Host", "XX", "X-"])
  }

  @Test(
    "what says where a message goes, where it ends or who sends it must not be nominated away",
    arguments: [
      "Host: a", "Content-Length: 0", "Authorization: x", "Cookie: x", "X-Forwarded-For: x", "X-Forwarded-Proto: x",
      "Forwarded: x", "Cache-Control: x", "Via: x",
      "Content-Type: x", "Range: x", "Origin: x", "Content-Encoding: x",
    ])
  func protected(_ field: String) {
    let name = String(field.split(separator: ":")[0])
    let head = Wire.request(
      "GET / HTTP/1.1\r\n\(name == "Host" ? "" : "Host: a\r\n")\(field)\r\nConnection: \(name), X-A\r\nX-A: 1\r\n\r\n"
    ).1
    #expect(head.fields.filter { head.isEndToEnd($0) }.map { head.name(of: $0).text }.contains(name))
    #expect(!head.fields.filter { head.isEndToEnd($0) }.map { head.name(of: $0).text }.contains("X-A"))
  }

  @Test("TE: trailers must be found among codings")
  func trailers() {
    #expect(Wire.request("GET / HTTP/1.1\r\nHost: a\r\nTE: gzip, Trailers\r\n\r\n").1.acceptsTrailers)
    #expect(!Wire.request("GET / HTTP/1.1\r\nHost: a\r\nTE: gzip\r\n\r\n").1.acceptsTrailers)
    #expect(!Wire.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").1.acceptsTrailers)
  }
}
