import Testing

@testable import Firewall

/// How rules come together to a verdict (spec § 15.4).
struct EvaluationTests {
  private func rule(
    _ name: String, _ priority: Int, _ path: String, _ action: RuleAction?, labels: [String] = []
  ) -> Rule {
    Rule(
      name: name, priority: priority, statement: .bytes(.uriPath, .contains, path), action: action, labels: labels)
  }

  private func screened(_ rules: [Rule], _ standard: RuleAction = .allow()) throws -> Screened {
    try Screened(WebACL(name: "web", defaultAction: standard, rules: rules))
  }

  @Test("rules must be asked by priority, whatever their order, and the first that allows or blocks decides")
  func priorities() throws {
    let screened = try screened([
      rule("third", 30, "x", .block()), rule("first", 1, "a", .block()), rule("second", 2, "x", .allow()),
    ])
    #expect(try screened("GET /ax HTTP/1.1").rule == "first")
    let result = try screened("GET /x HTTP/1.1")
    #expect(result.rule == "second" && result.action == .allow && result.hits == ["second"])
  }

  @Test("the default action must decide where no rule does")
  func defaultAction() throws {
    #expect(try screened([], .allow())().action == .allow)
    let blocked = try screened([rule("a", 0, "nowhere", .allow())], .block(BlockResponse(status: 404)))()
    #expect(blocked.action == .block && blocked.rule == "Default_Action" && blocked.response?.status == 404)
  }

  @Test("the classic example must let the office in and nobody else")
  func classicExample() throws {
    let acl = WebACL(
      name: "office", defaultAction: .block(),
      rules: [
        Rule(
          name: "office", priority: 1, statement: .ipSet(IPSetReference(name: "corporate")), action: .allow())
      ])
    let screened = try Screened(acl, sets: ["corporate": ["192.0.2.0/24"]])
    #expect(try screened(client: "192.0.2.44").action == .allow)
    #expect(try screened(client: "198.51.100.1").action == .block)
    #expect(try screened("GET / HTTP/1.1\nX-Forwarded-For: 192.0.2.44", client: "198.51.100.1").action == .block)
  }

  @Test("a count must be noted and decide nothing")
  func counts() throws {
    let screened = try screened([rule("seen", 0, "a", .count()), rule("stopped", 1, "a", .block())])
    let result = try screened("GET /a HTTP/1.1")
    #expect(result.hits == ["seen", "stopped"] && result.action == .block)
    #expect(result.reasons[0] == #"URI path contains "a": "/a""#)
  }

  @Test("a block must carry its own response")
  func responses() throws {
    let response = BlockResponse(
      status: 429, headers: [InsertedHeader(name: "Retry-After", value: "9")],
      body: .init(contentType: .json, content: "{}"))
    let screened = try screened(
      [rule("a", 0, "a", .block(response)), rule("b", 1, "b", .block())], .block(BlockResponse(status: 451)))
    #expect(try screened("GET /a HTTP/1.1").response == response)
    #expect(try screened("GET /b HTTP/1.1").response == nil)
    #expect(try screened("GET /c HTTP/1.1").response?.status == 451)
  }

