import Bytes
import HTTPSemantics
import HTTPWire
import Testing

@testable import Reactor
@testable import Upstream

@Suite("OriginStream", .timeLimit(.minutes(1)))
struct OriginStreamTests {
  // MARK: Calls

  @Test("a call must bring body and trailers")
  func unary() async throws {
    let sent = Texts()
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      sent.add(try await peer.body())
      try await peer.send(head: [(":status", "200"), ("content-type", "application/grpc")], on: 1)
      try await peer.send("answer", on: 1)
      try await peer.send(head: [("grpc-status", "0"), ("x-more", "")], on: 1, isLast: true)
      _ = try await peer.next()
    }
    let worker = try PoolWorker()
    let answer = try await worker.run { pool in
      try await pool.call(origin.address, .post, body: "question")
    }
    #expect(answer == StreamAnswer(status: 200, body: "answer", trailers: "grpc-status: 0\r\nx-more: \r\n"))
    #expect(sent.all == ["question"])
  }

  @Test("several calls at once must share a connection")
  func multiplexing() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      var streams: [Int] = []
      while streams.count < 3, let head = try await peer.next(FramedPeer.head) { streams.append(head.stream) }
      for stream in streams.reversed() {
        try await peer.send(head: [(":status", "200")], on: stream)
        try await peer.send("\(stream)", on: stream, isLast: true)
      }
      _ = try await peer.next()
    }
    let worker = try PoolWorker()
    async let a = worker.run { try await $0.call(origin.address).body }
    async let b = worker.run { try await $0.call(origin.address).body }
    async let c = worker.run { try await $0.call(origin.address).body }
    #expect(try await Set([a, b, c]) == ["1", "3", "5"])
    #expect(origin.accepted.count == 1)
  }

  @Test("a call beyond what the origin takes at once must go over another connection")
  func streamLimit() async throws {
    let origin = try await ScriptedOrigin.framed(settings: [(3, 1)]) { try await $0.answerAll() }
    let worker = try PoolWorker()
    let bodies = try await worker.run { pool in
      let first = try await pool.open(origin.address)
      let head = ResponseHead(buffer: ByteBuffer())
      try await first.receiveHead(into: head, answering: .get, until: pool.deadline())
      // Its request has not ended, so its place is taken.
      let second = try await pool.call(origin.address).body
      first.close()
      return second
    }
    #expect(bodies == "2:1")
    #expect(origin.accepted.count == 2)
  }

  @Test("what has been answered must be answered by the same connection again")
  func reuse() async throws {
    let origin = try await ScriptedOrigin.framed { try await $0.answerAll() }
    let worker = try PoolWorker()
    let answers = try await worker.run { pool in
      let first = try await pool.call(origin.address)
      return [first, try await pool.call(origin.address, .post, body: "x")]
    }
    #expect(answers.map(\.body) == ["1:1", "1:3"])
    #expect(answers.map(\.isReused) == [false, true])
  }

  @Test("interim heads must be received before the final one, which has no body where the stream ended with it")
  func heads() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "103"), ("link", "</a>")], on: 1)
      try await peer.send(head: [(":status", "200"), ("grpc-status", "12")], on: 1, isLast: true)
      _ = try await peer.next()
    }
    let worker = try PoolWorker()
    let seen = try await worker.run { pool in
      let head = ResponseHead(buffer: ByteBuffer())
      let stream = try #require(try await pool.send(origin.address, into: head))
      var seen = ["\(head.status)"]
      try await stream.receiveHead(into: head, answering: .get, until: pool.deadline())
      seen.append("\(head.status) \(head.framing)")
      seen.append("\(try await stream.readBody(until: .never) == nil)")
      stream.close()
      return seen
    }
    #expect(seen == ["103", "200 none", "true"])
  }

  // MARK: Both ways at once

  @Test("request and answer must go both ways at once, piece by piece, with trailers at both ends")
  func bidirectional() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 1)
      for _ in 0..<3 {
        guard let piece = try await peer.next(FramedPeer.data) else { return }
        try await peer.send("<\(piece.text)>", on: 1)
      }
      let trailers = try await peer.next(FramedPeer.head)
      let didEnd = trailers?.isLast == true
      try await peer.send(head: [("x-ended", "\(didEnd)")], on: 1, isLast: true)
      _ = try await peer.next()
    }
    let worker = try PoolWorker()
    let (pieces, trailers) = try await worker.run { pool in
      let stream = try await pool.open(origin.address)
      let head = ResponseHead(buffer: ByteBuffer())
      try await stream.receiveHead(into: head, answering: .post, until: pool.deadline())
      var pieces: [String] = []
      for piece in ["a", "b", "c"] {
        let out = ByteBuffer()
        out.write(piece)
        try await stream.write(out.readable, until: pool.deadline())
        pieces.append(try await stream.readBody(until: pool.deadline())?.text ?? "")
      }
      let lines = ByteBuffer()
      lines.write("X-Sum: 3\r\n")
      stream.endRequest(trailers: lines)
      while try await stream.readBody(until: pool.deadline()) != nil {}
      defer { stream.close() }
      return (pieces, stream.trailers?.readable.text)
    }
    #expect(pieces == ["<a>", "<b>", "<c>"])
    #expect(trailers == "x-ended: true\r\n")
  }

  @Test("an answer may be whole before its request is", arguments: [true, false])
  func early(_ isReset: Bool) async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200"), ("grpc-status", "12")], on: 1, isLast: true)
      if isReset { try await peer.reset(1, 0) }
      _ = try await peer.next(FramedPeer.goAway)
    }
    let worker = try PoolWorker()
    let outcome = try await worker.run { pool in
      let stream = try await pool.open(origin.address)
      let head = ResponseHead(buffer: ByteBuffer())
      try await stream.receiveHead(into: head, answering: .post, until: pool.deadline())
      let end = try await stream.readBody(until: pool.deadline()) == nil
      stream.close()
      return "\(head.framing) \(end)"
    }
    #expect(outcome == "none true")
  }

  @Test("a request's body must wait for the origin's window, and fail when that stays shut")
  func writing() async throws {
    let origin = try await ScriptedOrigin.framed(settings: [(4, 10)]) { peer in
      _ = try await peer.next(FramedPeer.head)
      _ = try await peer.next(FramedPeer.data)
      _ = try await peer.next(FramedPeer.reset)
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.writeTimedOut)) {
      try await worker.run { pool in
        let stream = try await pool.open(origin.address)
        defer { stream.close() }
        let out = ByteBuffer()
        out.write(String(repeating: "x", count: 100))
        // Until the origin's settings are known, its window is 65,535.
        await pool.reactor.sleep(until: pool.deadline(100))
        try await stream.write(out.readable, until: pool.deadline(100))
      }
    }
  }

  @Test("an answer that nobody reads must stop after a window, and keep no other call from its own")
  func slowReader() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 1)
      let piece = String(repeating: "x", count: 16_384)
      for _ in 0..<8 { try await peer.send(piece, on: 1) }
      try await peer.answerAll()
    }
    let worker = try PoolWorker()
    let (other, held) = try await worker.run { pool in
      let head = ResponseHead(buffer: ByteBuffer())
      let slow = try #require(try await pool.send(origin.address, into: head))
      // Twice as much would be against RFC 9113 § 6.9.1 from the origin's side: it waits for the window.
      let other = try await pool.call(origin.address)
      var held = 0
      while held < 8 * 16_384, let piece = try await slow.readBody(until: pool.deadline()) { held += piece.count }
      slow.close()
      return (other.body, held)
    }
    #expect(other == "1:3")
    #expect(held == 131_072)
  }

  @Test("an origin that sends more than a window must be cut off")
  func windowOverrun() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 1)
      let piece = String(repeating: "x", count: 16_384)
      for _ in 0..<9 { try await peer.send(piece, on: 1) }
      _ = try await peer.next(FramedPeer.goAway)
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure.self) {
      try await worker.run { pool in
        let head = ResponseHead(buffer: ByteBuffer())
        let slow = try #require(try await pool.send(origin.address, into: head))
        defer { slow.close() }
        await pool.reactor.sleep(until: pool.deadline(200))
        while try await slow.readBody(until: pool.deadline()) != nil {}
      }
    }
  }

  // MARK: Ends

  @Test("a call that is closed must reset its stream, and leave the connection to others")
  func cancel() async throws {
    let codes = Texts()
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 1)
      if let reset = try await peer.next(FramedPeer.reset) { codes.add("\(reset.stream) \(reset.code)") }
      try await peer.answerAll()
    }
    let worker = try PoolWorker()
    let body = try await worker.run { pool in
      let stream = try await pool.open(origin.address)
      let head = ResponseHead(buffer: ByteBuffer())
      try await stream.receiveHead(into: head, answering: .post, until: pool.deadline())
      stream.close()
      return try await pool.call(origin.address).body
    }
    #expect(codes.all == ["1 8"])
    #expect(body == "1:3")
  }

  @Test("a call that nobody holds any more must be closed, and what it was lent not be read")
  func dropped() async throws {
    let codes = Texts()
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 1)
      if let reset = try await peer.next(FramedPeer.reset) { codes.add("\(reset.code)") }
      try await peer.answerAll()
    }
    let worker = try PoolWorker()
    let body = try await worker.run { pool in
      do {
        let head = ResponseHead(buffer: ByteBuffer())
        _ = try await pool.send(origin.address, .post, body: String(repeating: "x", count: 1 << 20), into: head)
      }
      return try await pool.call(origin.address).body
    }
    #expect(codes.all == ["8"])
    #expect(body == "1:3")
  }

  @Test("who waits for an answer must be let go when the call is interrupted")
  func interruption() async throws {
    let origin = try await ScriptedOrigin.framed { _ = try await $0.next(FramedPeer.reset) }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.interrupted)) {
      try await worker.run { pool in
        let stream = try await pool.open(origin.address)
        defer { stream.close() }
        let timer = Interruption(stream)
        pool.reactor.arm(timer, deadline: pool.deadline(20))
        defer { pool.reactor.remove(timer) }
        try await stream.receiveHead(into: ResponseHead(buffer: ByteBuffer()), answering: .post, until: pool.deadline())
      }
    }
  }

  @Test(
    "an answer must be seen by its tap, and be whole there only if it was read to its end", arguments: [true, false])
  func tapped(_ isRead: Bool) async throws {
    let origin = try await ScriptedOrigin.framed { try await $0.answerAll() }
    let worker = try PoolWorker()
    let seen = try await worker.run { pool in
      let head = ResponseHead(buffer: ByteBuffer())
      let stream = try #require(try await pool.send(origin.address, into: head))
      let tap = RecordingTap()
      stream.tap = tap
      while isRead, try await stream.readBody(until: pool.deadline()) != nil {}
      stream.close()
      return tap.seen
    }
    #expect(seen == (isRead ? ["1:1", "true"] : ["false"]))
  }
}

private final class RecordingTap: BodyTap {
  var seen: [String] = []

  func take(_ bytes: UnsafeRawBufferPointer) { seen.append(bytes.text) }
  func end(isWhole: Bool) { seen.append("\(isWhole)") }
}

private final class Interruption: TimerEntry {
  let stream: OriginStream

  init(_ stream: OriginStream) { self.stream = stream }

  override func fire() { stream.interrupt() }
}
