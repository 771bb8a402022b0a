/// A message of HTTP/1.1 as a scenario looks at it: the head as it came, and a body that is read as far as was asked.
///
/// Written apart from `Sources/HTTPWire` and without its help: it is what the gateway's codec is judged by, so whatever
/// is not exactly as RFC 9112 has it is a failure here.
final class Message {
  let startLine: [UInt8]
  let fields: [(name: String, value: [UInt8])]
  let head: [UInt8]
  private(set) var trailers: [(name: String, value: [UInt8])] = []
  private let connection: Connection
  private var framing: Framing
  private var decoding: Decoding?
  /// What was decoded and not yet asked for.
  private var decoded: [UInt8] = []

  private enum Framing {
    case length(left: Int)
    /// `left`: bytes of the current chunk that were not read yet.
    case chunked(left: Int)
    /// The data of a chunk have been read, but not the line end behind them, which may come late.
    case chunkEnd
    case untilClose
    case ended
  }

  struct Malformed: Error, CustomStringConvertible { let description: String }

  /// Waits for a head and reads it.
  init(from connection: Connection, isResponse: Bool, until deadline: Deadline) throws {
    self.connection = connection
    head = Array(try connection.take(through: Array("\r\n\r\n".utf8), until: deadline))
    var lines = head.dropLast(2).split(separator: 10, omittingEmptySubsequences: false).dropLast().map { $0[...] }
    for index in lines.indices { guard lines[index].popLast() == 13 else { throw Malformed(description: "a bare LF") } }
    startLine = Array(lines.removeFirst())
    fields = try lines.map(Self.field)
    framing = .ended
    framing = try bodyFraming(isResponse: isResponse)
  }

  func values(of name: String) -> [[UInt8]] { Self.values(of: name, in: fields) }

  static func values(of name: String, in fields: [(name: String, value: [UInt8])]) -> [[UInt8]] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  /// The three digits of a status line.
  var status: String {
    let parts = startLine.split(separator: 32, maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
  }

  // MARK: The body

  /// Reads exactly so many bytes of the body, or fewer if it ends before.
  func part(_ count: Int, until deadline: Deadline) throws -> [UInt8] {
    var part: [UInt8] = []
    while part.count < count, let some = try some(atMost: count - part.count, until: deadline) { part += some }
    return part
  }

  /// Reads what is left of the body.
  func rest(until deadline: Deadline) throws -> [UInt8] { try part(.max, until: deadline) }

  /// As `part`, of the body without its coding.
  func decodedPart(_ count: Int, until deadline: Deadline) throws -> [UInt8] {
    let name = values(of: "content-encoding").first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard let coding = Coding(rawValue: name) else { throw Malformed(description: "the coding is `\(name)`") }
    let decoding = decoding ?? Decoding(coding)
    self.decoding = decoding
    while decoded.count < count, let some = try some(atMost: .max, until: deadline) {
      decoded += try decoding.decode(some)
    }
    defer { decoded.removeFirst(min(count, decoded.count)) }
    return Array(decoded.prefix(count))
  }

  /// What is left of the body, whose coding must have come to its end, too.
  func decodedRest(until deadline: Deadline) throws -> [UInt8] {
    let rest = try decodedPart(.max, until: deadline)
    if decoding?.hasEnded != true { throw Malformed(description: "the coding has no end") }
    return rest
  }

  /// The next bytes of the body; nil at its end.
  private func some(atMost limit: Int, until deadline: Deadline) throws -> ArraySlice<UInt8>? {
    switch framing {
    case .ended: return nil
    case .length(let left):
      guard left > 0 else {
        framing = .ended
        return nil
      }
      let some = try connection.take(atMost: min(limit, left), until: deadline)
      framing = .length(left: left - some.count)
      return some
    case .untilClose:
      do {
        return try connection.take(atMost: limit, until: deadline)
      } catch ConnectionEnd.closed {
        framing = .ended
        return nil
      }
    case .chunked(0):
      let line = try line(until: deadline)
      guard let size = Int(String(decoding: line, as: UTF8.self), radix: 16), size >= 0 else {
        throw Malformed(description: "a chunk size that is none: \(escaped(line))")
      }
      guard size > 0 else {
        while case let line = try self.line(until: deadline), !line.isEmpty { trailers.append(try Self.field(line)) }
        framing = .ended
        return nil
      }
      framing = .chunked(left: size)
      return try some(atMost: limit, until: deadline)
    case .chunked(let left):
      let some = try connection.take(atMost: min(limit, left), until: deadline)
      framing = some.count == left ? .chunkEnd : .chunked(left: left - some.count)
      return some
    case .chunkEnd:
      guard try line(until: deadline).isEmpty else { throw Malformed(description: "a chunk longer than its size") }
      framing = .chunked(left: 0)
      return try some(atMost: limit, until: deadline)
    }
  }

  private func line(until deadline: Deadline) throws -> ArraySlice<UInt8> {
    try connection.take(through: [13, 10], until: deadline).dropLast(2)
  }

  // MARK: Reading the head

  /// RFC 9112 § 6.3. A response to HEAD is the scenario's to know: it says `expect no body`.
  private func bodyFraming(isResponse: Bool) throws -> Framing {
    if isResponse, status.hasPrefix("1") || status == "204" || status == "304" { return .ended }
    let codings = values(of: "transfer-encoding")
    let lengths = values(of: "content-length")
    guard codings.count + lengths.count <= 1 else { throw Malformed(description: "more than one framing field") }
    if let coding = codings.first {
      guard coding == Array("chunked".utf8) else { throw Malformed(description: "a coding that is not chunked") }
      return .chunked(left: 0)
    }
    if let length = lengths.first {
      guard let count = Int(String(decoding: length, as: UTF8.self)), count >= 0 else {
        throw Malformed(description: "a Content-Length that is none: \(escaped(length))")
      }
      return .length(left: count)
    }
    return isResponse ? .untilClose : .ended
  }

  private static func field(_ line: ArraySlice<UInt8>) throws -> (name: String, value: [UInt8]) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy({ $0 > 32 && $0 < 127 }), !line.contains(13), !line.contains(0)
    else { throw Malformed(description: "a field line that is none: \(escaped(line))") }
    let value = line[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
    let end = value.lastIndex { $0 != 32 && $0 != 9 }.map { $0 + 1 } ?? value.startIndex
    return (String(decoding: line[..<colon], as: UTF8.self), Array(value[..<end]))
  }
}
