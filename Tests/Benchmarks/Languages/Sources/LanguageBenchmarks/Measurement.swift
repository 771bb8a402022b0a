import Glibc

/// Processor time, so that a busy machine spoils less.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

struct Measurement {
  let name: String
  /// Seconds for one run: the best of five rounds.
  let seconds: Double
  let bytes: Int
  /// At least so many megabytes (10⁶ bytes) a second, or at most so many seconds.
  let target: Target?

  enum Target {
    case megabytesPerSecond(Double)
    case seconds(Double)
  }

  init(_ name: String, bytes: Int, target: Target? = nil, _ body: () throws -> Void) rethrows {
    self.name = name
    self.bytes = bytes
    self.target = target
    let runs = max(3, 20_000_000 / max(bytes, 200))
    var best = Double.infinity
    for _ in 0..<5 {
      let begin = processorTime()
      for _ in 0..<runs { try body() }
      best = min(best, (processorTime() - begin) / Double(runs))
    }
    seconds = best
  }

  var megabytesPerSecond: Double { Double(bytes) / seconds / 1e6 }

  var isMet: Bool {
    switch target {
    case .megabytesPerSecond(let least)?: megabytesPerSecond >= least
    case .seconds(let most)?: seconds <= most
    case nil: true
    }
  }

  var line: String {
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let time = seconds < 1e-4 ? "\(Int(seconds * 1e9)) ns" : "\(Int(seconds * 1e6)) us"
    let wanted =
      switch target {
      case .megabytesPerSecond(let least)?: "at least \(Int(least)) MB/s"
      case .seconds(let most)?: "at most \(Int(most * 1e9)) ns"
      case nil: ""
      }
    return padded("\(Int(megabytesPerSecond)) MB/s", 12) + padded(time, 12) + "  \(isMet ? "  " : "! ")\(name)"
      + (wanted.isEmpty ? "" : "  (\(wanted))")
  }
}
