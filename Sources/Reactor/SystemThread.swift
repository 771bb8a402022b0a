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
}
