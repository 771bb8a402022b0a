import Testing

@testable import Firewall

/// Spec § 15.5, GeoMatch and AsnMatch; AWS WAF's developer guide on both statements.
@Suite struct GeographyTests {
  /// 192.0.2.0/24 is in Oregon, 198.51.100.0/24 in Germany, both of AS64500; nothing else is known.
  private func memory() -> FirewallMemory {
    let memory = FirewallMemory()
    var countries = AddressMap.Builder()
    countries.append(v4: 0xC000_0200, Place(country: Array("US".utf8), region: Array("OR".utf8)).packed)
    countries.append(v4: 0xC000_0300, 0)
    countries.append(v4: 0xC633_6400, Place(country: Array("DE".utf8), region: [UInt8]?.none).packed)
    countries.append(v4: 0xC633_6500, 0)
    var networks = AddressMap.Builder()
    networks.append(v4: 0xC000_0200, 64500)
    networks.append(v4: 0xC000_0300, 0)
    networks.append(v4: 0xC633_6400, 64500)
    networks.append(v4: 0xC633_6500, 0)
    memory.geography.change { $0 = .init(countries: AddressMap(countries), networks: AddressMap(networks)) }
    return memory
  }

  private func screened(_ rules: [(Statement, RuleAction)]) throws -> Screened {
    try Screened(
      WebACL(
        name: "test", defaultAction: .allow(),
        rules: rules.enumerated().map { number, rule in
          Rule(name: "r\(number)", priority: number, statement: rule.0, action: rule.1)
        }), memory: memory())
  }

  private func screened(_ statement: Statement) throws -> Screened { try screened([(statement, .block())]) }

  private static func xff(_ value: String) -> String { "GET / HTTP/1.1\nX-Forwarded-For: \(value)" }

  // MARK: Countries

  @Test("a country must match the addresses that are in it, an IPv4-mapped one too")
  func country() throws {
    let screened = try screened(.country(GeoMatch(["US", "FR"])))
    for (client, isBlocked) in [
      ("192.0.2.7", true), ("::ffff:192.0.2.7", true), ("198.51.100.7", false), ("203.0.113.7", false),
      ("2001:db8::1", false),
    ] {
      #expect(try screened.matches(client: client) == isBlocked, "\(client)")
    }
    #expect(try screened(client: "192.0.2.7").reasons == ["client 192.0.2.7 is in the country US"])
  }

  @Test("XX must match what no database knows, and nothing where there is no address")
  func unknownCountry() throws {
    let screened = try screened(.country(GeoMatch(["XX"])))
    #expect(try screened.matches(client: "203.0.113.7"))
    #expect(try screened.matches(client: "2001:db8::1"))
    #expect(try !screened.matches(client: "192.0.2.7"))
    #expect(try !screened.matches(client: nil))
  }

  @Test("a forwarded address must be the header's first; none at all is no match, a malformed one the fallback's")
  func forwardedCountry() throws {
    for fallback in [false, true] {
      let address = ForwardedAddress(header: "X-Forwarded-For", fallbackMatches: fallback)
      let screened = try screened(.country(GeoMatch(["US"], forwarded: address)))
      #expect(try screened.matches(Self.xff("192.0.2.7, 198.51.100.7"), client: "198.51.100.1"))
      #expect(try !screened.matches(Self.xff("198.51.100.7, 192.0.2.7"), client: "192.0.2.1"))
      #expect(try !screened.matches(client: "192.0.2.1"))
      #expect(try screened.matches(Self.xff("unknown"), client: "192.0.2.1") == fallback)
    }
  }

  // MARK: Labels

