import Foundation
import Synchronization
import TestFolders

/// One scenario being played: its origins, its gateway, its clients, and what went wrong.
final class ScenarioRun: Sendable {
  let variables = Variables()
  let barriers = Barriers()
  private let folder: TemporaryFolder
  private var directory: URL { folder.url }
  private let origins = Mutex<[(name: String, listener: Listener, script: Script)]>([])
  private let connections = Mutex<[Script]>([])
  private let gateway = Mutex<Gateway?>(nil)
  private let failures = Mutex<[ScenarioFailure]>([])

  /// Plays a scenario and returns what did not go as written.
  static func play(_ statements: [Statement]) -> [ScenarioFailure] {
    do {
      let run = try ScenarioRun()
      run.play(statements)
      return run.failures.withLock { $0 }
    } catch {
      return [ScenarioFailure(line: 1, message: "\(error)")]
    }
  }

  private init() throws {
    folder = try TemporaryFolder()
    variables["directory"] = Array(directory.path.utf8)
    variables["repository"] = Array(ScenarioFile.repository.path.utf8)
    variables["sluice"] = Array(Launch.binary.utf8)
  }

  private func play(_ statements: [Statement]) {
    do throws(ScenarioFailure) {
      try perform(statements, stage: Peer(run: self, role: .stage))
    } catch {
      fail(error)
    }
    // The gateway first: while it lives, it may keep connections to the origins open.
    if let gateway = gateway.withLock({ $0 }) {
      do throws(ScenarioFailure) { try gateway.stop() } catch { fail(error) }
      if !failures.withLock({ $0 }).isEmpty { fail(ScenarioFailure(line: gateway.line, message: gateway.transcript)) }
    }
    finishOrigins()
  }

  private func fail(_ failure: ScenarioFailure) {
    failures.withLock { $0.append(failure) }
    barriers.abandon()
  }

  /// Remembers a script whose end is nobody's to await but the scenario's own.
  func watch(_ script: Script) { connections.withLock { $0.append(script) } }

  // MARK: The statements between the blocks

  private func perform(_ statements: [Statement], stage: Peer) throws(ScenarioFailure) {
    var table: Table?
    barriers.expect(Self.scripts(of: statements))
    for statement in statements {
      stage.begin(statement)
      switch statement.verb {
      case "origin": try startOrigin(statement)
      case "gateway": try startGateway(statement)
      case "command", "tool": try Command(statement, files: Files(directory, variables, row: stage.row)).run()
      case "client": try finish([startClient(statement, row: stage.row)])
      case "parallel": try finish((statement.body ?? []).map { startClient($0, row: stage.row) })
      case "table": table = try Table(statement)
      case "each":
        guard let table else { throw ScenarioFailure(line: statement.line, message: "there is no table above") }
        for row in table.rows {
          do throws(ScenarioFailure) {
            try perform(statement.body ?? [], stage: Peer(run: self, role: .stage, row: row.values))
          } catch {
            fail(ScenarioFailure(line: row.line, message: "\(error.message)\n  at line \(error.line), for this row"))
          }
        }
      default: try stage.perform([statement])
      }
    }
  }

  /// The blocks that run by themselves, for counting the parties of barriers.
  private static func scripts(of statements: [Statement]) -> [[Statement]] {
    statements.flatMap { statement -> [[Statement]] in
      switch statement.verb {
      case "origin", "client": [statement.body ?? []]
      case "parallel": (statement.body ?? []).map { $0.body ?? [] }
      case "barrier": [[statement]]
      default: []
      }
    }
  }

  private func startClient(_ statement: Statement, row: [String: [UInt8]]) -> Script {
    Script { () throws(ScenarioFailure) in
      do throws(ScenarioFailure) {
        try Peer(run: self, role: .client, row: row).perform(statement.body ?? [])
      } catch {
        self.barriers.abandon()
        throw error
      }
    }
  }

  private func finish(_ scripts: [Script]) throws(ScenarioFailure) {
    for script in scripts {
      guard let result = script.result(until: Deadline(seconds: 120)) else {
        throw ScenarioFailure(line: 1, message: "a client did not come to an end")
      }
      try result.get()
    }
  }

  // MARK: Origins

