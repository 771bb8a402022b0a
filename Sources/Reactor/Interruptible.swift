/// Something that others wait on, and that can be ended from beside: a socket, or what stands for one.
public protocol Interruptible: AnyObject {
  /// Wakes whoever waits, now and from now on.
  func interrupt()
}

extension Socket: Interruptible {}
