/// What a scenario may expect. Texts are compared byte for byte, apart from holes (see `Pattern`).
extension Peer {
  func expect(_ arguments: inout Arguments) throws {
    let expectation = try arguments.next("what is expected").keyword
    switch expectation {
    case "request", "response":
      // Reads the next head; without a text any start line will do.
      try match(try arguments.text(), try readMessage().startLine, "start line", arguments)
    case "status":
      let message = try readMessage()
      try match(try arguments.text(), Array(message.status.utf8), "status", arguments)
    case "head":
      // The head read last, line by line.
      let lines = try arguments.text(marginEnd: "\r\n") + [13, 10]
      try match(lines, try current().head, "head", arguments)
    case "header": try expectField(try current().fields, &arguments)
    case "trailer":
      _ = try current().rest(until: deadline)
      try expectField(try current().trailers, &arguments)
    case "body": try match(try arguments.text(), try current().rest(until: deadline), "body", arguments)
    case "part":
      let text = try arguments.text()
      try match(text, try current().part(text.count, until: deadline), "part of the body", arguments)
    case "decoded":
      // The body without the coding that `Content-Encoding` names; `part`: as much of it as the text has.
      if arguments.take("part") {
        let text = try arguments.text()
        try match(text, try current().decodedPart(text.count, until: deadline), "part of the decoded body", arguments)
      } else {
        try match(try arguments.text(), try current().decodedRest(until: deadline), "decoded body", arguments)
      }
    case "bytes":
      let text = try arguments.text(marginEnd: "\r\n")
      try match(text, try connected().take(exactly: text.count, until: deadline), "bytes", arguments)
    case "no":
      let what = try arguments.next("header, trailer or body").keyword
      switch what {
      case "header": try expectAbsent(try current().fields, &arguments)
      case "trailer":
        _ = try current().rest(until: deadline)
        try expectAbsent(try current().trailers, &arguments)
      case "body":
        // Of a response to HEAD, whose fields speak of a body that does not come: nothing is read. The next response,
        // or the end, shows that nothing came.
        message = nil
      default: throw arguments.misuse("header, trailer or body is needed")
      }
    case "close": try expectEnd(orReset: false, arguments)
    case "end": try expectEnd(orReset: true, arguments)
    case "reset":
      do {
        while true { try connected().fill(until: deadline) }
      } catch ConnectionEnd.reset {
        leave()
      }
    case "broken":
      // The body read last must not end as if it were whole.
      let message = try current()
      do {
        let rest = try message.rest(until: deadline)
        throw arguments.misuse("the body came to an orderly end: \(escaped(rest))")
      } catch is ConnectionEnd {
        leave()
      }
    case "refused":
      let address = try arguments.address()
      do { connection = try Connection(to: address) } catch { return }
      throw arguments.misuse("the connection was accepted")
    case "stream": try expectStream(&arguments)
    case "goaway": try expectGoAway(&arguments)
    case "log": try run.expectLog(try arguments.text(), since: mark, until: deadline)
    case "file":
      let name = try arguments.name()
      try run.expectFile(name, try arguments.text(), until: deadline)
    case "gateway":
      guard arguments.take("exit") else { throw arguments.misuse("exit is needed") }
      try run.expectExit(code: Int32(clamping: try arguments.number()), until: deadline)
    default: throw arguments.misuse("there is no such expectation")
    }
  }

  private func match(
    _ expected: [UInt8], _ received: some Collection<UInt8>, _ what: String, _ arguments: Arguments
  ) throws {
    if try Pattern(expected).matches(received) { return }
    // Where two long texts part is easier to see as a number.
    let parting = zip(expected, received).enumerated().first { $1.0 != $1.1 }?.offset
    let difference = expected.count > 60 ? parting.map { "\n  they part at byte \($0)" } ?? "" : ""
    throw arguments.misuse(
      "the \(what) is another one\n  expected: \(escaped(expected))\n  received: \(escaped(received))\(difference)")
  }

  /// `NAME TEXT…`: the values of all lines with this name, in order.
  private func expectField(_ fields: [(name: String, value: [UInt8])], _ arguments: inout Arguments) throws {
    let name = try arguments.name()
    let expected = arguments.texts()
    let received = Message.values(of: name, in: fields)
    let matches =
      try expected.count == received.count && zip(expected, received).allSatisfy { try Pattern($0).matches($1) }
    if !matches {
      let all = fields.map { "\n    \($0.name): \(escaped($0.value))" }.joined()
      throw arguments.misuse("received \(received.isEmpty ? "none" : "others"), of these:\(all)")
    }
  }

  private func expectAbsent(_ fields: [(name: String, value: [UInt8])], _ arguments: inout Arguments) throws {
    let values = Message.values(of: try arguments.name(), in: fields)
    if let value = values.first { throw arguments.misuse("it is there: \(escaped(value))") }
  }

  private func expectEnd(orReset: Bool, _ arguments: Arguments) throws {
    let connection = try connected()
    do {
      if connection.unread.isEmpty { try connection.fill(until: deadline) }
      throw arguments.misuse("the connection still gives: \(escaped(connection.unread))")
    } catch ConnectionEnd.closed {
    } catch ConnectionEnd.reset where orReset {}
    leave()
  }
}
