import Bytes
import HTTPSemantics
import Testing

@testable import CacheRules

@Suite("Invalidation by unsafe methods (RFC 9111 § 4.4)")
struct UnsafeMethodTests {
  @Test(
    "a method that is not known to be safe must invalidate, unless it fails",
    arguments: ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH"])
  func methods(_ name: String) {
    let method = HTTPMethod(name)
    #expect(UnsafeMethod.invalidates(method, status: 200) && UnsafeMethod.invalidates(method, status: 303))
    #expect(!UnsafeMethod.invalidates(method, status: 404) && !UnsafeMethod.invalidates(method, status: 500))
  }

  @Test("a safe method must invalidate nothing", arguments: ["GET", "HEAD", "OPTIONS", "TRACE"])
  func safe(_ name: String) {
    #expect(!UnsafeMethod.invalidates(HTTPMethod(name), status: 200))
  }

  private func resolve(_ location: String, path: String = "/a/b") -> String? {
    let out = ByteBuffer()
    let isOwn = withBytes(location) { location in
      withBytes("example.com:8080") { authority in
        withBytes(path) { UnsafeMethod.resolve(location, authority: authority, path: $0, into: out) }
      }
    }
    return isOwn ? out.readable.text : nil
  }

  @Test("a location on the same origin must be invalidated, however it is written")
  func sameOrigin() {
    #expect(resolve("/x?y=1#z") == "/x?y=1")
    #expect(resolve("http://EXAMPLE.com:8080/x") == "/x")
    #expect(resolve("https://example.com:8080") == "/")
    #expect(resolve("//example.com:8080?q") == "/?q")
    #expect(resolve("c") == "/a/c")
    #expect(resolve("?q=1") == "/a/b?q=1")
    #expect(resolve("") == "/a/b")
  }

  @Test(
    "a location elsewhere must not",
    arguments: [
      "http://other.com/x", "//example.com/x", "ftp://example.com:8080/x", "http:/x", "../x", "/x y", "mailto:a",
    ])
  func elsewhere(_ location: String) {
    #expect(resolve(location) == nil)
  }
}
