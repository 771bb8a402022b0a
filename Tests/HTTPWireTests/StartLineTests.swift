import Bytes
import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("Start lines")
struct StartLineTests {
  private func written(_ body: (ByteBuffer) -> Void) -> String {
    let out = ByteBuffer()
    body(out)
    return out.readable.text
  }

  @Test(
    "a status line must carry the status and its reason, or none",
    arguments: [
      (200, "HTTP/1.1 200 OK\r\n"), (502, "HTTP/1.1 502 Bad Gateway\r\n"), (299, "HTTP/1.1 299 \r\n"),
      (999, "HTTP/1.1 999 \r\n"),
    ])
  func statusLines(_ status: Int, _ line: String) {
    #expect(written { StatusLine.write(status, into: $0) } == line)
  }

  @Test(
    "a request line must be written with what was tolerated percent-encoded",
    arguments: [
      ("GET", "/a/b", nil as String?, "GET /a/b HTTP/1.1\r\n"), ("POST", "/a%20b", "", "POST /a%20b? HTTP/1.1\r\n"),
      (
        "M-SEARCH", "/[x]|", "q={a}^`\\[]|&r=%7B", "M-SEARCH /%5Bx%5D%7C?q=%7Ba%7D%5E%60%5C%5B%5D%7C&r=%7B HTTP/1.1\r\n"
      ),
    ])
  func requestLines(_ method: String, _ path: String, _ query: String?, _ line: String) {
    let text = written { out in
      Array(path.utf8).withUnsafeBytes { path in
        if let query {
          Array(query.utf8).withUnsafeBytes {
            RequestLine.write(method: HTTPMethod(method), path: path, query: $0, into: out)
          }
        } else {
          RequestLine.write(method: HTTPMethod(method), path: path, query: nil, into: out)
        }
      }
    }
    #expect(text == line)
  }
}
