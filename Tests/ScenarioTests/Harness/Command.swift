import Foundation

/// A run of the sluice binary, or of another program (`tool`), that comes to an end by itself: a good one, where nothing else is
/// expected.
///
///     command check --config gateway.yaml {
///       use proxy
///       expect exit 1
///       expect output '{{.*}}: unknown key'     a line that says so
///     }
///     tool openssl s_client -connect 127.0.0.1:${gateway.port} { … }
struct Command {
  private let statement: Statement
  private let files: Files

  init(_ statement: Statement, files: Files) {
    self.statement = statement
    self.files = files
  }

  func run() throws(ScenarioFailure) {
    let words = statement.words.dropFirst().map { files.text($0) }
    let isTool = statement.verb == "tool"
    var launch = Launch(arguments: isTool ? Array(words.dropFirst()) : words)
    if isTool, let program = words.first { launch.program = program }
    var expectations: [Statement] = []
    for part in statement.body ?? [] where try !launch.read(part, files: files) { expectations.append(part) }

    let process = try launch.start(in: files, line: statement.line)
    guard let exit = process.wait(until: Deadline(seconds: 120), for: { $1 }) else {
      process.send(signal: SIGKILL)
      throw ScenarioFailure(line: statement.line, message: "the command did not come to an end")
    }
    let saysHow = expectations.contains { $0.words.prefix(2).map(\.shown) == ["expect", "exit"] }
    guard saysHow || exit == .code(0) else {
      let output = process.lines.map { "\n    " + $0 }.joined()
      throw ScenarioFailure(line: statement.line, message: "\(statement.summary): \(exit), and it said:\(output)")
    }
    for expectation in expectations {
      let text = expectation.words.last.map { files.text($0) } ?? ""
      let output = process.lines.map { "\n    " + $0 }.joined()
      let holds: Bool
      switch expectation.words.prefix(2).map(\.shown).joined(separator: " ") {
      case "expect exit": holds = exit == .code(Int32(text) ?? -1)
      case "expect output", "expect no":
        do {
          let pattern = try Pattern(Array(text.utf8))
          let isFound = process.lines.contains { pattern.isFound(in: Array($0.utf8)) }
          holds = isFound == (expectation.words[1].shown == "output")
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
