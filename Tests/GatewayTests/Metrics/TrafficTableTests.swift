import Configuration
import Foundation
import HTTPSemantics
import Reactor
import Testing

@testable import Gateway

@Suite("Traffic table: counts by what a configuration calls things")
struct TrafficTableTests {
  /// The snapshot of a project with these stages.
  private func snapshot(_ stages: [String], in project: Project) throws -> Snapshot {
    let list = stages.map { "{ name: \($0) }" }.joined(separator: ", ")
    try project.write(
      """
      listeners: [{ address: "127.0.0.1:0" }]
      apis: [{ name: a, definition: api.yaml, stages: [\(list)] }]
      distributions:
        - aliases: ["x.test", "y.test"]
          origins: [{ id: api, api: a, stage: \(stages[0]) }]
          defaultCacheBehavior: { targetOriginId: api }

      """, to: "gateway.yaml")
    return try ConfigurationLoader.load(path: project.place.path)
  }

  private func notes(stage: Int = -1, distribution: Int = -1) -> ExchangeNotes {
    var notes = ExchangeNotes()
    notes.begin(MonotonicTime(nanoseconds: 0))
    notes.status = 200
    notes.stage = stage
    notes.distribution = distribution
    return notes
  }

  private func total(_ table: TrafficTable, _ name: TrafficName) -> Int? {
    table.report[name]?.durations.cumulative.last
  }

  @Test("a request must count for its stage and its distribution, and else for neither")
  func names() throws {
    let project = try Project()
    let snapshot = try snapshot(["dev", "test"], in: project)
    let table = TrafficTable(snapshot)
    table.count(.get, notes(stage: 1), of: snapshot, now: 1)
    table.count(.get, notes(stage: 0, distribution: 0), of: snapshot, now: 1)
    table.count(.get, notes(), of: snapshot, now: 1)
    #expect(total(table, TrafficName(api: "a", stage: "dev")) == 1)
    #expect(total(table, TrafficName(api: "a", stage: "test")) == 1)
    #expect(total(table, TrafficName(distribution: "x.test")) == 1)
    #expect(total(table, TrafficName()) == 1)
  }

  @Test("counts must go on through a reload, whatever number a stage has by then")
  func reloads() throws {
    let project = try Project()
    let before = try snapshot(["dev", "test"], in: project)
    let after = try snapshot(["test", "live"], in: project)
    let table = TrafficTable(before)
    table.count(.get, notes(stage: 1), of: before, now: 1)
    table.adopt(after)
    table.count(.get, notes(stage: 0), of: after, now: 1)
    // Requests that began before end with the numbers of before.
    table.count(.get, notes(stage: 1), of: before, now: 1)
    table.count(.get, notes(stage: 0, distribution: 0), of: before, now: 1)
    #expect(total(table, TrafficName(api: "a", stage: "test")) == 3)
    #expect(total(table, TrafficName(api: "a", stage: "dev")) == 1)
    #expect(total(table, TrafficName(api: "a", stage: "live")) == 0)
    #expect(total(table, TrafficName(distribution: "x.test")) == 1)
  }
}
