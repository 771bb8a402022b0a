import Foundation
import Testing

/// The scenarios drive the real binary over real sockets. See README.md for how they are written and named.
struct ScenarioTests {
  @Test("a scenario must go as it is written", arguments: ScenarioFile.all)
  func scenario(_ file: ScenarioFile) async {
    await Seats.shared.take()
    // Scenarios block their threads, which the pool of Swift's concurrency must not suffer from.
    let failures = await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: file.play()) }
    }
    await Seats.shared.leave()
    for failure in failures {
      Issue.record(
        Comment(rawValue: failure.message),
        sourceLocation: SourceLocation(
          fileID: "ScenarioTests/\(file.url.lastPathComponent)", filePath: file.url.path, line: failure.line, column: 1)
      )
    }
  }

  @Test("the name of a scenario must be a letter of the scheme, five digits and words")
  func names() throws {
    for file in ScenarioFile.all {
      #expect(file.testDescription.wholeMatch(of: /[abcdefghkrstuxz][0-9]{5}(-[a-z0-9]+)+/) != nil)
    }
  }
}
