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
    #expect(all.count == ACLJournal.samplesPerRule + 1)
    #expect(all.first?.epochMilliseconds == 499_000 && all.last?.rule == "b")
    #expect(journal.samples(epochMilliseconds: 250_500 + ACLJournal.sampleLifetime + 1).allSatisfy { $0.rule == "a" })
    #expect(journal.samples(epochMilliseconds: 500_000 + ACLJournal.sampleLifetime).isEmpty)
  }

  @Test("a journal must be the same one for as long as its rules are called the same")
  func identity() {
    let (journal, memory, plan) = journal()
    #expect(memory.journal(of: ACLPlan(plan.acl)) === journal)
    var other = plan.acl
    other.rules[0].name = "c"
    #expect(memory.journal(of: ACLPlan(other)) !== journal)
    memory.keep(for: [], sets: [])
    #expect(memory.journal(of: plan) !== journal)
  }
}
