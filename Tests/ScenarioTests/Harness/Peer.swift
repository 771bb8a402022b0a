import Foundation

/// One party of a scenario: performs its statements in order, on one thread, over one connection at a time.
///
/// A client connects with its first statement that needs a connection; an origin says `accept` or `serve`.
final class Peer {
  enum Role {
    case client
    case origin(Listener)
    /// The scenario itself, between its blocks: it has no connection.
    case stage
  }

  let run: ScenarioRun
  let role: Role
  /// The values of the row of a table that this script is performed for.
  let row: [String: [UInt8]]
  var connection: Connection?
  /// The message that was read last.
  var message: Message?
  /// The connection's HTTP/2, once it has begun.
  var http2: HTTP2Client?

  deinit { leave() }

  /// How far the gateway's output had come when the last step began: what `expect log` finds lies behind it.
  private(set) var mark: LogMark

  /// Seconds that a statement may wait.
  private var patience = 10.0

  init(run: ScenarioRun, role: Role, row: [String: [UInt8]] = [:]) {
    self.run = run
    self.role = role
    self.row = row
    mark = run.logMark
  }

  /// Whether what is performed is a part of a step.
  private var isWithinStep = false

  /// Takes note of a step: of everything but statements that only look or wait. What is repeated is one.
  func begin(_ statement: Statement) {
    if !isWithinStep, !["expect", "read", "barrier", "wait", "patience", "when"].contains(statement.verb) {
      mark = run.logMark
    }
  }

  var deadline: Deadline { Deadline(seconds: patience) }

  func perform(_ statements: [Statement]) throws(ScenarioFailure) {
    for statement in statements {
      do {
        try perform(statement)
      } catch let failure as ScenarioFailure {
        throw failure
      } catch {
        throw ScenarioFailure(line: statement.line, message: "\(statement.summary): \(error)\(received)")
      }
    }
  }

  private func perform(_ statement: Statement) throws {
    begin(statement)
    var arguments = Arguments(statement, peer: self)
    switch statement.verb {
    case "accept":
      guard case .origin(let listener) = role else { throw arguments.misuse("only origins accept") }
      leave()
      connection = Connection(descriptor: try listener.accept(until: deadline))
    case "serve": try serve(try arguments.body())
    case "connect":
      leave()
      connection = try Connection(to: try arguments.address())
    case "http2": try beginHTTP2(&arguments)
    case "send" where arguments.take("stream"): try sendStream(&arguments)
    case "send" where arguments.take("frame"): try sendFrame(&arguments)
    case "send":
      let bytes = try arguments.text(marginEnd: "\r\n")
      try connected().send(bytes, until: deadline)
    case "offer":
      // Like `send`, for a peer that may stop listening before it has taken everything.
      let bytes = try arguments.text(marginEnd: "\r\n")
      do {
        try connected().send(bytes, until: deadline)
      } catch ConnectionEnd.reset {}
    case "trickle":
      // One byte a packet: a pause between them keeps the kernel from joining them.
      for byte in try arguments.text(marginEnd: "\r\n") {
        try connected().send([byte], until: deadline)
        usleep(500)
      }
    case "read": try readMessage()
    case "expect": try expect(&arguments)
    case "when":
      let (text, body) = (try arguments.text(), try arguments.body())
      if try Pattern(text).matches(try current().startLine) { try perform(body) }
    case "half-close": try connected().halfClose()
    case "close": leave()
    case "reset":
      try connected().reset()
      leave()
    case "barrier":
      let name = try arguments.next("a name").shown
      guard run.barriers.arrive(at: name, until: deadline) else { throw arguments.misuse("the others did not come") }
    case "wait": usleep(UInt32(try arguments.number()) * 1_000)
    case "patience": patience = Double(try arguments.number())
    case "repeat":
      let count = try arguments.number()
      let body = try arguments.body()
      let wasWithinStep = isWithinStep
      isWithinStep = true
      defer { isWithinStep = wasWithinStep }
      for _ in 0..<count { try perform(body) }
    case "signal": try run.signalGateway(try arguments.next("a signal").shown)
    case "move": try run.move(try arguments.name(), to: try arguments.name())
    case "file":
      try run.write(statement)
      return
    default: throw arguments.misuse("there is no such statement here")
    }
    try arguments.end()
  }

  /// Answers every connection, each on a thread of its own, by performing `script` for one request after the other.
  private func serve(_ script: [Statement]) throws {
    guard case .origin(let listener) = role else { throw ScenarioFailure(line: 0, message: "only origins serve") }
    while let descriptor = try? listener.accept(until: Deadline(seconds: 600)) {
      let (run, row) = (run, row)
      run.watch(
        Script { () throws(ScenarioFailure) in
          let peer = Peer(run: run, role: .origin(listener), row: row)
          peer.connection = Connection(descriptor: descriptor)
          while let connection = peer.connection {
            do { if connection.unread.isEmpty { try connection.fill(until: Deadline(seconds: 600)) } } catch { return }
            try peer.perform(script)
          }
        })
    }
  }

  /// Closes the connection, which the message read last would keep open.
  func leave() {
    connection?.close()
    connection = nil
    http2 = nil
  }

  func connected() throws -> Connection {
    if let connection { return connection }
    guard case .client = role else { throw ScenarioFailure(line: 0, message: "there is no connection") }
    let new = try Connection(to: try run.gatewayAddress(1))
    connection = new
    return new
  }

  func current() throws -> Message {
    guard let message else { throw Message.Malformed(description: "no message was read yet") }
    return message
  }

  @discardableResult
  func readMessage() throws -> Message {
    var isResponse = true
    if case .origin = role { isResponse = false }
    let new = try Message(from: try connected(), isResponse: isResponse, until: deadline)
    message = new
    return new
  }

  /// What stands in the connection unread, for a failure's text.
  private var received: String {
    guard let unread = connection?.unread, !unread.isEmpty else { return "" }
    return "\n  unread: \(escaped(unread))"
  }
}
