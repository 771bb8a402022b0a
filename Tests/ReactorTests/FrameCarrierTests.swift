import Bytes
import Testing

@testable import Reactor

/// A codec whose frames are bytes that somebody has put there, and that keeps what it is given.
private final class PlainCarrier: FrameCarrier {
  var said = ByteBuffer()
  var heard: [UInt8] = []
  /// Bytes that `write` gives at most, each time.
  var most = Int.max

  override func receive(_ bytes: UnsafeRawBufferPointer) { heard += Array(bytes) }

  override func write(into out: ByteBuffer, limit: Int) {
    let count = min(said.count, most, max(0, limit - out.count))
    out.write(UnsafeRawBufferPointer(rebasing: said.readable[..<count]))
    said.consume(count)
  }

  override var hasOutput: Bool { !said.isEmpty }
}

/// What happens while a task rests.
private final class Alarm: TimerEntry {
  let ring: () -> Void

  init(_ ring: @escaping () -> Void) { self.ring = ring }

  override func fire() { ring() }
}

@Suite("FrameCarrier", .timeLimit(.minutes(1)))
struct FrameCarrierTests {
  /// Lets `body` carry one end of a connection, and `peer` hold the other, each on a worker of its own.
  private func between(
    _ body: @escaping @Sendable (FrameCarrierTests.Carrier) async throws -> Void,
    _ peer: @escaping @Sendable (Socket) async throws -> Void
  ) async throws {
    let bound = try ListeningSocket.bind(try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
    let (worker, other) = (try TestWorker(), try TestWorker())
    async let accepted: Void = other.acceptOnce(bound, peer)
    try await worker.connect(bound.address) { try await body(Carrier($0)) }
    try await accepted
  }

  /// What the tests do with a carrier, on its worker.
  final class Carrier {
    fileprivate let carrier: PlainCarrier

    init(_ socket: Socket) { carrier = PlainCarrier(socket, buffers: BufferPool()) }

    func soon(_ milliseconds: Int) -> MonotonicTime { carrier.socket.reactor.now.advanced(milliseconds: milliseconds) }

    /// Reads until so many bytes have come.
    func hear(_ count: Int) async throws {
      while carrier.heard.count < count, carrier.readNow() { _ = try await carrier.rest(until: .never) }
    }

    /// Writes until everything is gone.
    func flush() async throws {
      repeat {
        try carrier.flush()
        if !carrier.isFlushed { _ = try await carrier.rest(until: .never) }
      } while !carrier.isFlushed || carrier.needsFlush
    }
  }

  private static func read(_ socket: Socket, _ count: Int) async throws -> [UInt8] {
    let buffer = ByteBuffer()
    while buffer.count < count {
      buffer.reserve(65_536)
      if try await socket.read(into: buffer, until: .never) == 0 { break }
    }
    return Array(buffer.readable)
  }

  @Test("what is read must go to the codec, and the end must end it")
  func reads() async throws {
    try await between { test in
      try await test.hear(5)
      #expect(test.carrier.heard == Array("hello".utf8))
      #expect(test.carrier.needsFlush)
      while test.carrier.readNow() { _ = try await test.carrier.rest(until: .never) }
    } _: { socket in
      let out = ByteBuffer()
      out.write("hello")
      try await socket.write(out, until: .never)
    }
  }

  @Test("all that the codec has to say must be written, in its order, as the kernel has room")
  func writes() async throws {
    let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try await between { test in
      test.carrier.said.write(bytes)
      let before = test.carrier.lastProgress
      try await test.flush()
      #expect(test.carrier.said.isEmpty)
      #expect(test.carrier.lastProgress >= before)
      test.carrier.socket.shutdownWriting()
      try await test.hear(1)
    } _: { socket in
      let received = try await Self.read(socket, bytes.count)
      #expect(received == bytes)
      let out = ByteBuffer()
      out.write("!")
      try await socket.write(out, until: .never)
    }
  }

  @Test("a codec that has much to say must let others have their turn, and say that there is more")
  func turns() async throws {
    try await between { test in
      test.carrier.said.write([UInt8](repeating: 7, count: 100))
      test.carrier.most = 1
      try test.carrier.flush()
      #expect(test.carrier.needsFlush)
      #expect(!test.carrier.said.isEmpty)
      try await test.flush()
      #expect(test.carrier.said.isEmpty)
    } _: { socket in
      let received = try await Self.read(socket, 100)
      #expect(received.count == 100)
    }
  }

  @Test("whoever rests must be woken by what is to be said, and by a deadline")
  func rest() async throws {
    try await between { test in
      try test.carrier.flush()
      #expect(!test.carrier.needsFlush)
      let speaker = Alarm { test.carrier.flushSoon() }
      test.carrier.socket.reactor.arm(speaker, deadline: test.soon(5))
      let isWoken = try await test.carrier.rest(until: .never)
      #expect(isWoken)
      #expect(test.carrier.needsFlush)
      let isLate = try await !test.carrier.rest(until: test.soon(5))
      #expect(isLate)
      // Nobody rests now: it is remembered, and nobody is woken.
      try test.carrier.flush()
      test.carrier.flushSoon()
      #expect(test.carrier.needsFlush)
    } _: { socket in
      _ = try await Self.read(socket, 1)
    }
  }

  @Test("whoever rests must be told when the socket is closed")
  func closed() async throws {
    try await between { test in
      let closer = Alarm { test.carrier.socket.close() }
      test.carrier.socket.reactor.arm(closer, deadline: test.soon(5))
      var ending: SocketError?
      do throws(SocketError) {
        _ = try await test.carrier.rest(until: .never)
      } catch {
        ending = error
      }
      #expect(ending == .interrupted)
      test.carrier.dropOutput()
      #expect(test.carrier.isFlushed)
    } _: { socket in
      _ = try await Self.read(socket, 1)
    }
  }
}
