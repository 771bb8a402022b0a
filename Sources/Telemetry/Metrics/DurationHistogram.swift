/// How long things took: a count for each of a few bounds, and the sum. One thread writes; what others see is a copy.
///
/// To note a duration is a comparison or two and two additions: bounds are few, and what a gateway does is usually within the
/// first of them.
public struct DurationHistogram: Sendable {
  /// Nanoseconds, and as `le` has them: seconds, as OpenMetrics writes numbers.
  public static let bounds: [(nanoseconds: Int, text: StaticString)] = [
    (500_000, "0.0005"), (1_000_000, "0.001"), (2_500_000, "0.0025"), (5_000_000, "0.005"), (10_000_000, "0.01"),
    (25_000_000, "0.025"), (50_000_000, "0.05"), (100_000_000, "0.1"), (250_000_000, "0.25"), (500_000_000, "0.5"),
    (1_000_000_000, "1.0"), (2_500_000_000, "2.5"), (5_000_000_000, "5.0"), (10_000_000_000, "10.0"),
    (30_000_000_000, "30.0"),
  ]

  /// How many were within each bound and not within the one before; the last: beyond all.
  private var counts = InlineArray<16, Int>(repeating: 0)
  /// Nanoseconds.
  public private(set) var sum = 0

  public init() {}

  @inline(__always)
  public mutating func note(nanoseconds: Int) {
    let duration = max(0, nanoseconds)
    sum &+= duration
    counts[Self.place(of: duration)] &+= 1
  }

  /// Which of the counts: the bounds again, as the compiler likes them best.
  @inline(__always)
  static func place(of nanoseconds: Int) -> Int {
    if nanoseconds <= 500_000 { return 0 }
    if nanoseconds <= 1_000_000 { return 1 }
    var place = 2
    while place < 15, nanoseconds > bounds[place].nanoseconds { place &+= 1 }
    return place
  }

  public mutating func add(_ other: DurationHistogram) {
    sum &+= other.sum
    for index in counts.indices { counts[index] &+= other.counts[index] }
  }

  /// How many were within each bound, the ones before included; the last: all.
  public var cumulative: [Int] {
    var total = 0
    return counts.indices.map { index in
      total &+= counts[index]
      return total
    }
  }
}
