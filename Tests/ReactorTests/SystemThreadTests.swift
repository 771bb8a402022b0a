import Glibc
import Testing

@testable import Reactor

@Suite struct SystemThreadTests {
  @Test("work that yields to others must let go of the processor though it never waits")
  func breathing() async {
    let breaths = await withCheckedContinuation { continuation in
      SystemThread.spawn("test-background") {
        let breaths = SystemThread.breathing {
          let before = usage()
          // Does nothing but spin: whoever stops it is the timer. Gives up after 20 s of the processor's time.
          while true {
            let now = usage()
            let count = now.ru_nvcsw - before.ru_nvcsw
            if count >= 3 || now.ru_utime.tv_sec - before.ru_utime.tv_sec > 20 { return count }
          }
        }
        continuation.resume(returning: breaths)
      }
    }
    #expect(breaths >= 3)
  }

  @Test("work must be done once and its product come back, and nobody be interrupted afterwards")
  func product() async {
    let (product, after) = await withCheckedContinuation { continuation in
      SystemThread.spawn("test-background") {
        let product = SystemThread.breathing { 42 }
        // A timer that went on would interrupt this one, which is not restarted.
        var pause = timespec(tv_sec: 0, tv_nsec: 5_000_000)
        continuation.resume(returning: (product, nanosleep(&pause, nil)))
      }
    }
    #expect(product == 42)
    #expect(after == 0)
  }

  private func usage() -> rusage {
    var usage = rusage()
    getrusage(__rusage_who_t(1), &usage)  // RUSAGE_THREAD, getrusage(2)
    return usage
  }
}
