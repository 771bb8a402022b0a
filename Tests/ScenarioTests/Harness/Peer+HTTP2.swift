/// What a client or an origin says and expects over HTTP/2.
extension Peer {
  /// `http2 [slow] [IDENTIFIER VALUE]…`: begins HTTP/2 on the connection.
  func beginHTTP2(_ arguments: inout Arguments) throws {
    let isSlow = arguments.take("slow")
    var settings: [(Int, Int)] = []
    while !arguments.isEmpty { settings.append((try arguments.number(), try arguments.number())) }
    var isOrigin = false
    if case .origin = role { isOrigin = true }
    http2 = try HTTP2Client(
      on: try connected(), isOrigin: isOrigin, settings: settings, opensWindows: !isSlow, until: deadline)
  }

  private func client(_ arguments: Arguments) throws -> HTTP2Client {
    guard let http2 else { throw arguments.misuse("HTTP/2 has not begun here") }
    return http2
  }

  /// `send stream N head [end]`, with lines; `send stream N data [end] TEXT`.
  func sendStream(_ arguments: inout Arguments) throws {
    let http2 = try client(arguments)
    let id = try arguments.number()
    let what = try arguments.next("head or data").keyword
    let end = arguments.take("end") ? 1 : 0
    switch what {
    case "head": try http2.send(1, 4 | end, id, HTTP2Client.section(try arguments.lines()), until: deadline)
    case "data": try http2.sendData(id, try arguments.text(), isLast: end == 1, until: deadline)
    default: throw arguments.misuse("head or data is needed")
    }
  }

  /// `send frame TYPE FLAGS STREAM [section | TEXT]`: any frame, its payload as given, or lines as a field section.
  func sendFrame(_ arguments: inout Arguments) throws {
    let http2 = try client(arguments)
    let (type, flags, id) = (try arguments.number(), try arguments.number(), try arguments.number())
    let payload =
      arguments.take("section")
      ? HTTP2Client.section(try arguments.lines()) : arguments.isEmpty ? [] : try arguments.text()
    do {
      try http2.send(type, flags, id, payload, until: deadline)
    } catch ConnectionEnd.reset {
      // Who floods finds out when it reads.
    }
  }

  /// `expect stream N head`, with lines that must be among its fields; `… data TEXT`, `… end`, `… reset CODE`.
  func expectStream(_ arguments: inout Arguments) throws {
    let http2 = try client(arguments)
    let id = try arguments.number()
    switch try arguments.next("what is expected").keyword {
    case "head":
      try http2.receive(until: deadline) { ($0.streams[id]?.heads.isEmpty ?? true) == false || $0.isLost(id) }
      guard http2.streams[id]?.heads.isEmpty == false else {
        throw arguments.misuse("there is no head: \(http2.ends(id))")
      }
      let received = http2.takeHead(id).map { $0.name + [32] + $0.value }
      for line in try arguments.lines() {
        let pattern = try Pattern(line)
        if received.contains(where: { pattern.matches($0) }) { continue }
        let all = received.map { "\n    \(escaped($0))" }.joined()
        throw arguments.misuse("the head lacks `\(escaped(line))`, it has:\(all)")
      }
    case "data":
      let text = try arguments.text()
      try http2.receive(until: deadline) { ($0.streams[id]?.data.count ?? 0) >= text.count || $0.isLost(id) }
      let data = http2.takeData(id, text.count)
      guard try Pattern(text).matches(data) else {
        throw arguments.misuse("received \(escaped(data)); \(http2.ends(id))")
      }
    case "end":
      try http2.receive(until: deadline) { $0.streams[id]?.hasEnded ?? false || $0.isLost(id) }
      guard let stream = http2.streams[id], stream.hasEnded, stream.data.isEmpty else {
        throw arguments.misuse("it has not ended, or there is more: \(http2.ends(id))")
      }
    case "reset":
      let code = UInt32(clamping: try arguments.number())
      try http2.receive(until: deadline) { $0.isLost(id) }
      guard http2.streams[id]?.reset == code else { throw arguments.misuse(http2.ends(id)) }
    default: throw arguments.misuse("head, data, end or reset is needed")
    }
  }

  /// `expect goaway CODE`.
  func expectGoAway(_ arguments: inout Arguments) throws {
    let http2 = try client(arguments)
    let code = UInt32(clamping: try arguments.number())
    try http2.receive(until: deadline) { $0.goAway != nil }
    guard http2.goAway == code else { throw arguments.misuse("its code is \(http2.goAway ?? 0)") }
  }
}

extension HTTP2Client {
  fileprivate func isLost(_ id: Int) -> Bool { streams[id]?.reset != nil || (goAway ?? 0) != 0 }

  fileprivate func ends(_ id: Int) -> String {
    let stream = streams[id]
    let reset = stream?.reset.map { "reset with \($0)" } ?? "not reset"
    return "stream \(id) was \(reset), \(stream?.hasEnded == true ? "ended" : "not ended"), with "
      + "\(stream?.data.count ?? 0) bytes unread; goaway \(goAway.map { "\($0)" } ?? "none")"
  }
}
