import PCRE
import Testing

@testable import Firewall

/// Every statement of spec § 15.5.
struct StatementTests {
  // MARK: Bytes

  @Test(
    "a byte match must hold where its constraint says",
    arguments: [
      ("EXACTLY", "/admin", "/admin", true), ("EXACTLY", "/admin", "/admin/", false),
      ("STARTS_WITH", "/admin", "/admin/x", true), ("STARTS_WITH", "/admin", "/x/admin", false),
      ("ENDS_WITH", ".php", "/x.php", true), ("ENDS_WITH", ".php", "/x.php5", false),
      ("CONTAINS", "..", "/a/../b", true), ("CONTAINS", "..", "/a/./b", false),
      ("CONTAINS", "aab", "/aaab", true), ("CONTAINS", "abab", "/abaabab", true),
      ("CONTAINS_WORD", "Bad", "/Bad", true), ("CONTAINS_WORD", "Bad", "/;Bad;x", true),
      ("CONTAINS_WORD", "Bad", "/Bad_Bot", false), ("CONTAINS_WORD", "Bad", "/xBad", false),
      ("CONTAINS_WORD", "Bad", "/xBad-Bad", true), ("CONTAINS_WORD", "Bad", "/Bad1", false),
      ("CONTAINS_WORD", "a-a", "/xa-a-a", true), ("CONTAINS_WORD", "/x", "/x/x", true),
      ("EXACTLY", "/Admin", "/admin", false),
    ])
  func positions(_ constraint: String, _ search: String, _ path: String, _ expected: Bool) throws {
    let constraint = try #require(ByteMatch.Constraint(rawValue: constraint))
    let screened = try Screened(.bytes(.uriPath, constraint, search))
    #expect(try screened.matches("GET \(path) HTTP/1.1") == expected)
  }

  @Test("transformations must be applied in their order, each on the result of the one before")
  func transformationOrder() throws {
    let once = try Screened(.bytes(.uriPath, .contains, "<script", [.urlDecode, .lowercase]))
    #expect(try once.matches("GET /%3CScRiPt HTTP/1.1"))
    #expect(try !once.matches("GET /%253CScRiPt HTTP/1.1"))
    let twice = try Screened(.bytes(.uriPath, .contains, "<script", [.urlDecode, .urlDecode, .lowercase]))
    #expect(try twice.matches("GET /%253CScRiPt HTTP/1.1"))
    let other = try Screened(.bytes(.uriPath, .contains, "%3cscript", [.lowercase]))
    #expect(try other.matches("GET /%3CSCRIPT HTTP/1.1"))
  }

  // MARK: Patterns

