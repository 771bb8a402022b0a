import CLinux
import Glibc
import StaticFiles
import TestFolders
import Testing

@testable import SiteStore

@Suite struct DescriptorTests {
  /// Opened by walking, as where the kernel has no openat2(2).
  private func walk(_ path: String, from root: Descriptor) -> Bool {
    let number = clinux_walk_beneath(root.number, path, O_RDONLY | O_CLOEXEC)
    if number >= 0 { close(number) }
    return number >= 0
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder(["secret": "s", "site/a": "a", "site/d/e/b": "b"])
    try folder.link("site/out", to: "../secret")
    try folder.link("site/up", to: "..")
    try folder.link("site/in", to: "a")
    return folder
  }

  @Test("a walk must reach what is there, and follow no link and no `..`")
  func walking() throws {
    let folder = try folder()
    let root = try #require(Descriptor.directory(folder.path + "/site"))
    for path in ["a", "d/e/b", "d", "."] { #expect(walk(path, from: root), "\(path)") }
    for path in [
      "out", "up/secret", "in", "../secret", "d/../../secret", "d/..", "", "d/", "/a", "//", "none", "a/b",
      String(repeating: "n", count: 300), folder.path + "/secret",
    ] {
      #expect(!walk(path, from: root), "\(path)")
    }
  }

  @Test("what leads out of the directory must not exist, and its state must not be told either")
  func beneath() throws {
    let folder = try folder()
    let root = try #require(Descriptor.directory(folder.path + "/site"))
    for path in ["out", "up/secret", "../secret"] {
      guard case .nothing = root.open(path) else {
        Issue.record("\(path) was opened")
        continue
      }
      #expect(root.metadata(of: path) == nil)
    }
    guard case .file(_, let metadata) = root.open("in") else {
      Issue.record("a link within the directory leads on")
      return
    }
    #expect(metadata.size == 1)
    #expect(root.metadata(of: "a") == metadata)
    #expect(root.metadata(of: "d") == nil)
  }
}
