import Foundation

/// The engine that ours is compared with: a command that reads the protocol's lines and answers them, one by one and in
/// order.
struct Oracle {
  /// For the shell.
  let command: String

  /// Answers a batch of lines.
  func answers(to lines: [String]) throws -> [Answer] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("differential-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (folder.appendingPathComponent("in"), folder.appendingPathComponent("out"))
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: input)
    try Data().write(to: output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    let answers = try Data(contentsOf: output).split(separator: 10).map { Answer(String(decoding: $0, as: UTF8.self)) }
    guard answers.count == lines.count else { throw Failure(wanted: lines.count, given: answers.count) }
    return answers
  }

  struct Failure: Error {
    var wanted: Int
    var given: Int
  }
}
