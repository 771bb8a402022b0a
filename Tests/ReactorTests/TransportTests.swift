import Bytes
import Foundation
import TestFolders
import Testing

@testable import Reactor

/// A transport that can be read without keys: frames of a length (two bytes) and that many bytes, each with its bits turned
/// over. A frame without bytes is the end. It receives as much as it can, and gives out one frame at a time, as TLS does.
private final class TurnedFrames: Transport {
  private let descriptor: Int32
  private var received: [UInt8] = []
  private var unsent: [UInt8] = []
  /// Plain bytes that the frame in `unsent` stands for.
  private var owed = 0
  private var hasEnded = false
  /// A read that must write before it can go on, more than there is room for; and the other way round.
  var readWantsToWrite = false
  var writeWantsToRead = false
  private(set) var rests = 0
  private(set) var receptions = 0

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  override var hasUnread: Bool { mayReceive || hasFrame }

  private var hasFrame: Bool { received.count >= 2 && received.count >= 2 + frameCount }
  private var frameCount: Int { Int(received[0]) << 8 | Int(received[1]) }

  /// Each side says hello with one byte.
  override func handshake() -> Outcome {
    if owed == 0 {
      owed = 1
      _ = send(descriptor, "h", 1, 0)
    }
    if received.isEmpty, let outcome = receive() { return outcome }
    guard received.removeFirst() == UInt8(ascii: "h") else { return .failed(.violated) }
    owed = 0
    return .moved(0)
  }

  private func receive() -> Outcome? {
    guard mayReceive else { return .wantsToRead }
    var room = [UInt8](repeating: 0, count: 70_000)
    receptions += 1
    let count = recv(descriptor, &room, room.count, 0)
    if count < room.count && !hasPeerClosed { mayReceive = false }
    if count < 0 { return errno == EAGAIN ? .wantsToRead : .failed(SocketError(errno: errno)) }
    if count == 0 { return .failed(.truncated) }
    received += room.prefix(count)
    return nil
  }

  override func read(into room: UnsafeMutableRawBufferPointer) -> Outcome {
    if readWantsToWrite {
      readWantsToWrite = false
      while unsent.isEmpty {
        unsent = [UInt8(16_000 >> 8), UInt8(16_000 & 255)] + [UInt8](repeating: ~0, count: 16_000)
        if case .wantsToWrite = flush() { return .wantsToWrite }
      }
    }
    while !hasFrame { if let outcome = receive() { return outcome } }
    let count = frameCount
    let taken = min(room.count, count)
    for index in 0..<taken { room[index] = ~received[2 + index] }
    received.removeFirst(2 + taken)
    let rest = count - taken
    if rest > 0 { received.insert(contentsOf: [UInt8(rest >> 8), UInt8(rest & 255)], at: 0) }
    return .moved(taken)
  }

  override func peek() -> Outcome {
    while !hasFrame { if let outcome = receive() { return outcome } }
    return .moved(1)
  }

  private func flush() -> Outcome {
    while !unsent.isEmpty {
      let count = send(descriptor, unsent, unsent.count, Int32(MSG_NOSIGNAL))
      if count < 0 { return errno == EAGAIN ? .wantsToWrite : .failed(SocketError(errno: errno)) }
      unsent.removeFirst(count)
    }
    defer { owed = 0 }
    return .moved(owed)
  }

  override func write(_ bytes: UnsafeRawBufferPointer, then more: UnsafeRawBufferPointer) -> Outcome {
    if writeWantsToRead {
      if let outcome = receive() { return outcome }
      writeWantsToRead = false
    }
    if unsent.isEmpty {
      let plain = (Array(bytes) + Array(more)).prefix(16_000)
      owed = plain.count
      unsent = [UInt8(owed >> 8), UInt8(owed & 255)] + plain.map { ~$0 }
    }
    return flush()
  }

  override func write(_ bytes: UnsafeRawBufferPointer, thenFile file: Int32, at offset: Int, count: Int) -> Outcome {
    var part = [UInt8](repeating: 0, count: max(0, min(count, 16_000 - bytes.count)))
    if !part.isEmpty {
      let read = pread(file, &part, part.count, offset)
      if read <= 0 { return .failed(.failed(SocketError.shortFile)) }
      part.removeLast(part.count - read)
    }
    return part.withUnsafeBytes { write(bytes, then: $0) }
  }

