import Firewall
import Foundation
import TestFolders
import Testing

@testable import Configuration

@Suite struct MaxMindFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func place(_ map: AddressMap, _ text: String) throws -> String {
    Place(packed: map.value(of: try #require(IPAddress(text)))).region
  }

  private func flaw(_ path: String, _ content: MaxMindFile.Content = .countries) -> String? {
    do throws(MaxMindFile.Flaw) {
      _ = try MaxMindFile.read(path, content)
      return nil
    } catch {
      return error.message.replacingOccurrences(of: folder.path + "/", with: "")
    }
  }

  private static let lines = [
    "192.0.2.0/24 US-OR", "192.0.2.128/25 CA", "198.51.100.0/24 DE-BE", "2001:db8::/32 FR", "2001:db8:1::/48 GB-ENG",
    "203.0.113.7/32 JP-13",
  ]

  @Test("each network must be where the database says, the more precise before the others")
  func countries() throws {
    let map = try MaxMindFile.read(try folder.write("a.mmdb", MaxMindWriter(lines: Self.lines).bytes), .countries)
    for (address, expected) in [
      ("192.0.2.0", "US-OR"), ("192.0.2.127", "US-OR"), ("192.0.2.128", "CA-XX"), ("192.0.3.0", "XX-XX"),
      ("192.0.1.255", "XX-XX"), ("198.51.100.9", "DE-BE"), ("203.0.113.7", "JP-13"), ("203.0.113.8", "XX-XX"),
      ("0.0.0.0", "XX-XX"), ("255.255.255.255", "XX-XX"), ("2001:db8::1", "FR-XX"), ("2001:db8:1::1", "GB-ENG"),
      ("2001:db8:2::", "FR-XX"), ("2001:db9::", "XX-XX"), ("::1", "XX-XX"), ("::ffff:192.0.2.1", "US-OR"),
    ] {
      #expect(try place(map, address) == expected, "\(address)")
    }
  }

  @Test("a database of IPv4 alone must be taken, and one of which IPv4 is one network")
  func shapes() throws {
    let narrow = try MaxMindFile.read(
      try folder.write("narrow.mmdb", MaxMindWriter(lines: ["10.0.0.0/8 DE"], isWide: false).bytes), .countries)
    #expect(try place(narrow, "10.1.2.3") == "DE-XX")
    #expect(try place(narrow, "11.1.2.3") == "XX-XX")
    #expect(try place(narrow, "2001:db8::1") == "XX-XX")
    let whole = try MaxMindFile.read(
      try folder.write("whole.mmdb", MaxMindWriter(lines: ["::/64 DE", "2001:db8::/32 FR"]).bytes), .countries)
    #expect(try place(whole, "10.1.2.3") == "DE-XX")
    #expect(try place(whole, "2001:db8::1") == "FR-XX")
  }

  @Test("other ways of writing IPv4 addresses must not be gone through as networks of IPv6")
  func aliases() throws {
    var writer = MaxMindWriter(lines: Self.lines)
    for block in ["::ffff:0:0/96", "2002::/16", "64:ff9b::/96"] { writer.alias(block) }
    let map = try MaxMindFile.read(try folder.write("aliases.mmdb", writer.bytes), .countries)
    #expect(try place(map, "192.0.2.1") == "US-OR")
    #expect(try place(map, "2002:c000:0201::1") == "XX-XX")
    #expect(try place(map, "2001:db8::1") == "FR-XX")
  }

  @Test("the numbers of networks must be read, and a database of something else must be told by its name")
  func networks() throws {
    let path = try folder.write(
      "asn.mmdb", MaxMindWriter(lines: ["192.0.2.0/24 AS64500", "2001:db8::/32 AS4294967295"]).bytes)
    let map = try MaxMindFile.read(path, .networks)
    #expect(map.value(of: try #require(IPAddress("192.0.2.1"))) == 64500)
    #expect(map.value(of: try #require(IPAddress("2001:db8::"))) == 4_294_967_295)
    #expect(flaw(path) == "asn.mmdb has no countries in it: it calls itself `Test-ASN`")
    let other = try folder.write("city.mmdb", MaxMindWriter(lines: Self.lines).bytes)
    #expect(flaw(other, .networks) == "city.mmdb has no networks in it: it calls itself `Test-City`")
  }

  @Test("what cannot be read must say why")
  func unreadable() throws {
    #expect(flaw("\(folder.path)/none.mmdb") == "none.mmdb cannot be read: there is no such file")
    #expect(flaw(folder.path)?.hasSuffix("cannot be read: it is not a file") == true)
    #expect(
      try flaw(folder.write("text.mmdb", Array("not a database".utf8)))?.hasPrefix(
        "text.mmdb is not a MaxMind database: ") == true)
    #expect(try flaw(folder.write("empty.mmdb", [])) != nil)
  }

  @Test("a database that is cut off or damaged anywhere must be refused, or be one all the same; it must never do harm")
  func damaged() throws {
    let whole = MaxMindWriter(lines: ["192.0.2.0/24 US-OR", "2001:db8::/32 FR"]).bytes
    for count in stride(from: 0, to: whole.count, by: 13) {
      #expect(try flaw(folder.write("cut\(count).mmdb", Array(whole[..<count]))) != nil, "\(count)")
    }
    for place in stride(from: 0, to: whole.count, by: 5) {
      for byte in [0x00, 0x7F, 0xFF] as [UInt8] {
        var damaged = whole
        damaged[place] = byte
        _ = try flaw(folder.write("damaged.mmdb", damaged))
      }
    }
  }

