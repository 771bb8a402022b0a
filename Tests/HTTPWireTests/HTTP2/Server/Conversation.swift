import Bytes

@testable import HTTPWire

/// A client's bytes, frame by frame (RFC 9113 § 4.1), with fields as literals that are neither indexed nor coded.
enum Frames {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])

  static func frame(_ type: UInt8, _ flags: UInt8, _ stream: Int, _ payload: [UInt8]) -> [UInt8] {
    number(payload.count, 3) + [type, flags] + number(stream, 4) + payload
  }

  static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// - Parameter isWhole: with END_STREAM.
  static func head(_ stream: Int, _ fields: [(String, String)], isWhole: Bool = true) -> [UInt8] {
    frame(1, isWhole ? 5 : 4, stream, section(fields))
  }

  static func data(_ stream: Int, _ text: String, isWhole: Bool = false) -> [UInt8] {
    frame(0, isWhole ? 1 : 0, stream, Array(text.utf8))
  }

  static func section(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { [0] + text($0.0) + text($0.1) }
  }

  /// RFC 7541 § 5.2.
  private static func text(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
    var length: [UInt8] = [127]
    var rest = bytes.count - 127
    while rest >= 128 {
      length.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return length + [UInt8(rest)] + bytes
  }

  static let get = [(":method", "GET"), (":scheme", "http"), (":authority", "a.example"), (":path", "/p?q")]
}

/// What a session has told of one stream.
final class RecordedStream: HTTP2ServerStream {
  var body: [UInt8] = []
  var hasEnded = false
  var trailers: String?
  var trailerError: WireError?
  var closedWith: UInt32?
  /// Bytes that were promised and asked for: `a`, `b`, …
  var supplied = 0
  var keepsPromises = true

  override func supply(_ room: UnsafeMutableRawBufferPointer) -> Bool {
    guard keepsPromises else { return false }
    for index in room.indices {
      room[index] = UInt8(ascii: "a") &+ UInt8(truncatingIfNeeded: supplied)
      supplied += 1
    }
    return true
  }

  override func didReceive(_ bytes: UnsafeRawBufferPointer) { body += Array(bytes) }

  override func didReceiveEnd(trailers: ByteBuffer?, error: WireError?) {
    hasEnded = true
    self.trailers = trailers?.readable.text
    trailerError = error
  }

  override func didClose(_ code: UInt32) { closedWith = code }
}

/// A session and who listens to it.
final class Conversation: HTTP2SessionOwner {
  struct Request {
    var text: String
    var refusal: WireError?
    var isWhole: Bool
    var isWebSocket: Bool
    var stream: RecordedStream
  }

  private(set) var requests: [Request] = []
  /// Streams that are taken at most.
  var most = Int.max
  private var made: HTTP2ServerSession?
  var session: HTTP2ServerSession { made! }

  init(settings: HTTP2Settings = .standard, isBegun: Bool = true) {
    made = HTTP2ServerSession(settings: settings, owner: self)
    if isBegun {
      receive(Frames.preface)
      _ = output()
    }
  }

  func nonce() -> (UInt64, UInt64) { (0, 0) }

  func session(_ session: HTTP2ServerSession, didReceive head: HTTP2ServerSession.Head) -> HTTP2ServerStream? {
    guard requests.count < most else { return nil }
    let stream = RecordedStream(id: head.streamID, outgoing: ByteBuffer(), sections: ByteBuffer())
    requests.append(
      Request(
        text: head.text.readable.text, refusal: head.refusal, isWhole: head.isWhole, isWebSocket: head.isWebSocket,
        stream: stream))
    return stream
  }

  @discardableResult func receive(_ bytes: [UInt8], now: Int64 = 0) -> Bool {
    bytes.withUnsafeBytes { session.receive($0, now: now) }
  }

  /// The frames that the session gives, at most so many bytes at once.
  func output(limit: Int = 1 << 20) -> [(type: UInt8, flags: UInt8, stream: Int, payload: [UInt8])] {
    let out = ByteBuffer()
    session.write(into: out, limit: limit)
    var bytes = Array(out.readable)[...]
    var frames: [(type: UInt8, flags: UInt8, stream: Int, payload: [UInt8])] = []
    while bytes.count >= 9 {
      let head = Array(bytes.prefix(9))
      let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
      frames.append(
        (head[3], head[4], head[5...].reduce(0) { $0 << 8 | Int($1) }, Array(bytes.dropFirst(9).prefix(length))))
      bytes = bytes.dropFirst(9 + length)
    }
    return frames
  }

  /// Answers a stream with a body.
  func answer(_ stream: RecordedStream, _ body: String, fields: String = "Content-Type: text/plain\r\n") {
    var fields = fields
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    fields.withUTF8 {
      session.respond(
        stream, status: 200, fields: UnsafeRawBufferPointer($0), more: nothing, contentLength: nil, hasBody: true)
    }
    stream.outgoing.write(Array(body.utf8))
    stream.end()
    session.resume(stream)
  }
}
