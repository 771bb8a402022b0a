import Foundation
import SiteStore
import TestFolders
import Testing

@Suite struct ReleaseStoreTests {
  private func store(_ folder: TemporaryFolder) -> ReleaseStore { ReleaseStore(directory: folder.path + "/site") }

  @Test("the first release must become current, whole")
  func first() throws {
    let folder = try TemporaryFolder(["build/index.html": "one", "build/assets/a.js": "a"])
    let publication = try store(folder).publish(folder.path + "/build", keeping: 5)
    #expect(publication.number == 1)
    #expect(publication.previous == nil)
    #expect(publication.added == ["assets/a.js", "index.html"])
    #expect(folder.text("site/current/index.html") == "one")
    #expect(folder.text("site/current/assets/a.js") == "a")
    #expect(store(folder).current == 1)
  }

  @Test("the next one must say what changed, and share what did not")
  func next() throws {
    let folder = try TemporaryFolder(["one/index.html": "one", "one/same.txt": "same", "one/old.js": "old"])
    for (name, text) in [("index.html", "two"), ("same.txt", "same"), ("new.js", "new")] {
      try folder.write("two/\(name)", text)
    }
    _ = try store(folder).publish(folder.path + "/one", keeping: 5)
    let publication = try store(folder).publish(folder.path + "/two", keeping: 5)
    #expect(publication.number == 2)
    #expect(publication.changed == ["index.html"])
    #expect(publication.added == ["new.js"])
    #expect(publication.removed == ["old.js"])
    #expect(folder.text("site/current/index.html") == "two")
    #expect(folder.text("site/releases/1/index.html") == "one")
    func inode(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)[.systemFileNumber] as? Int
    }
    #expect(try inode("site/releases/1/same.txt") == inode("site/releases/2/same.txt"))
    #expect(publication.changedPaths(indexDocument: "index.html") == ["/", "/index.html", "/new.js", "/old.js"])
  }

  @Test("the paths of a folder's document must be the folder's, too")
  func changedPaths() throws {
    let folder = try TemporaryFolder(["build/docs/index.html": "d", "build/xindex.html": "x"])
    let publication = try store(folder).publish(folder.path + "/build", keeping: 5)
    #expect(
      publication.changedPaths(indexDocument: "index.html") == ["/docs/", "/docs/index.html", "/xindex.html"])
  }

  @Test("going back must make an earlier release current, and say what changes")
  func rollback() throws {
    let folder = try TemporaryFolder(["a/index.html": "1", "b/index.html": "2", "b/b.js": "b", "c/index.html": "3"])
    for name in ["a", "b", "c"] { _ = try store(folder).publish(folder.path + "/" + name, keeping: 5) }
    let back = try store(folder).rollBack(to: nil)
    #expect(back.number == 2)
    #expect(back.previous == 3)
    #expect(back.changed == ["index.html"])
    #expect(back.added == ["b.js"])
    #expect(folder.text("site/current/index.html") == "2")
    #expect(try store(folder).rollBack(to: 3).number == 3)
    #expect(try store(folder).rollBack(to: 1).removed == [])
    #expect(throws: ReleaseStore.Failure.nothingEarlier) { try store(folder).rollBack(to: nil) }
    #expect(throws: ReleaseStore.Failure.noSuchRelease(9)) { try store(folder).rollBack(to: 9) }
    // A number is never used twice.
    #expect(try store(folder).publish(folder.path + "/a", keeping: 5).number == 4)
  }

  @Test("only so many earlier releases must be kept, and never the current one be dropped")
  func keeping() throws {
    let folder = try TemporaryFolder(["a/index.html": "1"])
    for _ in 0..<4 { _ = try store(folder).publish(folder.path + "/a", keeping: 2) }
    #expect(store(folder).releases.map(\.number) == [4, 3, 2])
    #expect(store(folder).releases.first?.files == 1)
    _ = try store(folder).rollBack(to: 2)
    #expect(try store(folder).publish(folder.path + "/a", keeping: 0).dropped == [4, 3, 2])
    #expect(folder.text("site/current/index.html") == "1")
  }

  @Test("what is not for visitors must be left out, and what is no file must be refused")
  func strangeFiles() throws {
    let folder = try TemporaryFolder([
      "build/index.html": "1", "build/.git/config": "x", "build/.env": "x", "build/.well-known/a": "w",
      "build/d/.x": "x",
    ])
    let publication = try store(folder).publish(folder.path + "/build", keeping: 5)
    #expect(publication.added == [".well-known/a", "index.html"])
    try folder.link("build/link", to: "index.html")
    #expect(throws: ReleaseStore.Failure.unusable(folder.path + "/build/link")) {
      try store(folder).publish(folder.path + "/build", keeping: 5)
    }
    #expect(store(folder).current == 1)
  }

  @Test("a directory of plain files must not be made one of releases, and nothing must not be published")
  func refusals() throws {
    let folder = try TemporaryFolder(["site/index.html": "plain", "build/index.html": "1", "empty/.x": ""])
    #expect(throws: ReleaseStore.Failure.plainSite(folder.path + "/site")) {
      try store(folder).publish(folder.path + "/build", keeping: 5)
    }
    #expect(folder.names("site") == ["index.html"])
    #expect(throws: ReleaseStore.Failure.emptySource(folder.path + "/empty")) {
      try store(folder).publish(folder.path + "/empty", keeping: 5)
    }
    #expect(throws: ReleaseStore.Failure.noSource(folder.path + "/none")) {
      try store(folder).publish(folder.path + "/none", keeping: 5)
    }
  }

  @Test("what a process left that was ended while it published must never be served, and go with the next")
  func interrupted() throws {
    let folder = try TemporaryFolder(["build/index.html": "1"])
    _ = try store(folder).publish(folder.path + "/build", keeping: 5)
    try folder.write("site/releases/.incoming-2/index.html", "ha")
    try folder.link("site/.current-2", to: "releases/2")
    #expect(folder.text("site/current/index.html") == "1")
    #expect(store(folder).releases.map(\.number) == [1])
    try folder.write("build/index.html", "2")
    #expect(try store(folder).publish(folder.path + "/build", keeping: 5).number == 2)
    #expect(folder.names("site/releases") == [".lock", "1", "2"])
    #expect(folder.names("site") == ["current", "releases"])
  }

  @Test("two processes must not publish at once")
  func busy() throws {
    let folder = try TemporaryFolder(["build/index.html": "1"])
    _ = try store(folder).publish(folder.path + "/build", keeping: 5)
    let lock = open(folder.path + "/site/releases/.lock", O_RDWR)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    #expect(throws: ReleaseStore.Failure.busy) { try store(folder).publish(folder.path + "/build", keeping: 5) }
  }
}