  @Test("branches that lead back to themselves must be refused")
  func loop() throws {
    var bytes = MaxMindWriter(lines: ["192.0.2.0/24 US"]).bytes
    // Both records of the root lead to the root.
    for index in 0..<6 { bytes[index] = 0 }
    #expect(try flaw(folder.write("loop.mmdb", bytes))?.hasPrefix("loop.mmdb is damaged") == true)
  }

  @Test("a file that has not changed must not be read again, and one that has must")
  func signature() throws {
    let path = try folder.write("a.mmdb", MaxMindWriter(lines: ["192.0.2.0/24 US"]).bytes)
    let first = try MaxMindFile.read(path, .countries)
    #expect(try MaxMindFile.read(path, .countries) === first)
    _ = try folder.write("a.mmdb", MaxMindWriter(lines: ["192.0.2.0/24 DE", "192.0.3.0/24 US"]).bytes)
    let second = try MaxMindFile.read(path, .countries)
    #expect(second !== first)
    #expect(try place(second, "192.0.2.1") == "DE-XX")
  }

  // MARK: gateway.yaml

  private func gateway(_ firewall: String) -> [String: String] {
    [
      "gateway.yaml": Loading.gateway("api.yaml") + firewall,
      "api.yaml": "openapi: 3.0.1\ninfo: { title: t, version: \"1\" }\npaths: {}\n",
    ]
  }

  private static let acl = """
    webACLs:
      - name: main
        defaultAction: ALLOW
        rules:
          - { name: geo, priority: 0, action: BLOCK, statement: { GeoMatchStatement: { CountryCodes: [ US, XX ], ForwardedIPConfig: { HeaderName: X-Forwarded-For, FallbackBehavior: MATCH } } } }
          - { name: asn, priority: 1, action: BLOCK, statement: { AsnMatchStatement: { AsnList: [ 64500 ] } } }
          - { name: rate, priority: 2, action: BLOCK, statement: { rateBasedStatement: { limit: 10, aggregateKeyType: CUSTOM_KEYS, customKeys: [ { ASN: {} }, { ja4Fingerprint: { fallbackBehavior: MATCH } } ] } } }
          - { name: ja3, priority: 3, action: BLOCK, statement: { byteMatchStatement: { fieldToMatch: { JA3Fingerprint: { FallbackBehavior: NO_MATCH } }, searchString: e7d705a3286e19ea42f587b344ee6865, positionalConstraint: EXACTLY } } }

    """

  @Test("statements must ask the databases that `geo` names")
  func configured() throws {
    let countries = try folder.write("c.mmdb", MaxMindWriter(lines: Self.lines).bytes)
    let networks = try folder.write("n.mmdb", MaxMindWriter(lines: ["192.0.2.0/24 AS64500"]).bytes)
    let setup = try #require(
      try Loading.snapshot(gateway("geo: { countries: \(countries), networks: \(networks) }\n" + Self.acl)).firewall)
    let plan = try #require(setup.acls.first)
    #expect(plan.needsCountries && plan.needsNetworks && plan.needsFingerprint)
    guard case .country(let match) = plan.acl.rules[0].statement else {
      Issue.record("no geo match")
      return
    }
    #expect(match.countryCodes == ["US", "XX"])
    #expect(match.forwarded == ForwardedAddress(header: "X-Forwarded-For", fallbackMatches: true))
    let memory = FirewallMemory()
    setup.fill(memory, since: nil)
    #expect(memory.geography.maps.networks?.value(of: try #require(IPAddress("192.0.2.1"))) == 64500)
    #expect(setup.hasFiles)
  }

  @Test("a statement without its database must be refused with what to write")
  func missing() {
    #expect(
      Loading.diagnostics(gateway(Self.acl)) == [
        "gateway.yaml:7:63: error: `geoMatchStatement` needs a database of countries; name a MaxMind database: "
          + "`geo: { countries: FILE.mmdb }`",
        "gateway.yaml:8:63: error: `asnMatchStatement` needs a database of networks; name a MaxMind database: "
          + "`geo: { networks: FILE.mmdb }`",
        "gateway.yaml:9:144: error: a key `asn` needs a database of networks; name a MaxMind database: "
          + "`geo: { networks: FILE.mmdb }`",
      ])
  }

  @Test("a database that cannot be used must be said once, where it is named")
  func unusable() throws {
    let text = try folder.write("text.mmdb", Array("nothing".utf8))
    let diagnostics = Loading.diagnostics(
      gateway("geo: { countries: \(text), networks: /nowhere/x.mmdb }\n" + Self.acl))
    #expect(diagnostics.count == 2)
    #expect(diagnostics.first?.hasPrefix("gateway.yaml:3:19: error: \(text) is not a MaxMind database: ") == true)
    #expect(diagnostics.last?.hasSuffix("/nowhere/x.mmdb cannot be read: there is no such file") == true)
  }

  @Test("WAF Classic's geo match sets must be taken")
  func classic() throws {
    let countries = try folder.write("c.mmdb", MaxMindWriter(lines: Self.lines).bytes)
    let setup = try #require(
      try Loading.snapshot(
        gateway(
          """
          geo: { countries: \(countries) }
          geoMatchSets: [ { GeoMatchSetId: g-1, Name: here, GeoMatchConstraints: [ { Type: Country, Value: DE } ] } ]
          rules: [ { RuleId: r-1, Name: fromHere, Predicates: [ { Negated: true, Type: GeoMatch, DataId: g-1 } ] } ]
          webACLs: [ { Name: main, DefaultAction: { Type: ALLOW }, Rules: [ { Priority: 1, RuleId: r-1, Action: { Type: BLOCK } } ] } ]

          """)
      ).firewall)
    guard case .not(.country(let match)) = try #require(setup.acls.first?.acl.rules.first).statement else {
      Issue.record("no geo match")
      return
    }
    #expect(match.countryCodes == ["DE"])
  }
}
