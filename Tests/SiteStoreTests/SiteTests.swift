import Foundation
import HTTPSemantics
import StaticFiles
import TestFolders
import Testing

@testable import SiteStore

@Suite struct SiteTests {
  private func site(_ folder: TemporaryFolder, _ name: String = "", rules: [CacheControlRule] = []) -> Site {
    var settings = SiteSettings(directory: name.isEmpty ? folder.path : "\(folder.path)/\(name)")
    settings.cacheControl = rules
    return Site(settings)
  }

  /// What a name leads to, in words; `seconds` is the time.
  private func found(_ name: String, in site: Site, at seconds: Double = 0, generation: Int = 0) -> String {
    switch find(name, in: site, at: seconds, generation: generation) {
    case .file(let file): text(file.plain)
    case .folder: "<folder>"
    case .nothing: "<nothing>"
    }
  }

  private func find(_ name: String, in site: Site, at seconds: Double = 0, generation: Int = 0) -> Site.Found {
    var name = name
    return name.withUTF8 {
      site.find(UnsafeRawBufferPointer($0), now: Int64(seconds * 1e9), epoch: 2_000_000_000, generation: generation)
    }
  }

  private func text(_ form: SiteForm) -> String {
    switch form.content {
    case .memory(let bytes): String(decoding: bytes, as: UTF8.self)
    case .file(let descriptor):
      String(
        decoding: (try? FileHandle(fileDescriptor: dup(descriptor.number), closeOnDealloc: true).readToEnd()) ?? Data(),
        as: UTF8.self)
    }
  }

  // MARK: What is there

  @Test("a name must lead to a file, a folder, or nothing")
  func names() throws {
    let folder = try TemporaryFolder(["index.html": "page", "docs/a.txt": "a"])
    let site = site(folder)
    #expect(found("index.html", in: site) == "page")
    #expect(found("docs/a.txt", in: site) == "a")
    #expect(found("docs", in: site) == "<folder>")
    #expect(found("", in: site) == "<folder>")
    #expect(found("none", in: site) == "<nothing>")
    #expect(found("index.html/x", in: site) == "<nothing>")
    #expect(found("index.html/", in: site) == "<nothing>")
  }

  @Test("a directory that does not exist must hold nothing, until it does")
  func missing() throws {
    let folder = try TemporaryFolder()
    let site = site(folder, "site")
    #expect(found("a", in: site) == "<nothing>")
    try folder.write("site/a", "now")
    #expect(found("a", in: site) == "now")
  }

  @Test("no link may lead out of the root; one within it may lead on")
  func links() throws {
    let folder = try TemporaryFolder(["secret": "s", "site/a.txt": "a", "site/dir/b.txt": "b"])
    try folder.link("site/out", to: "../secret")
    try folder.link("site/absolute", to: folder.path + "/secret")
    try folder.link("site/folder", to: "..")
    try folder.link("site/in", to: "dir/b.txt")
    try folder.link("site/loop", to: "loop")
    let site = site(folder, "site")
    #expect(found("out", in: site) == "<nothing>")
    #expect(found("absolute", in: site) == "<nothing>")
    #expect(found("folder/secret", in: site) == "<nothing>")
    #expect(found("../secret", in: site) == "<nothing>")
    #expect(found("dir/../../secret", in: site) == "<nothing>")
    #expect(found("loop", in: site) == "<nothing>")
    #expect(found("in", in: site) == "b")
  }

