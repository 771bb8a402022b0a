import HTTPWire
import Testing

@testable import CacheRules

@Suite("Lookup (RFC 9111 § 4)")
struct LookupTests {
  private let fresh = Response(["Cache-Control: max-age=60", "ETag: \"a\"", "Date: \(date(noon))"])

  private func cc(_ value: String) -> [String] { ["Cache-Control: \(value)"] }

  @Test("a response must be reused while it is fresh, and be validated from then on")
  func freshAndStale() {
    #expect(fresh.lookup() == .hit(.fresh))
    #expect(fresh.lookup(after: 59) == .hit(.fresh))
    #expect(fresh.lookup(after: 60) == .revalidate(.stale))
    #expect(Response(cc("max-age=3600") + ["Age: 7200"]).lookup() == .revalidate(.stale))
    #expect(
      Response(["Expires: \(date(noon + 10))", "Date: \(date(noon - 10))", "Age: 25"]).lookup() == .revalidate(.stale))
  }

  @Test("no-cache must mean that the origin is asked every time")
  func noCache() {
    #expect(Response(cc("max-age=10000, no-cache") + ["ETag: \"a\""]).lookup() == .revalidate(.noCache))
    #expect(fresh.lookup(request("GET", "/", cc("no-cache"))) == .revalidate(.requestNoCache))
    #expect(fresh.lookup(request("GET", "/", ["Pragma: no-cache"])) == .revalidate(.requestNoCache))
  }

  @Test("a client's max-age and min-fresh must be kept to")
  func requestBounds() {
    #expect(fresh.lookup(request("GET", "/", cc("max-age=0"))) == .revalidate(.requestNoCache))
    #expect(fresh.lookup(request("GET", "/", cc("max-age=10")), after: 10) == .hit(.fresh))
    #expect(fresh.lookup(request("GET", "/", cc("max-age=10")), after: 11) == .revalidate(.requestMaxAge))
    #expect(fresh.lookup(request("GET", "/", cc("min-fresh=60"))) == .hit(.fresh))
    #expect(fresh.lookup(request("GET", "/", cc("min-fresh=61"))) == .revalidate(.requestMinFresh))
  }

  @Test("a client may take a stale response, unless the origin forbids it")
  func maxStale() {
    let head = request("GET", "/", cc("max-stale=10"))
    #expect(fresh.lookup(head, after: 70) == .hit(.acceptedStale))
    #expect(fresh.lookup(head, after: 71) == .revalidate(.stale))
    #expect(fresh.lookup(request("GET", "/", cc("max-stale")), after: 100_000) == .hit(.acceptedStale))
    for forbidden in ["must-revalidate", "proxy-revalidate", "s-maxage=60"] {
      #expect(Response(cc("max-age=60, \(forbidden)")).lookup(head, after: 65) == .revalidate(.stale), "\(forbidden)")
    }
  }

  @Test("only-if-cached must end in 504 wherever the origin would have to be asked")
  func onlyIfCached() {
    let head = request("GET", "/", cc("only-if-cached"))
    #expect(fresh.lookup(head) == .hit(.fresh))
    #expect(fresh.lookup(head, after: 61) == .unsatisfiable(.stale))
  }

  @Test("stale-while-revalidate must be served stale within its window, even beside s-maxage")
  func staleWhileRevalidate() {
    let response = Response(cc("s-maxage=60, stale-while-revalidate=30"))
    #expect(response.lookup(after: 60) == .staleWhileRevalidate)
    #expect(response.lookup(after: 89) == .staleWhileRevalidate)
    #expect(response.lookup(after: 90) == .revalidate(.stale))
    #expect(
      Response(cc("max-age=60, stale-while-revalidate=30, must-revalidate")).lookup(after: 61) == .revalidate(.stale))
  }

  @Test("immutable must keep a reload from asking the origin, but not no-cache")
  func immutable() {
    let response = Response(cc("max-age=60, immutable"))
    #expect(response.lookup(request("GET", "/", cc("max-age=0"))) == .hit(.fresh))
    #expect(response.lookup(request("GET", "/", cc("no-cache"))) == .revalidate(.requestNoCache))
    #expect(response.lookup(request("GET", "/", cc("max-age=0")), after: 61) == .revalidate(.requestNoCache))
  }

  @Test("what has been invalidated softly must be confirmed, or served while it is where the origin allows that")
  func invalidated() {
    #expect(fresh.lookup(invalidated: true) == .revalidate(.invalidated))
    let response = Response(cc("max-age=60, stale-while-revalidate=30"))
    #expect(response.lookup(invalidated: true) == .staleWhileRevalidate)
    // For no longer than it would be served stale without that.
    #expect(response.lookup(after: 89, invalidated: true) == .staleWhileRevalidate)
    #expect(response.lookup(after: 90, invalidated: true) == .revalidate(.invalidated))
  }

  @Test("what the cache has no part in must be passed by")
  func bypass() {
    func bypass(_ head: RequestHead) -> BypassReason? { Lookup.bypass(head, directives: RequestDirectives(head)) }
    #expect(bypass(request("GET")) == nil && bypass(request("HEAD")) == nil)
    #expect(bypass(request("POST", "/", ["Content-Length: 0"])) == .method)
    #expect(bypass(request("GET", "/", cc("no-store"))) == .requestNoStore)
    #expect(bypass(request("OPTIONS")) == .method)
    func options(_ fields: [String]) -> BypassReason? {
      Lookup.bypass(request("OPTIONS", "/", fields), directives: RequestDirectives(), cachesOptions: true)
    }
    #expect(options([]) == nil)
    // What is said in a body is not in the key.
    #expect(options(["Content-Length: 1"]) == .method)
    #expect(bypass(request("GET", "/", ["Connection: upgrade", "Upgrade: websocket"])) == .upgrade)
  }
}