  @Test("a geo match must label with country and region, whether or not it matches")
  func labels() throws {
    let screened = try screened([(.country(GeoMatch(["FR"])), .count())])
    #expect(
      try screened(client: "192.0.2.7").labels
        == ["awswaf:clientip:geo:country:US", "awswaf:clientip:geo:region:US-OR"])
    #expect(
      try screened(client: "198.51.100.7").labels
        == ["awswaf:clientip:geo:country:DE", "awswaf:clientip:geo:region:DE-XX"])
    // [I] AWS says XX for what it cannot determine.
    #expect(
      try screened(client: "203.0.113.7").labels
        == ["awswaf:clientip:geo:country:XX", "awswaf:clientip:geo:region:XX-XX"])
    #expect(try screened(client: "192.0.2.7").hits == [])
  }

  @Test("a forwarded address must have labels of its own")
  func forwardedLabels() throws {
    let address = ForwardedAddress(header: "X-Forwarded-For", fallbackMatches: false)
    let screened = try screened([
      (.country(GeoMatch(["FR"], forwarded: address)), .count()), (.country(GeoMatch(["FR"])), .count()),
    ])
    #expect(
      try screened(Self.xff("198.51.100.7"), client: "192.0.2.7").labels == [
        "awswaf:forwardedip:geo:country:DE", "awswaf:forwardedip:geo:region:DE-XX", "awswaf:clientip:geo:country:US",
        "awswaf:clientip:geo:region:US-OR",
      ])
    #expect(try screened(Self.xff("nonsense"), client: nil).labels == [])
  }

  @Test(
    "later rules must see the labels, in full or by their namespace",
    arguments: [
      (LabelMatch(.label, "awswaf:clientip:geo:region:US-OR"), true),
      (LabelMatch(.label, "awswaf:clientip:geo:country:US"), true),
      (LabelMatch(.label, "awswaf:clientip:geo:country:DE"), false),
      (LabelMatch(.label, "awswaf:clientip:geo:country:U"), false),
      (LabelMatch(.label, "awswaf:forwardedip:geo:country:US"), false),
      (LabelMatch(.label, "geo:country:US"), false), (LabelMatch(.namespace, "awswaf:clientip:geo:country:"), true),
      (LabelMatch(.namespace, "awswaf:clientip:"), true), (LabelMatch(.namespace, "awswaf:forwardedip:"), false),
    ])
  func labelMatch(_ match: LabelMatch, _ isTrue: Bool) throws {
    let screened = try screened([(.country(GeoMatch(["FR"])), .count()), (.label(match), .block())])
    #expect(try screened.matches(client: "192.0.2.7") == isTrue)
  }

  @Test("the rule that looks, and those before it, must not see its labels")
  func earlierRules() throws {
    let label = Statement.label(LabelMatch(.label, "awswaf:clientip:geo:country:US"))
    let look = Statement.country(GeoMatch(["FR"]))
    #expect(try !screened([(label, .block()), (look, .count())]).matches(client: "192.0.2.7"))
    #expect(try !screened([(.or([look, label]), .block())]).matches(client: "192.0.2.7"))
    // Nor does the next request see those of the one before.
    let both = try screened([(label, .block()), (look, .count())])
    _ = try both(client: "192.0.2.7")
    #expect(try !both.matches(client: "192.0.2.7"))
  }

  // MARK: Networks

  @Test("a network must match by its number, 0 what no database knows")
  func network() throws {
    let screened = try screened(.network(ASNMatch([64499, 64500])))
    #expect(try screened.matches(client: "192.0.2.7"))
    #expect(try screened.matches(client: "198.51.100.7"))
    #expect(try !screened.matches(client: "203.0.113.7"))
    #expect(try screened(client: "192.0.2.7").reasons == ["client 192.0.2.7 is in the network AS64500"])
    let unknown = try self.screened(.network(ASNMatch([0])))
    #expect(try unknown.matches(client: "203.0.113.7"))
    #expect(try !unknown.matches(client: "192.0.2.7"))
    #expect(try !unknown.matches(client: nil))
  }

  @Test("a network may be a forwarded address's, with the same fallback; it labels nothing")
  func forwardedNetwork() throws {
    for fallback in [false, true] {
      let address = ForwardedAddress(header: "X-Forwarded-For", fallbackMatches: fallback)
      let screened = try screened(.network(ASNMatch([64500], forwarded: address)))
      #expect(try screened.matches(Self.xff("192.0.2.7"), client: "203.0.113.7"))
      #expect(try !screened.matches(Self.xff("203.0.113.7"), client: "192.0.2.7"))
      #expect(try !screened.matches(client: "192.0.2.7"))
      #expect(try screened.matches(Self.xff("-")) == fallback)
      #expect(try screened(Self.xff("192.0.2.7")).labels == [])
    }
  }

  // MARK: Rates

  @Test("a rate must be counted by network, those that nobody knows together")
  func networkRate() throws {
    let screened = try screened(.rate(RateBased(limit: 10, window: 60, key: .custom([.network(nil)]))))
    for number in 0..<10 { #expect(try screened(client: "192.0.2.\(number)").action == .allow) }
    #expect(try screened(client: "198.51.100.1").action == .block)
    for number in 0..<10 { #expect(try screened(client: "203.0.113.\(number)").action == .allow) }
    #expect(try screened(client: "2001:db8::1").action == .block)
    #expect(try screened(client: nil).action == .allow)
  }

  @Test("a rate may be counted by the country that a label says")
  func countryRate() throws {
    let screened = try screened([
      (.country(GeoMatch(["FR"])), .count()),
      (
        .rate(RateBased(limit: 10, window: 60, key: .custom([.labelNamespace("awswaf:clientip:geo:country:")]))),
        .block()
      ),
    ])
    for number in 0..<10 { #expect(try screened(client: "192.0.2.\(number)").action == .allow) }
    #expect(try screened(client: "192.0.2.99").action == .block)
    #expect(try screened(client: "198.51.100.1").action == .allow)
  }

  @Test("a map that is exchanged must be the one that the next request is judged by")
  func exchanged() throws {
    let memory = memory()
    let screened = try Screened(
      WebACL(
        name: "test", defaultAction: .allow(),
        rules: [Rule(name: "r", priority: 0, statement: .country(GeoMatch(["US"])), action: .block())]),
      memory: memory)
    #expect(try screened.matches(client: "192.0.2.7"))
    memory.geography.change { $0.countries = nil }
    #expect(try !screened.matches(client: "192.0.2.7"))
  }
}
