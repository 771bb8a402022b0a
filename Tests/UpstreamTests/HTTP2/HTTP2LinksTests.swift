import Bytes
import HTTPSemantics
import HTTPWire
import Testing

@testable import Reactor
@testable import Upstream

@Suite("HTTP2Links", .timeLimit(.minutes(1)))
struct HTTP2LinksTests {
  // MARK: Answers that are none

  @Test("a stream that the origin resets must fail as a connection would, and take no other with it")
  func reset() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.reset(1, 2)
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 3)
      try await peer.send("half", on: 3)
      try await peer.reset(3, 2)
      try await peer.answerAll()
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.closedBeforeAnswer)) {
      try await worker.run { try await $0.call(origin.address) }
    }
    await #expect(throws: UpstreamFailure(.closedInBody)) {
      try await worker.run { try await $0.call(origin.address) }
    }
    let body = try await worker.run { try await $0.call(origin.address).body }
    #expect(body == "1:5")
  }

  @Test(
    "a body that breaks off must never be a whole one",
    arguments: [nil, 0, 2, 8] as [Int?])
  func brokenOff(_ code: Int?) async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200"), ("content-length", "100")], on: 1)
      try await peer.send("half", on: 1)
      if let code {
        try await peer.reset(1, code)
        _ = try await peer.next()
      } else {
        peer.connection.reset()
      }
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.closedInBody)) {
      try await worker.run { try await $0.call(origin.address) }
    }
  }

  @Test(
    "what is no answer must say so",
    arguments: [
      [("content-length", "5")], [(":status", "2x0")], [(":status", "200"), ("connection", "close")],
      [(":status", "200"), ("x y", "z")], [(":status", "200"), ("x", "a\u{1}b")], [(":status", "200"), ("X", "y")],
    ] as [[(String, String)]])
  func malformed(_ fields: [(String, String)]) async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: fields, on: 1)
      try await peer.send("ab", on: 1, isLast: true)
      _ = try await peer.next(FramedPeer.goAway)
    }
    let worker = try PoolWorker()
    do {
      let answer = try await worker.run { try await $0.call(origin.address) }
      Issue.record("taken: \(answer)")
    } catch let failure as UpstreamFailure {
      switch failure.cause {
      case .malformed, .violated: break
      default: Issue.record("\(failure)")
      }
    }
  }

  @Test("a body longer than it said must not be taken for whole")
  func overlong() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200"), ("content-length", "1")], on: 1)
      try await peer.send("ab", on: 1, isLast: true)
      _ = try await peer.next(FramedPeer.goAway)
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.closedInBody)) {
      try await worker.run { try await $0.call(origin.address) }
    }
  }

  @Test("heads beyond the limits must not be taken, however many small ones or large")
  func largeHead() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      while let head = try await peer.next(FramedPeer.head) {
        var fields = [(":status", "200")]
        for index in 0..<3 { fields.append(("x-\(index)", String(repeating: "v", count: 400))) }
        try await peer.send(head: fields, on: head.stream, isLast: true)
      }
    }
    let worker = try PoolWorker(limits: UpstreamLimits(head: HeadLimits(headBytes: 1024)))
    await #expect(throws: UpstreamFailure(.malformed(.headTooLarge))) {
      try await worker.run { try await $0.call(origin.address) }
    }
  }

  @Test("an origin that speaks HTTP/1 must be found out")
  func notHTTP2() async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.read(until: "SM\r\n\r\n")
      try await connection.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker()
    do {
      _ = try await worker.run { try await $0.call(origin.address) }
      Issue.record("taken")
    } catch let failure as UpstreamFailure {
      guard case .violated = failure.cause else { throw failure }
    }
  }

  @Test("an answer that does not come in time must be a timeout; a connection that is silent gets no further call")
  func timeout() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      if peer.connection.number > 1 { return try await peer.answerAll() }
      while try await peer.next() != nil {}
    }
    let worker = try PoolWorker()
    // So that the connection's settings have been exchanged.
    await #expect(throws: UpstreamFailure(.answerTimedOut)) {
      try await worker.run { try await $0.call(origin.address, within: 60) }
    }
    await #expect(throws: UpstreamFailure(.answerTimedOut)) {
      try await worker.run { try await $0.call(origin.address, within: 60) }
    }
    let body = try await worker.run { try await $0.call(origin.address).body }
    #expect(body == "2:1")
  }

  // MARK: Sent again

  @Test("a request that the origin refuses must be sent again, whatever its method", arguments: [true, false])
  func refused(_ byGoAway: Bool) async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      guard peer.connection.number == 1 else { return try await peer.answerAll() }
      _ = try await peer.next(FramedPeer.head)
      if byGoAway { try await peer.goAway(last: 0) } else { try await peer.reset(1, 7) }
      while try await peer.next() != nil {}
    }
    let worker = try PoolWorker()
    let body = try await worker.run {
      try await $0.call(origin.address, .post, body: "x", isReplayable: false).body
    }
    #expect(body == "2:1")
  }

  @Test("after GOAWAY calls that were taken must be answered, and new ones go elsewhere")
  func goAway() async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      guard peer.connection.number == 1 else { return try await peer.answerAll() }
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 1)
      try await peer.goAway(last: 1)
      _ = try await peer.next(FramedPeer.data)
      try await peer.send("late", on: 1, isLast: true)
      while try await peer.next() != nil {}
    }
    let worker = try PoolWorker()
    let bodies = try await worker.run { pool in
      let stream = try await pool.open(origin.address)
      try await stream.receiveHead(into: ResponseHead(buffer: ByteBuffer()), answering: .post, until: pool.deadline())
      await pool.reactor.sleep(until: pool.deadline(50))
      let second = try await pool.call(origin.address).body
      stream.endRequest(trailers: nil)
      let first = try await stream.readBody(until: pool.deadline())?.text ?? ""
      stream.close()
      return [first, second]
    }
    #expect(bodies == ["late", "2:1"])
  }

  @Test(
    "a request whose used connection is lost must be sent again only if that does no harm", arguments: [true, false])
  func lost(_ isReplayable: Bool) async throws {
    let origin = try await ScriptedOrigin.framed { peer in
      guard peer.connection.number == 1 else { return try await peer.answerAll() }
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 1, isLast: true)
      _ = try await peer.next(FramedPeer.head)
      peer.connection.reset()
    }
    let worker = try PoolWorker()
    let bodies = await worker.run { pool in
      var seen: [String] = []
      for _ in 0..<2 {
        do {
          seen.append(try await pool.call(origin.address, isReplayable: isReplayable).body)
        } catch {
          seen.append("\(error)")
        }
      }
      return seen
    }
    #expect(bodies == ["", isReplayable ? "2:1" : "\(UpstreamFailure(.closedBeforeAnswer))"])
  }

  // MARK: Connections

  @Test("an idle connection must be ended when its time is over")
  func idle() async throws {
    let ends = Texts()
    let origin = try await ScriptedOrigin.framed { peer in
      _ = try await peer.next(FramedPeer.head)
      try await peer.send(head: [(":status", "200")], on: 1, isLast: true)
      if try await peer.next(FramedPeer.goAway) != nil { ends.add("goaway") }
      if try await peer.next() == nil { ends.add("end") }
    }
    let worker = try PoolWorker(limits: UpstreamLimits(idleMilliseconds: 40))
    _ = try await worker.run { try await $0.call(origin.address) }
    while ends.all.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(ends.all == ["goaway", "end"])
    let isUnused = await worker.run { $0.http2(origin.address).isUnused }
    #expect(isUnused)
  }

  @Test("connections and calls must be counted")
  func counts() async throws {
    let origin = try await ScriptedOrigin.framed { try await $0.answerAll() }
    let worker = try PoolWorker()
    let counts = try await worker.run { pool in
      for _ in 0..<3 { _ = try await pool.call(origin.address) }
      let busy = try await pool.open(origin.address)
      let counts = [pool.counts]
      busy.close()
      await pool.reactor.sleep(until: pool.deadline(30))
      return counts + [pool.counts]
    }
    #expect(counts.map(\.opened) == [1, 1])
    #expect(counts.map(\.reused) == [3, 3])
    #expect(counts.map(\.open) == [1, 1])
    #expect(counts.map(\.idle) == [0, 1])
  }

  @Test("nobody listening must be a refused connection for all who wait for it")
  func refusedConnection() async throws {
    let bound = try ListeningSocket.bind(try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
    let address = OriginAddress.tcp(host: "127.0.0.1", port: bound.address.port)
    closeDescriptor(bound.descriptor)
    let worker = try PoolWorker()
    async let a = worker.run { pool in await Self.cause { try await pool.call(address) } }
    async let b = worker.run { pool in await Self.cause { try await pool.call(address) } }
    let causes = await [a, b]
    #expect(causes == [UpstreamFailure.Cause.refused, UpstreamFailure.Cause.refused])
    let isDown = await worker.run { $0.http2(address).isDown }
    #expect(isDown)
  }

  @Test("no more connections must be made than are allowed; who waits for room must be let go at its deadline")
  func connectionLimit() async throws {
    let origin = try await ScriptedOrigin.framed(settings: [(3, 1)]) { try await $0.answerAll() }
    let worker = try PoolWorker(limits: UpstreamLimits(connections: 1))
    let cause = try await worker.run { pool in
      let first = try await pool.open(origin.address)
      defer { first.close() }
      try await first.receiveHead(into: ResponseHead(buffer: ByteBuffer()), answering: .post, until: pool.deadline())
      return await Self.cause { try await pool.call(origin.address, within: 60) }
    }
    #expect(cause == .tooManyConnections)
  }

  // MARK: Tunnels

  @Test("a tunnel must be asked for once the origin has offered it, and pass bytes both ways until each side ends")
  func tunnel() async throws {
    let seen = Texts()
    let origin = try await ScriptedOrigin.framed(settings: [(8, 1)]) { peer in
      guard let head = try await peer.next(FramedPeer.head) else { return }
      seen.add(head.text)
      try await peer.send(head: [(":status", "200")], on: 1)
      seen.add(try await peer.next(FramedPeer.data)?.text ?? "")
      try await peer.send("answer", on: 1, isLast: true)
      seen.add(try await peer.body())
      _ = try await peer.next()
    }
    let worker = try PoolWorker()
    let answer = try await worker.run { pool in
      let head = ResponseHead(buffer: ByteBuffer())
      let stream = try await pool.askForTunnel(origin.address, into: head)
      defer { stream.close() }
      #expect(OriginCall.stream(stream).isTunnel(by: head))
      let words = ByteBuffer()
      words.write("question")
      try await stream.write(words.readable, until: pool.deadline())
      let answer = try await stream.readBody(until: pool.deadline())?.text
      #expect(try await stream.readBody(until: pool.deadline()) == nil)
      stream.endRequest(trailers: nil)
      await pool.reactor.sleep(until: pool.deadline(20))
      return answer
    }
    #expect(answer == "answer")
    while seen.all.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(seen.all[0].contains("CONNECT") && seen.all[0].contains("websocket"))
    #expect(seen.all[1...] == ["question", ""])
  }

  @Test("an origin that offers no tunnels must not be asked for one, and other calls go on")
  func noTunnels() async throws {
    let origin = try await ScriptedOrigin.framed { try await $0.answerAll() }
    let worker = try PoolWorker()
    let (failure, body, counts) = try await worker.run { pool in
      var failure: UpstreamFailure?
      do {
        _ = try await pool.askForTunnel(origin.address, into: ResponseHead(buffer: ByteBuffer()))
      } catch { failure = error as? UpstreamFailure }
      return (failure, try await pool.call(origin.address).body, pool.counts)
    }
    #expect(failure == UpstreamFailure(.noTunnels))
    #expect(body == "1:1")
    #expect(counts.failures == ["noTunnels": 1])
  }

  @Test(
    "an origin that never says what it offers must be a timeout; one that closes, closed", arguments: [true, false])
  func noSettings(_ closes: Bool) async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.read(until: "SM\r\n\r\n")
      if !closes { try await connection.waitForEnd() }
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(closes ? .closedBeforeAnswer : .answerTimedOut)) {
      try await worker.run { pool in
        let head = ResponseHead(buffer: ByteBuffer())
        _ = try await pool.askForTunnel(origin.address, into: head, within: closes ? 5_000 : 60)
      }
    }
  }

  private static func cause(
    _ body: () async throws -> StreamAnswer
  ) async -> UpstreamFailure.Cause? {
    do {
      _ = try await body()
      return nil
    } catch {
      return (error as? UpstreamFailure)?.cause
    }
  }
}