  @Test("a pattern must be searched for anywhere, and one pattern of a set must be enough")
  func regex() throws {
    let screened = try Screened(.regex(.uriPath, #"^/v\d+/"#, "(?i)admin"))
    #expect(try screened.matches("GET /v2/pets HTTP/1.1"))
    #expect(try screened.matches("GET /x/ADMIN HTTP/1.1"))
    #expect(try !screened.matches("GET /x/v2/ HTTP/1.1"))
  }

  // MARK: Size

  @Test(
    "a size must be compared in bytes",
    arguments: [
      ("EQ", 9, true), ("EQ", 8, false), ("NE", 8, true), ("NE", 9, false), ("LE", 9, true), ("LE", 8, false),
      ("LT", 10, true), ("LT", 9, false), ("GE", 9, true), ("GE", 10, false), ("GT", 8, true), ("GT", 9, false),
    ])
  func size(_ comparison: String, _ size: Int, _ expected: Bool) throws {
    // Spec § 15.5: `/logo.jpg` is 9.
    let screened = try Screened(.size(.uriPath, try #require(SizeConstraint.Comparison(rawValue: comparison)), size))
    #expect(try screened.matches("GET /logo.jpg HTTP/1.1") == expected)
  }

  @Test("a size must be that of what the transformations left")
  func transformedSize() throws {
    let screened = try Screened(.size(SizeConstraint(Inspection(.uriPath, [.urlDecode]), .EQ, 2)))
    #expect(try screened.matches("GET /%41 HTTP/1.1"))
  }

  @Test("a part that is not there must match no size")
  func missingSize() throws {
    #expect(try !Screened(.size(.queryString, .GE, 0)).matches("GET / HTTP/1.1"))
    #expect(try Screened(.size(.queryString, .EQ, 0)).matches("GET /? HTTP/1.1"))
    #expect(try !Screened(.size(.singleHeader("x-a"), .LT, 5)).matches())
  }

  // MARK: Addresses

  @Test("an IP set must hold the connection's address, of either family, and an IPv4-mapped one")
  func addresses() throws {
    let screened = try Screened(
      .ipSet(IPSetReference(name: "office")), sets: ["office": ["192.0.2.0/24", "2001:db8::/32"]])
    #expect(try screened.matches(client: "192.0.2.77"))
    #expect(try screened.matches(client: "::ffff:192.0.2.77"))
    #expect(try screened.matches(client: "2001:db8::9"))
    #expect(try !screened.matches(client: "192.0.3.1"))
    #expect(try !screened.matches(client: nil))
    // What a header says does not count.
    #expect(try !screened.matches("GET / HTTP/1.1\nX-Forwarded-For: 192.0.2.77", client: "192.0.3.1"))
  }

  @Test("the addresses of an IP set must be exchanged while it is in use")
  func exchanged() throws {
    let screened = try Screened(.ipSet(IPSetReference(name: "office")), sets: ["office": ["192.0.2.0/24"]])
    #expect(try screened.matches(client: "192.0.2.1"))
    screened.memory.set(named: "office").replace(AddressSet([try AddressBlock("198.51.100.0/24")]))
    #expect(try !screened.matches(client: "192.0.2.1"))
    #expect(try screened.matches(client: "198.51.100.1"))
  }

  @Test(
    "a forwarded address must be looked for where the position says",
    arguments: [
      ("FIRST", "192.0.2.1, 10.0.0.1", true), ("FIRST", "10.0.0.1, 192.0.2.1", false),
      ("LAST", "10.0.0.1,192.0.2.1", true), ("LAST", "192.0.2.1,10.0.0.1", false),
      ("ANY", "10.0.0.1, 192.0.2.1, 10.0.0.2", true), ("ANY", "10.0.0.1, 10.0.0.2", false),
      ("FIRST", "::ffff:192.0.2.1", true), ("LAST", "2001:db8::1", false),
    ])
  func forwarded(_ position: String, _ value: String, _ expected: Bool) throws {
    let config = ForwardedAddress(
      header: "X-Forwarded-For", position: try #require(.init(rawValue: position)), fallbackMatches: false)
    let screened = try Screened(
      .ipSet(IPSetReference(name: "office", forwarded: config)), sets: ["office": ["192.0.2.0/24"]])
    #expect(try screened.matches("GET / HTTP/1.1\nX-Forwarded-For: \(value)") == expected)
    // The connection's own address does not count.
    #expect(try !screened.matches(client: "192.0.2.1"))
  }

  @Test("ANY must look at the last ten addresses, also over several lines")
  func anyTen() throws {
    let config = ForwardedAddress(header: "X-Real-IP", position: .any, fallbackMatches: false)
    let screened = try Screened(
      .ipSet(IPSetReference(name: "office", forwarded: config)), sets: ["office": ["192.0.2.0/24"]])
    let nine = Array(repeating: "10.0.0.1", count: 9).joined(separator: ", ")
    #expect(try screened.matches("GET / HTTP/1.1\nX-Real-IP: 192.0.2.1, \(nine)"))
    #expect(try !screened.matches("GET / HTTP/1.1\nX-Real-IP: 192.0.2.1, \(nine), 10.0.0.1"))
    #expect(try screened.matches("GET / HTTP/1.1\nX-Real-IP: 10.0.0.1\nx-real-ip: 192.0.2.1"))
  }

  @Test("what is no address must come to the fallback, a header that is not there to no match")
  func fallback() throws {
    for fallback in [true, false] {
      for position in ForwardedAddress.Position.allCases {
        let config = ForwardedAddress(header: "X-Forwarded-For", position: position, fallbackMatches: fallback)
        let screened = try Screened(
          .ipSet(IPSetReference(name: "office", forwarded: config)), sets: ["office": ["192.0.2.0/24"]])
        for malformed in ["unknown", "", "192.0.2.1:443", "192.0.2.1 192.0.2.2", "[2001:db8::1]"] {
          #expect(try screened.matches("GET / HTTP/1.1\nX-Forwarded-For: \(malformed)") == fallback, "\(malformed)")
        }
        #expect(try !screened.matches())
      }
    }
  }

  // MARK: Detection

  @Test("injection must be looked for in the field under its transformations")
  func injection() throws {
    let sql = try Screened(.sqlInjection(Inspection(.queryString, [.urlDecode]), isSensitive: false))
    #expect(try sql.matches("GET /?id=1'%20UNION%20SELECT%20password%20FROM%20users-- HTTP/1.1"))
    #expect(try !sql.matches("GET /?id=17&name=union%20station HTTP/1.1"))
    let scripting = try Screened(.crossSiteScripting(Inspection(.queryString, [.urlDecode])))
    #expect(try scripting.matches("GET /?q=%3Cscript%3Ealert(1)%3C/script%3E HTTP/1.1"))
    #expect(try !scripting.matches("GET /?q=scripts HTTP/1.1"))
  }

  // MARK: Logic

  @Test("AND, OR and NOT must be what they are in logic")
  func logic() throws {
    let a = Statement.bytes(.uriPath, .contains, "a")
    let b = Statement.bytes(.uriPath, .contains, "b")
    for (path, both, either, neither) in [
      ("/ab", true, true, false), ("/a", false, true, false), ("/b", false, true, false), ("/", false, false, true),
    ] {
      let head = "GET \(path) HTTP/1.1"
      #expect(try Screened(.and([a, b])).matches(head) == both)
      #expect(try Screened(.or([a, b])).matches(head) == either)
      #expect(try Screened(.not(.or([a, b]))).matches(head) == neither)
      #expect(try Screened(.not(.not(.and([a, b])))).matches(head) == both)
    }
  }

  @Test("what was given up must be neither true nor false, and block only where it decides")
  func givenUp() throws {
    let hard = try Statement.regex(.uriPath, #"\w+@\w+"#)
    let no = Statement.bytes(.uriPath, .contains, "nowhere")
    let yes = Statement.bytes(.method, .exactly, "GET")
    let head = "GET /" + String(repeating: "a", count: 4000) + "-@ HTTP/1.1"
    for statement in [hard, .not(hard), .and([hard, yes]), .or([hard, no])] {
      let result = try Screened(statement)(head, limit: 20_000)
      #expect(result.action == .block && result.isGivenUp)
      #expect(result.reasons.first?.contains("could not be evaluated") == true)
    }
    #expect(try Screened(.and([hard, no]))(head, limit: 20_000).action == .allow)
    let decided = try Screened(.or([hard, yes]))(head, limit: 20_000)
    #expect(decided.action == .block && !decided.isGivenUp)
    // A rule that allows does not take it for a match, one that counts does, as it would if it blocked.
    for (action, hits) in [(RuleAction.allow(), []), (.count(), ["r"])] {
      let acl = WebACL(
        name: "a", defaultAction: .block(), rules: [Rule(name: "r", priority: 0, statement: hard, action: action)])
      let result = try Screened(acl)(head, limit: 20_000)
      #expect(result.action == .block && result.hits == hits)
    }
  }

  @Test("the labels of what was given up must be seen by rules that block and count, and open no door")
  func doubtfulLabels() throws {
    let hard = try Statement.regex(.uriPath, #"\w+@\w+"#)
    let head = "GET /" + String(repeating: "a", count: 4000) + "-@ HTTP/1.1"
    let counting = Rule(
      name: "counting", priority: 0, statement: hard,
      action: .count(inserting: [InsertedHeader(name: "x", value: "y")]),
      labels: ["seen"])
    let label = Statement.label(LabelMatch(.label, "seen"))
    let others = Rule(
      name: "other", priority: 1, statement: .bytes(.method, .exactly, "POST"), action: .count(), labels: ["seen"])
    func result(_ statement: Statement, _ action: RuleAction, _ defaultAction: RuleAction) throws -> Screened.Result {
      try Screened(
        WebACL(
          name: "a", defaultAction: defaultAction,
          rules: [counting, others, Rule(name: "r", priority: 2, statement: statement, action: action)]))(
          head, limit: 20_000)
    }
    for statement in [label, .not(label)] {
      let blocked = try result(statement, .block(), .allow())
      #expect(blocked.rule == "r" && blocked.isGivenUp)
      #expect(blocked.labels == ["awswaf:000000000000:webacl:a:seen"])
      // An origin is told nothing that is not so.
      #expect(blocked.headers.isEmpty)
      #expect(try result(statement, .count(), .allow()).hits == ["counting", "r"])
      #expect(try result(statement, .allow(), .block()).rule == "Default_Action")
    }
    // A request that has the label from another rule has it.
    let posted = try Screened(
      WebACL(
        name: "a", defaultAction: .block(),
        rules: [counting, others, Rule(name: "r", priority: 2, statement: label, action: .allow())]))(
        head.replacing("GET", with: "POST"), limit: 20_000)
    #expect(posted.rule == "r" && !posted.isGivenUp)
  }

  @Test("a group's rule that allows and is overridden to count must not count what it would not have let go on")
  func overriddenAllow() throws {
    let hard = try Statement.regex(.uriPath, #"\w+@\w+"#)
    let head = "GET /" + String(repeating: "a", count: 4000) + "-@ HTTP/1.1"
    for (action, hits) in [(RuleAction.allow(), []), (.block(), ["g/r"]), (.count(), ["g/r"])] {
      let group = RuleGroup(name: "g", rules: [Rule(name: "r", priority: 0, statement: hard, action: action)])
      let acl = WebACL(
        name: "a", defaultAction: .allow(),
        rules: [
          Rule(
            name: "group", priority: 0, statement: .group(RuleGroupReference(group, overrides: ["r": .count()])),
            action: nil)
        ])
      #expect(try Screened(acl)(head, limit: 20_000).hits == hits)
    }
  }
}
