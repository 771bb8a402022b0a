import Bytes
import FuzzerDriver
import HTTPSemantics

@testable import HTTPWire

@_cdecl("FuzzHTTP2_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A server's session gets arbitrary bytes, in pieces, and answers some of the requests. Whatever comes, it holds its limits, takes
/// no head that HTTP/1 would read as two, and says nothing but whole frames.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var bytes = UnsafeRawBufferPointer(start: start, count: count)[...]
  guard let orders = bytes.popFirst() else { return 0 }
  let client = Client(orders)
  guard let session = HTTP2ServerSession(settings: Client.settings, owner: client) else { return 0 }
  var goesOn = true
  if orders & 1 == 0 {
    HTTP2Preface.bytes.withUTF8Buffer { goesOn = session.receive(UnsafeRawBufferPointer($0), now: 0) }
  }
  var now: Int64 = 0
  while goesOn, let size = bytes.first {
    let piece = bytes.prefix(1 + Int(size))
    bytes = bytes.dropFirst(piece.count)
    now += 1
    goesOn = session.receive(UnsafeRawBufferPointer(rebasing: piece), now: now)
    client.check(session)
    client.answer(session)
    client.take(session)
  }
  session.closeStreams()
  precondition(!session.hasStreams && client.open == 0)
  return 0
}

/// Who is told of requests, and answers them as the first byte of the input says.
private final class Client: HTTP2SessionOwner {
  static let settings = HTTP2Settings(
    concurrentStreams: 4, streamWindow: 4096, connectionWindow: 65_535,
    head: HeadLimits(targetBytes: 256, headBytes: 1024, fieldCount: 16))

  private let orders: UInt8
  private var streams: [Stream] = []
  /// Streams that the session has not told the end of.
  var open: Int { streams.count { !$0.isOver } }
  private let out = ByteBuffer()
  private let request: RequestHead
  private let input = ByteBuffer()

  init(_ orders: UInt8) {
    self.orders = orders
    request = RequestHead(buffer: input)
  }

  func nonce() -> (UInt64, UInt64) { (0, 0) }

  func session(_ session: HTTP2ServerSession, didReceive head: HTTP2ServerSession.Head) -> HTTP2ServerStream? {
    let text = head.text.readable
    precondition(text.count <= 1024 + 256 + 64, "a head beyond its limits")
    if head.refusal == nil {
      input.clear()
      input.write(text)
      var parser = RequestHeadParser()
      switch parser.parse(buffer: input, into: request, limits: Self.settings.head) {
      case .complete(let count): precondition(count == text.count, "two heads in one: \(text.text)")
      case .incomplete: fatalError("a head without an end: \(text.text)")
      case .failed: break
      }
    }
    if orders & 2 != 0, streams.count % 3 == 2 { return nil }
    if orders & 128 != 0, let stream = streams.first(where: \.isOver) {
      stream.beginAgain(id: head.streamID)
      return stream
    }
    let stream = Stream(id: head.streamID)
    streams.append(stream)
    return stream
  }

  func check(_ session: HTTP2ServerSession) {
    precondition(open <= Self.settings.concurrentStreams, "more streams than were allowed")
    var waiting = 0
    for stream in streams where !stream.isOver {
      precondition(stream.count <= Self.settings.streamWindow, "more of a body than its window")
      waiting += stream.count
    }
    precondition(waiting <= Self.settings.connectionWindow, "more of all bodies than the connection's window")
  }

  func answer(_ session: HTTP2ServerSession) {
    for (index, stream) in streams.enumerated() where !stream.isOver {
      if orders & 4 != 0 {
        session.consume(stream, stream.count)
        stream.count = 0
      }
      guard orders & 8 != 0, !stream.hasResponded else { continue }
      if orders & 16 != 0, index % 2 == 1 {
        session.reset(stream, .cancel)
        continue
      }
      var fields = "Content-Type: text/plain\r\nConnection: close\r\nX-LONG-NAME: a\r\n"
      fields.withUTF8 {
        session.respond(
          stream, status: 200 + index % 300, fields: UnsafeRawBufferPointer($0),
          more: UnsafeRawBufferPointer(start: nil, count: 0), contentLength: nil, hasBody: true)
      }
      stream.outgoing.write("an answer")
      if orders & 32 != 0 { stream.promise(100_000) }
      stream.end()
      session.resume(stream)
    }
  }

  /// Takes what the session has to say: frames, whole ones.
  func take(_ session: HTTP2ServerSession) {
    out.clear()
    session.write(into: out, limit: orders & 64 != 0 ? 100 : 32_768)
    precondition(out.count <= 32_768 + 16_384 + 9 + 2048, "more at once than was asked for")
    var frame = out.readable[...]
    while !frame.isEmpty {
      precondition(frame.count >= 9, "a frame without a head")
      let length = frame.prefix(3).reduce(0) { $0 << 8 | Int($1) }
      precondition(frame.count >= 9 + length, "a frame that is cut off")
      frame = frame.dropFirst(9 + length)
    }
  }
}

private final class Stream: HTTP2ServerStream {
  /// Bytes of the body that were not consumed.
  var count = 0
  private(set) var isOver = false

  private let written: ByteBuffer

  init(id: Int32) {
    written = ByteBuffer()
    super.init(id: id, outgoing: ByteBuffer(), sections: written)
  }

  /// Becomes another stream, as the gateway's exchanges do.
  func beginAgain(id: Int32) {
    begin(id: id)
    outgoing.clear()
    written.clear()
    count = 0
    isOver = false
  }

  override func didReceive(_ bytes: UnsafeRawBufferPointer) { count += bytes.count }

  override func didReceiveEnd(trailers: ByteBuffer?, error: WireError?) {
    precondition(trailers.map { $0.count <= BodyLimits.standard.trailerBytes } ?? true, "trailers beyond their limits")
  }

  override func didClose(_ code: UInt32) { isOver = true }

  override func supply(_ room: UnsafeMutableRawBufferPointer) -> Bool {
    room.initializeMemory(as: UInt8.self, repeating: 120)
    // A file that has become shorter.
    return id % 4 != 1
  }
}
