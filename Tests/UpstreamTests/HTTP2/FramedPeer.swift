import Bytes
import HTTPWire

@testable import Reactor

/// An origin's connection, frame by frame (RFC 9113 § 4.1): what it sends has fields as literals that are neither indexed nor
/// coded; of what it gets, SETTINGS are answered and windows are passed over.
final class FramedPeer {
  struct Frame {
    let type: UInt8
    let flags: UInt8
    let stream: Int
    let payload: [UInt8]

    var text: String { String(decoding: payload, as: UTF8.self) }
    var isLast: Bool { flags & 1 != 0 }
    /// Of RST_STREAM: why.
    var code: Int { payload.suffix(4).reduce(0) { $0 << 8 | Int($1) } }
  }

  static let data: UInt8 = 0
  static let head: UInt8 = 1
  static let reset: UInt8 = 3
  static let goAway: UInt8 = 7

  let connection: OriginConnection
  private let input = ByteBuffer()

  /// Reads what every connection begins with, and says these settings.
  init(_ connection: OriginConnection, settings: [(Int, Int)] = []) async throws {
    self.connection = connection
    _ = try await bytes(HTTP2Preface.bytes.utf8CodeUnitCount)
    try await send(4, 0, 0, settings.flatMap { Self.number($0.0, 2) + Self.number($0.1, 4) })
  }

  // MARK: Received

  private func bytes(_ count: Int) async throws -> [UInt8]? {
    while input.count < count {
      input.reserve(65_536)
      if try await connection.socket.read(into: input, until: .never) == 0 { return nil }
    }
    let bytes = Array(input.readable[..<count])
    input.consume(count)
    return bytes
  }

  /// The next frame that is about a stream, or GOAWAY; nil where the peer has closed.
  func next() async throws -> Frame? {
    while let head = try await bytes(9) {
      let count = head[..<3].reduce(0) { $0 << 8 | Int($1) }
      guard let payload = try await bytes(count) else { return nil }
      let stream = head[5...].reduce(0) { $0 << 8 | Int($1) }
      switch head[3] {
      case 4: if head[4] & 1 == 0 { try await send(4, 1, 0, []) }
      case 6, 8: break
      default: return Frame(type: head[3], flags: head[4], stream: stream, payload: payload)
      }
    }
    return nil
  }

  /// Frames up to one of this type.
  func next(_ type: UInt8) async throws -> Frame? {
    while let frame = try await next() { if frame.type == type { return frame } }
    return nil
  }

  /// The rest of a request's body.
  func body() async throws -> String {
    var text = ""
    while let frame = try await next(Self.data) {
      text += frame.text
      if frame.isLast { break }
    }
    return text
  }

  // MARK: Sent

  func send(_ type: UInt8, _ flags: UInt8, _ stream: Int, _ payload: [UInt8]) async throws {
    let out = ByteBuffer()
    out.write(Self.number(payload.count, 3) + [type, flags] + Self.number(stream, 4) + payload)
    try await connection.socket.write(out, until: .never)
  }

  func send(head fields: [(String, String)], on stream: Int, isLast: Bool = false) async throws {
    let section: [UInt8] = fields.flatMap { [0] + LiteralText.write($0.0.utf8) + LiteralText.write($0.1.utf8) }
    try await send(Self.head, isLast ? 5 : 4, stream, section)
  }

  func send(_ text: String, on stream: Int, isLast: Bool = false) async throws {
    try await send(Self.data, isLast ? 1 : 0, stream, Array(text.utf8))
  }

  func reset(_ stream: Int, _ code: Int) async throws { try await send(Self.reset, 0, stream, Self.number(code, 4)) }

  func goAway(last stream: Int) async throws {
    try await send(Self.goAway, 0, 0, Self.number(stream, 4) + Self.number(0, 4))
  }

  /// Answers every request, and says which it was.
  func answerAll() async throws {
    while let request = try await next(Self.head) {
      try await send(head: [(":status", "200")], on: request.stream)
      try await send("\(connection.number):\(request.stream)", on: request.stream, isLast: true)
    }
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}

extension ScriptedOrigin {
  /// An origin whose every connection speaks HTTP/2.
  static func framed(
    settings: [(Int, Int)] = [], _ script: @escaping @Sendable (FramedPeer) async throws -> Void
  ) async throws -> ScriptedOrigin {
    try await ScriptedOrigin { try await script(FramedPeer($0, settings: settings)) }
  }
}
