import Synchronization

/// What one rule of a web ACL did, or the default action: counts, and samples of requests. It stays the same one over reloads for
/// as long as there is a rule of this name in a web ACL of this name.
///
/// Counts are atomic. Samples are taken seldom: the first of each second at most, and the newest `mostSamples` of the last three
/// hours are kept, so that memory is bounded whatever comes.
final class RuleJournal: Sendable {
  static let mostSamples = 100
  /// Milliseconds for which a sample is kept: three hours.
  static let sampleLifetime: Int64 = 3 * 3600 * 1000

  private let allowed = Atomic<Int>(0)
  private let blocked = Atomic<Int>(0)
  private let counted = Atomic<Int>(0)
  /// The second of the newest sample.
  private let newest = Atomic<Int64>(.min)
  private let samples = Mutex<[RequestSample]>([])

  /// A request that it decided, or counted.
  func count(_ action: RequestSample.Action) {
    switch action {
    case .allow: allowed.add(1, ordering: .relaxed)
    case .block: blocked.add(1, ordering: .relaxed)
    case .count: counted.add(1, ordering: .relaxed)
    }
  }

  func tally(_ rule: String) -> ACLJournal.Tally {
    ACLJournal.Tally(
      rule: rule, allowed: allowed.load(ordering: .relaxed), blocked: blocked.load(ordering: .relaxed),
      counted: counted.load(ordering: .relaxed))
  }

  /// Whether a sample is due; whoever asks first in a second is told so.
  func wantsSample(epochMilliseconds: Int64) -> Bool {
    let second = epochMilliseconds / 1000
    let newest = newest.load(ordering: .relaxed)
    guard newest < second else { return false }
    return self.newest.compareExchange(expected: newest, desired: second, ordering: .relaxed).exchanged
  }

  func add(_ sample: RequestSample) {
    samples.withLock { samples in
      samples.removeAll { sample.epochMilliseconds - $0.epochMilliseconds > Self.sampleLifetime }
      if samples.count >= Self.mostSamples { samples.removeFirst() }
      samples.append(sample)
    }
  }

  /// Those of the last three hours.
  func samples(epochMilliseconds now: Int64) -> [RequestSample] {
    samples.withLock { $0.filter { now - $0.epochMilliseconds <= Self.sampleLifetime } }
  }
}
