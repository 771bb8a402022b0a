import Testing

@testable import CacheRules

@Suite("Freshness (RFC 9111 § 4.2.1 and § 4.2.2)")
struct FreshnessTests {
  private func freshness(_ fields: [String]) -> Freshness { freshness(200, fields) }

  private func freshness(_ status: Int, _ fields: [String]) -> Freshness {
    Response(status, fields).facts { Freshness.of($0, now: noon) }
  }

  @Test("s-maxage must win over max-age, and that over Expires, whichever is longer and in whatever order")
  func order() {
    #expect(freshness(["Cache-Control: max-age=3600, s-maxage=1"]) == Freshness(lifetime: 1, source: .sharedMaxAge))
    #expect(freshness(["Cache-Control: s-maxage=3600", "Cache-Control: max-age=1"]).lifetime == 3600)
    #expect(freshness(["Expires: \(date(noon - 10))", "Cache-Control: max-age=0, s-maxage=3600"]).lifetime == 3600)
    #expect(freshness(["Expires: \(date(noon + 3600))", "Cache-Control: max-age=0"]).lifetime == 0)
    #expect(freshness(["Expires: 0", "Cache-Control: max-age=3600"]) == Freshness(lifetime: 3600, source: .maxAge))
  }

  @Test("Expires must be counted from Date, or from now where there is none that can be read")
  func expires() {
    #expect(freshness(["Expires: \(date(noon + 300))", "Date: \(date(noon + 400))"]).lifetime == 0)
    #expect(freshness(["Expires: \(date(noon + 20))", "Date: \(date(noon + 10))"]).lifetime == 10)
    #expect(freshness(["Expires: \(date(noon + 10))", "Date: foo"]).lifetime == 10)
    #expect(freshness(["Expires: \(date(noon))", "Date: \(date(noon))"]).lifetime == 0)
  }

  @Test(
    "an Expires in any form of date must be read, letters in whatever case (RFC 9111 § 4.2)",
    arguments: [
      "Sun, 21 Nov 2286 04:46:39 GMT", "Tue, 19 Jan 2038 14:14:08 GMT", "Thursday, 18-Aug-50 02:01:18 GMT",
      "Thu Aug  8 02:01:18 2050", "THU, 18 Aug 2050 02:01:18 GMT", "Thu, 18 AUG 2050 02:01:18 GMT",
      "Thu, 18 Aug 2050 02:01:18 gMT",
    ])
  func dates(_ text: String) {
    #expect(freshness(["Expires: \(text)", "Date: \(date(noon))"]).lifetime > 300_000_000)
  }

  @Test(
    "an Expires that is no date must have expired",
    arguments: [
      "0", "-1", "Thu, 18 Aug 2050 02:01:18 UTC", "Thu, 18 Aug 2050 02:01:18 AEST", "Thu, 18 Aug 50 02:01:18 GMT",
      "Thu 18 Aug 2050 02:01:18 GMT", "Thu, 18  Aug  2050 02:01:18 GMT", "Thu, 18-Aug-2050 02:01:18 GMT",
      "Thu, 18 Aug 2050 02.01.18 GMT", "Thu, 18 Aug 2050 2:01:18 GMT",
    ])
  func noDates(_ text: String) {
    #expect(
      freshness(["Expires: \(text)", "Last-Modified: \(date(noon - 100_000))"])
        == Freshness(lifetime: 0, source: .expires))
  }

  @Test(
    "a tenth of the time since Last-Modified must be guessed, for the statuses that allow it",
    arguments: [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501])
  func heuristic(_ status: Int) {
    #expect(
      freshness(status, ["Last-Modified: \(date(noon - 1000))", "Date: \(date(noon))"])
        == Freshness(lifetime: 100, source: .heuristic))
  }

  @Test(
    "nothing must be guessed for other statuses unless they are public",
    arguments: [201, 202, 302, 307, 403, 500, 502, 503, 504, 599])
  func noHeuristic(_ status: Int) {
    let fields = ["Last-Modified: \(date(noon - 1000))", "Date: \(date(noon))"]
    #expect(freshness(status, fields) == Freshness(lifetime: 0, source: .none))
    #expect(freshness(status, fields + ["Cache-Control: public"]).lifetime == 100)
  }

  @Test("a guess must not go beyond a day, nor be made of a response that sets a cookie")
  func boundsOfGuesses() {
    #expect(freshness(["Last-Modified: \(date(noon - 100_000_000))"]).lifetime == 86_400)
    #expect(freshness(["Last-Modified: \(date(noon - 1000))", "Set-Cookie: a=b"]).lifetime == 0)
    #expect(freshness(["Cache-Control: max-age=60", "Set-Cookie: a=b"]).lifetime == 60)
    #expect(freshness(["Last-Modified: \(date(noon + 1000))"]).lifetime == 0)
  }
}