  @Test("headers of rules that matched must be inserted, the last of one name counting")
  func insertions() throws {
    let screened = try screened([
      rule(
        "a", 0, "/",
        .count(inserting: [InsertedHeader(name: "seen", value: "1"), InsertedHeader(name: "a", value: "x")])),
      rule("no", 1, "nowhere", .count(inserting: [InsertedHeader(name: "no", value: "x")])),
      rule("b", 2, "/", .allow(inserting: [InsertedHeader(name: "Seen", value: "2")])),
      rule("c", 3, "/", .count(inserting: [InsertedHeader(name: "seen", value: "3")])),
    ])
    #expect(
      try screened().headers == [InsertedHeader(name: "a", value: "x"), InsertedHeader(name: "Seen", value: "2")])
  }

  @Test("headers of the default action must be inserted where no rule decides")
  func defaultInsertions() throws {
    let screened = try Screened(
      WebACL(
        name: "web", defaultAction: .allow(inserting: [InsertedHeader(name: "by", value: "default")]),
        rules: [
          rule("counts", 0, "/", .count(inserting: [InsertedHeader(name: "By", value: "rule")])),
          rule("allows", 1, "a", .allow()),
        ]))
    #expect(try screened().headers == [InsertedHeader(name: "by", value: "default")])
    #expect(try screened("GET /a HTTP/1.1").headers == [InsertedHeader(name: "By", value: "rule")])
  }

  // MARK: Labels

  @Test("a label must be seen by the rules behind it and by none before")
  func labelOrder() throws {
    let match = Statement.label(LabelMatch(.label, "bad"))
    let screened = try screened([
      Rule(name: "early", priority: 0, statement: match, action: .block()),
      rule("labels", 1, "a", .count(), labels: ["bad"]),
      Rule(name: "late", priority: 2, statement: match, action: .block()),
    ])
    let result = try screened("GET /a HTTP/1.1")
    #expect(result.rule == "late")
    #expect(result.labels == ["awswaf:000000000000:webacl:web:bad"])
    #expect(try screened("GET /b HTTP/1.1").action == .allow)
  }

  @Test(
    "a label match must take the trailing part of a label or all of it, a namespace match what stands before a colon",
    arguments: [
      ("LABEL", "scanner", true), ("LABEL", "bot:scanner", true),
      ("LABEL", "awswaf:000000000000:webacl:web:bot:scanner", true),
      ("LABEL", "bot", false), ("LABEL", "canner", false), ("LABEL", "Scanner", false),
      ("LABEL", "awswaf:000000000000:webacl:other:bot:scanner", false),
      // As `aws` exports it: every account's labels are ours.
      ("LABEL", "awswaf:123456789012:webacl:web:bot:scanner", true),
      ("LABEL", "awswaf:12345678901:webacl:web:bot:scanner", false),
      ("NAMESPACE", "awswaf:123456789012:webacl:web:", true), ("NAMESPACE", "awswaf:123456789012:", true),
      ("NAMESPACE", "bot:", true), ("NAMESPACE", "awswaf:000000000000:webacl:web:bot:", true),
      ("NAMESPACE", "awswaf:000000000000:webacl:web:", true), ("NAMESPACE", "scanner:", false),
      ("NAMESPACE", "ot:", false),
    ])
  func labelMatches(_ scope: String, _ key: String, _ expected: Bool) throws {
    let screened = try screened([
      rule("labels", 1, "/", .count(), labels: ["bot:scanner"]),
      Rule(
        name: "match", priority: 2, statement: .label(LabelMatch(try #require(.init(rawValue: scope)), key)),
        action: .block()),
    ])
    #expect(try (screened().rule == "match") == expected)
  }

  // MARK: Groups

  private func group(_ rules: [Rule]) -> RuleGroup { RuleGroup(name: "common", rules: rules) }

  private func reference(
    _ group: RuleGroup, _ overrides: [String: RuleAction] = [:], counted: Bool = false, priority: Int = 5
  ) -> Rule {
    Rule(
      name: "group", priority: priority, statement: .group(RuleGroupReference(group, overrides: overrides)),
      action: counted ? .count() : nil)
  }

  @Test("a group's rules must stand in its place, by their own priorities")
  func groups() throws {
    let group = group([rule("y", 2, "a", .block()), rule("x", 1, "a", .count())])
    let screened = try screened([rule("last", 9, "", .block()), reference(group), rule("zero", 0, "a", .count())])
    let result = try screened("GET /a HTTP/1.1")
    #expect(result.hits == ["zero", "common/x", "common/y"] && result.rule == "common/y")
  }

  @Test("an override must replace the action of one rule of the group")
  func overrides() throws {
    let group = group([rule("x", 1, "a", .block()), rule("y", 2, "b", .block())])
    let screened = try screened([reference(group, ["x": .count()])])
    #expect(try screened("GET /a HTTP/1.1").action == .allow)
    #expect(try screened("GET /a HTTP/1.1").hits == ["common/x"])
    #expect(try screened("GET /b HTTP/1.1").action == .block)
  }

  @Test("a group that is counted must end at its first result, and the rules behind it go on")
  func countedGroup() throws {
    let group = group([rule("x", 1, "a", .block()), rule("y", 2, "a", .block())])
    let screened = try screened([reference(group, counted: true), rule("after", 7, "a", .count())])
    let result = try screened("GET /a HTTP/1.1")
    #expect(result.action == .allow && result.hits == ["common/x", "after"])
  }

  @Test("labels of a group must be its own, and the web ACL name them in full")
  func groupLabels() throws {
    let group = group([
      rule("x", 1, "a", .count(), labels: ["hot"]),
      Rule(name: "y", priority: 2, statement: .label(LabelMatch(.label, "hot")), action: .count()),
    ])
    let screened = try screened([
      reference(group),
      Rule(name: "short", priority: 6, statement: .label(LabelMatch(.label, "hot")), action: .block()),
      Rule(
        name: "full", priority: 7,
        statement: .label(LabelMatch(.label, "awswaf:000000000000:rulegroup:common:hot")), action: .block()),
    ])
    let result = try screened("GET /a HTTP/1.1")
    #expect(result.hits == ["common/x", "common/y", "full"])
  }

  // MARK: Reasons

  @Test("a redacted part must be shown in no reason and no sample")
  func redacted() throws {
    var acl = WebACL(
      name: "web", defaultAction: .allow(),
      rules: [
        Rule(
          name: "header", priority: 0, statement: .bytes(.singleHeader("Authorization"), .startsWith, "Bearer"),
          action: .count()),
        Rule(
          name: "all", priority: 1, statement: .bytes(.headers(.all, .value, .proceed), .contains, "s3cret"),
          action: .count()),
        Rule(
          name: "query", priority: 2, statement: .bytes(.allQueryArguments([]), .contains, "s3cret"), action: .block()),
      ])
    acl.redactedFields = [.singleHeader("authorization"), .queryString]
    let screened = try Screened(acl)
    let result = try screened("GET /p?token=s3cret HTTP/1.1\nAuthorization: Bearer s3cret")
    #expect(result.hits == ["header", "all", "query"])
    #expect(result.reasons.allSatisfy { $0.contains("REDACTED") && !$0.contains("Bearer s3") })
    #expect(result.reasons[2] == #"query arguments (token) contains "s3cret": REDACTED"#)
  }

  @Test("capacity must be counted as AWS counts it")
  func capacity() throws {
    let plan = try screened([
      rule("a", 0, "a", .block()),
      Rule(name: "b", priority: 1, statement: .ipSet(IPSetReference(name: "s")), action: .block()),
      Rule(
        name: "c", priority: 2, statement: .crossSiteScripting(Inspection(.allQueryArguments([]), [.urlDecode])),
        action: .block()),
    ]).plan
    #expect(plan.capacity == 10 + 1 + 60)
  }
}
