import ArgumentParser
import Bytes
import Foundation
import Velocity

/// `render --jsonl`: JSON lines in, JSON lines out, in the order in which they came, so that a million of them can be
/// compared with what another engine says.
final class RenderLines {
  private let answers = OracleProtocol()
  private let arrived = ByteBuffer(capacity: 1 << 18)
  /// Bytes of `arrived` in which there is no line end.
  private var searched = 0
  private let answered = ByteBuffer(capacity: 1 << 18)
  private let input, output: FileHandle

  init(from input: FileHandle, to output: FileHandle) {
    self.input = input
    self.output = output
  }

  /// Answers until the input ends. What has been read is answered before more is waited for, so a program may ask one
  /// line at a time. A reader that goes away ends it, and is no failure.
  /// - Throws: `ExitCode.missingInput` where the input cannot be read.
  func run() throws {
    do {
      while try readMore() { try answerLines() }
      // The last line may lack its end.
      answer(arrived.readable)
      try writeAnswers()
    } catch is ReaderIsGone {}
  }

  /// - Returns: false at the end of the input.
  private func readMore() throws -> Bool {
    arrived.compact()
    arrived.reserve(1 << 16)
    while true {
      let count = read(input.fileDescriptor, arrived.writable.baseAddress, arrived.writable.count)
      if count > 0 { arrived.didWrite(count) }
      if count >= 0 { return count > 0 }
      guard errno == EINTR else {
        Terminal.error.print("sluice: standard input cannot be read")
        throw ExitCode.missingInput
      }
    }
  }

  private func answerLines() throws {
    while let end = arrived.readable[searched...].firstIndex(of: 0x0A) {
      answer(UnsafeRawBufferPointer(rebasing: arrived.readable[..<end]))
      arrived.consume(end + 1)
      searched = 0
      if answered.count > 1 << 20 { try writeAnswers() }
    }
    searched = arrived.count
    try writeAnswers()
  }

  private func answer(_ line: UnsafeRawBufferPointer) {
    let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    if !isBlank { answers.answer(line, into: answered) }
  }

  private struct ReaderIsGone: Error {}

  private func writeAnswers() throws {
    guard !answered.isEmpty else { return }
    do { try output.write(contentsOf: Data(answered.readable)) } catch { throw ReaderIsGone() }
    answered.clear()
  }
}
