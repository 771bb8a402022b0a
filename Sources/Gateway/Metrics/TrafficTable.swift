import Configuration
import HTTPSemantics

/// Whose requests are counted together. What a configuration calls the same is the same, from one to the next: counts go on.
struct TrafficName: Hashable, Sendable {
  /// `api` and `stage`, or a distribution's first alias; both empty: what comes to neither.
  var api = ""
  var stage = ""
  var distribution = ""
}

/// One worker's counts of requests. Which counter a request belongs to is known by the number of its stage and of its
/// distribution in the configuration, so that counting is a step in an array and a few additions.
final class TrafficTable {
  /// Counts that only this worker writes. They stay where they are until the worker goes, so that nobody has to count who holds
  /// them.
  private typealias Counter = UnsafeMutablePointer<Traffic>

  /// By the configuration's numbers.
  private var stages: [Counter] = []
  private var distributions: [Counter] = []
  private let unrouted = TrafficTable.newCounter()
  /// All there have ever been.
  private var counters: [TrafficName: Counter] = [:]
  /// Whose numbers those are.
  private var snapshot: Snapshot

  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    counters[TrafficName()] = unrouted
    adopt(snapshot)
  }

  deinit { for counter in counters.values { counter.deallocate() } }

  private static func newCounter() -> Counter {
    let counter = Counter.allocate(capacity: 1)
    counter.initialize(to: Traffic())
    return counter
  }

  /// New requests have the numbers of another configuration.
  func adopt(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    stages = snapshot.deployments.indices.map { counter(Self.name(ofStage: $0, in: snapshot)) }
    distributions = (snapshot.edge?.distributions.indices ?? 0..<0).map {
      counter(Self.name(ofDistribution: $0, in: snapshot))
    }
  }

  private func counter(_ name: TrafficName) -> Counter {
    if let known = counters[name] { return known }
    let counter = Self.newCounter()
    counters[name] = counter
    return counter
  }

  private static func name(ofStage number: Int, in snapshot: Snapshot) -> TrafficName {
    let plan = snapshot.deployments[number].plan
    return TrafficName(api: plan.apiID, stage: plan.stage)
  }

  private static func name(ofDistribution number: Int, in snapshot: Snapshot) -> TrafficName {
    TrafficName(distribution: snapshot.edge?.distributions[number].aliases.first ?? "")
  }

  // MARK: Counting

  /// A request is over.
  /// - Parameters:
  ///   - snapshot: the configuration that it began under.
  ///   - now: nanoseconds of the clock that the notes were taken by.
  @inline(__always)
  func count(_ method: HTTPMethod, _ notes: ExchangeNotes, of snapshot: Snapshot, now: Int64) {
    if notes.stage < 0, notes.distribution < 0 { return unrouted.pointee.count(method, notes, .none, now: now) }
    if snapshot !== self.snapshot { return countLate(method, notes, of: snapshot, now: now) }
    if notes.stage >= 0 { stages[notes.stage].pointee.count(method, notes, notes.stageCacheResult, now: now) }
    if notes.distribution >= 0 {
      distributions[notes.distribution].pointee.count(method, notes, notes.cacheResult, now: now)
    }
  }

  /// The configuration has changed since: its numbers are other ones now.
  @inline(never)
  private func countLate(_ method: HTTPMethod, _ notes: ExchangeNotes, of snapshot: Snapshot, now: Int64) {
    if notes.stage >= 0 {
      counter(Self.name(ofStage: notes.stage, in: snapshot)).pointee.count(
        method, notes, notes.stageCacheResult, now: now)
    }
    if notes.distribution >= 0 {
      counter(Self.name(ofDistribution: notes.distribution, in: snapshot)).pointee.count(
        method, notes, notes.cacheResult, now: now)
    }
  }

  /// What was no request has been answered.
  func countRefusal(status: Int) { unrouted.pointee.count(.other(""), status: status) }

  // MARK: Reading

  var report: [TrafficName: Traffic] { counters.mapValues(\.pointee) }
}
