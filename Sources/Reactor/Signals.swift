import Glibc

/// The process's signals, taken one at a time where the program wants them.
public enum Signals {
  /// Keeps the named signals from ending the process and ignores SIGPIPE (a peer that went is an error of `write`).
  /// Must be called before any other thread starts: threads inherit it.
  public static func block(_ numbers: [Int32]) {
    signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// The signals given to `block`, as they come. A thread of its own waits for them.
  public static func stream(_ numbers: [Int32]) -> AsyncStream<Int32> {
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    SystemThread.spawn("signals") {
      var set = sigset_t()
      sigemptyset(&set)
      for number in numbers { sigaddset(&set, number) }
      while true {
        var number: Int32 = 0
        if sigwait(&set, &number) == 0 { continuation.yield(number) }
      }
    }
    return stream
  }
}
