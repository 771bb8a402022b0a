import Foundation

/// The real `sluice` binary, serving the files of a scenario.
///
///     gateway {
///       use proxy                      the files of Setups/proxy
///       file gateway.yaml              or files of its own, their lines in the margin
///         | listeners: …
///       environment SLUICE_WORKERS 1
///       arguments demo                 instead of: run --config gateway.yaml
///       listeners 2                    how many it will say that it listens on
///     }
final class Gateway: Sendable {
  let line: Int
  /// What it listens on, in the order it said so.
  let addresses: [Address]
  private let process: ChildProcess

  init(_ statement: Statement, files: Files) throws(ScenarioFailure) {
    line = statement.line
    var launch = Launch(arguments: ["run", "--config", "gateway.yaml"])
    var listeners = 1
    for part in statement.body ?? [] {
      if part.verb == "listeners", let count = part.words.last.flatMap({ Int($0.shown) }) {
        listeners = count
      } else if try !launch.read(part, files: files) {
        throw ScenarioFailure(line: part.line, message: "\(part.summary): a gateway has no such part")
      }
    }
    process = try launch.start(in: files, line: line)
    let wanted = listeners
    let started = process.wait(until: Deadline(seconds: 30)) { lines, exit -> [Address]? in
      let addresses = lines.compactMap { line in
        line.firstRange(of: "listening on ").flatMap { place in
          Address(line[place.upperBound...].prefix { !$0.isWhitespace && $0 != "," })
        }
      }
      return addresses.count >= wanted || exit != nil ? addresses : nil
    }
    addresses = started ?? []
    guard addresses.count >= wanted else {
      process.send(signal: SIGKILL)
      throw ScenarioFailure(line: line, message: "the gateway did not start\n\(transcript)")
    }
  }

  /// The output so far, for a failure's text.
  var transcript: String {
    let lines = process.lines.suffix(40).map { "\n    " + $0 }.joined()
    return "the gateway said:\(lines.isEmpty ? " nothing" : lines)\(process.exit.map { "\n    (\($0))" } ?? "")"
  }

  func signal(_ name: String) throws {
    let signals = ["TERM": SIGTERM, "INT": SIGINT, "HUP": SIGHUP, "USR1": SIGUSR1, "KILL": SIGKILL]
    guard let signal = signals[name] else { throw Message.Malformed(description: "there is no signal \(name)") }
    process.send(signal: signal)
  }

  func expectExit(code: Int32, until deadline: Deadline) throws {
    guard let exit = process.wait(until: deadline, for: { $1 }) else {
      throw Message.Malformed(description: "the gateway still runs")
    }
    // As shells count it: 137 is killed by signal 9.
    guard exit == .code(code) || exit == .signal(code - 128) else { throw Message.Malformed(description: "\(exit)") }
  }

  /// How many lines it has said.
  var lineCount: Int { process.lines.count }

  /// - Parameter count: of lines that do not matter any more.
  func expectLog(_ text: [UInt8], behind count: Int, until deadline: Deadline) throws {
    let pattern = try Pattern(text)
    let found = process.wait(until: deadline) { lines, exit -> Bool? in
      if lines.dropFirst(count).contains(where: { pattern.isFound(in: Array($0.utf8)) }) { return true }
      return exit == nil ? nil : false
    }
    guard found == true else {
      throw Message.Malformed(description: "no line of the log says so since the last step\n\(transcript)")
    }
  }

  /// Asks it to end, and fails if it does not end well. After `expect gateway exit` there is nothing left to do.
  func stop() throws(ScenarioFailure) {
    process.send(signal: SIGTERM)
    guard let exit = process.wait(until: Deadline(seconds: 15), for: { $1 }) else {
      process.send(signal: SIGKILL)
      throw ScenarioFailure(line: line, message: "the gateway did not end within 15 s of SIGTERM")
    }
    guard exit == .code(0) || exit == .signal(SIGKILL) else {
      throw ScenarioFailure(line: line, message: "the gateway did not end well: \(exit)")
    }
  }
}
