import Foundation
import Glibc
import Testing

@testable import Configuration

@Suite final class FileSourceTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  private func failure(_ path: String) -> FileSource.Failure? {
    do {
      _ = try FileSource.disk.read(path)
      return nil
    } catch {
      return error
    }
  }

  @Test("a file must be read whole")
  func whole() throws {
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
    let path = folder.appending(path: "file").path
    try Data(bytes).write(to: URL(filePath: path))
    #expect(try FileSource.disk.read(path) == bytes)
  }

  @Test("what is no regular file must be refused without waiting for it")
  func noFiles() {
    let pipe = folder.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(failure(pipe) == .notAFile)
    #expect(failure("/dev/zero") == .notAFile)
    #expect(failure(folder.path) == .notAFile)
    #expect(failure(folder.path + "/nothing") == .missing)
    #expect(failure(pipe + "/below") == .missing)
  }

  @Test("a file of 100 MB must be refused by its size, without being read")
  func tooLarge() {
    let path = folder.appending(path: "large").path
    let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
    #expect(ftruncate(descriptor, 100_000_000) == 0)
    close(descriptor)
    #expect(failure(path) == .tooLarge(100_000_000))
    do {
      _ = try ConfigurationLoader.load(path: path)
      Issue.record("it loads")
    } catch {
      #expect(
        error.diagnostics.map(\.message) == ["the file `\(path)` is 95 MiB long; a file may have at most 16 MiB"])
    }
  }
}
