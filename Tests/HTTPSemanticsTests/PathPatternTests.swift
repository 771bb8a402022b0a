import HTTPSemantics
import Testing

@Suite struct PathPatternTests {
  private func matches(_ pattern: String, _ path: String) -> Bool {
    var path = path
    return path.withUTF8 { PathPattern(pattern).matches(UnsafeRawBufferPointer($0)) }
  }

  @Test(
    "a pattern must match what its wildcards stand for",
    arguments: [
      ("*", "/"), ("*", "/a/b"), ("/api/*", "/api/"), ("/api/*", "/api/a/b"), ("api/*", "/api/x"),
      ("*.js", "/a.js"), ("*.js", "/a/b.js"), ("/img/icon-??.png", "/img/icon-12.png"), ("/a*c", "/abbbc"),
      ("/a*c", "/ac"), ("/a*b*c", "/aXbYbZc"), ("/exact", "/exact"), ("/*/x", "/a/b/x"), ("/a?", "/a/"),
    ])
  func matching(pattern: String, path: String) { #expect(matches(pattern, path)) }

  @Test(
    "a pattern must match nothing else",
    arguments: [
      ("/api/*", "/api"), ("/api/*", "/API/x"), ("*.js", "/a.json"), ("/img/icon-??.png", "/img/icon-1.png"),
      ("/exact", "/exactly"), ("/exact", "/exac"), ("/a?", "/a"), ("/a*c", "/abd"), ("", "/a"), ("/a*b*c", "/acb"),
    ])
  func notMatching(pattern: String, path: String) { #expect(!matches(pattern, path)) }

  @Test("a pattern of many stars must not take for ever")
  func stars() {
    let pattern = String(repeating: "*a", count: 100) + "b"
    #expect(!matches(pattern, "/" + String(repeating: "a", count: 8000)))
  }
}
