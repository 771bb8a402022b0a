import Foundation
import Testing

@Suite struct SiteTests {
  private static let files = Sample.files.merging([
    "gateway.yaml": Sample.gateway + """
      admin: { address: "off" }
      distributions:
        - origins: [{ id: app, directory: app }, { id: docs, directory: docs, indexDocument: start.html }]
          defaultCacheBehavior: { targetOriginId: app }

      """,
    "one/index.html": "one", "one/a.js": "a", "two/index.html": "two", "two/b.js": "b", "pages/x/start.html": "x",
    "app/.keep": "", "docs/.keep": "",
  ]) { $1 }

  @Test("a site must be published, listed and rolled back, by its origin's id or its path")
  func life() throws {
    let sluice = try Command(files: Self.files)
    let first = try sluice("site", "publish", "one", "--to", "app", "--config", "gateway.yaml")
    #expect(first.code == 0)
    #expect(first.output == "release 1 is current\n  + /a.js\n  + /index.html\n")
    #expect(
      first.error.hasSuffix(
        "sluice: note: no cache was invalidated: the admin listener of gateway.yaml is off: there is nobody to ask\n"))
    let second = try sluice("site", "publish", "two/", "--to", "./app/")
    #expect(second.output == "release 2 is current\n  - /a.js\n  + /b.js\n  ~ /index.html\n")
    let list = try sluice("site", "list", "--to", "./app")
    let lines = list.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("* 2  20") == true)
    #expect(lines.last?.hasPrefix("  1  20") == true)
    #expect(lines.last?.hasSuffix("2 files, 4 bytes") == true)
    let back = try sluice("site", "rollback", "--to", "app", "--config", "gateway.yaml", "--no-invalidate")
    #expect(!back.error.contains("note"))
    #expect(back.output == "release 1 is current again\n  + /a.js\n  - /b.js\n  ~ /index.html\n")
    #expect(try sluice("site", "publish", "one", "--to", "./app").output == "release 3 is current\n  nothing changed\n")
    let kept = try sluice("site", "publish", "one", "--to", "./app", "--keep", "1")
    #expect(kept.output.hasSuffix("dropped: release 2, 1\n"))
  }

  @Test("--json must say the same to machines, with the paths that clients may hold")
  func json() throws {
    let sluice = try Command(files: Self.files)
    let outcome = try sluice("site", "publish", "pages", "--to", "docs", "--config", "gateway.yaml", "--json")
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect(report?["release"] as? Int == 1)
    #expect(report?["added"] as? [String] == ["x/start.html"])
    #expect(report?["paths"] as? [String] == ["/x/", "/x/start.html"])
    let list = try sluice("site", "list", "--to", "./docs", "--json")
    let document = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [String: [[String: Any]]]
    #expect(document?["releases"]?.first?["isCurrent"] as? Bool == true)
  }

  @Test("what cannot be published must say why, end with a code of its own, and leave the site as it is")
  func refusals() throws {
    let sluice = try Command(files: Self.files)
    let missing = try sluice("site", "publish", "nowhere", "--to", "./app")
    #expect(missing.code == 66)
    #expect(missing.error == "there is no directory `nowhere`; what was served is still served\n")
    let plain = try sluice("site", "publish", "one", "--to", "./two")
    #expect(plain.code == 65)
    #expect(plain.error.contains("holds files of its own"))
    #expect(try sluice("site", "rollback", "--to", "./app").code == 66)
    #expect(try sluice("site", "rollback", "--to", "./app", "--release", "7").code == 66)
    let several = try sluice("site", "publish", "one", "--config", "gateway.yaml")
    #expect(several.code == 64)
    #expect(several.error.contains("sluice: there are `app`, `docs`: say which with --to"))
    #expect(try sluice("site", "publish", "one", "--to", "ap", "--config", "gateway.yaml").code == 66)
    #expect(try sluice("site", "publish", "one", "--to", "./app", "--keep", "-1").code == 64)
  }

  @Test("a process that is killed while it publishes must leave the release before it in service")
  func killed() throws {
    let sluice = try Command(files: Self.files)
    #expect(try sluice("site", "publish", "one", "--to", "./app").code == 0)
    // Large enough that a kill comes in the middle, whenever it comes.
    let folder = sluice.folder.appending(path: "large")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for number in 0..<200 { try Data(count: 100_000).write(to: folder.appending(path: "\(number).bin")) }
    try sluice.start("site", "publish", "large", "--to", "./app").killOnce {
      (try? FileManager.default.contentsOfDirectory(atPath: sluice.folder.path + "/app/releases"))?
        .contains(".incoming-2") == true
    }
    let app = sluice.folder.path + "/app/"
    let isWhole = FileManager.default.fileExists(atPath: app + "current/199.bin")
    #expect(isWhole || (try? String(contentsOfFile: app + "current/index.html", encoding: .utf8)) == "one")
    // The next one takes away what was left.
    #expect(try sluice("site", "publish", "two", "--to", "./app").code == 0)
    #expect((try? String(contentsOfFile: app + "current/index.html", encoding: .utf8)) == "two")
    let left = try FileManager.default.contentsOfDirectory(atPath: app + "releases").filter {
      $0.hasPrefix(".incoming")
    }
    #expect(left.isEmpty)
  }
}

extension Command {
  /// A run of the binary that a test ends.
  final class Running {
    private let process: Process

    init(_ process: Process) { self.process = process }

    /// Sends SIGKILL as soon as `condition` holds, or lets the process end by itself.
    func killOnce(_ condition: () -> Bool) {
      while process.isRunning, !condition() { sched_yield() }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
  }

  func start(_ arguments: String...) throws -> Running {
    let process = Process()
    process.executableURL = Self.binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return Running(process)
  }
}
