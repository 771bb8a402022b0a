import Bytes
import Testing

@testable import CacheRules

@Suite("Directives: what Cache-Control says, however it is written")
struct DirectiveTests {
  @Test(
    "a number of seconds must be digits; a greater one than fits counts as the greatest",
    arguments: [
      ("0", 0), ("3600", 3600), ("003600", 3600), ("2147483647", 2_147_483_647), ("2147483648", 2_147_483_648),
      ("2147483649", 2_147_483_648), ("99999999999", 2_147_483_648),
      ("99999999999999999999999999999999999999", 2_147_483_648),
    ])
  func deltaSeconds(_ text: String, _ seconds: Int) {
    #expect(withBytes(text, DeltaSeconds.parse) == seconds)
  }

  @Test("what is not digits alone must be no number", arguments: ["", "-1", "+1", "1.0", " 1", "1a", "a1", "'1'", "١"])
  func noDeltaSeconds(_ text: String) {
    #expect(withBytes(text, DeltaSeconds.parse) == nil)
  }

  @Test("max-age must be read in any case, among extensions, quoted and not")
  func maxAge() {
    for value in [
      "max-age=60", "MaX-aGe=60", "foobar, max-age=60", "max-age=\"60\"", ",, max-age=60 ,", "x=\"a, b\",max-age=60",
    ] {
      #expect(Response(["Cache-Control: \(value)"]).directives.maxAge == .seconds(60), "\(value)")
    }
  }

  @Test(
    "max-age that no one can read must count as expired",
    arguments: [
      "max-age", "max-age=", "max-age=-1", "max-age='60'", "max-age=60.5", "max-age=a60", "max-age =60", "max-age= 60",
      "max-age=60a",
    ])
  func invalidMaxAge(_ value: String) {
    #expect(Response(["Cache-Control: \(value)"]).directives.maxAge.value == 0)
  }

  @Test("what stands in quotes must not be taken for a directive")
  func quoted() {
    for value in [
      "extension=\"max-age=3600\", max-age=1", "max-age=1, extension=\"max-age=3600\"",
      "x=\"no-store, \\\", private\", max-age=1",
    ] {
      let directives = Response(["Cache-Control: \(value)"]).directives
      #expect(directives.maxAge == .seconds(1))
      #expect(!directives.noStore && !directives.isPrivate)
    }
  }

  @Test("of two values the first must count, on one line or on two")
  func duplicates() {
    #expect(Response(["Cache-Control: max-age=1800, max-age=1"]).directives.maxAge == .seconds(1800))
    #expect(Response(["Cache-Control: max-age=1", "Cache-Control: max-age=1800"]).directives.maxAge == .seconds(1))
  }

  @Test("a directive that forbids must do so even with an argument that means nothing")
  func cautious() {
    for value in ["no-store=1", "no-store = x", "No-StOrE", "no-store;max-age=60"] {
      #expect(Response(["Cache-Control: \(value)"]).directives.noStore, "\(value)")
    }
    #expect(Response(["Cache-Control: no-cache="]).directives.noCache)
    #expect(Response(["Cache-Control: private=\"\""]).directives.isPrivate)
  }

  @Test("no-cache and private with field names must restrict those fields, not the response")
  func qualified() {
    let directives = Response(["Cache-Control: no-cache=\"a, b\", private=c"]).directives
    #expect(directives.noCacheFields && directives.privateFields)
    #expect(!directives.noCache && !directives.isPrivate)
  }

  @Test("an unterminated quoted string must end the field without harm")
  func unterminated() {
    for value in ["max-age=\"60", "x=\"\\", "no-cache=\"a, max-age=3600", "=", "\"", "=,=\",max-age"] {
      _ = Response(["Cache-Control: \(value)"]).directives
    }
    #expect(Response(["Cache-Control: no-cache=\"a, max-age=3600"]).directives.maxAge == .absent)
  }

  @Test("every directive of a response must be known")
  func everyDirective() {
    let directives = Response([
      "Cache-Control: public, must-revalidate, proxy-revalidate, must-understand, immutable",
      "Cache-Control: s-maxage=5, stale-while-revalidate=6, stale-if-error=7",
    ]).directives
    #expect(directives.isPublic && directives.mustRevalidate && directives.proxyRevalidate && directives.mustUnderstand)
    #expect(directives.immutable && directives.sharedMaxAge == .seconds(5))
    #expect(directives.staleWhileRevalidate == .seconds(6) && directives.staleIfError == .seconds(7))
  }

  @Test("every directive of a request must be known")
  func requestDirectives() {
    let directives = RequestDirectives(
      request(
        "GET", "/",
        ["Cache-Control: no-store, no-cache, only-if-cached, max-age=1, min-fresh=2, max-stale=3, stale-if-error=4"]))
    #expect(directives.noStore && directives.noCache && directives.onlyIfCached)
    #expect(
      directives.maxAge == 1 && directives.minFresh == 2 && directives.maxStale == 3 && directives.staleIfError == 4)
    #expect(RequestDirectives(request("GET", "/", ["Cache-Control: max-stale"])).maxStale == DeltaSeconds.greatest)
    #expect(RequestDirectives(request("GET", "/", ["Cache-Control: max-age=x"])).maxAge == 0)
    #expect(RequestDirectives(request("GET", "/", ["Cache-Control: nothing-to-see-here"])) == RequestDirectives())
  }

  @Test("Pragma: no-cache must count where there is no Cache-Control, and only there")
  func pragma() {
    #expect(RequestDirectives(request("GET", "/", ["Pragma: no-cache"])).noCache)
    #expect(!RequestDirectives(request("GET", "/", ["Pragma: no-cache", "Cache-Control: x"])).noCache)
    #expect(!RequestDirectives(request("GET", "/", ["Pragma: foo"])).noCache)
  }
}
