import Firewall
import Testing

@testable import Configuration

@Suite struct FirewallReaderTests {
  private func files(_ firewall: String, _ more: [String: String] = [:]) -> [String: String] {
    var files = [
      "gateway.yaml": Loading.gateway("api.yaml") + firewall,
      "api.yaml": "openapi: 3.0.1\ninfo: { title: t, version: \"1\" }\npaths: {}\n",
    ]
    files.merge(more) { _, new in new }
    return files
  }

  private func read(_ firewall: String, _ more: [String: String] = [:]) throws -> FirewallSetup {
    try #require(try Loading.snapshot(files(firewall, more)).firewall)
  }

  private func acl(_ rules: String, _ more: String = "") throws -> WebACL {
    try #require(
      try read("\(more)\nwebACLs:\n  - name: main\n    defaultAction: ALLOW\n    rules:\n\(rules)").acls.first
    ).acl
  }

  private func statement(_ text: String, _ more: String = "") throws -> Statement {
    try #require(
      try acl("      - { name: r, priority: 0, action: BLOCK, statement: \(text) }", more).rules.first
    ).statement
  }

  @Test("a configuration without a firewall must have none")
  func none() throws { #expect(try Loading.snapshot(files("")).firewall == nil) }

  @Test(
    "keys must be the same with either first letter",
    arguments: [
      ("IPSetReferenceStatement", "ipSetReferenceStatement"), ("ARN", "arn"), ("IPAddressVersion", "ipAddressVersion"),
      ("Name", "name"), ("JsonBody", "jsonBody"), ("IPSetForwardedIPConfig", "ipSetForwardedIPConfig"),
      ("name", "name"),
      ("WebACL", "webACL"), ("JA3Fingerprint", "ja3Fingerprint"), ("ASN", "asn"), ("ASNList", "asnList"),
    ])
  func capitals(_ key: String, _ expected: String) {
    #expect(FirewallReader.lowered(key) == expected)
  }

  @Test("what `aws wafv2 get-web-acl` prints must be taken as it is")
  func exported() throws {
    let setup = try read(
      "webACLs: [ { $ref: acl.json } ]\nipSets: [ { $ref: office.json } ]\nruleGroups: [ { $ref: group.json } ]\nregexPatternSets: [ { $ref: patterns.json } ]\n",
      [
        "office.json": """
        { "IPSet": { "Name": "office", "Id": "1", "ARN": "arn:aws:wafv2:eu-west-1:123456789012:regional/ipset/office/1",
          "Description": "", "IPAddressVersion": "IPV4", "Addresses": ["192.0.2.0/24", "198.51.100.7/32"] }, "LockToken": "2" }
        """,
        "patterns.json": """
        { "RegexPatternSet": { "Name": "shells", "Id": "1", "ARN": "a", "RegularExpressionList": [ { "RegexString": "^/wp-" } ] },
          "LockToken": "2" }
        """,
        "group.json": """
        { "RuleGroup": { "Name": "common", "Id": "1", "Capacity": 50, "ARN": "a", "LabelNamespace": "awswaf:1:rulegroup:common:",
          "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "m" },
          "Rules": [ { "Name": "long", "Priority": 0, "Action": { "Block": {} }, "Statement": { "SizeConstraintStatement": {
            "FieldToMatch": { "QueryString": {} }, "ComparisonOperator": "GT", "Size": 2000,
            "TextTransformations": [ { "Priority": 0, "Type": "NONE" } ] } },
            "VisibilityConfig": { "SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": true, "MetricName": "m" } } ] } }
        """,
        "acl.json": """
        { "WebACL": { "Name": "main", "Id": "1", "ARN": "a", "DefaultAction": { "Block": {} }, "Description": "d",
          "Rules": [
            { "Name": "office", "Priority": 0, "Statement": { "IPSetReferenceStatement": {
                "ARN": "arn:aws:wafv2:eu-west-1:123456789012:regional/ipset/office/1" } },
              "Action": { "Allow": {} },
              "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "m" } },
            { "Name": "agent", "Priority": 1, "Statement": { "AndStatement": { "Statements": [
                { "ByteMatchStatement": { "SearchString": "c3FsbWFw", "FieldToMatch": { "SingleHeader": { "Name": "user-agent" } },
                  "TextTransformations": [ { "Priority": 1, "Type": "LOWERCASE" }, { "Priority": 0, "Type": "URL_DECODE" } ],
                  "PositionalConstraint": "CONTAINS" } },
                { "NotStatement": { "Statement": { "RegexPatternSetReferenceStatement": {
                  "ARN": "arn:aws:wafv2:eu-west-1:123456789012:regional/regexpatternset/shells/1",
                  "FieldToMatch": { "UriPath": {} }, "TextTransformations": [ { "Priority": 0, "Type": "NONE" } ] } } } } ] } },
              "Action": { "Count": { "CustomRequestHandling": { "InsertHeaders": [ { "Name": "a", "Value": "b" } ] } } },
              "RuleLabels": [ { "Name": "bot:scanner" } ],
              "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "m" } },
            { "Name": "common", "Priority": 2, "Statement": { "RuleGroupReferenceStatement": {
                "ARN": "arn:aws:wafv2:eu-west-1:123456789012:regional/rulegroup/common/1",
                "RuleActionOverrides": [ { "Name": "long", "ActionToUse": { "Count": {} } } ] } },
              "OverrideAction": { "None": {} },
              "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "m" } } ],
          "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "m" },
          "Capacity": 5, "ManagedByFirewallManager": false, "LabelNamespace": "awswaf:1:webacl:main:" }, "LockToken": "3" }
        """,
      ])
    let acl = try #require(setup.acls.first).acl
    #expect(acl.defaultAction == .block())
    #expect(acl.rules.map(\.name) == ["office", "agent", "common"])
    guard case .ipSet(let office) = acl.rules[0].statement else { throw Mismatch() }
    #expect(office.name == "office")
    guard case .and(let inner) = acl.rules[1].statement, case .byteMatch(let match) = inner[0],
      case .not(.regex(let shells)) = inner[1]
    else { throw Mismatch() }
    #expect(match.search == Array("sqlmap".utf8))
    #expect(match.inspection == Inspection(.singleHeader("user-agent"), [.urlDecode, .lowercase]))
    #expect(shells.setName == "shells" && shells.patterns.count == 1)
    #expect(acl.rules[1].action == .count(inserting: [InsertedHeader(name: "a", value: "b")]))
    #expect(acl.rules[1].labels == ["bot:scanner"])
    guard case .group(let group) = acl.rules[2].statement else { throw Mismatch() }
    #expect(group.group.rules.map(\.isSampled) == [false] && group.overrides == ["long": .count()])
    #expect(setup.ipSets.first?.addresses.blocks.count == 2)
  }

  @Test("every field must be read")
  func fields() throws {
    for (text, expected) in [
      ("uriPath", .uriPath), ("{ method: {} }", .method), ("{ QueryString: {} }", .queryString),
      ("{ singleHeader: { name: X-A } }", .singleHeader("X-A")),
      (
        "{ singleQueryArgument: { name: q, preParseTextTransformations: [ URL_DECODE ] } }",
        .singleQueryArgument("q", [.urlDecode])
      ),
      ("{ allQueryArguments: {} }", .allQueryArguments([])), ("{ body: { oversizeHandling: MATCH } }", .body(.match)),
      ("{ headerOrder: { oversizeHandling: NO_MATCH } }", .headerOrder(.noMatch)),
      ("{ uriFragment: { fallbackBehavior: NO_MATCH } }", .uriFragment(fallbackMatches: false)),
      (
        "{ headers: { matchPattern: { includedHeaders: [ a, b ] }, matchScope: KEY, oversizeHandling: CONTINUE } }",
        .headers(.included(["a", "b"]), .key, .proceed)
      ),
      ("{ cookies: { matchPattern: { all: {} }, matchScope: ALL } }", .cookies(.all, .all, .proceed)),
      (
        "{ cookies: { matchPattern: { excludedCookies: [ x ] }, matchScope: VALUE } }",
        .cookies(.excluded(["x"]), .value, .proceed)
      ),
      (
        "{ jsonBody: { matchPattern: { includedPaths: [ /a/b ] }, matchScope: VALUE, invalidFallbackBehavior: EVALUATE_AS_STRING } }",
        .jsonBody(.init(paths: ["/a/b"], scope: .value, invalidFallback: .evaluateAsString))
      ),
      ("{ type: HEADER, data: Referer }", .singleHeader("Referer")), ("{ type: URI }", .uriPath),
    ] as [(String, FieldToMatch)] {
      guard
        case .size(let size) = try statement(
          "{ sizeConstraintStatement: { fieldToMatch: \(text), comparisonOperator: GT, size: 7 } }")
      else { throw Mismatch() }
      #expect(size.inspection.field == expected, "\(text)")
    }
  }

  @Test("rate-based statements must be read with their keys")
  func rates() throws {
    guard
      case .rate(let rate) = try statement(
        """
        { rateBasedStatement: { limit: 100, evaluationWindowSec: 60, aggregateKeyType: CUSTOM_KEYS,
          forwardedIPConfig: { headerName: X-Forwarded-For, fallbackBehavior: MATCH },
          customKeys: [ { ip: {} }, { header: { name: x, textTransformations: [ LOWERCASE ] } }, { cookie: { name: s } }, { forwardedIP: {} }, { labelNamespace: { namespace: "bot:" } } ],
          scopeDownStatement: { byteMatchStatement: { fieldToMatch: uriPath, searchString: /login, positionalConstraint: EXACTLY } } } }
        """)
    else { throw Mismatch() }
    #expect(rate.limit == 100 && rate.window == 60 && rate.scopeDown != nil)
    #expect(
      rate.key
        == .custom([
          .ip, .header(Inspection(.singleHeader("x"), [.lowercase])),
          .cookie(Inspection(.cookies(.included(["s"]), .value, .proceed))),
          .forwardedIP(ForwardedAddress(header: "X-Forwarded-For", fallbackMatches: true)), .labelNamespace("bot:"),
        ]))
  }

  @Test("an IP set must be read from its file, and stages and distributions find their web ACL")
  func references() throws {
    let snapshot = try Loading.snapshot([
      "gateway.yaml": """
      listeners: [{ address: "127.0.0.1:8080" }]
      apis: [{ name: a, definition: api.yaml, stages: [{ name: dev, webACL: second }, { name: open }] }]
      distributions:
        - webACL: "arn:aws:wafv2:us-east-1:1:global/webacl/first/1"
          origins: [ { id: a, api: a } ]
          defaultCacheBehavior: { targetOriginId: a }
      ipSets: [ { name: bad, file: lists/bad.txt } ]
      webACLs: [ { name: first, defaultAction: ALLOW }, { name: second, defaultAction: { block: { customResponse: { responseCode: 404 } } } } ]
      """,
      "api.yaml": "openapi: 3.0.1\ninfo: { title: t, version: \"1\" }\npaths: {}\n",
      "lists/bad.txt": "# bad\n192.0.2.1\n2001:db8::/32 # worse\n",
    ])
    let firewall = try #require(snapshot.firewall)
    #expect(snapshot.deployments.map(\.stage.webACL) == [1, nil])
    #expect(snapshot.edge?.distributions.first?.webACL == 0)
    #expect(firewall.ipSets.first?.addresses.blocks.count == 2 && firewall.ipSets.first?.file == "lists/bad.txt")
    #expect(snapshot.files.contains("lists/bad.txt"))
    #expect(firewall.acls[1].acl.defaultAction == .block(BlockResponse(status: 404)))
  }

  @Test("WAF Classic's rules must be their predicates")
  func classic() throws {
    let acl = try #require(
      try read(
        """
        ipSets: [ { IPSetId: i1, Name: corporate, IPSetDescriptors: [ { Type: IPV4, Value: 192.0.2.0/24 } ] } ]
        byteMatchSets: [ { ByteMatchSetId: b1, Name: admin, ByteMatchTuples: [ { FieldToMatch: { Type: URI }, TargetString: /admin, TextTransformation: LOWERCASE, PositionalConstraint: STARTS_WITH } ] } ]
        xssMatchSets: [ { XssMatchSetId: x1, Name: xss, XssMatchTuples: [ { FieldToMatch: { Type: QUERY_STRING }, TextTransformation: URL_DECODE } ] } ]
        rules:
          - { RuleId: r1, Name: adminFromOutside, MetricName: m, Predicates: [ { Negated: false, Type: ByteMatch, DataId: b1 }, { Negated: true, Type: IPMatch, DataId: i1 } ] }
          - { RuleId: r2, Name: empty, Predicates: [] }
          - { RuleId: r3, Name: often, RateKey: IP, RateLimit: 2000, MatchPredicates: [ { Type: XssMatch, DataId: xss } ] }
        webACLs:
          - Name: classic
            DefaultAction: { Type: ALLOW }
            Rules:
              - { Priority: 1, RuleId: r1, Action: { Type: BLOCK }, Type: REGULAR }
              - { Priority: 2, RuleId: empty, Action: { Type: COUNT } }
              - { Priority: 3, RuleId: r3, Action: { Type: BLOCK }, Type: RATE_BASED }
        """
      ).acls.first
    ).acl
    guard case .and(let both) = acl.rules[0].statement, case .or(let tuples) = both[0], case .byteMatch = tuples[0],
      case .not(.ipSet(let set)) = both[1], case .or(let none) = acl.rules[1].statement,
      case .rate(let rate) = acl.rules[2].statement
    else { throw Mismatch() }
    #expect(set.name == "corporate" && none.isEmpty && rate.limit == 2000 && rate.window == 300)
    #expect(acl.rules.map(\.action) == [.block(), .count(), .block()])
  }

  @Test("a set of patterns must be read in WAF Classic's shape, by its id too")
  func classicPatterns() throws {
    let acl = try #require(
      try read(
        """
        regexPatternSets: [ { RegexPatternSet: { RegexPatternSetId: p1, Name: bots, RegexPatternStrings: [ "^curl", "bot$" ] } } ]
        regexMatchSets: [ { RegexMatchSetId: m1, Name: agents, RegexMatchTuples: [ { FieldToMatch: { Type: HEADER, Data: user-agent }, TextTransformation: LOWERCASE, RegexPatternSetId: p1 } ] } ]
        rules: [ { RuleId: r1, Name: noBots, Predicates: [ { Negated: false, Type: RegexMatch, DataId: m1 } ] } ]
        webACLs: [ { Name: classic, DefaultAction: { Type: ALLOW }, Rules: [ { Priority: 1, RuleId: r1, Action: { Type: BLOCK } } ] } ]
        """
      ).acls.first
    ).acl
    guard case .or(let tuples) = acl.rules[0].statement, case .regex(let match) = tuples[0] else { throw Mismatch() }
    #expect(match.patterns.count == 2)
  }

  private struct Mismatch: Error {}
}
