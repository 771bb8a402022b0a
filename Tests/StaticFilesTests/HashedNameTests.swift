import StaticFiles
import Testing

@Suite struct HashedNameTests {
  private func isHashed(_ path: String) -> Bool {
    var path = path
    return path.withUTF8 { HashedName.isHashed(UnsafeRawBufferPointer($0)) }
  }

  @Test(
    "a name with a bundler's hash must be taken for one",
    arguments: [
      "assets/index-BsXf3k2a.js", "main.3f2a9c1b.css", "chunk.4c9a2b1f77.min.js", "a_0123abcd.woff2",
      "img/logo-1a2b3c4d5e6f7890.svg",
    ])
  func hashed(name: String) { #expect(isHashed(name)) }

  @Test(
    "a name that could be anything else must not be",
    arguments: [
      "index.html", "app.js", "jquery-3.7.1.min.js", "report-20240115.pdf", "user-settings.js", "theme-darkMode.css",
      "3f2a9c1b.js", "photo-IMG12345.jpg", "main-3f2a9c1b", "3f2a9c1b-dir/app.js", "deadbeef-main.js", "a-deadbeef.js",
      "",
    ])
  func notHashed(name: String) { #expect(!isHashed(name)) }
}
