import Bytes
import Edge
import Testing

@Suite struct EdgeRefusalTests {
  private func written(_ write: (ByteBuffer, ByteBuffer) -> Void) -> (fields: String, body: String) {
    let (fields, body) = (ByteBuffer(), ByteBuffer())
    write(fields, body)
    return (fields.readable.text, body.readable.text)
  }

  @Test("a page must say its status and why, and must not be stored")
  func page() {
    let page = written { EdgeRefusal.methodNotAllowed.write(requestID: "r-1", fields: $0, body: $1) }
    #expect(page.fields == "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n")
    #expect(page.body.contains("<h1>403 Forbidden</h1>"))
    #expect(page.body.contains("<p>Request r-1</p>"))
  }

  @Test("a method that files do not have must name those that they do")
  func allow() {
    #expect(written { EdgeRefusal.readOnly.write(fields: $0, body: $1) }.fields.contains("Allow: GET, HEAD\r\n"))
  }

  @Test(
    "a redirection must lead to the same address over TLS, without the plain port",
    arguments: [
      ("app.example.com", "app.example.com"), ("app.example.com:8080", "app.example.com"), ("[::1]:8080", "[::1]"),
      ("[::1]", "[::1]"),
    ])
  func redirection(host: String, target: String) {
    var (host, path, query) = (host, "/a/b", "x=1")
    let page = written { fields, body in
      host.withUTF8 { host in
        path.withUTF8 { path in
          query.withUTF8 { query in
            EdgeRefusal.writeRedirection(
              status: 301, host: UnsafeRawBufferPointer(host), path: UnsafeRawBufferPointer(path),
              query: UnsafeRawBufferPointer(query), fields: fields, body: body)
          }
        }
      }
    }
    #expect(page.fields.contains("Location: https://\(target)/a/b?x=1\r\n"))
    #expect(!page.fields.contains("no-store"))
  }
}
