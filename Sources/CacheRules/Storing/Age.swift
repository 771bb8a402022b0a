/// How old a response is (RFC 9111 § 4.2.3). Times are milliseconds since 1970, ages seconds.
public enum Age {
  /// `corrected_initial_age`: how old the response was when its head came.
  /// - Parameters:
  ///   - date: its `Date`, in seconds since 1970; nil where it has none, and was then made when it came (§ 4.2).
  ///   - age: its `Age`.
  ///   - requested: when the request for it was sent.
  ///   - received: when its head came.
  public static func initial(date: Int?, age: Int, requested: Int64, received: Int64) -> Int {
    let apparent = max(0, seconds(received) &- (date ?? seconds(received)))
    let delay = max(0, Int(clamping: received &- requested)) / 1000
    return min(max(apparent, age &+ delay), DeltaSeconds.greatest)
  }

  /// `current_age`: how old it is now.
  @inlinable @inline(__always)
  public static func current(initial: Int, received: Int64, now: Int64) -> Int {
    let resident = now &- received
    return resident <= 0 ? initial : initial &+ Int(truncatingIfNeeded: resident / 1000)
  }

  static func seconds(_ milliseconds: Int64) -> Int { Int(clamping: milliseconds / 1000) }
}
