import Testing

@testable import Firewall

/// Rate-based rules, by a manual clock.
struct RateTests {
  private func screened(_ rate: RateBased) throws -> Screened { try Screened(.rate(rate)) }

  @Test("requests beyond the limit must match until the window has moved on", arguments: RateBased.windows)
  func window(_ window: Int) throws {
    let screened = try screened(RateBased(limit: 10, window: window, key: .ip))
    let length = Int64(window) * 1000
    for _ in 0..<10 { #expect(try screened(now: 0).action == .allow) }
    #expect(try screened(now: 1).action == .block)
    #expect(try screened(now: length / 2).action == .block)
    // Twelve came in the first tenth, one of which was blocked: all of them are counted, and all are forgotten together.
    #expect(try screened(now: length).action == .allow)
  }

  @Test("the window must move in tenths")
  func sliding() throws {
    let screened = try screened(RateBased(limit: 3, window: 60, key: .ip))
    for second in [0, 20, 40] as [Int64] { #expect(try screened(now: second * 1000).action == .allow) }
    #expect(try screened(now: 59_999).action == .block)
    // The one of second 0 is gone; those of 20, 40 and 59 and this one are four.
    #expect(try screened(now: 60_000).action == .block)
    #expect(try screened(now: 200_000).action == .allow)
  }

  @Test("keys must be counted by themselves")
  func keys() throws {
    let screened = try screened(RateBased(limit: 10, window: 60, key: .ip))
    for _ in 0..<10 { _ = try screened(client: "192.0.2.1") }
    #expect(try screened(client: "192.0.2.1").action == .block)
    #expect(try screened(client: "::ffff:192.0.2.1").action == .block)
    #expect(try screened(client: "192.0.2.2").action == .allow)
    #expect(try screened(client: nil).action == .allow)
  }

  @Test("only what the scope-down statement is true of must be counted and match")
  func scopeDown() throws {
    let rate = RateBased(limit: 10, window: 60, key: .ip, scopeDown: .bytes(.uriPath, .startsWith, "/login"))
    let screened = try screened(rate)
    for _ in 0..<30 { #expect(try screened("GET / HTTP/1.1").action == .allow) }
    for _ in 0..<10 { #expect(try screened("POST /login HTTP/1.1").action == .allow) }
    #expect(try screened("POST /login HTTP/1.1").action == .block)
    #expect(try screened("GET / HTTP/1.1").action == .allow)
  }

  @Test("CONSTANT must count all requests as one")
  func constant() throws {
    let rate = RateBased(limit: 10, window: 60, key: .constant, scopeDown: .bytes(.method, .exactly, "GET"))
    let screened = try screened(rate)
    for number in 0..<10 { _ = try screened(client: "192.0.2.\(number)") }
    #expect(try screened(client: "198.51.100.1").action == .block)
  }

  @Test("a forwarded address must be the first one, and what is none come to the fallback")
  func forwarded() throws {
    for fallback in [true, false] {
      let address = ForwardedAddress(header: "X-Forwarded-For", fallbackMatches: fallback)
      let screened = try screened(RateBased(limit: 10, window: 60, key: .forwardedIP(address)))
      for number in 0..<10 { _ = try screened("GET / HTTP/1.1\nX-Forwarded-For: 192.0.2.1, 10.0.0.\(number)") }
      #expect(try screened("GET / HTTP/1.1\nX-Forwarded-For: 192.0.2.1").action == .block)
      #expect(try screened("GET / HTTP/1.1\nX-Forwarded-For: 10.0.0.1").action == .allow)
      for _ in 0..<20 { _ = try screened("GET / HTTP/1.1\nX-Forwarded-For: nonsense") }
      #expect(try (screened("GET / HTTP/1.1\nX-Forwarded-For: other").action == .block) == fallback)
      for _ in 0..<20 { #expect(try screened().action == .allow) }
    }
  }

  private static let parts: [(RateBased.Part, String, String, String)] = [
    (
      .header(Inspection(.singleHeader("x-key"), [.lowercase])), "GET / HTTP/1.1\nX-Key: A", "GET / HTTP/1.1\nx-key: a",
      "GET / HTTP/1.1\nX-Key: b"
    ),
    (
      .cookie(Inspection(.cookies(.included(["sid"]), .value, .proceed))), "GET / HTTP/1.1\nCookie: sid=1",
      "GET / HTTP/1.1\nCookie: x=9; sid=1", "GET / HTTP/1.1\nCookie: sid=2"
    ),
    (
      .queryArgument(Inspection(.singleQueryArgument("k", []))), "GET /?k=1 HTTP/1.1", "GET /a?b&K=1 HTTP/1.1",
      "GET /?k=2 HTTP/1.1"
    ),
    (.queryString(Inspection(.queryString)), "GET /?k=1 HTTP/1.1", "GET /a?k=1 HTTP/1.1", "GET /?k=1& HTTP/1.1"),
    (.uriPath(Inspection(.uriPath, [.normalizePath])), "GET /a HTTP/1.1", "GET /./a?b HTTP/1.1", "GET /b HTTP/1.1"),
    (.method, "GET / HTTP/1.1", "GET /x HTTP/1.1", "HEAD / HTTP/1.1"),
  ]

  @Test("a custom key must be its parts under their transformations", arguments: 0..<6)
  func parts(_ number: Int) throws {
    let (part, one, same, other) = Self.parts[number]
    let screened = try screened(RateBased(limit: 10, window: 60, key: .custom([part])))
    for _ in 0..<10 { #expect(try screened(one).action == .allow) }
    #expect(try screened(same, client: "198.51.100.77").action == .block)
    #expect(try screened(other).action == .allow)
  }

  @Test("several parts must count together, and a request that lacks one not at all")
  func composite() throws {
    let key = RateBased.Key.custom([.ip, .header(Inspection(.singleHeader("x-key")))])
    let screened = try screened(RateBased(limit: 10, window: 60, key: key))
    for _ in 0..<10 { _ = try screened("GET / HTTP/1.1\nX-Key: a") }
    #expect(try screened("GET / HTTP/1.1\nX-Key: a").action == .block)
    #expect(try screened("GET / HTTP/1.1\nX-Key: a", client: "192.0.2.1").action == .allow)
    for _ in 0..<30 { #expect(try screened().action == .allow) }
  }

  @Test("labels of a namespace must be a key")
  func labels() throws {
    let acl = WebACL(
      name: "w", defaultAction: .allow(),
      rules: [
        Rule(name: "a", priority: 0, statement: .bytes(.uriPath, .contains, "a"), action: .count(), labels: ["t:a"]),
        Rule(name: "b", priority: 1, statement: .bytes(.uriPath, .contains, "b"), action: .count(), labels: ["t:b"]),
        Rule(
          name: "r", priority: 2,
          statement: .rate(RateBased(limit: 10, window: 60, key: .custom([.labelNamespace("t:")]))), action: .block()),
      ])
    let screened = try Screened(acl)
    for _ in 0..<10 { _ = try screened("GET /a HTTP/1.1") }
    #expect(try screened("GET /a HTTP/1.1").action == .block)
    #expect(try screened("GET /b HTTP/1.1").action == .allow)
    for _ in 0..<30 { #expect(try screened("GET /x HTTP/1.1").action == .allow) }
  }

  @Test("two screenings with one memory must count together, and one of a changed rule anew")
  func shared() throws {
    let memory = FirewallMemory()
    func acl(_ limit: Int) -> WebACL {
      WebACL(
        name: "w", defaultAction: .allow(),
        rules: [
          Rule(
            name: "r", priority: 0, statement: .rate(RateBased(limit: limit, window: 60, key: .ip)), action: .block())
        ])
    }
    let one = try Screened(acl(10), memory: memory)
    let other = try Screened(acl(10), memory: memory)
    for number in 0..<10 { _ = try (number % 2 == 0 ? one : other)() }
    #expect(try one().action == .block)
    #expect(try Screened(acl(11), memory: memory)().action == .allow)
    #expect(try Screened(acl(10), memory: memory)().action == .block)
  }

  @Test("a flood of keys must not make the counter forget a busy one")
  func flood() {
    let counter = RateCounter(window: 60)
    for _ in 0..<50 { _ = counter.count(42, now: 0) }
    var random = SplitMix(seed: 1)
    for _ in 0..<400_000 { _ = counter.count(random.next(), now: 1) }
    #expect(counter.count(42, now: 2) == 51)
  }

  @Test("a clock that seems to go back must not lose a count")
  func backwards() {
    let counter = RateCounter(window: 60)
    #expect(counter.count(1, now: 60_000) == 1)
    #expect(counter.count(1, now: 50_000) == 2)
    #expect(counter.count(1, now: 60_001) == 3)
  }

  @Test("the keys beyond a limit must be told, until the window has moved on")
  func beyond() {
    let counter = RateCounter(window: 60)
    for key in 1...3 as ClosedRange<UInt64> {
      for _ in 0..<(5 * Int(key)) { _ = counter.count(key << 40, now: 0) }
    }
    _ = counter.count(1 << 40, now: 30_000)
    #expect(counter.keys(above: 5, now: 30_000) == 3)
    #expect(counter.keys(above: 10, now: 30_000) == 1)
    #expect(counter.keys(above: 0, now: 60_000) == 1)
    #expect(counter.keys(above: 0, now: 90_000) == 0)
  }
}
