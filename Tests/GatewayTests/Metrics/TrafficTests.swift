import CacheRules
import HTTPSemantics
import Reactor
import Testing

@testable import Gateway

@Suite struct TrafficTests {
  private func counted(_ requests: [(HTTPMethod, Int)]) -> [String: Int] {
    var traffic = Traffic()
    for (method, status) in requests { traffic.count(method, status: status) }
    var found: [String: Int] = [:]
    traffic.forEach { found["\($0) \($1)", default: 0] += $2 }
    return found
  }

  @Test("requests must be counted by method and class of status")
  func classes() {
    let found = counted([
      (.get, 200), (.get, 299), (.get, 404), (.post, 101), (.put, 302), (.patch, 504), (.delete, 204), (.options, 200),
      (.head, 304),
    ])
    #expect(
      found == [
        "GET 2xx": 2, "GET 4xx": 1, "POST 1xx": 1, "PUT 3xx": 1, "PATCH 5xx": 1, "DELETE 2xx": 1, "OPTIONS 2xx": 1,
        "HEAD 3xx": 1,
      ])
  }

  @Test("what clients invent must not make a series: neither a method nor a status")
  func bounded() {
    let found = counted([
      (.other("X1"), 200), (.other("X2"), 200), (.trace, 200), (.connect, 200), (.get, 0), (.get, 999), (.get, -1),
    ])
    #expect(found == ["other 2xx": 4, "GET none": 2, "GET 5xx": 1])
  }

  @Test("a request must bring its bytes, its times and what the cache did")
  func notes() {
    var notes = ExchangeNotes()
    notes.begin(MonotonicTime(nanoseconds: 1_000))
    notes.call(MonotonicTime(nanoseconds: 2_000_000))
    notes.answer(200, MonotonicTime(nanoseconds: 5_000_000))
    notes.status = 200
    notes.bodyCount = 70
    var traffic = Traffic()
    traffic.count(.get, notes, .hit, now: 9_001_000)
    #expect(traffic.bodyBytes == 70 && traffic.count(.hit) == 1 && traffic.count(.miss) == 0)
    #expect(traffic.durations.sum == 9_000_000 && traffic.originDurations.sum == 3_000_000)
    notes.begin(MonotonicTime(nanoseconds: 0))
    notes.status = 101
    traffic.count(.get, notes, .none, now: 9_000_000_000)
    #expect(traffic.durations.sum == 9_000_000, "a tunnel's length is no latency")
    #expect(traffic.originDurations.cumulative.last == 1, "an integration that was not called took no time")
  }

  @Test("every outcome must have its result")
  func results() {
    var collapsed = CacheOutcome(.forwarded(.nothingStored))
    collapsed.isCollapsed = true
    let outcomes: [(CacheOutcome, CacheResult)] = [
      (CacheOutcome(.hit(.fresh)), .hit), (CacheOutcome(.hit(.acceptedStale)), .hit),
      (CacheOutcome(.hit(.staleOnError)), .stale), (CacheOutcome(.staleWhileRevalidate), .stale),
      (CacheOutcome(.revalidated(.stale)), .revalidated), (CacheOutcome(.forwarded(.stale)), .miss),
      (collapsed, .collapsed), (CacheOutcome(.bypassed(.disabled)), .bypass),
      (CacheOutcome(.unsatisfiable(.nothingStored)), .unsatisfiable),
    ]
    for (outcome, result) in outcomes { #expect(CacheResult(outcome) == result) }
  }
}
