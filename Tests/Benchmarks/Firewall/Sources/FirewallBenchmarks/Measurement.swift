import Glibc

/// Processor time of this process, in nanoseconds: what others on the machine take is not in it.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// Nanoseconds that one of `count` turns takes: the best of five rounds.
func measure(_ count: Int, _ body: () -> Void) -> Double {
  body()
  return (0..<5).map { _ in
    let start = processorTime()
    body()
    return (processorTime() - start) / Double(count)
  }.min() ?? 0
}

/// A small generator of numbers that look random and are the same each time.
struct Mixer {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
