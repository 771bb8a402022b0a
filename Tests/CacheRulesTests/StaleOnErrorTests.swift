import Testing

@testable import CacheRules

@Suite("Stale on error (RFC 9111 § 4.2.4, RFC 5861 § 4)")
struct StaleOnErrorTests {
  private func serves(_ value: String, _ failure: StaleOnError.Failure, after seconds: Int, _ fields: [String] = [])
    -> Bool
  {
    StaleOnError.mayServe(
      Response(["Cache-Control: \(value)"]).record(), RequestDirectives(request("GET", "/", fields)), after: failure,
      now: noonMilliseconds + Int64(seconds) * 1000)
  }

  @Test("an origin that cannot be reached must be stood in for, during the grace")
  func unreachable() {
    #expect(serves("max-age=2", .unreachable, after: 5))
    #expect(serves("max-age=2", .unreachable, after: 86_400))
    #expect(!serves("max-age=2", .unreachable, after: 86_403))
  }

  @Test(
    "what forbids stale use must win", arguments: ["must-revalidate", "proxy-revalidate", "no-cache", "s-maxage=2"])
  func forbidden(_ directive: String) {
    #expect(!serves("max-age=2, \(directive)", .unreachable, after: 5))
  }

  @Test("stale-if-error must be served within its window, for errors of the origin's own")
  func staleIfError() {
    #expect(serves("max-age=2, stale-if-error=60", .answered(503), after: 61))
    #expect(!serves("max-age=2, stale-if-error=60", .answered(503), after: 62))
    #expect(!serves("max-age=2, stale-if-error=60", .answered(404), after: 5))
    #expect(!serves("max-age=2, stale-if-error=60", .unreachable, after: 100))
    #expect(!serves("max-age=2, stale-if-error=0", .unreachable, after: 5))
    #expect(serves("s-maxage=2, stale-if-error=60", .answered(500), after: 5))
    #expect(!serves("max-age=2, stale-if-error=60, must-revalidate", .answered(500), after: 5))
  }

  @Test("an origin that answers with an error must be heard where no one has said otherwise")
  func answered() {
    #expect(!serves("max-age=2", .answered(503), after: 5))
    #expect(serves("max-age=2", .answered(503), after: 5, ["Cache-Control: stale-if-error=10"]))
  }

  @Test(
    "under CloudFront's rules an origin that answers with an error must be stood in for, as one that cannot be reached")
  func standsIn() {
    func serves(_ value: String, _ status: Int, after seconds: Int) -> Bool {
      StaleOnError.mayServe(
        Response(["Cache-Control: \(value)"]).record(), RequestDirectives(request("GET", "/", [])),
        after: .answered(status), standsInForErrors: true, now: noonMilliseconds + Int64(seconds) * 1000)
    }
    #expect(serves("max-age=2", 503, after: 5))
    #expect(!serves("max-age=2", 404, after: 5))
    #expect(!serves("max-age=2", 503, after: 86_403))
    #expect(!serves("max-age=2, stale-if-error=0", 503, after: 5))
    #expect(!serves("max-age=2, must-revalidate", 503, after: 5))
  }
}
