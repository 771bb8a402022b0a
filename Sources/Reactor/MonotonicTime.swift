import Glibc

/// A point on the machine's monotonic clock, which no one sets back. Only differences mean anything.
public struct MonotonicTime: Comparable, Sendable, Hashable {
  /// Since some moment in the past, usually the boot.
  public var nanoseconds: Int64

  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The clock as it stands. On a reactor, `Reactor.now` is cheaper.
  public static var current: MonotonicTime {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return MonotonicTime(nanoseconds: Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec))
  }

  /// A time that never comes: a wait without a deadline.
  public static let never = MonotonicTime(nanoseconds: .max)

  @inlinable public static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }

  /// `duration` later; `.never` where that is beyond the clock.
  @inlinable public func advanced(milliseconds: Int) -> MonotonicTime {
    let (offset, tooFar) = Int64(milliseconds).multipliedReportingOverflow(by: 1_000_000)
    let (sum, overflow) = nanoseconds.addingReportingOverflow(offset)
    return tooFar || overflow ? MonotonicTime(nanoseconds: .max) : MonotonicTime(nanoseconds: sum)
  }

  /// Milliseconds from `earlier` to here, rounded down.
  @inlinable public func milliseconds(since earlier: MonotonicTime) -> Int {
    Int((nanoseconds &- earlier.nanoseconds) / 1_000_000)
  }
}
