import Testing

@testable import Telemetry

@Suite struct DurationHistogramTests {
  @Test("a duration must be counted within the first bound that it does not exceed")
  func places() {
    for (index, bound) in DurationHistogram.bounds.enumerated() {
      #expect(DurationHistogram.place(of: bound.nanoseconds) == index)
      #expect(DurationHistogram.place(of: bound.nanoseconds + 1) == index + 1)
    }
    #expect(DurationHistogram.place(of: 0) == 0)
    #expect(DurationHistogram.place(of: .max) == DurationHistogram.bounds.count)
  }

  @Test("bounds must rise, and be what their texts say")
  func bounds() {
    for (bound, next) in zip(DurationHistogram.bounds, DurationHistogram.bounds.dropFirst()) {
      #expect(bound.nanoseconds < next.nanoseconds)
    }
    for bound in DurationHistogram.bounds {
      #expect(Double("\(bound.text)").map { Int(($0 * 1e9).rounded()) } == bound.nanoseconds)
    }
  }

  @Test("a clock that seems to go back must count as no time, and what cannot be summed up must not trap")
  func extremes() {
    var durations = DurationHistogram()
    durations.note(nanoseconds: -5)
    durations.note(nanoseconds: .max)
    durations.note(nanoseconds: .max)
    #expect(durations.cumulative.first == 1)
    #expect(durations.cumulative.last == 3)
  }

  @Test("two must add up to one")
  func sums() {
    var one = DurationHistogram()
    var other = DurationHistogram()
    one.note(nanoseconds: 1_000_000)
    other.note(nanoseconds: 3_000_000)
    one.add(other)
    #expect(one.sum == 4_000_000)
    #expect(one.cumulative[1] == 1 && one.cumulative[3] == 2)
  }
}
