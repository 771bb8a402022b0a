import Bytes

@testable import HTTPWire

/// What a session with an origin has told of one call.
final class RecordedCall: HTTP2ClientStream {
  var heads: [String] = []
  var body: [UInt8] = []
  var hasEnded = false
  var trailers: String?
  var closedWith: UInt32?
  var drains = 0
  /// Where the head lies.
  let text = ByteBuffer()

  override func didReceive(head: UnsafeRawBufferPointer) { heads.append(head.text) }
  override func didReceive(_ bytes: UnsafeRawBufferPointer) { body += Array(bytes) }

  override func didReceiveEnd(trailers: ByteBuffer?) {
    hasEnded = true
    self.trailers = trailers?.readable.text
  }

  override func didDrain() { drains += 1 }
  override func didClose(_ code: UInt32) { closedWith = code }
}

/// Our side of a connection with an origin.
final class ClientConversation {
  let session: HTTP2ClientSession

  /// - Parameter isBegun: what every connection begins with has been said by both.
  init(settings: HTTP2Settings = .standard, isBegun: Bool = true) {
    session = HTTP2ClientSession(settings: settings)!
    if isBegun {
      receive(Frames.frame(4, 0, 0, []))
      _ = output()
    }
  }

  func call(
    _ text: String = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n", following: HTTP2ClientSession.Following = .body
  ) -> RecordedCall {
    let stream = RecordedCall()
    stream.text.write(text)
    _ = session.open(
      stream, with: stream.text.readable, isSecure: false, acceptsTrailers: following != .tunnel, following: following)
    return stream
  }

  func receive(_ bytes: [UInt8]) { bytes.withUnsafeBytes { session.receive($0) } }

  /// The bytes that the session gives.
  func output(limit: Int = 1 << 20) -> [UInt8] {
    let out = ByteBuffer()
    session.write(into: out, limit: limit)
    return Array(out.readable)
  }
}
