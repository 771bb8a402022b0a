import Glibc
import Synchronization

/// The process's signals, taken one at a time where the program wants them.
///
/// By handlers rather than by blocking them for `sigwait`: the main thread of an `async` program ends up in Dispatch,
/// which waits there with every signal unblocked, and would die of one.
public enum Signals {
  /// Where the handler writes the numbers of signals; -1 until they are taken.
  private static let inlet = Atomic<Int32>(-1)
  private static let outlet = Atomic<Int32>(-1)

  /// Keeps the named signals from ending the process and ignores SIGPIPE (a peer that went is an error of `write`).
  /// They wait until `stream` is asked for them.
  public static func take(_ numbers: [Int32]) {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    outlet.store(ends[0], ordering: .relaxed)
    inlet.store(ends[1], ordering: .releasing)
    for number in numbers {
      signal(number) { number in
        // On whatever thread the kernel chose, in the middle of whatever it does: only what signal-safety(7) allows.
        let interrupted = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Signals.inlet.load(ordering: .acquiring), &byte, 1)
        errno = interrupted
      }
    }
  }

  /// The signals given to `take`, as they come. A thread of its own waits for them.
  public static func stream() -> AsyncStream<Int32> {
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    let outlet = outlet.load(ordering: .relaxed)
    SystemThread.spawn("signals") {
      var byte: UInt8 = 0
      while true {
        let count = read(outlet, &byte, 1)
        if count == 1 { continuation.yield(Int32(byte)) } else if count == 0 || errno != EINTR { return }
      }
    }
    return stream
  }
}
