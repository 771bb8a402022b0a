import Foundation
import Synchronization
import TestFolders
import Testing

@testable import Telemetry

/// What a log file tells of itself.
final class Events: Sendable {
  private let list = Mutex<[LogFile.Event]>([])
  var all: [LogFile.Event] { list.withLock { $0 } }
  func add(_ event: LogFile.Event) { list.withLock { $0.append(event) } }
}

extension LogFile {
  func append(_ text: String, lines: Int = 1) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0), lines: lines) }
  }
}

struct LogFileTests {
  @Test("what was appended must be in the file when it is closed, in order, behind what was there")
  func appends() async throws {
    let folder = try TemporaryFolder()
    try "before\n".write(toFile: folder.path(of: "a.log"), atomically: true, encoding: .utf8)
    let file = try LogFile(.file(path: folder.path(of: "a.log"))) { _ in }
    file.append("one\n")
    file.append("two\nthree\n", lines: 2)
    #expect(await file.close(within: 10_000))
    #expect(folder.text("a.log") == "before\none\ntwo\nthree\n")
  }

  @Test("lines of many threads must all be there, and whole")
  func whole() async throws {
    let folder = try TemporaryFolder()
    let file = try LogFile(.file(path: folder.path(of: "a.log"))) { _ in }
    await withTaskGroup(of: Void.self) { group in
      for name in 0..<8 {
        group.addTask {
          for number in 0..<200 { file.append("\(name) \(number) \(String(repeating: "x", count: 500))\n") }
        }
      }
    }
    #expect(await file.close(within: 10_000))
    let lines = try #require(folder.text("a.log")).split(separator: "\n")
    #expect(lines.count == 1600)
    #expect(Set(lines).count == 1600)
    #expect(lines.allSatisfy { $0.hasSuffix(String(repeating: "x", count: 500)) })
  }

  @Test("a file that was moved away must be followed by a new one, and no line be lost")
  func reopens() async throws {
    let folder = try TemporaryFolder()
    let file = try LogFile(.file(path: folder.path(of: "a.log"))) { _ in }
    file.append("old\n")
    try FileManager.default.moveItem(atPath: folder.path(of: "a.log"), toPath: folder.path(of: "a.log.1"))
    file.reopen()
    while !FileManager.default.fileExists(atPath: folder.path(of: "a.log")) { await Task.yield() }
    file.append("new\n")
    #expect(await file.close(within: 10_000))
    #expect(folder.text("a.log.1") == "old\n")
    #expect(folder.text("a.log") == "new\n")
  }

  @Test("a file that cannot be opened anew must be written on, and be told of")
  func notReopened() async throws {
    let folder = try TemporaryFolder()
    let events = Events()
    try FileManager.default.createDirectory(atPath: folder.path(of: "logs"), withIntermediateDirectories: true)
    let file = try LogFile(.file(path: folder.path(of: "logs/a.log"))) { events.add($0) }
    try FileManager.default.moveItem(atPath: folder.path(of: "logs"), toPath: folder.path(of: "moved"))
    file.reopen()
    file.append("here\n")
    #expect(await file.close(within: 10_000))
    #expect(folder.text("moved/a.log") == "here\n")
    #expect(events.all == [.notReopened(code: ENOENT)])
  }

  @Test("a file that cannot be opened must say why")
  func unopenable() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: LogFile.OpenError.self) {
      _ = try LogFile(.file(path: folder.path(of: "none/a.log"))) { _ in }
    }
    #expect(error?.code == ENOENT)
    #expect(error?.reason == "No such file or directory")
  }

  @Test("what comes when too much waits must be dropped, counted and told of, and lines behind it be kept")
  func bounded() async throws {
    let folder = try TemporaryFolder()
    let events = Events()
    // A pipe that nobody reads takes no more than its buffer: the thread stands still.
    #expect(mkfifo(folder.path(of: "pipe"), 0o600) == 0)
    let reader = open(folder.path(of: "pipe"), O_RDONLY | O_NONBLOCK)
    let file = try LogFile(.file(path: folder.path(of: "pipe")), limit: 100_000) { events.add($0) }
    let line = String(repeating: "x", count: 9_999) + "\n"
    for _ in 0..<100 { file.append(line) }
    #expect(events.all.first == .fallingBehind)
    #expect(await !file.close(within: 1))
    // Somebody reads: what waited comes, and only that.
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var count = 0
    while true {
      let read = read(reader, &bytes, bytes.count)
      if read == 0 { break }
      if read > 0 { count += read }
      await Task.yield()
    }
    close(reader)
    #expect(count % 10_000 == 0)
    let dropped = events.all.map { if case .dropped(let lines) = $0 { lines } else { 0 } }.reduce(0, +)
    #expect(count / 10_000 + dropped == 100)
    #expect(dropped >= 80)
  }

  @Test("what cannot be written must be told of")
  func fails() async throws {
    let events = Events()
    let file = try LogFile(.file(path: "/dev/full")) { events.add($0) }
    file.append("a\nb\n", lines: 2)
    #expect(await file.close(within: 10_000))
    #expect(events.all == [.failed(lines: 2, code: ENOSPC)])
  }

  @Test("what comes behind the end must be dropped and told of")
  func afterTheEnd() async throws {
    let folder = try TemporaryFolder()
    let events = Events()
    let file = try LogFile(.file(path: folder.path(of: "a.log"))) { events.add($0) }
    #expect(await file.close(within: 10_000))
    file.append("late\n")
    #expect(await file.close(within: 10_000))
    #expect(folder.text("a.log") == "")
    #expect(events.all == [.fallingBehind])
  }
}
