import Foundation

/// The files that a gateway or a command of a scenario reads, in a directory of the scenario's own.
struct Files: Sendable {
  let directory: URL
  private let variables: Variables
  /// The values of the row of a table that they are for.
  private let row: [String: [UInt8]]

  init(_ directory: URL, _ variables: Variables, row: [String: [UInt8]] = [:]) {
    self.directory = directory
    self.variables = variables
    self.row = row
  }

  /// A word with its variables written out.
  func text(_ word: Word) -> String { String(decoding: variables.substitute(in: word.bytes, row: row), as: UTF8.self) }

  /// `file NAME`, with its lines in the margin.
  func write(_ statement: Statement) throws(ScenarioFailure) {
    guard statement.words.count == 2 else { throw ScenarioFailure(line: statement.line, message: "file takes a name") }
    let text = Array(statement.margin.map { $0 + [10] }.joined())
    try write(text, to: statement.words[1].bytes, line: statement.line)
  }

  /// `database NAME`, with a network and what is known of it in each line.
  func writeDatabase(_ statement: Statement) throws(ScenarioFailure) {
    guard statement.words.count == 2 else {
      throw ScenarioFailure(line: statement.line, message: "database takes a name")
    }
    let lines = statement.margin.map { String(decoding: $0, as: UTF8.self) }
    try write(MaxMindWriter(lines: lines).bytes, to: statement.words[1].bytes, line: statement.line)
  }

  /// `use NAME`: the files of `Setups/NAME`.
  func use(_ statement: Statement) throws(ScenarioFailure) {
    let setup = ScenarioFile.directory.appending(path: "Setups/" + statement.words.dropFirst().map(\.shown).joined())
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: setup.path) else {
      throw ScenarioFailure(line: statement.line, message: "there is no directory \(setup.path)")
    }
    for name in names {
      guard let data = try? Data(contentsOf: setup.appending(path: name)) else { continue }
      try write(Array(data), to: Array(name.utf8), line: statement.line)
    }
  }

  private func write(_ text: [UInt8], to name: [UInt8], line: Int) throws(ScenarioFailure) {
    let file = directory.appending(path: String(decoding: name, as: UTF8.self))
    do {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(variables.substitute(in: text, row: row)).write(to: file)
    } catch {
      throw ScenarioFailure(line: line, message: "\(error)")
    }
  }
}
