import Foundation

/// A run of the sluice binary that comes to an end by itself.
///
///     command check --config gateway.yaml {
///       use proxy
///       expect exit 1
///       expect output '{{.*}}: unknown key'     a line that says so
///     }
struct Command {
  private let statement: Statement
  private let files: Files

  init(_ statement: Statement, files: Files) {
    self.statement = statement
    self.files = files
  }

  func run() throws(ScenarioFailure) {
    var launch = Launch(arguments: statement.words.dropFirst().map { files.text($0) })
    var expectations: [Statement] = []
    for part in statement.body ?? [] where try !launch.read(part, files: files) { expectations.append(part) }

    let process = try launch.start(in: files, line: statement.line)
    guard let exit = process.wait(until: Deadline(seconds: 30), for: { $1 }) else {
      process.send(signal: SIGKILL)
      throw ScenarioFailure(line: statement.line, message: "the command did not come to an end")
    }
    for expectation in expectations {
      let text = expectation.words.last.map { files.text($0) } ?? ""
      let output = process.lines.map { "\n    " + $0 }.joined()
      let holds: Bool
      switch expectation.words.prefix(2).map(\.shown).joined(separator: " ") {
      case "expect exit": holds = exit == .code(Int32(text) ?? -1)
      case "expect output":
        do {
          let pattern = try Pattern(Array(text.utf8))
          holds = process.lines.contains { pattern.isFound(in: Array($0.utf8)) }
        } catch {
          throw ScenarioFailure(line: expectation.line, message: "\(error)")
        }
      default: throw ScenarioFailure(line: expectation.line, message: "there is no such expectation of a command")
      }
      guard holds else {
        throw ScenarioFailure(line: expectation.line, message: "\(expectation.summary): \(exit), and it said:\(output)")
      }
    }
  }
}
