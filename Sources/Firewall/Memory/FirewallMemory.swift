import Synchronization

/// What outlives a request and a configuration: the addresses of the IP sets, the counts of rate-based rules, and what was sampled
/// and counted. One for the process, shared by all workers; the hot path takes no lock of it.
public final class FirewallMemory: Sendable {
  private struct Content {
    var sets: [String: IPSet] = [:]
    var counters: [ACLPlan.RateIdentity: RateCounter] = [:]
    var journals: [JournalKey: RuleJournal] = [:]
  }

  /// A rule, by what operators know it by.
  private struct JournalKey: Hashable {
    var acl: String
    var rule: String
  }

  private let content = Mutex(Content())

  /// What is known of addresses.
  public let geography = Geography()

  public init() {}

  /// The set of this name; an empty one where there was none.
  public func set(named name: String) -> IPSet {
    content.withLock { content in
      if let known = content.sets[name] { return known }
      let set = IPSet(name: name)
      content.sets[name] = set
      return set
    }
  }

  /// The counter of a rule: the same one for as long as nothing about the rule changes.
  public func counter(for identity: ACLPlan.RateIdentity) -> RateCounter {
    content.withLock { content in
      if let known = content.counters[identity] { return known }
      let counter = RateCounter(window: identity.window)
      content.counters[identity] = counter
      return counter
    }
  }

  /// What a web ACL did. A rule goes on with what it had under its name, wherever it stands among the others by now; one with a
  /// name that is new begins with nothing.
  public func journal(of plan: ACLPlan) -> ACLJournal {
    content.withLock { content in
      let rules = plan.allRuleNames.map { name in
        let key = JournalKey(acl: plan.acl.name, rule: name)
        if let known = content.journals[key] { return known }
        let journal = RuleJournal()
        content.journals[key] = journal
        return journal
      }
      return ACLJournal(ruleNames: plan.allRuleNames, rules: rules)
    }
  }

  /// Forgets what none of these plans has any use for.
  public func keep(for plans: [ACLPlan], sets: Set<String>) {
    let identities = Set(plans.flatMap(\.rateIdentities))
    let keys = Set(plans.flatMap { plan in plan.allRuleNames.map { JournalKey(acl: plan.acl.name, rule: $0) } })
    content.withLock { content in
      content.counters = content.counters.filter { identities.contains($0.key) }
      content.sets = content.sets.filter { sets.contains($0.key) }
      content.journals = content.journals.filter { keys.contains($0.key) }
    }
  }
}
