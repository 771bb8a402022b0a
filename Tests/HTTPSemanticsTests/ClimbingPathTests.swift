import HTTPSemantics
import Testing

struct ClimbingPathTests {
  @Test(
    "a path must climb when it has more `..` than segments before them, however somebody may read it",
    arguments: [
      "..", "/..", "../x", "/../x", "/a/../../x", "a/../..", "/./../x", "/%2e%2e/x", "/.%2E/x", "..%2fx",
      "/a%2f..%2f..%2fx",
      "/..\\x", "/a/..\\..\\x", "/..%5cx", "/..;/x", "/..;a=b/x", "/..%3b/x", "/a//../../x", "/a%2fb/../../x", "//../x",
    ])
  func climbs(_ path: String) { #expect(Self.climbs(path)) }

  @Test(
    "any other path must not",
    arguments: [
      "", "/", ".", "/.", "/a", "/a/..", "/a/../b", "/a/b/../../c", "/...", "/..a", "/a..", "/a../..b", "/.a/..",
      "/%2e",
      "/%2e%2", "/%252e%252e/x", "/a%2f..", "/a;..", "/a;b/..", "/file.tar.gz", "/%", "/%2", "/a%2fb/..", "/2..3/4",
    ])
  func stays(_ path: String) { #expect(!Self.climbs(path)) }

  private static func climbs(_ path: String) -> Bool { Array(path.utf8).withUnsafeBytes { $0.climbs } }
}
