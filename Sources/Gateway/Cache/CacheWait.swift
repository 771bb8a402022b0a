import CacheStore
import Reactor

/// How a task of one worker waits for a fetch that goes on on another, or on its own.
// SAFETY: `wait` is touched on the worker's thread alone: by the task that waits, and by `wake`, which goes there first.
final class CacheWait: FillingWaiter, @unchecked Sendable {
  private let wait: Wait
  private let reactor: Reactor
  private let worker: Worker

  init(on worker: Worker) {
    self.worker = worker
    reactor = worker.reactor
    wait = Wait(on: worker.reactor)
  }

  func wake() {
    if reactor.isCurrent {
      wait.resume()
    } else {
      // The worker's task runs when the one that waits has suspended: they are on one thread.
      Task { await worker.resume(self) }
    }
  }

  func resume() { wait.resume() }

  /// Suspends the calling task until it is woken, or for so long. It may be woken for what it has seen already.
  /// - Returns: false when the time is up.
  func sleep(milliseconds: Int) async -> Bool {
    await reactor.wait(wait, until: reactor.now.advanced(milliseconds: milliseconds)) == .ready
  }
}

extension Worker {
  func resume(_ waiter: CacheWait) { waiter.resume() }
}
