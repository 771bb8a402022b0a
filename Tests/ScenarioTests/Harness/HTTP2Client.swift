import CNGHTTP2

/// A client's side of HTTP/2, or an origin's, frame by frame: what a scenario sends goes out as it says, right or wrong; what comes in is put
/// in order by stream.
final class HTTP2Client {
  /// What a stream has got and has not been asked for yet.
  struct Stream {
    /// Field sections, the head first.
    var heads: [[(name: [UInt8], value: [UInt8])]] = []
    var data: [UInt8] = []
    var hasEnded = false
    var reset: UInt32?
  }

  private let connection: Connection
  /// Whether windows are opened again as data come in.
  private let opensWindows: Bool
  private var inflater: OpaquePointer?
  private var block: [UInt8] = []
  private(set) var streams: [Int: Stream] = [:]
  private(set) var goAway: UInt32?
  /// What the gateway takes: of all streams together (0), of each that it has spoken of, and of every other one.
  private var windows = [0: 65_535]
  private var newWindow = 65_535

  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  /// - Parameters:
  ///   - isOrigin: the other side begins.
  ///   - settings: identifiers and values, as SETTINGS has them.
  init(
    on connection: Connection, isOrigin: Bool, settings: [(Int, Int)], opensWindows: Bool, until deadline: Deadline
  ) throws {
    self.connection = connection
    self.opensWindows = opensWindows
    nghttp2_hd_inflate_new(&inflater)
    if isOrigin {
      guard Array(try connection.take(exactly: Self.preface.count, until: deadline)) == Self.preface else {
        throw Message.Malformed(description: "HTTP/2 has not been begun")
      }
    } else {
      try connection.send(Self.preface, until: deadline)
    }
    try send(4, 0, 0, settings.flatMap { Self.bytes($0.0, 2) + Self.bytes($0.1, 4) }, until: deadline)
  }

  deinit { nghttp2_hd_inflate_del(inflater) }

  // MARK: Sending

  private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// RFC 9113 § 4.1.
  func send(_ type: Int, _ flags: Int, _ stream: Int, _ payload: [UInt8], until deadline: Deadline) throws {
    let head = Self.bytes(payload.count, 3) + Self.bytes(type, 1) + Self.bytes(flags, 1) + Self.bytes(stream, 4)
    try connection.send(head + payload, until: deadline)
  }

  /// DATA, as the gateway's windows allow (RFC 9113 § 5.2).
  func sendData(_ id: Int, _ data: [UInt8], isLast: Bool, until deadline: Deadline) throws {
    var rest = data[...]
    repeat {
      let room = min(windows[0] ?? 0, windows[id, default: newWindow], 16_384)
      guard room > 0 || rest.isEmpty else {
        try receiveFrame(until: deadline)
        continue
      }
      let piece = Array(rest.prefix(room))
      rest = rest.dropFirst(piece.count)
      windows[0, default: 0] -= piece.count
      windows[id, default: newWindow] -= piece.count
      try send(0, isLast && rest.isEmpty ? 1 : 0, id, piece, until: deadline)
    } while !rest.isEmpty
  }

  /// Fields as literals that are neither indexed nor coded (RFC 7541 § 6.2.2).
  /// - Parameter lines: a name, a space and a value each.
  static func section(_ lines: [[UInt8]]) -> [UInt8] {
    var block: [UInt8] = []
    for line in lines {
      // A colon may stand in front of a name.
      let space = line.firstIndex(of: 32) ?? line.count
      block += [0] + LiteralText.write(line[..<space]) + LiteralText.write(line.dropFirst(space + 1))
    }
    return block
  }

  // MARK: Receiving

  /// Takes frames until `isEnough`.
  func receive(until deadline: Deadline, _ isEnough: (HTTP2Client) -> Bool) throws {
    while !isEnough(self) { try receiveFrame(until: deadline) }
  }

  private func receiveFrame(until deadline: Deadline) throws {
    let head = Array(try connection.take(exactly: 9, until: deadline))
    let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
    let id = head[5...].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
    let payload = Array(try connection.take(exactly: length, until: deadline))
    let flags = head[4]
    switch head[3] {
    case 0:
      streams[id, default: Stream()].data += payload
      streams[id, default: Stream()].hasEnded = flags & 1 != 0
      if opensWindows, !payload.isEmpty {
        try send(8, 0, 0, Self.bytes(payload.count, 4), until: deadline)
        if flags & 1 == 0 { try send(8, 0, id, Self.bytes(payload.count, 4), until: deadline) }
      }
    case 1, 9:
      block += payload
      if head[3] == 1, flags & 1 != 0 { streams[id, default: Stream()].hasEnded = true }
      if flags & 4 != 0 {
        streams[id, default: Stream()].heads.append(try decode())
        block = []
      }
    case 3: streams[id, default: Stream()].reset = UInt32(payload.reduce(0) { $0 << 8 | Int($1) })
    case 4 where flags & 1 == 0:
      for at in stride(from: 0, to: length, by: 6) where payload[at + 1] == 4 {
        let window = payload[(at + 2)..<(at + 6)].reduce(0) { $0 << 8 | Int($1) }
        for stream in windows.keys where stream != 0 { windows[stream, default: 0] += window - newWindow }
        newWindow = window
      }
      try send(4, 1, 0, [], until: deadline)
    case 6 where flags & 1 == 0: try send(6, 1, 0, payload, until: deadline)
    case 8: windows[id, default: newWindow] += payload.reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
    case 7: goAway = UInt32(payload[4..<8].reduce(0) { $0 << 8 | Int($1) })
    default: break
    }
  }

  private func decode() throws -> [(name: [UInt8], value: [UInt8])] {
    var fields: [(name: [UInt8], value: [UInt8])] = []
    var at = 0
    while true {
      var field = nghttp2_nv()
      var flags: Int32 = 0
      let count = block[at...].withUnsafeBufferPointer {
        nghttp2_hd_inflate_hd2(inflater, &field, &flags, $0.baseAddress, $0.count, 1)
      }
      guard count >= 0 else { throw Message.Malformed(description: "a field section cannot be decoded") }
      at += count
      if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
        fields.append(
          (
            Array(UnsafeBufferPointer(start: field.name, count: field.namelen)),
            Array(UnsafeBufferPointer(start: field.value, count: field.valuelen))
          ))
      }
      if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 { break }
    }
    nghttp2_hd_inflate_end_headers(inflater)
    return fields
  }

  // MARK: Taking

  func takeHead(_ id: Int) -> [(name: [UInt8], value: [UInt8])] { streams[id]?.heads.removeFirst() ?? [] }

  func takeData(_ id: Int, _ count: Int) -> [UInt8] {
    let data = Array(streams[id]?.data.prefix(count) ?? [])
    streams[id]?.data.removeFirst(data.count)
    return data
  }
}