  override func end() -> Outcome {
    if !hasEnded {
      hasEnded = true
      unsent += [0, 0]
    }
    return flush()
  }

  override func rest() { rests += 1 }
}

/// A number that one worker tells another, which awaits it without leaving its thread.
private final class Word: Sendable {
  private let speaking: Int32
  private let hearing: Int32

  init() throws {
    var pair: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    try #require(socketpair(AF_UNIX, kind, 0, &pair) == 0)
    (speaking, hearing) = (pair[0], pair[1])
  }

  deinit { close(speaking) }

  func say(_ number: Int) { withUnsafeBytes(of: number) { _ = send(speaking, $0.baseAddress, $0.count, 0) } }

  func heard(on reactor: Reactor) async throws -> Int {
    let socket = try Socket(adopting: hearing, on: reactor)
    let buffer = ByteBuffer(capacity: MemoryLayout<Int>.size)
    #expect(try await socket.read(into: buffer, until: reactor.now.advanced(milliseconds: 10_000)) == buffer.count)
    return buffer.readable.loadUnaligned(as: Int.self)
  }
}

@Suite struct TransportTests {
  private static let patience = 5000

  private func deadline(_ socket: Socket) -> MonotonicTime {
    socket.reactor.now.advanced(milliseconds: Self.patience)
  }

