import Bytes
import HTTPSemantics
import HTTPWire
import TestFolders
import Testing

@testable import Reactor
@testable import Upstream

@Suite("Origin", .timeLimit(.minutes(1)))
struct OriginTests {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  // MARK: Pooling

  @Test("a connection must be used again after a clean exchange")
  func reuse() async throws {
    let origin = try await ScriptedOrigin { try await $0.answerAll(Self.ok) }
    let worker = try PoolWorker()
    let answers = try await worker.run { pool in
      var answers: [Answer] = []
      for _ in 0..<3 { answers.append(try await pool.exchange(origin.address)) }
      return answers
    }
    #expect(answers.map(\.status) == [200, 200, 200])
    #expect(answers.map(\.isReused) == [false, true, true])
    #expect(origin.accepted.count == 1)
  }

  @Test(
    "a connection must not be used again where the answer leaves doubt or says so",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
      "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n",
      "HTTP/1.1 204 No Content\r\n\r\nbody",
    ])
  func noReuse(_ response: String) async throws {
    let origin = try await ScriptedOrigin { try await $0.answerAll(response) }
    let worker = try PoolWorker()
    let reused = try await worker.run { pool in
      _ = try await pool.exchange(origin.address)
      return try await pool.exchange(origin.address).isReused
    }
    #expect(!reused)
    #expect(origin.accepted.count == 2)
  }

  @Test("the connection used last must be taken first")
  func lastInFirstOut() async throws {
    let origin = try await ScriptedOrigin { connection in
      try await connection.answerAll("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(connection.number)")
    }
    let worker = try PoolWorker()
    let body = try await worker.run { pool in
      let head = ResponseHead(buffer: ByteBuffer())
      var open: [UpstreamConnection] = []
      let request = ByteBuffer()
      request.write("GET / HTTP/1.1\r\nHost: o\r\n\r\n")
      for _ in 0..<2 {
        let connection = try await pool.origin(at: origin.address).send(
          request, answering: .get, into: head, isReplayable: true, until: pool.deadline())
        while try await connection.readBody(until: .never) != nil {}
        open.append(connection)
      }
      open[1].release()
      open[0].release()
      return try await pool.exchange(origin.address).body
    }
    #expect(body == "1")
    #expect(origin.accepted.count == 2)
  }

  @Test("an idle connection that the origin has closed must not be used")
  func closedWhileIdle() async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send(Self.ok)
    }
    let worker = try PoolWorker()
    let answers = try await worker.run { pool in
      let first = try await pool.exchange(origin.address)
      // Until the end has certainly arrived.
      await pool.reactor.sleep(until: pool.deadline(50))
      return [first, try await pool.exchange(origin.address, .post, replayable: false)]
    }
    #expect(answers.map(\.isReused) == [false, false])
    #expect(origin.accepted.count == 2)
  }

  @Test("an idle connection must be closed when its time is over")
  func expiry() async throws {
    let ended = Counter()
    let origin = try await ScriptedOrigin { connection in
      try await connection.answerAll(Self.ok)
      ended.next()
    }
    let worker = try PoolWorker(limits: UpstreamLimits(idleMilliseconds: 40))
    _ = try await worker.run { try await $0.exchange(origin.address) }
    while ended.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
    let isUnused = await worker.run { $0.origin(at: origin.address).isUnused }
    #expect(isUnused)
  }

  @Test("no more connections must be kept than are allowed")
  func idleLimit() async throws {
    let ended = Counter()
    let origin = try await ScriptedOrigin { connection in
      try await connection.answerAll(Self.ok)
      ended.next()
    }
    let worker = try PoolWorker(limits: UpstreamLimits(idleConnections: 1))
    try await worker.run { pool in
      var open: [UpstreamConnection] = []
      for _ in 0..<3 {
        let (connection, _) = try await pool.ask(origin.address)
        while try await connection.readBody(until: .never) != nil {}
        open.append(connection)
      }
      for connection in open { connection.release() }
    }
    while ended.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(ended.count == 2)
  }

  @Test("an exchange beyond the limit must wait for a connection, and be told when none comes free in time")
  func connectionLimit() async throws {
    let origin = try await ScriptedOrigin { try await $0.answerAll(Self.ok) }
    let worker = try PoolWorker(limits: UpstreamLimits(connections: 1))
    let (failure, isReused) = try await worker.run { pool in
      let (busy, _) = try await pool.ask(origin.address)
      var failure: UpstreamFailure?
      do {
        _ = try await pool.exchange(origin.address, within: 30)
      } catch {
        failure = error as? UpstreamFailure
      }
      while try await busy.readBody(until: .never) != nil {}
      busy.release()
      let isReused = try await pool.exchange(origin.address).isReused
      return (failure, isReused)
    }
    #expect(failure == UpstreamFailure(.tooManyConnections))
    #expect(isReused)
    async let first = worker.run { try await $0.exchange(origin.address).status }
    async let second = worker.run { try await $0.exchange(origin.address).status }
    async let third = worker.run { try await $0.exchange(origin.address).status }
    #expect(try await [first, second, third] == [200, 200, 200])
    #expect(origin.accepted.count == 1)
  }

  @Test("origins must be reached over IPv6, Unix-domain sockets and by name")
  func addresses() async throws {
    let folder = try TemporaryFolder()
    let worker = try PoolWorker()
    let loopback = try #require(SocketAddress(ip: "::1", port: 0))
    for address in [loopback, try #require(SocketAddress(unixPath: folder.path(of: "origin.sock")))] {
      let origin = try await ScriptedOrigin(at: address) { try await $0.answerAll(Self.ok) }
      #expect(try await worker.run { try await $0.exchange(origin.address).body } == "ok")
    }
    let origin = try await ScriptedOrigin { try await $0.answerAll(Self.ok) }
    let named = OriginAddress.tcp(host: "localhost", port: origin.socketAddress.port)
    #expect(try await worker.run { try await $0.exchange(named).body } == "ok")
  }

  @Test("unused origins must be forgotten when there are many")
  func manyOrigins() async throws {
    let worker = try PoolWorker()
    await worker.run { pool in
      for index in 0..<5_000 { _ = pool.origin(at: .tcp(host: "h\(index)", port: 80)) }
      #expect(pool.knownOrigins <= 1_025)
    }
  }

  @Test("every exchange must come to an end, however many there are for a few connections that keep dying")
  func crowd() async throws {
    let requests = Counter()
    let origin = try await ScriptedOrigin { connection in
      while try await connection.readHead() != nil {
        switch requests.next() % 7 {
        case 3: return
        case 5: return connection.reset()
        default: try await connection.send(Self.ok)
        }
      }
    }
    let worker = try PoolWorker(limits: UpstreamLimits(connections: 4, idleConnections: 2))
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<400 {
        group.addTask {
          do {
            return try await worker.run { try await $0.exchange(origin.address, within: 30_000).body == "ok" }
          } catch {
            // An origin's fault, and not that nobody was woken.
            return (error as? UpstreamFailure)?.cause == .closedBeforeAnswer
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count == 400)
    #expect(outcomes.allSatisfy { $0 })
  }

  // MARK: Failures

  @Test("an origin must count as down from a failure to reach it on, until it answers, and be tried once a second")
  func outage() async throws {
    let origin = try await ScriptedOrigin { connection in
      // The first connection gets no answer.
      guard connection.number > 1 else { return try await connection.waitForEnd() }
      try await connection.answerAll(Self.ok)
    }
    let worker = try PoolWorker()
    try await worker.run { pool in
      let known = pool.origin(at: origin.address)
      #expect(!known.isDown)
      do throws(UpstreamFailure) {
        _ = try await pool.exchange(origin.address, within: 50)
        Issue.record("nothing answers the first connection")
      } catch {
        #expect(error == UpstreamFailure(.answerTimedOut))
      }
      #expect(known.isDown)
      #expect(known.takeProbe())
      #expect(!known.takeProbe())
      _ = try await pool.exchange(origin.address)
      #expect(!known.isDown)
    }
  }

  @Test("a port that nobody listens on must be told as refused")
  func refused() async throws {
    let bound = try ListeningSocket.bind(try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
    let port = bound.address.port
    closeDescriptor(bound.descriptor)
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.refused)) {
      try await worker.run { try await $0.exchange(.tcp(host: "127.0.0.1", port: port)) }
    }
    await #expect(throws: UpstreamFailure(.refused)) {
      try await worker.run { try await $0.exchange(.unix(path: "/tmp/sluice-nobody-\(port).sock")) }
    }
  }

  @Test("a name without an address must be told in the resolver's words, and one that takes too long as a time-out")
  func names() async throws {
    let missing = Resolver { _ in .failure(.notFound("no such name")) }
    let worker = try PoolWorker(resolver: missing)
    await #expect(throws: UpstreamFailure(.unresolvable("no such name"))) {
      try await worker.run { try await $0.exchange(.tcp(host: "missing.invalid", port: 80)) }
    }
    let slow = Resolver { _ in
      sleepMilliseconds(300)
      return .failure(.notFound("too late"))
    }
    let impatient = try PoolWorker(limits: UpstreamLimits(connectMilliseconds: 30), resolver: slow)
    await #expect(throws: UpstreamFailure(.connectTimedOut)) {
      try await impatient.run { try await $0.exchange(.tcp(host: "slow.invalid", port: 80)) }
    }
  }

  @Test("the first address that answers must be used, others may be dead")
  func deadAddresses() async throws {
    let origin = try await ScriptedOrigin { try await $0.answerAll(Self.ok) }
    let dead = try #require(SocketAddress(ip: "127.0.0.2", port: 0))
    let alive = try #require(SocketAddress(ip: "127.0.0.1", port: 0))
    let resolver = Resolver { _ in .success([dead, alive]) }
    let worker = try PoolWorker(resolver: resolver)
    let port = origin.socketAddress.port
    #expect(try await worker.run { try await $0.exchange(.tcp(host: "two.invalid", port: port)).body } == "ok")
  }

  @Test(
    "an answer that does not come in time must be told as such, wherever it stops",
    arguments: [
      ("", UpstreamFailure.Cause.answerTimedOut), ("HTTP/1.1 200 OK\r\nContent-Le", .answerTimedOut),
      ("HTTP/1.1 100 Continue\r\n\r\n", .answerTimedOut),
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", .bodyTimedOut),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .bodyTimedOut),
      ("HTTP/1.1 200 OK\r\n\r\nhello", .bodyTimedOut),
    ])
  func timeouts(_ response: String, _ cause: UpstreamFailure.Cause) async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send(response)
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker(limits: UpstreamLimits(betweenBytesMilliseconds: 100))
    await #expect(throws: UpstreamFailure(cause)) {
      try await worker.run { try await $0.exchange(origin.address, within: cause == .answerTimedOut ? 1_000 : 20_000) }
    }
    #expect(UpstreamFailure(cause).isTimeout)
  }

  private static let cutOff: [(String, UpstreamFailure.Cause)] = [
    ("", .closedBeforeAnswer), ("H", .closedInHead), ("HTTP/1.1 200 OK\r\n", .closedInHead),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r", .closedInHead),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .closedInBody),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .closedInBody),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .closedInBody),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .closedInBody),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", .closedInBody),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", .closedInBody),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y", .closedInBody),
  ]

  @Test("an answer that is cut off must be told as such, and never pass for a whole one", arguments: cutOff)
  func closed(_ response: String, _ cause: UpstreamFailure.Cause) async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send(response)
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(cause)) { try await worker.run { try await $0.exchange(origin.address) } }
    #expect(origin.accepted.count == 1)
  }

  @Test(
    "an answer that is cut off by a reset must not pass for a whole one, even one that ends with the connection",
    arguments:
      cutOff + [("HTTP/1.1 200 OK\r\n\r\nhello", .closedInBody)])
  func reset(_ response: String, _ cause: UpstreamFailure.Cause) async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send(response)
      // The bytes must arrive before the reset, which would overtake them.
      await connection.socket.reactor.sleep(until: connection.socket.reactor.now.advanced(milliseconds: 40))
      connection.reset()
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(cause)) { try await worker.run { try await $0.exchange(origin.address) } }
  }

  @Test(
    "an answer that is no HTTP must be told with its mistake",
    arguments: [
      ("SSH-2.0-OpenSSH_9\r\n", WireError.malformedStatusLine),
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", .repeatedContentLength),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", .malformedChunkSize),
      ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", .bareLineFeed),
      ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", .conflictingFraming),
    ])
  func malformed(_ response: String, _ error: WireError) async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send(response)
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.malformed(error))) {
      try await worker.run { try await $0.exchange(origin.address) }
    }
  }

  // MARK: Retries

  /// Answers the first request of the first connection, and ends that connection when the second request comes.
  private func forgetful(_ end: @escaping @Sendable (OriginConnection) async throws -> Void) async throws
    -> ScriptedOrigin
  {
    try await ScriptedOrigin { connection in
      if connection.number > 1 { return try await connection.answerAll(Self.ok) }
      _ = try await connection.readHead()
      try await connection.send(Self.ok)
      _ = try await connection.readHead()
      try await end(connection)
    }
  }

  @Test("a reused connection that dies before the answer must be replaced once, without anybody knowing")
  func retries() async throws {
    for ends in [{ _ in }, { $0.reset() }] as [@Sendable (OriginConnection) async throws -> Void] {
      let origin = try await forgetful(ends)
      let worker = try PoolWorker()
      let answer = try await worker.run { pool in
        _ = try await pool.exchange(origin.address)
        return try await pool.exchange(origin.address)
      }
      #expect(answer == Answer(status: 200, body: "ok", isReused: false))
      #expect(origin.accepted.count == 2)
    }
  }

  @Test("a request that may not be sent twice must not be")
  func notReplayable() async throws {
    let origin = try await forgetful { _ in }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.closedBeforeAnswer)) {
      try await worker.run { pool in
        _ = try await pool.exchange(origin.address)
        return try await pool.exchange(origin.address, .post, body: "x", replayable: false)
      }
    }
    #expect(origin.accepted.count == 1)
  }

  @Test("a request whose answer has begun must not be sent again")
  func answerBegun() async throws {
    let origin = try await forgetful { try await $0.send("HTTP/1.1 2") }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.closedInHead)) {
      try await worker.run { pool in
        _ = try await pool.exchange(origin.address)
        return try await pool.exchange(origin.address)
      }
    }
    #expect(origin.accepted.count == 1)
  }

  @Test("a new connection that dies must not be replaced: the origin is at fault, not time")
  func freshDies() async throws {
    let origin = try await ScriptedOrigin { connection in _ = try await connection.readHead() }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.closedBeforeAnswer)) {
      try await worker.run { try await $0.exchange(origin.address) }
    }
    #expect(origin.accepted.count == 1)
  }
}
