import Foundation
import TestFolders
import Testing

@testable import Configuration

@Suite struct StateDirectoryTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path(of: "state") }

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "no path may lead out of the directory, and no two become one",
    arguments: [
      ("gateway.yaml", "gateway.yaml"), ("../Templates/a.vtl", "%2E%2E/Templates/a.vtl"),
      ("../../a", "%2E%2E/%2E%2E/a"), ("%2E%2E/a", "%252E%252E/a"), ("a..b/..c", "a..b/..c"), ("/etc/a", "etc/a"),
    ])
  func escaping(path: String, escaped: String) { #expect(StateDirectory.escaped(path) == escaped) }

  @Test("a directory must be made with all that leads to it")
  func making() throws {
    let directory = StateDirectory(path + "/a/b")
    try directory.make()
    try directory.write([1, 2], "c/d/e")
    #expect(directory.read("c/d/e") == [1, 2])
    try directory.make()
  }

  @Test("what the system says against it must be told, with the path")
  func failures() throws {
    try Data().write(to: URL(filePath: path))
    let failure = #expect(throws: StateDirectory.Failure.self) { try StateDirectory(path + "/a").make() }
    #expect(failure?.description == "`\(path)/a`: Not a directory")
  }

  @Test("a number must be given once, and not where a deployment is already")
  func reserving() throws {
    let directory = StateDirectory(path)
    try directory.make()
    #expect(try directory.reserve(1))
    #expect(try !directory.reserve(1))
    try directory.rename(".1.new", to: "1")
    #expect(try !directory.reserve(1))
    #expect(directory.numbers == [1])
    #expect(directory.reserved.isEmpty)
  }
}