  /// Two ends that speak through transports, each on a thread of its own.
  private func converse(
    _ server: @escaping @Sendable (Socket) async throws -> Void,
    _ client: @escaping @Sendable (Socket) async throws -> Void
  ) async throws {
    let bound = try ListeningSocket.bind(try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
    let (far, near) = (try TestWorker(), try TestWorker())
    async let serving: Void = far.acceptOnce(bound) { socket in
      try await socket.secure(by: TurnedFrames(socket.descriptor), until: deadline(socket))
      try await server(socket)
    }
    try await near.connect(bound.address) { socket in
      try await socket.secure(by: TurnedFrames(socket.descriptor), until: deadline(socket))
      try await client(socket)
    }
    try await serving
  }

  private func text(_ text: String) -> ByteBuffer {
    let buffer = ByteBuffer()
    buffer.write(text)
    return buffer
  }

  /// Reads until there are `count` bytes, or the end.
  private func read(_ count: Int, from socket: Socket) async throws -> [UInt8] {
    let buffer = ByteBuffer(capacity: count)
    while buffer.count < count, try await socket.read(into: buffer, until: deadline(socket)) > 0 {}
    return Array(buffer.readable)
  }

  /// Why nothing more can be read.
  private func failure(of socket: Socket) async -> SocketError? {
    do throws(SocketError) {
      _ = try await socket.read(into: ByteBuffer(), until: deadline(socket))
      return nil
    } catch {
      return error
    }
  }

  @Test("what is written must come out as it went in, however large, with a head and what follows it")
  func roundTrip() async throws {
    let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    try await converse { socket in
      let received = try await self.read(4 + bytes.count, from: socket)
      #expect(received == Array("head".utf8) + bytes)
      try await socket.write(self.text("thanks"), until: self.deadline(socket))
      #expect(try await self.read(1, from: socket) == [])
    } _: { socket in
      let sending = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      defer { sending.deallocate() }
      sending.copyBytes(from: bytes)
      try await socket.write(self.text("head"), then: UnsafeRawBufferPointer(sending), until: self.deadline(socket))
      #expect(try await self.read(6, from: socket) == Array("thanks".utf8))
      socket.shutdownWriting()
    }
  }

  @Test("what the transport holds must be read without news from the kernel, and with one reception")
  func heldBytes() async throws {
    try await converse { socket in
      // Two frames that come together.
      try await socket.write(self.text("one"), until: self.deadline(socket))
      try await socket.write(self.text("two"), until: self.deadline(socket))
      #expect(try await self.read(1, from: socket) == Array("x".utf8))
    } _: { socket in
      let transport = try #require(socket.transport as? TurnedFrames)
      while try await self.isQuiet(socket) {}
      let buffer = ByteBuffer(capacity: 2)
      var all: [UInt8] = []
      while all.count < 6 {
        buffer.clear()
        #expect(try await socket.read(into: buffer, until: self.deadline(socket)) > 0)
        all += Array(buffer.readable)
      }
      #expect(all == Array("onetwo".utf8))
      #expect(!socket.hasUnreadBytes)
      let receptions = transport.receptions
      buffer.clear()
      let count = try socket.readNow(into: buffer)
      #expect(count == nil)
      #expect(transport.receptions == receptions)
      try await socket.write(self.text("x"), until: self.deadline(socket))
    }
  }

  private func isQuiet(_ socket: Socket) async throws -> Bool {
    guard socket.isQuiet else { return false }
    await socket.reactor.sleep(until: socket.reactor.now.advanced(milliseconds: 20))
    return true
  }

  @Test("a read that must write first, and a write that must read first, must go on when they can")
  func otherDirection() async throws {
    try await converse { socket in
      #expect(try await self.read(4, from: socket) == Array("ping".utf8))
      try await socket.write(self.text("pong"), until: self.deadline(socket))
      let buffer = ByteBuffer(capacity: 16_384)
      while !buffer.readable.suffix(5).elementsEqual("ready".utf8) {
        buffer.clear()
        _ = try await socket.read(into: buffer, until: self.deadline(socket))
      }
      await socket.reactor.sleep(until: socket.reactor.now.advanced(milliseconds: 20))
      try await socket.write(self.text("go"), until: self.deadline(socket))
      #expect(try await self.read(5, from: socket) == Array("again".utf8))
    } _: { socket in
      let transport = try #require(socket.transport as? TurnedFrames)
      try await socket.write(self.text("ping"), until: self.deadline(socket))
      transport.readWantsToWrite = true
      #expect(try await self.read(4, from: socket) == Array("pong".utf8))
      try await socket.write(self.text("ready"), until: self.deadline(socket))
      // There is room for the write all the while.
      transport.writeWantsToRead = true
      try await socket.write(self.text("again"), until: self.deadline(socket))
      #expect(try await self.read(2, from: socket) == Array("go".utf8))
    }
  }

  @Test("the end of the descriptor must not pass for the end that a peer announces")
  func truncation() async throws {
    try await converse { socket in
      try await socket.write(self.text("part"), until: self.deadline(socket))
      socket.transport?.isCutOff = true
      socket.close()
    } _: { socket in
      let read = try await self.read(4, from: socket)
      #expect(read == Array("part".utf8))
      #expect(await self.failure(of: socket) == .truncated)
    }
  }

  @Test("an announced end must be read as one, also behind a socket that is only closed")
  func announcedEnd() async throws {
    try await converse { socket in
      try await socket.write(self.text("all"), until: self.deadline(socket))
      socket.close()
    } _: { socket in
      let read = try await self.read(9, from: socket)
      #expect(read == Array("all".utf8))
    }
  }

  /// Writes until the peer, which reads nothing, has no more room.
  /// - Returns: bytes that went out whole, and those of the frame that is under way.
  private func fill(_ socket: Socket) throws -> Int {
    let piece = text(String(repeating: "a", count: 16_000))
    var written = 0
    while let count = try socket.writeNow(piece.readable) { written += count }
    return written + piece.count
  }

  @Test("a socket that is closed without room for the end must announce it as soon as there is")
  func lastWords() async throws {
    let word = try Word()
    try await converse { socket in
      let count = try self.fill(socket)
      socket.close()
      #expect(!socket.isOpen && socket.reactor.farewells == 1)
      word.say(count)
      await socket.reactor.seeOff(until: self.deadline(socket))
      #expect(socket.reactor.farewells == 0)
    } _: { socket in
      let written = try await word.heard(on: socket.reactor)
      let buffer = ByteBuffer(capacity: 1 << 20)
      var count = 0
      while try await socket.read(into: buffer, until: self.deadline(socket)) > 0 {
        count += buffer.count
        buffer.clear()
      }
      #expect(count == written)
    }
  }

  @Test("a peer that goes without having read the end must not be waited for")
  func nobodyListens() async throws {
    let word = try Word()
    try await converse { socket in
      let count = try self.fill(socket)
      socket.close()
      #expect(socket.reactor.farewells == 1)
      word.say(count)
      await socket.reactor.seeOff(until: self.deadline(socket))
      #expect(socket.reactor.farewells == 0)
    } _: { socket in
      _ = try await word.heard(on: socket.reactor)
      socket.resetOnClose()
      socket.close()
    }
  }

  @Test("a socket that must look cut off, and one too many, must be closed at once", arguments: [false, true])
  func noLastWords(areTooMany: Bool) async throws {
    let word = try Word()
    try await converse { socket in
      let count = try self.fill(socket)
      if areTooMany { socket.reactor.farewells = Farewell.most } else { socket.transport?.isCutOff = true }
      let before = socket.reactor.farewells
      socket.close()
      #expect(!socket.isOpen && socket.reactor.farewells == before)
      word.say(count)
    } _: { socket in
      _ = try await word.heard(on: socket.reactor)
      let buffer = ByteBuffer(capacity: 1 << 20)
      do throws(SocketError) {
        while try await socket.read(into: buffer, until: self.deadline(socket)) > 0 { buffer.clear() }
        Issue.record("it looks whole")
      } catch {
        #expect(error == .truncated)
      }
    }
  }

  @Test("a file must come behind its head, whole", arguments: [0..<10, 5..<3_000_001])
  func file(part: Range<Int>) async throws {
    let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    let folder = try TemporaryFolder()
    let descriptor = open(try folder.write("sample", bytes), O_RDONLY)
    defer { close(descriptor) }
    try await converse { socket in
      let head = self.text("head:")
      let sent = try socket.sendNow(head, thenFile: descriptor, part) ?? 0
      try await socket.send(
        head, thenFile: descriptor, part.lowerBound + sent..<part.upperBound, patience: Self.patience)
      socket.shutdownWriting()
    } _: { socket in
      let read = try await self.read(9_000_000, from: socket)
      #expect(read == Array("head:".utf8) + bytes[part])
    }
  }

  @Test("a file that is shorter than what was to be sent of it must be told, and not be waited for")
  func shortFile() async throws {
    let folder = try TemporaryFolder()
    let descriptor = open(try folder.write("short", "short"), O_RDONLY)
    defer { close(descriptor) }
    try await converse { socket in
      do throws(SocketError) {
        try await socket.send(self.text(""), thenFile: descriptor, 0..<6, patience: Self.patience)
        Issue.record("there are only five bytes")
      } catch {
        #expect(error == .failed(SocketError.shortFile))
      }
      socket.close()
    } _: { socket in
      let read = try await self.read(9, from: socket)
      #expect(read == Array("short".utf8))
    }
  }

  @Test("a peer that speaks otherwise must end the handshake, and one that says nothing its deadline")
  func failedHandshakes() async throws {
    for (said, error) in [("x", SocketError.violated), ("", .timedOut)] {
      let bound = try ListeningSocket.bind(try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
      let (far, near) = (try TestWorker(), try TestWorker())
      async let serving: Void = far.acceptOnce(bound) { socket in
        let patience = said.isEmpty ? 50 : Self.patience
        let transport = TurnedFrames(socket.descriptor)
        do throws(SocketError) {
          try await socket.secure(by: transport, until: socket.reactor.now.advanced(milliseconds: patience))
          Issue.record("there is no agreement")
        } catch let reason {
          #expect(reason == error)
        }
        // Without the transport it is a plain socket again.
        socket.removeTransport()
        try await socket.write(self.text("sorry"), until: self.deadline(socket))
        socket.shutdownWriting()
      }
      try await near.connect(bound.address) { socket in
        try await socket.write(self.text(said), until: self.deadline(socket))
        #expect(try await self.read(99, from: socket) == Array("hsorry".utf8))
      }
      try await serving
    }
  }

  @Test("a socket that sleeps must let its transport rest")
  func rest() async throws {
    try await converse { socket in
      let read = try await self.read(9, from: socket)
      #expect(read == [])
    } _: { socket in
      let transport = try #require(socket.transport as? TurnedFrames)
      let sleeper = Dreamer()
      socket.wake(sleeper, whenReadableUntil: self.deadline(socket))
      #expect(transport.rests == 1)
      socket.close()
      #expect(sleeper.reason == .interrupted)
    }
  }

  private final class Dreamer: Sleeper {
    var reason: Wait.Wake?
    func wake(_ reason: Wait.Wake) { self.reason = reason }
  }
}