  /// `origin NAME [refusing | deaf] [on ipv6 | on unix] { … }`
  private func startOrigin(_ statement: Statement) throws(ScenarioFailure) {
    var words = statement.words.dropFirst().map { $0.keyword ?? "" }[...]
    guard let name = words.popFirst() else { throw ScenarioFailure(line: statement.line, message: "a name is missing") }
    var (kind, wanted) = (Listener.Kind.open, Address.ipv4(port: 0))
    while let word = words.popFirst() {
      switch word {
      case "refusing": kind = .refusing
      case "deaf": kind = .deaf
      case "ipv6": wanted = .ipv6(port: 0)
      case "unix": wanted = .unix(path: directory.appending(path: name).path)
      case "on": continue
      default: throw ScenarioFailure(line: statement.line, message: "\(word) is not understood")
      }
    }
    let listener: Listener
    do { listener = try Listener(wanted, kind: kind) } catch {
      throw ScenarioFailure(line: statement.line, message: "\(error)")
    }
    variables["origin.\(name).port"] = Array("\(listener.address.port)".utf8)
    if case .unix(let path) = listener.address { variables["origin.\(name).path"] = Array(path.utf8) }
    let script = Script { () throws(ScenarioFailure) in
      do throws(ScenarioFailure) {
        try Peer(run: self, role: .origin(listener)).perform(statement.body ?? [])
      } catch {
        self.barriers.abandon()
        throw error
      }
    }
    origins.withLock { $0.append((name, listener, script)) }
  }

  /// Ends every origin: one that serves is stopped, one with a script of its own must have come to its end.
  private func finishOrigins() {
    for (name, listener, script) in origins.withLock({ $0 }) {
      // A script that waits for a connection nobody will make fails at once instead of after its patience.
      listener.stop()
      switch script.result(until: Deadline(seconds: 15)) {
      case .success: break
      case .failure(let failure): fail(failure)
      case nil: fail(ScenarioFailure(line: 1, message: "origin \(name) did not come to an end"))
      }
    }
    for script in connections.withLock({ $0 }) {
      switch script.result(until: Deadline(seconds: 15)) {
      case .success: break
      case .failure(let failure): fail(failure)
      case nil: fail(ScenarioFailure(line: 1, message: "a connection to an origin was left open"))
      }
    }
  }

  /// Writes a file of the scenario again.
  func write(_ statement: Statement) throws(ScenarioFailure) { try Files(directory, variables).write(statement) }

  /// Gives a file of the scenario another name.
  func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(at: directory.appending(path: name), to: directory.appending(path: other))
  }

  /// Waits until a file of the scenario says this: the whole file, its last line end not counted.
  func expectFile(_ name: String, _ text: [UInt8], until deadline: Deadline) throws {
    let pattern = try Pattern(text)
    var found: [UInt8]?
    repeat {
      found = (try? Data(contentsOf: directory.appending(path: name))).map { Array($0) }
      if found?.last == 10 { found?.removeLast() }
      if let found, pattern.matches(found) { return }
      usleep(5_000)
    } while !deadline.hasPassed
    throw Message.Malformed(
      description: found.map { "the file says something else: \(escaped($0))" } ?? "there is no such file")
  }

  func originAddress(_ name: String) throws -> Address {
    guard let origin = origins.withLock({ $0.first { $0.name == name } }) else {
      throw Message.Malformed(description: "there is no origin \(name)")
    }
    return origin.listener.address
  }

  // MARK: The gateway

  private func startGateway(_ statement: Statement) throws(ScenarioFailure) {
    let started = try Gateway(statement, files: Files(directory, variables))
    gateway.withLock { $0 = started }
    for (index, address) in started.addresses.enumerated() {
      variables[index == 0 ? "gateway.port" : "gateway.port.\(index + 1)"] = Array("\(address.port)".utf8)
    }
  }

  private func running() throws -> Gateway {
    guard let gateway = gateway.withLock({ $0 }) else { throw Message.Malformed(description: "there is no gateway") }
    return gateway
  }

  /// - Parameter number: of the listener, from 1.
  func gatewayAddress(_ number: Int) throws -> Address {
    let addresses = try running().addresses
    guard number >= 1, number <= addresses.count else {
      throw Message.Malformed(description: "there is no such listener")
    }
    return addresses[number - 1]
  }

  func signalGateway(_ name: String) throws { try running().signal(name) }

  func expectExit(code: Int32, until deadline: Deadline) throws {
    try running().expectExit(code: code, until: deadline)
  }

  /// How far the gateway's output has come.
  var logMark: LogMark {
    let gateway = gateway.withLock { $0 }
    return LogMark(gateway: gateway, lines: gateway?.lineCount ?? 0)
  }

  func expectLog(_ text: [UInt8], since mark: LogMark, until deadline: Deadline) throws {
    let gateway = try running()
    // Of one that was started since, every line counts.
    try gateway.expectLog(text, behind: mark.gateway === gateway ? mark.lines : 0, until: deadline)
  }
}

/// A place in the output of a gateway.
struct LogMark {
  let gateway: Gateway?
  let lines: Int
}
