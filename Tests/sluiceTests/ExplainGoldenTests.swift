import Foundation
import Testing

/// Requests to the shipped example, and what `explain` prints of them: one file a case, in `Goldens/`.
///
///     ---------- arguments      one a line
///     ---------- NAME           a file that the arguments name; any number of them
///     ---------- output         with whatever differs from run to run as <time>, <id>, <date> …
struct ExplainGolden: CustomTestStringConvertible {
  let name: String
  let arguments: [String]
  var files: [String: String] = [:]
  let output: String

  var testDescription: String { name }

  static let all: [ExplainGolden] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)).map { ExplainGolden(name, $0) }
    }
  }()

  private init(_ name: String, _ text: String) {
    self.name = name
    var sections: [String: String] = [:]
    for section in text.components(separatedBy: "---------- ").dropFirst() {
      let title = section.prefix { $0 != "\n" }
      sections[String(title)] = String(section.dropFirst(title.count + 1))
    }
    arguments = (sections.removeValue(forKey: "arguments") ?? "").split(separator: "\n").map(String.init)
    output = sections.removeValue(forKey: "output") ?? ""
    files = sections
  }

  /// What differs from run to run.
  static func masked(_ text: String) -> String {
    text
      .replacing(/\d+ µs|\d+\.\d\d m?s\b/, with: "<time>")
      .replacing(/"([mM]icroseconds|firstByteMicroseconds|time)":\d+/) { "\"\($0.output.1)\":0" }
      .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "<id>")
      .replacing(/Root=1-[0-9a-f]{8}-[0-9a-f]{24}/, with: "<trace>")
      .replacing(/[A-Za-z0-9+\/]{15}=/, with: "<short id>")
      .replacing(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/, with: "<date>")
      .replacing(/sluice-explain\/[0-9.]+/, with: "sluice-explain/<version>")
  }
}

@Suite struct ExplainGoldenTests {
  /// The shipped example, in a folder of its own; without what a gateway that served it has left there.
  static func example() throws -> [String: String] {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    var files: [String: String] = [:]
    for folder in ["Routes", "Templates"] {
      let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
      for path in paths where path.contains(".") && !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
        files["\(folder)/\(path)"] = try String(contentsOf: root.appending(path: "\(folder)/\(path)"), encoding: .utf8)
      }
    }
    return files
  }

  @Test("What is printed of a request must be what the golden file says", arguments: ExplainGolden.all)
  func printed(_ golden: ExplainGolden) throws {
    let command = try Command(files: Self.example().merging(golden.files) { $1 })
    let outcome = try command(golden.arguments)
    #expect(outcome.code == 0)
    #expect(ExplainGolden.masked(outcome.output) == golden.output)
  }

  @Test("The README must show what is printed")
  func readme() throws {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let lines = readme.split(separator: "\n", omittingEmptySubsequences: false)
    let golden = try #require(ExplainGolden.all.first { $0.name == "explain-a-failing-integration.case" })
    let command = try #require(lines.firstIndex { $0.hasPrefix("    $ sluice explain GET") })
    let shown = lines[(command + 1)...].prefix { $0.isEmpty || $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
    #expect(
      ExplainGolden.masked(shown.joined(separator: "\n")).trimmingCharacters(in: .newlines)
        == golden.output.trimmingCharacters(in: .newlines))
  }

  @Test("There must be golden files")
  func notEmpty() { #expect(ExplainGolden.all.count > 5) }
}
