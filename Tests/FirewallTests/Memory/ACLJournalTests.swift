import Testing

@testable import Firewall

struct ACLJournalTests {
  private func journal() -> (ACLJournal, FirewallMemory, ACLPlan) {
    let plan = ACLPlan(
      WebACL(
        name: "w", defaultAction: .allow(),
        rules: [
          Rule(name: "a", priority: 0, statement: .bytes(.uriPath, .contains, "a"), action: .count()),
          Rule(name: "b", priority: 1, statement: .bytes(.uriPath, .contains, "b"), action: .block()),
        ]))
    let memory = FirewallMemory()
    return (memory.journal(of: plan), memory, plan)
  }

  private func sample(_ rule: String, at time: Int64) -> RequestSample {
    RequestSample(
      epochMilliseconds: time, rule: rule, action: .count, reason: "r", client: "c", method: "GET", host: "h",
      target: "/",
      userAgent: "", labels: [])
  }

  @Test("requests must be counted by rule and by what became of them")
  func counts() {
    let (journal, _, _) = journal()
    for _ in 0..<3 { journal.count(0, .count) }
    journal.count(1, .block)
    journal.count(nil, .allow)
    #expect(
      journal.tallies == [
        .init(rule: "a", allowed: 0, blocked: 0, counted: 3), .init(rule: "b", allowed: 0, blocked: 1, counted: 0),
        .init(rule: "Default_Action", allowed: 1, blocked: 0, counted: 0),
      ])
  }

  @Test("one sample a second must be wanted of each rule")
  func pace() {
    let (journal, _, _) = journal()
    #expect(journal.wantsSample(0, epochMilliseconds: 10_000))
    #expect(!journal.wantsSample(0, epochMilliseconds: 10_999))
    #expect(journal.wantsSample(1, epochMilliseconds: 10_999))
    #expect(journal.wantsSample(nil, epochMilliseconds: 10_999))
    #expect(journal.wantsSample(0, epochMilliseconds: 11_000))
  }

  @Test("samples must be bounded, leave after three hours, and come with the newest first")
  func bounds() {
    let (journal, _, _) = journal()
    for time in 0..<500 { journal.add(sample("a", at: Int64(time) * 1000), to: 0) }
    journal.add(sample("b", at: 250_500), to: 1)
    let all = journal.samples(epochMilliseconds: 500_000)
    #expect(all.count == RuleJournal.mostSamples + 1)
    #expect(all.first?.epochMilliseconds == 499_000 && all.last?.rule == "b")
    #expect(journal.samples(epochMilliseconds: 250_500 + RuleJournal.sampleLifetime + 1).allSatisfy { $0.rule == "a" })
    #expect(journal.samples(epochMilliseconds: 500_000 + RuleJournal.sampleLifetime).isEmpty)
  }

  private func acl(_ names: [String]) -> WebACL {
    WebACL(
      name: "w", defaultAction: .allow(),
      rules: names.enumerated().map { number, name in
        Rule(name: name, priority: number, statement: .bytes(.uriPath, .contains, name), action: .count())
      })
  }

  @Test(
    "a rule must go on with its counts and samples under its name wherever it stands, and a new name begin with nothing"
  )
  func names() {
    let memory = FirewallMemory()
    let before = memory.journal(of: ACLPlan(acl(["a", "b", "c"])))
    for rule in 0..<3 { before.count(rule, .count) }
    before.count(nil, .allow)
    before.add(sample("a", at: 0), to: 0)
    // `b` has been renamed, and the rest has moved.
    let plan = ACLPlan(acl(["new", "c", "d", "a"]))
    memory.keep(for: [plan], sets: [])
    let after = memory.journal(of: plan)
    #expect(after.tallies.map(\.counted) == [0, 1, 0, 1, 0])
    #expect(after.tallies.last?.allowed == 1)
    #expect(after.samples(epochMilliseconds: 0).map(\.rule) == ["a"])
    // Requests that are still under way by the old rules are counted with the new ones.
    before.count(0, .count)
    #expect(after.tallies[3].counted == 2)
  }

  @Test("a rule that was gone must begin with nothing when it comes back")
  func gone() {
    let memory = FirewallMemory()
    let plan = ACLPlan(acl(["a"]))
    memory.journal(of: plan).count(0, .block)
    memory.keep(for: [], sets: [])
    #expect(memory.journal(of: plan).tallies.allSatisfy { $0.blocked == 0 })
  }

  @Test("web ACLs must not share the counts of rules that are called the same")
  func apart() {
    let memory = FirewallMemory()
    var other = acl(["a"])
    other.name = "v"
    memory.journal(of: ACLPlan(acl(["a"]))).count(0, .block)
    #expect(memory.journal(of: ACLPlan(other)).tallies[0].blocked == 0)
  }

  @Test("the rules of a group that a web ACL refers to twice must be told of once")
  func twice() {
    let group = RuleGroup(name: "g", rules: acl(["a"]).rules)
    let reference = { (name: String, priority: Int) in
      Rule(name: name, priority: priority, statement: .group(RuleGroupReference(group)), action: nil)
    }
    let plan = ACLPlan(
      WebACL(name: "w", defaultAction: .allow(), rules: [reference("one", 0), reference("two", 1)]))
    let journal = FirewallMemory().journal(of: plan)
    journal.count(0, .count)
    journal.count(1, .count)
    #expect(journal.tallies.map { "\($0.rule) \($0.counted)" } == ["g/a 2", "Default_Action 0"])
  }
}
