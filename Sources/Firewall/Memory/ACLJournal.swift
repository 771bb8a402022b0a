import Synchronization

/// What a web ACL did: counts by rule, and samples of requests (spec § 15.3, SampledRequestsEnabled).
///
/// Counts are atomic. Samples are taken seldom: for each rule the first of each second at most, and the newest
/// `samplesPerRule` of the last three hours are kept, so that memory is bounded whatever comes.
public final class ACLJournal: Sendable {
  public static let samplesPerRule = 100
  /// Milliseconds for which a sample is kept: three hours.
  public static let sampleLifetime: Int64 = 3 * 3600 * 1000

  /// Every rule, and at the end the default action.
  public let ruleNames: [String]
  private let counts: [Counter]
  private let slots: [Slot]

  /// One rule's requests that it decided, or counted.
  final class Counter: Sendable {
    let allowed = Atomic<Int>(0)
    let blocked = Atomic<Int>(0)
    let counted = Atomic<Int>(0)
  }

  private final class Slot: Sendable {
    /// The second of the newest sample.
    let newest = Atomic<Int64>(.min)
    let samples = Mutex<[RequestSample]>([])
  }

  init(ruleNames: [String]) {
    self.ruleNames = ruleNames
    counts = ruleNames.map { _ in Counter() }
    slots = ruleNames.map { _ in Slot() }
  }

  /// - Parameter rule: nil: the default action.
  public func count(_ rule: Int?, _ action: RequestSample.Action) {
    let counter = counts[rule ?? counts.count - 1]
    switch action {
    case .allow: counter.allowed.add(1, ordering: .relaxed)
    case .block: counter.blocked.add(1, ordering: .relaxed)
    case .count: counter.counted.add(1, ordering: .relaxed)
    }
  }

  /// Whether a sample of this rule is due; whoever asks first in a second is told so.
  public func wantsSample(_ rule: Int?, epochMilliseconds: Int64) -> Bool {
    let slot = slots[rule ?? slots.count - 1]
    let second = epochMilliseconds / 1000
    let newest = slot.newest.load(ordering: .relaxed)
    guard newest < second else { return false }
    return slot.newest.compareExchange(expected: newest, desired: second, ordering: .relaxed).exchanged
  }

  public func add(_ sample: RequestSample, to rule: Int?) {
    slots[rule ?? slots.count - 1].samples.withLock { samples in
      samples.removeAll { sample.epochMilliseconds - $0.epochMilliseconds > Self.sampleLifetime }
      if samples.count >= Self.samplesPerRule { samples.removeFirst() }
      samples.append(sample)
    }
  }

  /// One rule in numbers.
  public struct Tally: Sendable, Equatable {
    public var rule: String
    public var allowed, blocked, counted: Int
  }

  public var tallies: [Tally] {
    ruleNames.indices.map { index in
      let counter = counts[index]
      return Tally(
        rule: ruleNames[index], allowed: counter.allowed.load(ordering: .relaxed),
        blocked: counter.blocked.load(ordering: .relaxed), counted: counter.counted.load(ordering: .relaxed))
    }
  }

  /// The samples of the last three hours, the newest first.
  public func samples(epochMilliseconds now: Int64) -> [RequestSample] {
    slots.flatMap { $0.samples.withLock { $0 } }
      .filter { now - $0.epochMilliseconds <= Self.sampleLifetime }
      .sorted { $0.epochMilliseconds > $1.epochMilliseconds }
  }
}

/// A request that was screened, for people to look at. Nothing of it is longer than a line.
public struct RequestSample: Sendable, Equatable {
  public enum Action: String, Sendable {
    case allow = "ALLOW"
    case block = "BLOCK"
    case count = "COUNT"
  }

  public var epochMilliseconds: Int64
  /// `Default_Action` where no rule decided.
  public var rule: String
  public var action: Action
  /// What the rule saw, in words: `header user-agent contains "sqlmap"`.
  public var reason: String
  public var client: String
  public var method: String
  public var host: String
  /// Path and query.
  public var target: String
  public var userAgent: String
  public var labels: [String]
  /// What the client can be told by, where a rule of the web ACL asks for that.
  public var ja3, ja4: String?

  public init(
    epochMilliseconds: Int64, rule: String, action: Action, reason: String, client: String, method: String,
    host: String,
    target: String, userAgent: String, labels: [String], ja3: String? = nil, ja4: String? = nil
  ) {
    self.epochMilliseconds = epochMilliseconds
    self.rule = rule
    self.action = action
    self.reason = reason
    self.client = client
    self.method = method
    self.host = host
    self.target = target
    self.userAgent = userAgent
    self.labels = labels
    self.ja3 = ja3
    self.ja4 = ja4
  }
}