  @Test("a pipe must neither be read nor be waited for")
  func pipe() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    #expect(found("pipe", in: site(folder)) == "<nothing>")
  }

  @Test("a large file must stay on disk, a small one come into memory, an empty one be whole")
  func sizes() throws {
    let large = String(repeating: "x", count: SiteForm.keptInMemory + 1)
    let folder = try TemporaryFolder(["small": "s", "large": large, "empty": ""])
    let site = site(folder)
    guard case .file(let small) = find("small", in: site), case .memory = small.plain.content,
      case .file(let big) = find("large", in: site), case .file = big.plain.content,
      case .file(let empty) = find("empty", in: site), case .memory(let none) = empty.plain.content
    else {
      Issue.record("the files are where they should be")
      return
    }
    #expect(none.isEmpty)
    #expect(text(big.plain) == large)
    #expect(big.plain.representation.size == large.utf8.count)
  }

  // MARK: What changes

  @Test("what was seen of a file must be believed for a second, and looked at again then")
  func changes() throws {
    let folder = try TemporaryFolder(["a": "one"])
    let site = site(folder)
    #expect(found("a", in: site, at: 0) == "one")
    try folder.write("a", "three")
    #expect(found("a", in: site, at: 0.5) == "one")
    #expect(found("a", in: site, at: 1.1) == "three")
    try folder.remove("a")
    #expect(found("a", in: site, at: 1.5) == "three")
    #expect(found("a", in: site, at: 2.5) == "<nothing>")
  }

  @Test("what has been said to have changed must be looked at again at once, every file of it, and only once")
  func told() throws {
    let folder = try TemporaryFolder(["a": "one", "b": "one"])
    let site = site(folder)
    #expect(found("a", in: site, at: 5) == "one" && found("b", in: site, at: 5) == "one")
    try folder.write("a", "three")
    try folder.write("b", "three")
    #expect(found("a", in: site, at: 5.1) == "one")
    #expect(found("a", in: site, at: 5.2, generation: 1) == "three")
    #expect(found("b", in: site, at: 5.3, generation: 1) == "three")
    try folder.write("a", "fourth")
    #expect(found("a", in: site, at: 5.4, generation: 1) == "three")
  }

  @Test(
    "a release that has been said to be published must be found at once, and the one before when it is gone back to")
  func toldOfReleases() throws {
    let folder = try TemporaryFolder(["one/a": "one", "two/a": "two"])
    let store = ReleaseStore(directory: folder.path + "/site")
    let site = site(folder, "site")
    _ = try store.publish(folder.path + "/one", keeping: 5)
    #expect(found("a", in: site, at: 5) == "one")
    _ = try store.publish(folder.path + "/two", keeping: 5)
    #expect(found("a", in: site, at: 5) == "one")
    #expect(found("a", in: site, at: 5, generation: 1) == "two")
    _ = try store.rollBack(to: nil)
    #expect(found("a", in: site, at: 5, generation: 1) == "two")
    #expect(found("a", in: site, at: 5, generation: 2) == "one")
  }

  @Test("a file that comes into being must be found at once")
  func created() throws {
    let folder = try TemporaryFolder()
    let site = site(folder)
    #expect(found("a", in: site) == "<nothing>")
    try folder.write("a", "new")
    #expect(found("a", in: site) == "new")
  }

  @Test("a file that is being sent must stay open when its name goes")
  func held() throws {
    let large = String(repeating: "x", count: SiteForm.keptInMemory + 1)
    let folder = try TemporaryFolder(["a": large])
    let site = site(folder)
    guard case .file(let file) = find("a", in: site) else { return }
    try folder.remove("a")
    #expect(found("a", in: site, at: 5) == "<nothing>")
    #expect(text(file.plain) == large)
  }

  // MARK: Forms

  @Test("compressed siblings must be found beside what gets smaller by compression, and nowhere else")
  func siblings() throws {
    let folder = try TemporaryFolder([
      "app.js": "plain", "app.js.br": "brotli", "app.js.gz": "gzip", "logo.png": "png", "logo.png.gz": "gz",
      "one.css": "css", "one.css.gz": "gz",
    ])
    let site = site(folder)
    guard case .file(let app) = find("app.js", in: site), case .file(let logo) = find("logo.png", in: site),
      case .file(let one) = find("one.css", in: site)
    else {
      Issue.record("the files are there")
      return
    }
    #expect(app.brotli.map(text) == "brotli")
    #expect(app.gzip.map(text) == "gzip")
    #expect(app.brotli?.representation.contentType == app.plain.representation.contentType)
    #expect(!logo.hasSiblings)
    #expect(one.brotli == nil)
    #expect(one.gzip != nil)
  }

  @Test("a sibling that comes or changes must be seen within a second")
  func siblingChanges() throws {
    let folder = try TemporaryFolder(["app.js": "plain"])
    let site = site(folder)
    #expect(found("app.js", in: site) == "plain")
    try folder.write("app.js.gz", "gzip")
    guard case .file(let app) = find("app.js", in: site, at: 2) else { return }
    #expect(app.gzip.map(text) == "gzip")
    #expect(String(decoding: app.plain.representation.fields, as: UTF8.self).contains("Vary: Accept-Encoding"))
  }

  // MARK: Releases

  private static let asset = "app-a1b2c3d4.js"

  @Test("a directory of releases must serve the current one, and the hashed assets of the others")
  func releases() throws {
    let folder = try TemporaryFolder([
      "releases/1/index.html": "one", "releases/1/\(Self.asset)": "old asset", "releases/1/gone.html": "gone",
      "releases/2/index.html": "two", "releases/.incoming-3/index.html": "half",
    ])
    try folder.link("current", to: "releases/2")
    let site = site(folder)
    #expect(found("index.html", in: site) == "two")
    #expect(found(Self.asset, in: site) == "old asset")
    #expect(found("gone.html", in: site) == "<nothing>")
    #expect(found("releases/1/index.html", in: site) == "<nothing>")
    #expect(found("current/index.html", in: site) == "<nothing>")
  }

  @Test("what a rule calls immutable must be found in other releases, too")
  func rules() throws {
    let folder = try TemporaryFolder(["releases/1/fonts/a.woff2": "font", "releases/2/index.html": "two"])
    try folder.link("current", to: "releases/2")
    let rule = CacheControlRule(path: PathPattern("/fonts/*"), value: "max-age=31536000, immutable")
    #expect(found("fonts/a.woff2", in: site(folder)) == "<nothing>")
    #expect(found("fonts/a.woff2", in: site(folder, rules: [rule])) == "font")
  }

  @Test("a new release must be seen within a second, and at once by who asks for what only it has")
  func publishing() throws {
    let folder = try TemporaryFolder(["releases/1/index.html": "one", "releases/2/index.html": "two"])
    try folder.write("releases/2/new-b1b2c3d4.js", "new asset")
    try folder.link("current", to: "releases/1")
    let site = site(folder)
    #expect(found("index.html", in: site) == "one")
    try folder.link(".next", to: "releases/2")
    #expect(rename(folder.path + "/.next", folder.path + "/current") == 0)
    #expect(found("index.html", in: site, at: 0.5) == "one")
    #expect(found("new-b1b2c3d4.js", in: site, at: 0.5) == "new asset")
    #expect(found("index.html", in: site, at: 0.5) == "two")
  }

  @Test("releases without a current one must serve nothing")
  func noCurrent() throws {
    let folder = try TemporaryFolder(["releases/1/index.html": "one"])
    #expect(found("index.html", in: site(folder)) == "<nothing>")
    #expect(found("releases/1/index.html", in: site(folder)) == "<nothing>")
  }
}
