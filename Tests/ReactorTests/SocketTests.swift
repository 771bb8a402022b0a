import Bytes
import Glibc
import TestFolders
import Testing

@testable import Reactor

/// A worker as small as it can be: an actor on a reactor with a thread of its own.
actor TestWorker {
  nonisolated let reactor: Reactor
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init() throws {
    let reactor = try Reactor()
    self.reactor = reactor
    SystemThread.spawn("test-worker") { reactor.run() }
  }

  isolated deinit { reactor.stop() }

  /// Accepts one connection and sends back what it reads until the client has finished.
  func echoOnce(_ bound: ListeningSocket.Bound) async throws {
    let listener = try ListeningSocket(bound, on: reactor)
    let accepted = try await listener.accept()
    let buffer = ByteBuffer(capacity: 4096)
    while try await accepted.socket.read(into: buffer, until: .never) > 0 {
      try await accepted.socket.write(buffer, until: .never)
    }
  }

  /// Accepts one connection and lets `body` say what happens to it.
  func acceptOnce(_ bound: ListeningSocket.Bound, _ body: @Sendable (Socket) async throws -> Void) async throws {
    let listener = try ListeningSocket(bound, on: reactor)
    let accepted = try await listener.accept()
    try await body(accepted.socket)
  }

  func connect(_ address: SocketAddress, _ body: (Socket) async throws -> Void) async throws {
    let socket = try await Socket.connect(to: address, on: reactor, until: reactor.now.advanced(milliseconds: 5000))
    try await body(socket)
  }

  func readError(_ address: SocketAddress, timeout: Int) async -> SocketError? {
    do {
      let socket = try await Socket.connect(to: address, on: reactor, until: .never)
      _ = try await socket.read(into: ByteBuffer(), until: reactor.now.advanced(milliseconds: timeout))
      return nil
    } catch { return error }
  }
}

@Suite struct SocketTests {
  private static func loopback() throws -> SocketAddress { try #require(SocketAddress(ip: "127.0.0.1", port: 0)) }

  private func roundTrip(over address: SocketAddress, bytes: Int) async throws {
    let worker = try TestWorker()
    let bound = try ListeningSocket.bind(address)
    async let echo: Void = worker.echoOnce(bound)
    try await worker.connect(bound.address) { socket in
      let sent = ByteBuffer(capacity: bytes)
      for index in 0..<bytes { sent.write(byte: UInt8(truncatingIfNeeded: index &* 31)) }
      let expected = Array(sent.readable)
      let received = ByteBuffer(capacity: bytes + 1)
      var offset = 0
      while received.count < bytes {
        if offset < bytes {
          let piece = ByteBuffer()
          piece.write(UnsafeRawBufferPointer(rebasing: sent.readable[offset..<min(bytes, offset + 5000)]))
          offset += piece.count
          try await socket.write(piece, until: .never)
        }
        _ = try await socket.read(into: received, until: .never)
      }
      #expect(Array(received.readable) == expected)
      socket.shutdownWriting()
      #expect(try await socket.read(into: received, until: .never) == 0)
    }
    try await echo
  }

  @Test("Bytes must come back as sent over IPv4")
  func ipv4() async throws { try await roundTrip(over: Self.loopback(), bytes: 300_000) }

  @Test("Bytes must come back as sent over IPv6")
  func ipv6() async throws {
    try await roundTrip(over: #require(SocketAddress(ip: "::1", port: 0)), bytes: 10_000)
  }

  @Test("Bytes must come back as sent over a Unix-domain socket")
  func unixDomain() async throws {
    let folder = try TemporaryFolder()
    try await roundTrip(over: #require(SocketAddress(unixPath: folder.path(of: "a.sock"))), bytes: 10_000)
  }

  @Test("A read whose deadline comes first must end with timedOut")
  func readTimesOut() async throws {
    let worker = try TestWorker()
    let bound = try ListeningSocket.bind(Self.loopback())
    #expect(await worker.readError(bound.address, timeout: 30) == .timedOut)
  }

  @Test("Connecting to a port that nobody listens on must end with refused")
  func refused() async throws {
    let worker = try TestWorker()
    let bound = try ListeningSocket.bind(Self.loopback())
    let free = bound.address
    closeDescriptor(bound.descriptor)
    await #expect(throws: SocketError.refused) { try await worker.connect(free) { _ in } }
  }

  @Test("A peer that closes with a reset must be told as reset")
  func reset() async throws {
    let worker = try TestWorker()
    let bound = try ListeningSocket.bind(Self.loopback())
    async let server: Void = worker.acceptOnce(bound) { socket in
      socket.resetOnClose()
      socket.close()
    }
    let error = await worker.readError(bound.address, timeout: 120_000)
    #expect(error == .reset)
    try await server
  }

  @Test("Data and the end arriving together must both be read")
  func endWithData() async throws {
    let worker = try TestWorker()
    let bound = try ListeningSocket.bind(Self.loopback())
    async let server: Void = worker.acceptOnce(bound) { socket in
      let bytes = ByteBuffer()
      bytes.write("last words")
      try await socket.write(bytes, until: .never)
    }
    try await worker.connect(bound.address) { socket in
      let buffer = ByteBuffer()
      while try await socket.read(into: buffer, until: .never) > 0 {}
      #expect(buffer.readable.text == "last words")
    }
    try await server
  }

  /// Segments that the kernel has sent on a connection (tcp_info's `tcpi_segs_out`, tcp(7)).
  private static func segmentsSent(_ socket: Socket) -> UInt32 {
    var information = [UInt8](repeating: 0, count: 256)
    var size = socklen_t(information.count)
    getsockopt(socket.descriptor, Int32(IPPROTO_TCP), TCP_INFO, &information, &size)
    return information.withUnsafeBytes { $0.load(fromByteOffset: 136, as: UInt32.self) }
  }

  @Test("the end must go with the bytes in front of it where it was announced", arguments: [true, false])
  func endFollows(_ isAnnounced: Bool) async throws {
    let worker = try TestWorker()
    let bound = try ListeningSocket.bind(Self.loopback())
    async let served: Void = worker.acceptOnce(bound) { socket in
      let before = Self.segmentsSent(socket)
      if isAnnounced { socket.endFollows() }
      let out = ByteBuffer()
      out.write("last words")
      let isWritten = try socket.finishWriting(out)
      #expect(isWritten)
      socket.shutdownWriting()
      #expect(Self.segmentsSent(socket) - before == (isAnnounced ? 1 : 2))
    }
    try await worker.connect(bound.address) { socket in
      let buffer = ByteBuffer()
      var deadline: MonotonicTime { socket.reactor.now.advanced(milliseconds: 5000) }
      while try await socket.read(into: buffer, until: deadline) > 0 {}
      #expect(buffer.readable.text == "last words")
    }
    try await served
  }
}
