import HTTPWire
import Testing

@testable import CacheRules

@Suite("CloudFront's TTL rules (spec § 14.5 and § 14.6)")
struct TTLPolicyTests {
  private let free = TTLPolicy(minimum: 0, standard: 100, maximum: 1000)
  private let bounded = TTLPolicy(minimum: 50, standard: 100, maximum: 1000)

  @Test("with a minimum of 0, what the origin says must hold up to the maximum")
  func withoutMinimum() {
    #expect(Response(["Cache-Control: s-maxage=10, max-age=20"]).decision(free).lifetime == 10)
    #expect(
      Response(["Cache-Control: max-age=5000"]).decision(free) == .store(Freshness(lifetime: 1000, source: .maximumTTL))
    )
    #expect(Response(["Expires: \(date(noon + 70))", "Date: \(date(noon))"]).decision(free).lifetime == 70)
    #expect(Response(["Expires: 0"]).decision(free).refusal == .ttlZero)
    #expect(Response([]).decision(free) == .store(Freshness(lifetime: 100, source: .defaultTTL)))
  }

  @Test("a minimum above 0 must hold against the origin, its bans included")
  func withMinimum() {
    #expect(
      Response(["Cache-Control: max-age=10"]).decision(bounded) == .store(Freshness(lifetime: 50, source: .minimumTTL)))
    #expect(Response(["Expires: 0"]).decision(bounded).lifetime == 50)
    for directive in ["no-cache", "no-store", "private"] {
      #expect(Response(["Cache-Control: \(directive), max-age=500"]).decision(bounded).lifetime == 50, "\(directive)")
      #expect(Response(["Cache-Control: \(directive)"]).decision(free).refusal != nil, "\(directive)")
    }
    #expect(Response([]).decision(TTLPolicy(minimum: 200, standard: 100, maximum: 1000)).lifetime == 200)
  }

  @Test("all TTLs at 0 must mean that nothing is cached")
  func disabled() {
    #expect(
      Response(["Cache-Control: max-age=60"]).decision(TTLPolicy(minimum: 0, standard: 0, maximum: 0)).refusal
        == .disabled)
  }

  @Test(
    "errors that speak of the origin must always be cached for a while", arguments: [404, 414, 500, 501, 502, 503, 504])
  func errors(_ status: Int) {
    #expect(Response(status, []).decision(free) == .store(Freshness(lifetime: 10, source: .errorTTL)))
    #expect(Response(status, ["Cache-Control: max-age=60"]).decision(free).lifetime == 60)
    #expect(Response(status, ["Cache-Control: max-age=5"]).decision(free).lifetime == 10)
    #expect(Response(status, ["Cache-Control: max-age=5000"]).decision(free).lifetime == 1000)
    var policy = free
    policy.errorMinimums[status] = 0
    #expect(Response(status, []).decision(policy).refusal == .ttlZero)
  }

  @Test(
    "errors that speak of the request must be cached only where the origin says so",
    arguments: [400, 403, 405, 412, 415])
  func requestErrors(_ status: Int) {
    #expect(Response(status, []).decision(free).refusal == .nothingToReuse)
    #expect(Response(status, ["Expires: \(date(noon + 60))"]).decision(free).refusal == .nothingToReuse)
    #expect(Response(status, ["Cache-Control: max-age=60"]).decision(free).lifetime == 60)
  }

  @Test("416 must never be cached")
  func rangeError() {
    #expect(Response(416, ["Cache-Control: max-age=60"]).decision(free).refusal == .status)
  }

  @Test("a client must not be able to make the cache ask the origin")
  func clientDirectives() {
    let head = request("GET", "/", ["Cache-Control: no-cache, no-store, max-age=0, stale-if-error=5"])
    #expect(TTLPolicy.directives(RequestDirectives(head)).noCache == false)
    #expect(TTLPolicy.directives(RequestDirectives(head)).staleIfError == 5)
  }

  @Test("the method must be GET, or OPTIONS where the behaviour caches that")
  func methods() {
    let response = Response(["Cache-Control: max-age=60"])
    #expect(response.decision(free, request("POST", "/", ["Content-Length: 0"])).refusal == .method)
    let options = StoringRequest(method: .options, noStore: false, hasAuthorization: false)
    #expect(response.facts { free.decide(options, $0, now: noon) }.refusal == .method)
    #expect(response.facts { free.decide(options, $0, cachesOptions: true, now: noon) }.lifetime == 60)
  }

  @Test("what is kept against the origin's word may stand in for it, unless stale-if-error=0")
  func keptAgainstOrigin() {
    func stands(_ value: String, _ policy: TTLPolicy) -> Bool {
      let response = Response(["Cache-Control: \(value)"])
      var record = response.record()
      record.freshness = Freshness(lifetime: 50, source: .minimumTTL)
      response.facts { policy.apply(to: &record, $0) }
      return StaleOnError.mayServe(record, RequestDirectives(), after: .answered(503), now: noonMilliseconds + 90_000)
    }
    #expect(stands("no-store", bounded))
    #expect(!stands("no-store, stale-if-error=0", bounded))
    #expect(!stands("max-age=1", bounded))
  }
}
