import Bytes
import Reactor

/// One worker's way to a `LogFile`: lines gather in a buffer of the worker's own, and go on together when there are many
/// of them or the first has waited for a moment. Writing a line costs a copy, and now and then a timer.
public final class LogChannel: TimerEntry {
  /// What a line is written into, behind those that wait. Then `didWriteLine`.
  public let buffer = ByteBuffer(capacity: LogChannel.capacity)
  private let file: LogFile
  private let reactor: Reactor
  private var lines = 0

  /// Small enough to stay close to the processor, large enough for few writes.
  private static let capacity = 32 * 1024
  /// Milliseconds that a line waits at most.
  private static let patience = 100

  public init(to file: LogFile, on reactor: Reactor) {
    self.file = file
    self.reactor = reactor
  }

  deinit { reactor.remove(self) }

  /// A whole line, its line feed with it, is now in `buffer`.
  @inline(__always)
  public func didWriteLine() {
    lines &+= 1
    if buffer.count > Self.capacity &- 2048 {
      flush()
    } else if lines == 1 {
      reactor.arm(self, deadline: reactor.now.advanced(milliseconds: Self.patience))
    }
  }

  override public func fire() { flush() }

  /// Hands over what has gathered.
  public func flush() {
    guard lines > 0 else { return }
    file.append(buffer.readable, lines: lines)
    buffer.clear()
    lines = 0
  }
}
