import Testing

@testable import CacheRules

@Suite("Storability (RFC 9111 § 3)")
struct StorabilityTests {
  private let fresh = "Cache-Control: max-age=60"

  @Test(
    "a response with explicit freshness must be stored, whatever its final status",
    arguments: [200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599])
  func statuses(_ status: Int) {
    #expect(Response(status, [fresh]).decision().lifetime == 60)
  }

  @Test("an interim response and a 304 must not be stored")
  func notFinal() {
    #expect(Response(103, [fresh]).decision().refusal == .interim)
    #expect(Response(304, [fresh]).decision().refusal == .notModified)
  }

  @Test("what forbids must win over what allows")
  func forbidden() {
    #expect(
      Response(["Cache-Control: max-age=10000, no-store", "Expires: \(date(noon + 99))"]).decision().refusal == .noStore
    )
    #expect(Response(["Cache-Control: private, max-age=3600"]).decision().refusal == .isPrivate)
    #expect(Response([fresh]).decision(request("GET", "/", ["Cache-Control: no-store"])).refusal == .requestNoStore)
    #expect(Response([fresh, "Vary: *"]).decision().refusal == .varyAll)
    #expect(Response([fresh, "Vary: Foo, *"]).decision().refusal == .varyAll)
    #expect(Response([fresh, "Vary:", "Vary: *"]).decision().refusal == .varyAll)
  }

  @Test("only the answer to a GET must be stored", arguments: ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "M-SEARCH"])
  func methods(_ method: String) {
    #expect(Response([fresh]).decision(request(method)).refusal == .method)
  }

  @Test(
    "the answer to OPTIONS must be stored where the operator says so, and else as little as RFC 9110 § 9.3.7 has it")
  func options() {
    let head = request("OPTIONS")
    let said = StoringRequest(head, directives: RequestDirectives(head))
    Response([fresh]).facts { facts in
      #expect(Storability.decide(said, facts, cachesOptions: true, now: noon).lifetime == 60)
      #expect(Storability.decide(said, facts, now: noon).refusal == .method)
    }
  }

  @Test("what sets a cookie must not be stored, however fresh, unless the operator or the response itself says so")
  func cookies() {
    let cookie = "Set-Cookie: session=1"
    #expect(Response(["Cache-Control: public, max-age=60", cookie]).decision().refusal == .setsCookie)
    #expect(Response(["Cache-Control: s-maxage=60", cookie]).decision().refusal == .setsCookie)
    // What forbids more says why.
    #expect(Response(["Cache-Control: private, max-age=60", cookie]).decision().refusal == .isPrivate)
    // The rest of it is for all.
    #expect(Response(["Cache-Control: max-age=60, no-cache=\"Set-Cookie\"", cookie]).decision().lifetime == 60)
    #expect(Response(["Cache-Control: max-age=60, private=\"set-cookie\"", cookie]).decision().lifetime == 60)
    Response([fresh, cookie]).facts { facts in
      let said = StoringRequest(method: .get, noStore: false, hasAuthorization: false)
      #expect(Storability.decide(said, facts, sharesCookies: true, now: noon).lifetime == 60)
    }
  }

  @Test("the answer to one who has shown credentials must be stored only if it says that it is for all")
  func authorization() {
    let authorized = request("GET", "/", ["Authorization: FOO"])
    #expect(Response([fresh]).decision(authorized).refusal == .authorization)
    #expect(Response(["Cache-Control: max-age=60, public"]).decision(authorized).lifetime == 60)
    #expect(Response(["Cache-Control: max-age=60, must-revalidate"]).decision(authorized).lifetime == 60)
    #expect(Response(["Cache-Control: s-maxage=60"]).decision(authorized).lifetime == 60)
    #expect(Response(["Cache-Control: max-age=60, proxy-revalidate"]).decision(authorized).refusal == .authorization)
  }

  @Test("must-understand must take the place of no-store where the status is understood, and forbid where it is not")
  func mustUnderstand() {
    let field = "Cache-Control: max-age=60, no-store, must-understand"
    #expect(Response(200, [field]).decision().lifetime == 60)
    #expect(Response(599, [field]).decision().refusal == .status)
    #expect(Response(599, ["Cache-Control: max-age=60, must-understand"]).decision().refusal == .status)
  }

  @Test("what is never fresh must be stored only to be validated or to stand in")
  func neverFresh() {
    #expect(Response([]).decision().refusal == .nothingToReuse)
    #expect(Response(["Cache-Control: max-age=0"]).decision().refusal == .nothingToReuse)
    #expect(Response(["Cache-Control: no-cache"]).decision().refusal == .nothingToReuse)
    #expect(Response(["Cache-Control: no-cache", "ETag: \"abcd\""]).decision().lifetime == 0)
    #expect(Response(["Cache-Control: max-age=0, stale-while-revalidate=60"]).decision().lifetime == 0)
  }

  @Test("a part must be stored only if it says consistently which part it is")
  func parts() {
    #expect(Response(206, [fresh, "Content-Range: bytes 0-4/10", "Content-Length: 5"]).decision().lifetime == 60)
    #expect(Response(206, [fresh, "Content-Range: bytes 4-9/10", "Content-Length: 5"]).decision().refusal == .partial)
    #expect(Response(206, [fresh]).decision().refusal == .partial)
    #expect(Response(206, [fresh, "Content-Range: bytes 4-9/5"]).decision().refusal == .partial)
  }
}
