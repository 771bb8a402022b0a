import Bytes
import Foundation
import TestFolders
import Testing

@testable import Reactor

@Suite struct SendFileTests {
  /// A file of `count` bytes that goes with the test.
  private final class SampleFile {
    let descriptor: Int32
    let bytes: [UInt8]
    private let folder: TemporaryFolder

    init(count: Int) throws {
      folder = try TemporaryFolder()
      bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      descriptor = open(try folder.write("sample", bytes), O_RDWR)
    }

    deinit { close(descriptor) }
  }

  /// What arrives of what `send` sends.
  private func received(_ send: @escaping @Sendable (Socket) async throws -> Void) async throws -> [UInt8] {
    let bound = try ListeningSocket.bind(try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
    let (server, client) = (try TestWorker(), try TestWorker())
    async let sending: Void = server.acceptOnce(bound, send)
    let collected = Collected()
    try await client.connect(bound.address) { socket in
      let buffer = ByteBuffer(capacity: 65_536)
      while try await socket.read(into: buffer, until: .never) > 0 {
        collected.bytes += Array(buffer.readable)
        buffer.clear()
      }
    }
    try await sending
    return collected.bytes
  }

  // SAFETY: written by one task, and read when it has ended.
  private final class Collected: @unchecked Sendable { var bytes: [UInt8] = [] }

  @Test("a part of a file must come behind its head, whole, however large", arguments: [0..<10, 5..<3_000_001])
  func parts(part: Range<Int>) async throws {
    let file = try SampleFile(count: 4_000_000)
    let (descriptor, bytes) = (file.descriptor, file.bytes)
    let all = try await received { socket in
      let head = ByteBuffer()
      head.write("head:")
      try await socket.send(head, thenFile: descriptor, part, patience: 5000)
      #expect(head.isEmpty)
    }
    #expect(all.count == 5 + part.count)
    #expect(Array(all.prefix(5)) == Array("head:".utf8))
    #expect(Array(all.dropFirst(5)) == Array(bytes[part]))
    withExtendedLifetime(file) {}
  }

  @Test("what the kernel takes at once must need no waiting")
  func atOnce() async throws {
    let file = try SampleFile(count: 1000)
    let (descriptor, bytes) = (file.descriptor, file.bytes)
    let all = try await received { socket in
      let head = ByteBuffer()
      head.write("h")
      let sent = try socket.sendNow(head, thenFile: descriptor, 100..<200)
      #expect(sent == 100)
    }
    #expect(all == Array("h".utf8) + Array(bytes[100..<200]))
    withExtendedLifetime(file) {}
  }

  @Test("a file that has become shorter must be an error, not an end")
  func shortened() async throws {
    let file = try SampleFile(count: 1000)
    let descriptor = file.descriptor
    #expect(ftruncate(descriptor, 500) == 0)
    let all = try await received { socket in
      await #expect(throws: SocketError.failed(SocketError.shortFile)) {
        try await socket.send(ByteBuffer(), thenFile: descriptor, 0..<1000, patience: 5000)
      }
    }
    #expect(all.count == 500)
    withExtendedLifetime(file) {}
  }
}
