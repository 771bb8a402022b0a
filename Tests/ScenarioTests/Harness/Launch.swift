import Foundation

/// How a scenario starts the sluice binary: its arguments, its environment, its files.
struct Launch {
  var arguments: [String]
  /// A name that PATH leads to, or a path.
  var program = Self.binary
  // Nothing of this machine's environment. The admin listener is in the scenario's own directory, where commands find it.
  private var environment = ["PATH": "/usr/bin:/bin", "SLUICE_ADMIN": "unix:admin.sock"]

  /// The scenario's file that is its standard input; nil: nothing.
  private var input: String?

  init(arguments: [String]) { self.arguments = arguments }

  /// Reads a part of a block that is common to every launch; false if it is none.
  mutating func read(_ part: Statement, files: Files) throws(ScenarioFailure) -> Bool {
    switch part.verb {
    case "file": try files.write(part)
    case "database": try files.writeDatabase(part)
    case "use": try files.use(part)
    case "arguments": arguments = part.words.dropFirst().map { files.text($0) }
    case "input": input = part.words.last.map { files.text($0) }
    case "environment":
      guard part.words.count == 3 else {
        throw ScenarioFailure(line: part.line, message: "environment takes a name and a value")
      }
      environment[part.words[1].shown] = files.text(part.words[2])
    default: return false
    }
    return true
  }

  func start(in files: Files, line: Int) throws(ScenarioFailure) -> ChildProcess {
    var environment = environment
    // Two workers, so that what depends on one connection being another worker's than the next is seen. The variable
    // counts before the file: where that says how many, there is none.
    if environment["SLUICE_WORKERS"] == nil, !saysWorkers(files) { environment["SLUICE_WORKERS"] = "2" }
    do {
      return try ChildProcess(
        program, arguments, environment: environment, directory: files.directory.path,
        input: input.map { files.directory.appending(path: $0).path } ?? "/dev/null")
    } catch {
      throw ScenarioFailure(line: line, message: "\(error)")
    }
  }

  /// Whether the configuration has a key `workers`.
  private func saysWorkers(_ files: Files) -> Bool {
    let named = arguments.firstIndex(of: "--config").flatMap { arguments.dropFirst($0 + 1).first }
    let place = files.directory.appending(path: named ?? "gateway.yaml")
    let text = (try? String(contentsOf: place, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").contains { $0.hasPrefix("workers:") }
  }

  /// The binary that was built beside the tests; `SLUICE_BINARY` names another one, such as the release build.
  static let binary: String = {
    if let named = ProcessInfo.processInfo.environment["SLUICE_BINARY"] { return named }
    let tests =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "sluice").path
  }()
}
