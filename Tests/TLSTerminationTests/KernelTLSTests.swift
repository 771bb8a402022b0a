import COpenSSL
import Foundation
import TestFolders
import Testing

@testable import Reactor
@testable import TLSTermination

/// What these say of the kernel they can say only where it has the module `tls`.
@Suite struct KernelTLSTests {
  private let authority: DevelopmentAuthority
  private let folder: TemporaryFolder

  init() throws {
    authority = try .test()
    folder = try TemporaryFolder()
    try folder.write("a", names: ["a.test"], by: authority)
  }

  private func ends(usesKernel: Bool = true, versions: ClosedRange<Int32> = TLS1_2_VERSION...TLS1_3_VERSION) throws
    -> Ends
  {
    let listener = TLSListener(.init(usesKernel: usesKernel), tickets: TicketKeys())
    #expect(listener.adopt(CertificateFolder(folder.path).look(at: now).entries) == [])
    let client = TestClient(trusting: authority, versions: versions)
    let ends = try #require(Ends(listener, client, name: "a.test", isTCP: true))
    #expect(ends.shakeHands() == .both)
    return ends
  }

  private var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// Reads what has come.
  /// - Returns: what came behind it: nothing so far, the end, or a failure.
  private func drain(_ ends: Ends, into received: inout [UInt8]) -> Transport.Outcome {
    var room = [UInt8](repeating: 0, count: 20_000)
    while true {
      ends.client.mayReceive = true
      let outcome = room.withUnsafeMutableBytes { ends.client.read(into: $0) }
      guard case .moved(let count) = outcome, count > 0 else { return outcome }
      received += room.prefix(count)
    }
  }

  /// Reads until there are so many bytes, or something else than bytes.
  private func drain(_ ends: Ends, into received: inout [UInt8], upTo count: Int) -> Transport.Outcome {
    var outcome = drain(ends, into: &received)
    while received.count < count, case .wantsToRead = outcome, ends.hasSomething(at: ends.client) {
      outcome = drain(ends, into: &received)
    }
    return outcome
  }

  /// Writes all of a head and a file behind it, while the client reads.
  private func send(_ head: [UInt8], _ file: Int32, _ count: Int, over ends: Ends) -> [UInt8] {
    var received: [UInt8] = []
    var sent = 0
    while sent < head.count + count {
      let offset = max(0, sent - head.count)
      let outcome = head.dropFirst(sent).withUnsafeBytes {
        ends.server.write($0, thenFile: file, at: offset, count: count - offset)
      }
      switch outcome {
      case .moved(let count): sent += count
      case .wantsToWrite: _ = drain(ends, into: &received)
      case .wantsToRead, .failed: return []
      }
    }
    _ = drain(ends, into: &received, upTo: sent)
    return received
  }

  @Test(
    "the kernel must encrypt where it is asked to and can, and OpenSSL elsewhere, with the same bytes at the other end")
  func whoEncrypts() throws {
    let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    try folder.write("file", "")
    try Data(content).write(to: URL(filePath: "\(folder.path)/file"))
    let file = open("\(folder.path)/file", O_RDONLY)
    defer { close(file) }
    for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
      for usesKernel in [true, false] {
        let ends = try ends(usesKernel: usesKernel, versions: version...version)
        #expect(ends.server.isInKernel == (usesKernel && KernelTLS.isOffered))
        #expect(ends.pass("hello", from: ends.client, to: ends.server) == "hello")
        #expect(ends.pass("hello yourself", from: ends.server, to: ends.client) == "hello yourself")
        let head = Array("head".utf8)
        #expect(send(head, file, content.count, over: ends) == head + content)
        guard case .moved = ends.server.end() else { return #expect(Bool(false)) }
        var rest: [UInt8] = []
        guard case .moved(0) = drain(ends, into: &rest, upTo: .max) else { return #expect(Bool(false)) }
        // After the end nothing more is written.
        guard case .failed(.violated) = [1].withUnsafeBytes({ ends.server.write($0, then: nothing) }) else {
          return #expect(Bool(false))
        }
      }
    }
  }

  @Test("a file that is shorter than what is to be sent of it must be told")
  func shortFile() throws {
    try folder.write("file", "short")
    let file = open("\(folder.path)/file", O_RDONLY)
    defer { close(file) }
    let ends = try ends()
    guard
      case .failed(.failed(SocketError.shortFile)) = ends.server.write(nothing, thenFile: file, at: 5, count: 1)
    else { return #expect(Bool(false)) }
  }

  @Test("a peer that asks for new keys must be served on, whoever encrypts", arguments: [true, false])
  func keyUpdate(usesKernel: Bool) throws {
    let ends = try ends(usesKernel: usesKernel)
    for _ in 0..<3 {
      #expect(SSL_key_update(ends.client.ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
      #expect(ends.pass("question", from: ends.client, to: ends.server) == "question")
      #expect(ends.pass("answer", from: ends.server, to: ends.client) == "answer")
    }
  }

  @Test("the end must wait until the kernel has passed on what it holds back", .enabled(if: KernelTLS.isOffered))
  func heldBack() throws {
    let ends = try ends()
    let piece = [UInt8](repeating: 7, count: 16_000)
    var written = 0
    while case .moved(let count) = piece.withUnsafeBytes({ ends.server.write($0, then: nothing) }) { written += count }
    guard case .wantsToWrite = ends.server.end() else { return #expect(Bool(false)) }
    var received: [UInt8] = []
    var end = ends.server.end()
    while case .wantsToWrite = end {
      _ = drain(ends, into: &received)
      end = ends.server.end()
    }
    guard case .moved(0) = drain(ends, into: &received, upTo: .max) else { return #expect(Bool(false)) }
    #expect(received.count == written)
  }
}
