import Foundation
import Testing

/// What a reader may count on in every file.
struct TidinessTests {
  /// Files that hold one idea and still need more than 600 lines, each with the reason.
  private static let long: [String: String] = [:]

  @Test("nothing may be left for later")
  func nothingForLater() {
    let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
    for file in Repository.sources + Repository.tests {
      for (number, line) in file.lines.enumerated() where words.contains(where: { line.contains($0) }) {
        Issue.record("\(file):\(number + 1): \(line)")
      }
    }
  }

  @Test("a file must hold one idea: 600 lines at most")
  func lengths() {
    for file in Repository.sources + Repository.tests where file.lines.count > 600 && Self.long[file.path] == nil {
      Issue.record("\(file) has \(file.lines.count) lines; which of its ideas can have a file of its own?")
    }
  }

  @Test("a file must be named after its idea, not after its role")
  func names() {
    for file in Repository.sources {
      for word in ["Manager", "Helper", "Utils", "Misc", "Placeholder"] where file.name.contains(word) {
        Issue.record("\(file): a name that says nothing of what is in it")
      }
    }
  }

  @Test("a file of tests must mirror the folder of its room")
  func mirrors() {
    for folder in Set(Repository.tests.map(\.room)) where folder.hasSuffix("Tests") {
      let room = String(folder.dropLast(5))
      #expect(Repository.rooms.contains(room) || ["Architecture", "Scenario"].contains(room), "Tests/\(folder)")
    }
  }

  @Test("a relative link in a document must lead to a file")
  func links() {
    for file in Repository.markdown {
      let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
      for match in file.text.matches(of: /\]\(([^)\s]+)\)/) {
        let target = match.1.prefix { $0 != "#" }
        guard !target.isEmpty, !target.contains("://"), !target.hasPrefix("mailto:"), !target.hasPrefix("<") else {
          continue
        }
        let path = URL(filePath: folder, directoryHint: .isDirectory, relativeTo: Repository.root)
          .appending(path: String(target)).standardizedFileURL.path
        #expect(FileManager.default.fileExists(atPath: path), "\(file): \(match.1)")
      }
    }
  }

  @Test("a `sluice` command that a document shows must exist")
  func commands() {
    let declared = Repository.sources.filter { $0.room == "sluice" }
      .flatMap { $0.text.matches(of: /subcommands:\s*\[([^\]]*)\]/).map(\.1) }
      .flatMap { $0.matches(of: /(\w+)\.self/).map { $0.1.lowercased() } }
    for file in Repository.markdown where file.name == "README.md" || file.path.contains(".docc/") {
      for line in file.lines {
        for match in line.matches(of: /(?:^\s*(?:\$ )?|`)sluice ([a-z]+)/) where match.1 != "help" {
          #expect(declared.contains(String(match.1)), "\(file): there is no command `sluice \(match.1)`")
        }
      }
    }
  }

  @Test("a `make` target that a document shows must exist")
  func targets() throws {
    let makefile = try #require(Repository.read("Makefile"))
    let targets = makefile.lines.compactMap { $0.firstMatch(of: /^([a-z]+):/).map { String($0.1) } }
    for file in Repository.markdown {
      for match in file.text.matches(of: /(?:`|\n {4})make ([a-z]+)/) {
        #expect(targets.contains(String(match.1)), "\(file): there is no target \(match.1)")
      }
    }
  }
}
