import Foundation
import Glibc
import TestFolders
import Testing

@testable import Configuration

@Suite struct FileSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

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
    let path = try folder.write("file", bytes)
    #expect(try FileSource.disk.read(path) == bytes)
  }

  @Test("what is no regular file must be refused without waiting for it")
  func noFiles() {
    let pipe = folder.path(of: "pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(failure(pipe) == .notAFile)
    #expect(failure("/dev/zero") == .notAFile)
    #expect(failure(folder.path) == .notAFile)
    #expect(failure(folder.path + "/nothing") == .missing)
    #expect(failure(pipe + "/below") == .missing)
  }

  @Test("a file of 100 MB must be refused by its size, without being read")
  func tooLarge() {
    let path = folder.path(of: "large")
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
