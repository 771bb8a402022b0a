import Glibc

/// The process's signals, taken one at a time by the thread that waits for them.
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

  /// Waits for one of the signals given to `block`. Blocks the thread.
  public static func wait(_ numbers: [Int32]) -> Int32 {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    return number
  }
}
