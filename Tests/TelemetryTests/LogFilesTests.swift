import Foundation
import TestFolders
import Testing

@testable import Telemetry

struct LogFilesTests {
  @Test("a destination must be open once, whoever names it and how often")
  func shared() async throws {
    let folder = try TemporaryFolder()
    let files = LogFiles { _, _ in }
    let target = LogFile.Target.file(path: folder.path(of: "a.log"))
    try files.open([target, target])
    let first = try #require(files.file(for: target))
    try files.open([target])
    #expect(files.file(for: target) === first)
    first.append("a\n")
    #expect(await files.close(within: 10_000))
    #expect(folder.text("a.log") == "a\n")
  }

  @Test("what was not opened must not be there, and what cannot be must be named")
  func missing() throws {
    let folder = try TemporaryFolder()
    let files = LogFiles { _, _ in }
    #expect(files.file(for: .file(path: folder.path(of: "a.log"))) == nil)
    let error = #expect(throws: LogFile.OpenError.self) {
      try files.open([.file(path: folder.path(of: "a.log")), .file(path: folder.path(of: "none/b.log"))])
    }
    #expect(error?.path == folder.path(of: "none/b.log"))
  }

  @Test("all files must be opened anew")
  func reopens() async throws {
    let folder = try TemporaryFolder()
    let files = LogFiles { _, _ in }
    let names = ["a.log", "b.log"]
    try files.open(names.map { .file(path: folder.path(of: $0)) })
    for name in names { try FileManager.default.removeItem(atPath: folder.path(of: name)) }
    files.reopen()
    #expect(await files.close(within: 10_000))
    for name in names { #expect(FileManager.default.fileExists(atPath: folder.path(of: name))) }
  }
}
