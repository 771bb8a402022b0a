import Upstream

/// What one worker has counted, or all of them.
struct WorkerReport: Sendable {
  /// How many take connections.
  var workers = 0
  var traffic: [TrafficName: Traffic] = [:]
  var counters = WorkerCounters.Values()
  var upstream = UpstreamCounts()

  init() {}

  init(_ state: WorkerState) {
    traffic = state.traffic.report
    counters = state.counters.values
    upstream = state.upstream.counts
  }

  mutating func add(_ other: WorkerReport) {
    traffic.merge(other.traffic) { one, other in
      var sum = one
      sum.add(other)
      return sum
    }
    counters.add(other.counters)
    upstream.add(other.upstream)
  }
}
