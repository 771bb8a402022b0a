import Bytes
import Glibc
import HTTPSemantics
import HTTPWire
import Synchronization

@testable import Reactor
@testable import Upstream

/// A worker with a pool on a reactor of its own.
actor PoolWorker {
  nonisolated let reactor: Reactor
  private let pool: UpstreamPool
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init(limits: UpstreamLimits = UpstreamLimits(), resolver: Resolver = Resolver()) throws {
    let reactor = try Reactor()
    self.reactor = reactor
    pool = UpstreamPool(reactor: reactor, resolver: resolver, buffers: BufferPool(), limits: limits)
    SystemThread.spawn("test-pool") { reactor.run() }
  }

  isolated deinit { reactor.stop() }

  func run<Value: Sendable>(_ body: @Sendable (UpstreamPool) async throws -> Value) async rethrows -> Value {
    try await body(pool)
  }
}

/// What an exchange gave.
struct Answer: Equatable, Sendable {
  var status = 0
  var body = ""
  var isReused = false
}

extension UpstreamPool {
  func deadline(_ milliseconds: Int = 5_000) -> MonotonicTime { reactor.now.advanced(milliseconds: milliseconds) }

  /// Sends a request and reads the head of what answers it.
  /// - Parameter fields: lines, each with its end.
  func ask(
    _ origin: OriginAddress, fields: String = ""
  ) async throws(UpstreamFailure) -> (UpstreamConnection, ResponseHead) {
    let request = ByteBuffer()
    request.write("GET / HTTP/1.1\r\nHost: o\r\n\(fields)\r\n")
    let head = ResponseHead(buffer: request)
    let connection = try await self.origin(at: origin).send(
      request, answering: .get, into: head, isReplayable: true, until: deadline())
    return (connection, head)
  }

  /// Sends a whole request and reads the whole answer.
  func exchange(
    _ origin: OriginAddress, _ method: HTTPMethod = .get, body: String = "", replayable: Bool = true,
    within milliseconds: Int = 5_000, tls: OriginTLS? = nil
  ) async throws(UpstreamFailure) -> Answer {
    let request = ByteBuffer()
    request.write("\(method.name) / HTTP/1.1\r\nHost: o\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    let head = ResponseHead(buffer: request)
    let connection = try await self.origin(at: origin, tls: tls).send(
      request, answering: method, into: head, isReplayable: replayable, until: deadline(milliseconds))
    do {
      while head.status < 200 {
        try await connection.receiveHead(into: head, answering: method, until: deadline(milliseconds))
      }
      var answer = Answer(status: head.status, isReused: connection.isReused)
      while let piece = try await connection.readBody(until: .never) { answer.body += piece.text }
      connection.release()
      return answer
    } catch {
      connection.close()
      throw error
    }
  }
}

/// An origin whose every connection does what a script says, on a loopback port of the kernel's choosing.
final class ScriptedOrigin: Sendable {
  typealias Script = @Sendable (OriginConnection) async throws -> Void

  private let worker: OriginWorker
  let socketAddress: SocketAddress
  /// Connections accepted so far.
  let accepted: Counter

  init(at address: SocketAddress? = nil, _ script: @escaping Script) async throws {
    let address = address ?? SocketAddress(ip: "127.0.0.1", port: 0)!
    let bound = try ListeningSocket.bind(address)
    socketAddress = bound.address
    let counter = Counter()
    accepted = counter
    let worker = try OriginWorker()
    self.worker = worker
    // From the worker: tests must not wait for a thread of the global pool, which other tests may keep busy.
    await worker.start(bound, counter, script)
  }

  var address: OriginAddress {
    socketAddress.family == .unix
      ? .unix(path: socketAddress.host) : .tcp(host: socketAddress.host, port: socketAddress.port)
  }
}

final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  var count: Int { value.load(ordering: .sequentiallyConsistent) }

  @discardableResult func next() -> Int { value.add(1, ordering: .sequentiallyConsistent).newValue }
}

/// One connection as an origin sees it.
final class OriginConnection {
  let socket: Socket
  /// From 1 on, in the order accepted.
  let number: Int
  private let input = ByteBuffer()

  init(_ socket: Socket, number: Int) {
    self.socket = socket
    self.number = number
  }

  func send(_ text: String) async throws {
    let out = ByteBuffer()
    out.write(text)
    try await socket.write(out, until: .never)
  }

  /// Reads up to the end of a head; nil when the peer has closed.
  func readHead() async throws -> String? {
    try await read(until: "\r\n\r\n")
  }

  func read(until end: String) async throws -> String? {
    while true {
      let text = input.readable.text
      if let range = text.range(of: end) {
        let head = String(text[..<range.upperBound])
        input.consume(head.utf8.count)
        return head
      }
      input.reserve(65_536)
      if try await socket.read(into: input, until: .never) == 0 { return nil }
    }
  }

  /// Reads and drops until `count` bytes have come.
  func read(count: Int) async throws -> Bool {
    var left = count
    while true {
      let here = min(left, input.count)
      input.consume(here)
      left -= here
      if left == 0 { return true }
      input.reserve(65_536)
      if try await socket.read(into: input, until: .never) == 0 { return false }
    }
  }

  /// Answers every request on the connection the same way.
  func answerAll(_ response: String) async throws {
    while try await readHead() != nil { try await send(response) }
  }

  func reset() {
    socket.resetOnClose()
    socket.close()
  }

  /// Waits for the peer's end.
  func waitForEnd() async throws {
    repeat {
      input.clear()
      input.reserve(65_536)
    } while try await socket.read(into: input, until: .never) > 0
  }
}

extension String {
  /// Where `other` begins; ASCII both.
  fileprivate func range(of other: String) -> Range<String.Index>? {
    let bytes = Array(utf8)
    let wanted = Array(other.utf8)
    guard bytes.count >= wanted.count else { return nil }
    for start in 0...(bytes.count - wanted.count) where bytes[start..<start + wanted.count].elementsEqual(wanted) {
      return utf8.index(startIndex, offsetBy: start)..<utf8.index(startIndex, offsetBy: start + wanted.count)
    }
    return nil
  }
}

private actor OriginWorker {
  nonisolated let reactor: Reactor
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init() throws {
    let reactor = try Reactor()
    self.reactor = reactor
    SystemThread.spawn("test-origin") { reactor.run() }
  }

  isolated deinit { reactor.stop() }

  func start(_ bound: ListeningSocket.Bound, _ counter: Counter, _ script: @escaping ScriptedOrigin.Script) {
    Task { await serve(bound, counter, script) }
  }

  private func serve(_ bound: ListeningSocket.Bound, _ counter: Counter, _ script: @escaping ScriptedOrigin.Script)
    async
  {
    guard let listener = try? ListeningSocket(bound, on: reactor) else { return }
    while let accepted = try? await listener.accept() {
      let socket = accepted.socket
      let number = counter.next()
      Task { await play(script, on: OriginConnection(socket, number: number)) }
    }
  }

  private func play(_ script: ScriptedOrigin.Script, on connection: OriginConnection) async {
    try? await script(connection)
    connection.socket.close()
  }
}

func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

/// Blocks the calling thread.
func sleepMilliseconds(_ milliseconds: UInt32) { usleep(milliseconds * 1000) }
