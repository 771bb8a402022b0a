import Bytes
import StaticFiles
import Testing

@Suite struct NavigationTests {
  private func isNavigation(_ path: String, accept: String?, line: String = "GET / HTTP/1.1") throws -> Bool {
    let head = accept.map { request("Accept: \($0)", line: line) } ?? request(line: line)
    let scratch = ByteBuffer()
    var path = path
    return try path.withUTF8 { bytes in
      Navigation.isNavigation(head, try SitePath(UnsafeRawBufferPointer(bytes), scratch: scratch))
    }
  }

  private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

  @Test(
    "a browser's way to a page must be one", arguments: ["/posts/1", "/", "/a/b/", "/users/john.doe", "/v1.0/docs"])
  func pages(path: String) throws { #expect(try isNavigation(path, accept: Self.browser)) }

  @Test(
    "a file that is missing must not become a page", arguments: ["/app.js", "/a/logo.PNG", "/index.html", "/x.json"])
  func files(path: String) throws { #expect(try !isNavigation(path, accept: Self.browser)) }

  @Test(
    "a script must be told the truth", arguments: ["*/*", "application/json", "application/json, text/html;q=0.5", nil])
  func scripts(accept: String?) throws { #expect(try !isNavigation("/posts/1", accept: accept)) }

  @Test("only reading may be a navigation")
  func methods() throws {
    #expect(try isNavigation("/posts/1", accept: Self.browser, line: "HEAD / HTTP/1.1"))
    #expect(try !isNavigation("/posts/1", accept: Self.browser, line: "POST / HTTP/1.1"))
  }
}
