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
  @usableFromInline var counts = InlineArray<16, Int>(repeating: 0)
  /// Nanoseconds.
  public var sum: Int { total }
  @usableFromInline var total = 0

  @inlinable public init() {}

  @inlinable @inline(__always)
  public mutating func note(nanoseconds: Int) {
    let duration = nanoseconds < 0 ? 0 : nanoseconds
    total &+= duration
    counts[Self.place(of: duration)] &+= 1
  }

  /// Which of the counts: `bounds` again, as a processor likes them best.
  @inlinable @inline(__always)
  static func place(of nanoseconds: Int) -> Int {
    switch nanoseconds {
    case ...500_000: 0
    case ...1_000_000: 1
    case ...2_500_000: 2
    case ...5_000_000: 3
    case ...10_000_000: 4
    case ...25_000_000: 5
    case ...50_000_000: 6
    case ...100_000_000: 7
    case ...250_000_000: 8
    case ...500_000_000: 9
    case ...1_000_000_000: 10
    case ...2_500_000_000: 11
    case ...5_000_000_000: 12
    case ...10_000_000_000: 13
    case ...30_000_000_000: 14
    default: 15
    }
  }

  public mutating func add(_ other: DurationHistogram) {
    total &+= other.total
    for index in counts.indices { counts[index] &+= other.counts[index] }
  }

  /// How many were within each bound, the ones before included; the last: all.
  public var cumulative: [Int] {
    var sum = 0
    return counts.indices.map { index in
      sum &+= counts[index]
      return sum
    }
  }
}
