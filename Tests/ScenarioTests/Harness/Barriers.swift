import Dispatch
import Synchronization

/// The meeting points of a scenario. A barrier is passed when every script that names it has arrived.
final class Barriers: Sendable {
  private struct Meeting {
    var parties: Int
    var arrived = 0
    let gate = DispatchSemaphore(value: 0)
  }

  private let meetings = Mutex<[String: Meeting]>([:])

  /// Expects the scripts of a scenario: a barrier has as many parties as scripts name it.
  func expect(_ scripts: [[Statement]]) {
    var parties: [String: Int] = [:]
    for script in scripts {
      for name in Set(Self.names(in: script)) { parties[name, default: 0] += 1 }
    }
    meetings.withLock { $0.merge(parties.mapValues { Meeting(parties: $0) }) { $1 } }
  }

  private static func names(in script: [Statement]) -> [String] {
    script.flatMap { statement in
      let nested = names(in: statement.body ?? [])
      guard statement.verb == "barrier", statement.words.count > 1 else { return nested }
      return nested + [statement.words[1].shown]
    }
  }

  /// Waits for the other parties; false if they did not come in time.
  func arrive(at name: String, until deadline: Deadline) -> Bool {
    let gate: DispatchSemaphore? = meetings.withLock { meetings in
      guard var meeting = meetings[name] else { return nil }
      meeting.arrived += 1
      meetings[name] = meeting
      guard meeting.arrived == meeting.parties else { return meeting.gate }
      for _ in 1..<max(meeting.parties, 1) { meeting.gate.signal() }
      meetings[name] = nil
      return nil
    }
    guard let gate else { return true }
    return gate.wait(timeout: .now() + .milliseconds(Int(deadline.milliseconds))) == .success
  }

  /// Lets everybody through, after a script failed and will never arrive.
  func abandon() {
    meetings.withLock { meetings in
      for meeting in meetings.values { for _ in 0..<meeting.arrived { meeting.gate.signal() } }
      meetings.removeAll()
    }
  }
}
