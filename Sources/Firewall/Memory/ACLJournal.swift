/// What a web ACL did: counts by rule, and samples of requests (spec § 15.3, SampledRequestsEnabled). A plan's rules by their
/// number; what is noted stays with their names (`FirewallMemory`).
public final class ACLJournal: Sendable {
  /// Every rule, and at the end the default action.
  public let ruleNames: [String]
  private let rules: [RuleJournal]

  /// - Parameter rules: one for each name.
  init(ruleNames: [String], rules: [RuleJournal]) {
    self.ruleNames = ruleNames
    self.rules = rules
  }

  private func journal(of rule: Int?) -> RuleJournal { rules[rule ?? rules.count - 1] }

  /// - Parameter rule: nil: the default action.
  public func count(_ rule: Int?, _ action: RequestSample.Action) { journal(of: rule).count(action) }

  /// Whether a sample of this rule is due; whoever asks first in a second is told so.
  public func wantsSample(_ rule: Int?, epochMilliseconds: Int64) -> Bool {
    journal(of: rule).wantsSample(epochMilliseconds: epochMilliseconds)
  }

  public func add(_ sample: RequestSample, to rule: Int?) { journal(of: rule).add(sample) }

  /// One rule in numbers.
  public struct Tally: Sendable, Equatable {
    public var rule: String
    public var allowed, blocked, counted: Int
  }

  public var tallies: [Tally] { byName.map { $1.tally($0) } }

  /// The samples of the last three hours, the newest first.
  public func samples(epochMilliseconds now: Int64) -> [RequestSample] {
    byName.flatMap { $1.samples(epochMilliseconds: now) }.sorted { $0.epochMilliseconds > $1.epochMilliseconds }
  }

  /// Each name once: the rules of a group that a web ACL refers to twice are there twice.
  private var byName: [(name: String, journal: RuleJournal)] {
    var seen: Set<String> = []
    return zip(ruleNames, rules).filter { seen.insert($0.0).inserted }.map { ($0, $1) }
  }
}
