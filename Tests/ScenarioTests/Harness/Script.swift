import Dispatch
import Foundation
import Synchronization

/// Work of a scenario on a thread of its own, whose failure is kept until it is asked for.
final class Script: Sendable {
  private let done = DispatchSemaphore(value: 0)
  private let failure = Mutex<ScenarioFailure?>(nil)

  init(_ work: @escaping @Sendable () throws(ScenarioFailure) -> Void) {
    Thread.detachNewThread {
      do throws(ScenarioFailure) {
        try work()
      } catch {
        self.failure.withLock { $0 = error }
      }
      self.done.signal()
    }
  }

  /// Waits for the end; nil if it does not come in time.
  func result(until deadline: Deadline) -> Result<Void, ScenarioFailure>? {
    guard done.wait(timeout: .now() + .milliseconds(Int(deadline.milliseconds))) == .success else { return nil }
    done.signal()
    return failure.withLock { failure in failure.map { .failure($0) } ?? .success(()) }
  }
}
