import Bytes
import Foundation
import Reactor
import Synchronization
import TestFolders
import Testing

@testable import Telemetry

/// An actor on a reactor of its own: where channels live.
private actor Loop {
  nonisolated let reactor: Reactor
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }
  private var channel: LogChannel?

  init() throws {
    let reactor = try Reactor()
    self.reactor = reactor
    SystemThread.spawn("loop") { reactor.run() }
  }

  func write(_ lines: [String], to file: LogFile) {
    let channel = channel ?? LogChannel(to: file, on: reactor)
    self.channel = channel
    for line in lines {
      channel.buffer.write(line)
      channel.didWriteLine()
    }
  }

  func flush() { channel?.flush() }

  func end() {
    channel = nil
    reactor.stop()
  }
}

struct LogChannelTests {
  @Test("a line must reach the file soon, without anybody asking for it")
  func soon() async throws {
    let folder = try TemporaryFolder()
    let file = try LogFile(.file(path: folder.path(of: "a.log"))) { _ in }
    let loop = try Loop()
    await loop.write(["one\n", "two\n"], to: file)
    while folder.text("a.log") != "one\ntwo\n" { await Task.yield() }
    await loop.write(["three\n"], to: file)
    while folder.text("a.log") != "one\ntwo\nthree\n" { await Task.yield() }
    await loop.end()
    #expect(await file.close(within: 10_000))
  }

  @Test("what has gathered must go on when it is told to, and when there is much of it")
  func flushes() async throws {
    let folder = try TemporaryFolder()
    let file = try LogFile(.file(path: folder.path(of: "a.log"))) { _ in }
    let loop = try Loop()
    let long = (0..<200).map { "\($0) " + String(repeating: "y", count: 1000) + "\n" }
    await loop.write(long + ["last\n"], to: file)
    await loop.flush()
    await loop.end()
    #expect(await file.close(within: 10_000))
    #expect(folder.text("a.log") == long.joined() + "last\n")
  }
}
