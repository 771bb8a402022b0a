import Bytes
import Foundation
import JSON
import Velocity

/// What an engine made of one line of the oracle's protocol.
struct Answer: Equatable {
  /// Nil: it failed.
  var output: String?
  var error: String?
  /// What it had written when it failed.
  var partial = ""

  init(_ line: String) {
    guard let document = try? JSONDocument(parsing: line) else {
      error = "no JSON: \(line.prefix(200))"
      return
    }
    output = document.root.member("output")?.string
    error = document.root.member("error")?.string
    partial = document.root.member("partial")?.string ?? ""
    withExtendedLifetime(document) {}
  }

  /// Ours.
  static func ours(to line: String) -> Answer {
    var limits = RenderLimits()
    // As many as the oracle goes round.
    limits.iterations = 100_000
    let out = ByteBuffer()
    var line = line
    line.withUTF8 { OracleProtocol(limits: limits).answer(UnsafeRawBufferPointer($0), into: out) }
    return Answer(out.readable.text)
  }

  var shown: String { output.map { "\"\($0)\"" } ?? "\(error?.prefix(300) ?? "") after \"\(partial)\"" }
}
