import Glibc
import Reactor

/// What is done on disk, one thing after the other, on a thread of its own: nobody who answers requests waits for it.
// SAFETY: `jobs` and `hasEnded` are touched only while `mutex` is held.
final class DiskQueue: @unchecked Sendable {
  typealias Job = @Sendable () -> Void

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [Job] = []
  private var hasEnded = false

  init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Starts the thread.
  /// - Returns: false where there can be none.
  func start() -> Bool { SystemThread.spawn("sluice-disk") { [self] in run() } }

  func submit(_ job: @escaping Job) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Lets the thread end when it has done what there is.
  func end() {
    pthread_mutex_lock(mutex)
    hasEnded = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  private func run() {
    while true {
      pthread_mutex_lock(mutex)
      while jobs.isEmpty, !hasEnded { pthread_cond_wait(condition, mutex) }
      var batch: [Job] = []
      swap(&batch, &jobs)
      pthread_mutex_unlock(mutex)
      if batch.isEmpty { return }
      batch.reverse()
      // Each is let go of, with what it holds, before the next one.
      while let job = batch.popLast() { job() }
    }
  }
}
