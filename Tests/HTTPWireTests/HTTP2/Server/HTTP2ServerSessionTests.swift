import Bytes
import Testing

@testable import HTTPWire

@Suite("HTTP/2 sessions")
struct HTTP2ServerSessionTests {
  private static let reset: UInt8 = 3
  private static let goAway: UInt8 = 7
  private static let windowUpdate: UInt8 = 8

  @Test(
    "a last frame without bytes must end a stream whose response is over, and not the connection",
    arguments: [1, 9, 18])
  func emptyLastFrame(_ size: Int) throws {
    let peer = Conversation()
    peer.receive(Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false))
    let stream = try #require(peer.requests.first?.stream)
    peer.answer(stream, "early")
    _ = peer.output()
    #expect(stream.closedWith == nil)
    // However reads have cut it.
    var bytes = (Frames.data(1, "", isWhole: true) + Frames.head(3, Frames.get))[...]
    while !bytes.isEmpty {
      #expect(peer.receive(Array(bytes.prefix(size))))
      bytes = bytes.dropFirst(size)
    }
    #expect(stream.closedWith == 0)
    #expect(peer.requests.count == 2)
    // What comes after that is a mistake.
    #expect(!peer.receive(Frames.data(1, "", isWhole: true)))
    #expect(peer.session.fault == .streamClosed)
  }

  @Test("a request must come out as the HTTP/1.1 head that means the same, however its bytes arrive")
  func request() {
    let bytes = Frames.head(1, Frames.get + [("accept", "*/*"), ("cookie", "a=1"), ("cookie", "b=2")])
    for size in [1, 2, 7, 1000] {
      let peer = Conversation()
      for start in stride(from: 0, to: bytes.count, by: size) {
        peer.receive(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(
        peer.requests.map(\.text) == ["GET /p?q HTTP/1.1\r\nhost: a.example\r\naccept: */*\r\ncookie: a=1; b=2\r\n\r\n"]
      )
      #expect(peer.requests.first?.isWhole == true)
    }
  }

  @Test("a body must be handed out as it comes, with the trailers behind it that may stand there")
  func body() {
    let peer = Conversation()
    peer.receive(Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false))
    let stream = peer.requests[0].stream
    peer.receive(Frames.data(1, "one"))
    #expect(String(decoding: stream.body, as: UTF8.self) == "one")
    #expect(!stream.hasEnded)
    peer.receive(Frames.data(1, "two"))
    peer.receive(Frames.head(1, [("x-check", "7"), ("authorization", "me")]))
    #expect(String(decoding: stream.body, as: UTF8.self) == "onetwo")
    #expect(stream.hasEnded)
    #expect(stream.trailers == "x-check: 7\r\n")
  }

  @Test("trailers beyond the limit must be said to be too large")
  func largeTrailers() {
    let peer = Conversation()
    peer.receive(Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false))
    peer.receive(Frames.head(1, (0..<51).map { ("x-\($0)", "y") }))
    #expect(peer.requests[0].stream.trailerError == .trailersTooLarge)
  }

  @Test("what arrives must be asked for again only when it is consumed")
  func windows() {
    let peer = Conversation(settings: HTTP2Settings(streamWindow: 65_535, connectionWindow: 65_535))
    peer.receive(Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false))
    let piece = String(repeating: "x", count: 16_000)
    for _ in 0..<3 { peer.receive(Frames.data(1, piece)) }
    #expect(!peer.output().contains { $0.type == Self.windowUpdate })
    peer.session.consume(peer.requests[0].stream, 48_000)
    let updates = peer.output().filter { $0.type == Self.windowUpdate }
    #expect(updates.map(\.stream).sorted() == [0, 1])
    #expect(updates.allSatisfy { $0.payload == Frames.number(48_000, 4) })
  }

  @Test("more than the window must end the stream or the connection")
  func window() {
    let peer = Conversation(settings: HTTP2Settings(streamWindow: 1024, connectionWindow: 65_535))
    peer.receive(Frames.frame(4, 1, 0, []))
    peer.receive(Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false))
    peer.receive(Frames.data(1, String(repeating: "x", count: 2000)))
    #expect(peer.output().contains { $0.type == Self.reset && $0.payload == Frames.number(3, 4) })
  }

  @Test("a response must go out as one HEADERS frame and DATA frames, of which the last ends the stream")
  func response() {
    let peer = Conversation()
    peer.receive(Frames.head(1, Frames.get))
    peer.answer(peer.requests[0].stream, "hello")
    let frames = peer.output()
    #expect(frames.map(\.type) == [1, 0])
    #expect(frames[0].flags == 4)
    #expect(frames[1].flags == 1)
    #expect(frames[1].payload == Array("hello".utf8))
    #expect(peer.requests[0].stream.closedWith == 0)
  }

  @Test("an object whose stream is over must serve as another one's, as if it were new")
  func anotherStream() throws {
    let peer = Conversation()
    peer.receive(Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false))
    let stream = try #require(peer.requests.first?.stream)
    peer.session.respond(
      stream, status: 200, fields: UnsafeRawBufferPointer(start: nil, count: 0),
      more: UnsafeRawBufferPointer(start: nil, count: 0), contentLength: nil, hasBody: true)
    stream.promise(3)
    let trailers = ByteBuffer()
    trailers.write("x-a: b\r\n")
    stream.end(trailers: trailers)
    _ = peer.output()
    peer.receive(Frames.data(1, "", isWhole: true))
    #expect(stream.closedWith == 0)
    peer.next = stream
    peer.receive(Frames.head(3, Frames.get))
    #expect(!stream.isClosed && !stream.hasResponded && !stream.isEnding && stream.waitingCount == 0)
    peer.answer(stream, "hello")
    let frames = peer.output()
    #expect(frames.map(\.type) == [1, 0])
    #expect(frames.map(\.stream) == [3, 3])
    #expect(frames.last?.flags == 1 && frames.last?.payload == Array("hello".utf8))
    #expect(!peer.session.hasStreams)
  }

  @Test("a session that goes must let go of the streams that are still open")
  func lastStreams() {
    weak var stream: RecordedStream?
    do {
      let peer = Conversation()
      peer.receive(Frames.head(1, Frames.get))
      stream = peer.requests.first?.stream
      #expect(stream != nil)
    }
    #expect(stream == nil)
  }

  @Test("a body must wait for the client's window, and go on when that opens")
  func clientWindow() {
    let peer = Conversation(isBegun: false)
    // SETTINGS_INITIAL_WINDOW_SIZE of 4.
    peer.receive(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Frames.frame(4, 0, 0, [0, 4] + Frames.number(4, 4)))
    peer.receive(Frames.head(1, Frames.get))
    let stream = peer.requests[0].stream
    peer.answer(stream, "hello world")
    #expect(peer.output().last?.payload == Array("hell".utf8))
    #expect(stream.waitingCount == 7)
    peer.receive(Frames.frame(8, 0, 1, Frames.number(100, 4)))
    #expect(peer.output().last?.payload == Array("o world".utf8))
  }

  @Test("what was lent must be taken from where it lies, behind what was written")
  func lent() {
    let peer = Conversation()
    peer.receive(Frames.head(1, Frames.get))
    let stream = peer.requests[0].stream
    let lent = Array("lent".utf8)
    lent.withUnsafeBytes { bytes in
      let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
      peer.session.respond(
        stream, status: 200, fields: nothing, more: nothing, contentLength: nil, hasBody: true)
      stream.outgoing.write("written, ")
      stream.lend(bytes)
      peer.session.resume(stream)
      #expect(peer.output().last?.payload == Array("written, lent".utf8))
      #expect(stream.waitingCount == 0)
    }
    stream.end()
    peer.session.resume(stream)
    #expect(peer.output().last?.flags == 1)
  }

  @Test("what was promised must be asked for as the peer's windows have room for it, and not before")
  func promised() {
    let peer = Conversation()
    // SETTINGS: a window of 10 bytes for each stream.
    peer.receive(Frames.frame(4, 0, 0, [0, 4, 0, 0, 0, 10]))
    peer.receive(Frames.head(1, Frames.get))
    let stream = peer.requests[0].stream
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    peer.session.respond(stream, status: 200, fields: nothing, more: nothing, contentLength: 16, hasBody: true)
    stream.outgoing.write("written,")
    stream.promise(8)
    stream.end()
    peer.session.resume(stream)
    #expect(peer.output().last?.payload == Array("written,ab".utf8))
    #expect(stream.supplied == 2 && stream.waitingCount == 6)
    #expect(peer.output().isEmpty && stream.supplied == 2)
    peer.receive(Frames.frame(8, 0, 1, Frames.number(100, 4)))
    let last = peer.output().last
    #expect(last?.payload == Array("cdefgh".utf8))
    #expect(last?.flags == 1)
    #expect(stream.waitingCount == 0)
  }

  @Test("a stream whose promise is broken must be reset, and the others go on (RFC 9113 § 5.4.2)")
  func brokenPromise() {
    let peer = Conversation()
    for id in [1, 3] { peer.receive(Frames.head(id, Frames.get)) }
    let stream = peer.requests[0].stream
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    peer.session.respond(stream, status: 200, fields: nothing, more: nothing, contentLength: 100, hasBody: true)
    stream.promise(100)
    stream.keepsPromises = false
    peer.session.resume(stream)
    peer.answer(peer.requests[1].stream, "whole")
    let frames = peer.output()
    #expect(frames.contains { $0.type == 3 && $0.stream == 1 && $0.payload == [0, 0, 0, 2] })
    #expect(!frames.contains { $0.type == 0 && $0.stream == 1 })
    #expect(frames.contains { $0.type == 0 && $0.stream == 3 && $0.payload == Array("whole".utf8) })
    #expect(stream.closedWith == 2)
  }

  @Test("no more frames must be made than asked for")
  func limit() {
    let peer = Conversation()
    for id in [1, 3, 5] { peer.receive(Frames.head(id, Frames.get)) }
    for request in peer.requests { peer.answer(request.stream, String(repeating: "x", count: 10_000)) }
    let frames = peer.output(limit: 5000)
    #expect(frames.filter { $0.type == 0 }.count == 1)
    #expect(peer.session.hasOutput)
    #expect(peer.output().filter { $0.type == 0 }.count == 2)
  }

  @Test("the more urgent response must go first, and incremental ones must take turns (RFC 9218 § 10)")
  func priorities() {
    let peer = Conversation()
    peer.receive(Frames.head(1, Frames.get + [("priority", "u=5")]))
    peer.receive(Frames.head(3, Frames.get + [("priority", "u=1")]))
    peer.receive(Frames.head(5, Frames.get + [("priority", "u=3, i")]))
    peer.receive(Frames.head(7, Frames.get + [("priority", "u=3, i")]))
    for request in peer.requests { peer.answer(request.stream, String(repeating: "x", count: 40_000)) }
    peer.receive(Frames.frame(8, 0, 0, Frames.number(1_000_000, 4)))
    let order = peer.output().filter { $0.type == 0 }.map(\.stream)
    #expect(order == [3, 3, 3, 5, 7, 5, 7, 5, 7, 1, 1, 1])
  }

  @Test("trailers must follow the body and end the stream")
  func trailers() {
    let peer = Conversation()
    peer.receive(Frames.head(1, Frames.get))
    let stream = peer.requests[0].stream
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    peer.session.respond(stream, status: 200, fields: nothing, more: nothing, contentLength: nil, hasBody: true)
    stream.outgoing.write("x")
    let lines = ByteBuffer()
    lines.write("grpc-status: 0\r\n")
    stream.end(trailers: lines)
    peer.session.resume(stream)
    let frames = peer.output()
    #expect(frames.map(\.type) == [1, 0, 1])
    #expect(frames[1].flags == 0)
    #expect(frames[2].flags == 5)
  }

  @Test("fields that belong to an HTTP/1 connection must not be sent")
  func connectionFields() {
    let peer = Conversation()
    peer.receive(Frames.head(1, Frames.get))
    peer.answer(
      peer.requests[0].stream, "",
      fields: "Connection: close\r\nKeep-Alive: x\r\nTransfer-Encoding: chunked\r\nUpgrade: h2c\r\n")
    // The size of the dynamic table, and `:status 200` alone (RFC 7541 § 6.3, § A).
    #expect(peer.output().first?.payload == [0x20, 0x88])
  }

  @Test("a stream that is not taken must be refused, so that it may be sent again")
  func refused() {
    let peer = Conversation()
    peer.most = 0
    peer.receive(Frames.head(1, Frames.get))
    #expect(peer.output().contains { $0.type == Self.reset && $0.payload == Frames.number(7, 4) })
  }

  @Test("streams beyond the announced limit must be refused")
  func tooManyStreams() {
    let peer = Conversation(settings: HTTP2Settings(concurrentStreams: 2))
    peer.receive(Frames.frame(4, 1, 0, []))
    for id in [1, 3, 5] { peer.receive(Frames.head(id, Frames.get)) }
    #expect(peer.requests.count == 2)
    #expect(peer.output().contains { $0.stream == 5 && $0.type == Self.reset || $0.type == Self.goAway })
  }

  @Test("a shutdown must take what is on its way, and then no more")
  func shutdown() {
    let peer = Conversation()
    peer.session.beginShutdown()
    let notice = peer.output()
    #expect(notice.contains { $0.type == Self.goAway && Array($0.payload.prefix(4)) == Frames.number(0x7FFF_FFFF, 4) })
    peer.receive(Frames.head(1, Frames.get))
    #expect(peer.requests.count == 1)
    #expect(!peer.session.hasEndedGrace)
    peer.receive(Frames.frame(6, 1, 0, [UInt8](repeating: 0, count: 8)))
    #expect(peer.session.hasEndedGrace)
    peer.session.finishShutdown()
    _ = peer.output()
    peer.receive(Frames.head(3, Frames.get))
    #expect(peer.requests.count == 1)
    peer.answer(peer.requests[0].stream, "x")
    _ = peer.output()
    #expect(peer.session.isOver)
  }

  @Test(
    "a frame for a stream that the client itself has ended must end the connection",
    arguments: [
      [Frames.data(1, "x")], [Frames.head(1, Frames.get)], [Frames.frame(3, 0, 3, [0, 0, 0, 8]), Frames.data(3, "x")],
    ])
  func closed(_ frames: [[UInt8]]) {
    let peer = Conversation()
    peer.receive(Frames.head(1, Frames.get))
    peer.answer(peer.requests[0].stream, "x")
    _ = peer.output()
    peer.receive(Frames.head(3, Frames.get, isWhole: false))
    #expect(!peer.receive(frames.flatMap { $0 }))
    #expect(peer.session.fault == .streamClosed)
    #expect(peer.output().contains { $0.type == Self.goAway && Array($0.payload[4..<8]) == Frames.number(5, 4) })
  }

  @Test("a frame for a stream that was reset must be passed over: it may have been on its way")
  func afterReset() {
    let peer = Conversation()
    peer.receive(Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false))
    peer.session.reset(peer.requests[0].stream, .cancel)
    _ = peer.output()
    #expect(peer.receive(Frames.data(1, "late")))
    #expect(peer.session.fault == nil)
  }

  @Test(
    "a flood must end the connection with GOAWAY, saying what it was",
    arguments: [
      (Frames.frame(6, 0, 0, [UInt8](repeating: 0, count: 8)), FloodGuard.Kind.pingFlood),
      (Frames.frame(4, 0, 0, []), .settingsFlood),
      (Frames.frame(2, 0, 1, [0, 0, 0, 0, 1]), .priorityFlood),
      (Frames.frame(0xEE, 0, 0, []), .unknownFrameFlood),
      (Frames.frame(8, 0, 0, [0, 0, 0, 1]), .windowUpdateFlood),
      (Frames.frame(0, 0, 1, []), .emptyFrameFlood),
    ])
  func flood(_ frame: [UInt8], _ kind: FloodGuard.Kind) {
    let peer = Conversation()
    peer.receive(Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false))
    var count = 0
    while peer.receive(frame), count < 100_000 {
      // Whoever floods may well read what we say.
      _ = peer.output()
      count += 1
    }
    #expect(peer.session.fault == .flood(kind))
    #expect(count < 5000)
    #expect(peer.output().contains { $0.type == Self.goAway && Array($0.payload[4..<8]) == Frames.number(11, 4) })
  }

  @Test("requests that are reset as fast as they are made must end the connection (CVE-2023-44487)")
  func rapidReset() {
    let peer = Conversation()
    var id = 1
    while peer.receive(Frames.head(id, Frames.get) + Frames.frame(3, 0, id, [0, 0, 0, 8])), id < 100_000 {
      _ = peer.output()
      id += 2
    }
    #expect(peer.session.fault == .flood(.resetFlood))
    #expect(peer.requests.count <= 500)
    #expect(peer.requests.filter { $0.stream.closedWith == nil }.count <= 1)
  }

  @Test(
    "requests that have to be refused, or are none, must end the connection when they are too many",
    arguments: [":path", "te"])
  func refusedFlood(_ field: String) {
    let peer = Conversation()
    peer.most = 0
    var id = 1
    while peer.receive(Frames.head(id, field == "te" ? Frames.get + [("te", "x")] : Frames.get)), id < 100_000 {
      _ = peer.output()
      id += 2
    }
    #expect(id < 2000)
    #expect(peer.session.fault == .flood(.refusedStreamFlood))
  }

  @Test("a head in more CONTINUATION frames than any head needs must end the connection (CVE-2024-27316)")
  func continuations() {
    let peer = Conversation()
    var goesOn = peer.receive(Frames.frame(1, 1, 1, Frames.section(Frames.get)))
    var count = 0
    while goesOn, count < 10_000 {
      goesOn = peer.receive(Frames.frame(9, 0, 1, Frames.section([("x", "y")])))
      count += 1
    }
    #expect(count < 100)
    #expect(peer.session.fault == .flood(.continuationFlood))
  }

  @Test("a head that grows in the decoder must be refused, and not be kept (CVE-2016-6581)")
  func headerBomb() {
    let peer = Conversation()
    // A field of 4,000 bytes, kept in the dynamic table (RFC 7541 § 6.2.1), and a thousand references to it (§ 6.1).
    let value = [UInt8](repeating: 120, count: 4000)
    let field: [UInt8] = [0x40, 1, 120, 127] + [UInt8((4000 - 127) & 127) | 128, UInt8((4000 - 127) >> 7)] + value
    func references(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x80 | 62, count: count) }
    peer.receive(Frames.frame(1, 5, 1, Frames.section(Frames.get) + field + references(20)))
    #expect(peer.requests.first?.refusal == .headTooLarge)
    #expect(peer.session.text.out.capacity < 100_000)
    // Far beyond the limit it is not even answered; and whoever goes on is let go.
    var id = 3
    while peer.receive(Frames.frame(1, 5, id, Frames.section(Frames.get) + references(10_000))), id < 1000 { id += 2 }
    #expect(peer.requests.count == 1)
    #expect(peer.session.fault == .flood(.headerFlood))
    #expect(id < 30)
  }
}
