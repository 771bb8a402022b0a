import CLinux
import Glibc

/// A thread of the operating system's, for what must not run on Swift's own pool: a reactor's loop, a blocking look-up.
public enum SystemThread {
  private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Runs `body` on a thread of its own, which nobody joins.
  /// - Parameter name: shown by `top -H`; its first 15 bytes are.
  /// - Returns: false when the system has no thread to give.
  @discardableResult
  public static func spawn(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
    let result = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        clinux_name_thread(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    if result != 0 { start.release() }
    return result == 0
  }

  /// Does work that no request waits for on the calling thread, which gives way to others that want the processor from now on
  /// (nice 10), and lets go of it for 50 µs in every 150: otherwise whoever becomes ready meanwhile may wait for the kernel's
  /// next tick. Where others fill the machine, the work still gets about a tenth of a processor.
  public static func yieldingToOthers<Product>(_ work: () -> Product) -> Product {
    giveWay()
    return breathing(work)
  }

  /// From now on others that want the processor come before the calling thread (nice 10).
  public static func giveWay() { _ = clinux_renice_thread(10) }

  /// Lets go of the processor for about 100 µs: between the steps of work that takes long and holds no lock there.
  public static func pause() {
    var moment = timespec(tv_sec: 0, tv_nsec: 50_000)
    nanosleep(&moment, nil)
  }

  /// Does work on the calling thread with a moment's sleep in it every now and then.
  static func breathing<Product>(_ work: () -> Product) -> Product {
    let breathes = clinux_begin_breathing() == 0
    defer { if breathes { clinux_end_breathing() } }
    return work()
  }
}

/// The machine as the process is allowed to use it.
public enum Machine {
  /// Processors that this process may run on, as `nproc` counts them.
  public static var processorCount: Int { Int(clinux_cpu_count()) }

  /// Raises the soft limit on open files to the hard one.
  /// - Returns: how many files the process may open now.
  @discardableResult
  public static func raiseOpenFileLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// Fills `bytes` from the kernel's random numbers.
  public static func randomSeed() -> (UInt64, UInt64) {
    var generator = SystemRandomNumberGenerator()
    return (generator.next(), generator.next())
  }
}
