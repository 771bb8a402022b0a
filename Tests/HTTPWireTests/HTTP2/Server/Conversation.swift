import Bytes

@testable import HTTPWire

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
  /// The object that serves as the next stream; nil: a new one.
  var next: RecordedStream?
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
    let stream = next ?? RecordedStream(id: 0, outgoing: ByteBuffer(), sections: ByteBuffer())
    stream.begin(id: head.streamID)
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

  /// Answers a stream with a body, of which there may be more.
  func answer(
    _ stream: RecordedStream, _ body: String, fields: String = "Content-Type: text/plain\r\n", ends: Bool = true
  ) {
    var fields = fields
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    fields.withUTF8 {
      session.respond(
        stream, status: 200, fields: UnsafeRawBufferPointer($0), more: nothing, contentLength: nil, hasBody: true)
    }
    stream.outgoing.write(Array(body.utf8))
    if ends { stream.end() }
    session.resume(stream)
  }
}
