import APIModel
import Firewall
import HTTPSemantics

/// Web ACLs, their rules and actions.
extension FirewallReader {
  func webACL(_ object: ObjectReader, _ name: String) -> WebACL? {
    let rules = rules(object, inGroup: false)
    guard let value = object.value("defaultAction") else {
      object.missing("defaultAction", of: "a web ACL")
      return nil
    }
    guard let standard = action(value, "defaultAction") else { return nil }
    if case .count = standard {
      findings.error(at: value.location, "`defaultAction` is ALLOW or BLOCK")
      return nil
    }
    return WebACL(
      name: name, defaultAction: standard, rules: rules, bodyLimit: bodyLimit(object),
      redactedFields: redactedFields(object), samplesDefault: isSampled(object))
  }

  func isSampled(_ object: ObjectReader) -> Bool {
    self.object(object, "visibilityConfig")?.boolean("sampledRequestsEnabled") ?? true
  }

  /// `requestBody: { CLOUDFRONT: { defaultSizeInspectionLimit: KB_16 } }`; the largest of several.
  private func bodyLimit(_ object: ObjectReader) -> Int {
    guard let association = self.object(object, "associationConfig") else { return WebACL.standardBodyLimit }
    association.refuseKeys(except: ["requestBody"], "`associationConfig`")
    var limit: Int?
    for member in association.object("requestBody")?.members ?? [] {
      guard let kind = self.object(member.value, "`\(ObjectReader.excerpt(member.key))`") else { continue }
      kind.refuseKeys(except: ["defaultSizeInspectionLimit"], "`requestBody`")
      guard let size = kind.word("defaultSizeInspectionLimit", InspectionLimit.self) else { continue }
      limit = max(limit ?? 0, size.bytes)
    }
    return limit ?? WebACL.standardBodyLimit
  }

  private enum InspectionLimit: String, CaseIterable {
    case kb8 = "KB_8", kb16 = "KB_16", kb32 = "KB_32", kb48 = "KB_48", kb64 = "KB_64"

    var bytes: Int { (Int(rawValue.dropFirst(3)) ?? 16) * 1024 }
  }

  private func redactedFields(_ object: ObjectReader) -> [FieldToMatch] {
    guard let logging = self.object(object, "loggingConfiguration") else { return [] }
    logging.refuseKeys(
      except: ["redactedFields", "resourceArn", "logDestinationConfigs", "managedByFirewallManager", "loggingFilter"],
      "`loggingConfiguration`")
    return (logging.list("redactedFields") ?? []).compactMap { item in
      guard let node = context.library.resolve(item) else { return nil }
      return field(node)
    }
  }

  // MARK: Rules

  func rules(_ object: ObjectReader, inGroup isGrouped: Bool) -> [Rule] {
    var rules: [Rule] = []
    var names: [String: SourceLocation] = [:]
    var priorities: [Int: SourceLocation] = [:]
    for item in object.list("rules") ?? [] {
      guard let reader = self.object(item, "a rule"), let rule = rule(reader, isGrouped) else { continue }
      let place = reader.value("name")?.location ?? reader.location
      if let first = names[rule.name] {
        findings.error(at: place, "another rule is named `\(rule.name)`, at \(first)")
      }
      names[rule.name] = place
      let priorityPlace = reader.value("priority")?.location ?? reader.location
      if let first = priorities[rule.priority] {
        findings.error(at: priorityPlace, "another rule has the priority \(rule.priority), at \(first)")
      }
      priorities[rule.priority] = priorityPlace
      rules.append(rule)
    }
    return rules
  }

  private func rule(_ object: ObjectReader, _ isGrouped: Bool) -> Rule? {
    if object.member("ruleId") != nil { return activatedRule(object) }
    object.refuseKeys(except: GatewayKeys.names(of: .rule), "a rule")
    let name = object.requiredString("name", of: "a rule")
    let priority = object.integer("priority", in: 0...Int(Int32.max))
    if priority == nil { object.missing("priority", of: "a rule") }
    var statement: Statement?
    if object.member("predicates") != nil {
      statement = predicates(object)
    } else if let value = object.value("statement") {
      statement = self.statement(value, depth: 0, place: isGrouped ? .group : .acl)
    } else {
      object.missing("statement", of: "a rule")
    }
    let labels = labels(object)
    guard let name, let priority, let statement else { return nil }
    let action: RuleAction?
    if case .group = statement {
      if let wrong = object.value("action") {
        findings.error(at: wrong.location, "a rule that refers to a group has `overrideAction`, not `action`")
      }
      action = overridesByCount(object) ? .count() : nil
    } else {
      if let wrong = object.value("overrideAction") {
        findings.error(
          at: wrong.location, "only a rule that refers to a group has `overrideAction`: this one has `action`")
      }
      guard let value = object.value("action") else {
        object.missing("action", of: "a rule")
        return nil
      }
      guard let read = self.action(value, "action") else { return nil }
      action = read
    }
    return Rule(
      name: name, priority: priority, statement: statement, action: action, labels: labels,
      isSampled: isSampled(object))
  }

  private func overridesByCount(_ object: ObjectReader) -> Bool {
    guard let node = object.value("overrideAction") else { return false }
    if let text = node.scalar?.text {
      switch text.lowercased() {
      case "count": return true
      case "none": return false
      default:
        findings.error(at: node.location, "`overrideAction` is NONE or COUNT, not `\(ObjectReader.excerpt(text))`")
        return false
      }
    }
    guard let override = self.object(node, "`overrideAction`") else { return false }
    override.refuseKeys(except: ["none", "count", "type"], "`overrideAction`")
    return override.member("count") != nil || override.string("type") == "COUNT"
  }

  private func labels(_ object: ObjectReader) -> [String] {
    (object.list("ruleLabels") ?? []).compactMap { item in
      guard var node = context.library.resolve(item) else { return nil }
      if node.members != nil {
        guard let label = self.object(node, "a label"), let value = label.value("name") else { return nil }
        node = value
      }
      guard let text = node.scalar?.text, text.wholeMatch(of: /[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*/) != nil else {
        findings.error(
          at: node.location, "a label is made of letters, digits, `-` and `_`, with colons between its namespaces")
        return nil
      }
      if let reserved = text.split(separator: ":").first(where: {
        ["awswaf", "aws", "waf", "rulegroup", "webacl", "regexpatternset", "ipset", "managed"].contains($0)
      }) {
        findings.error(at: node.location, "`\(reserved)` may not stand in a label")
        return nil
      }
      return text
    }
  }

  // MARK: Actions

  private enum ActionWord: String, CaseIterable { case allow = "ALLOW", block = "BLOCK", count = "COUNT" }

  /// `BLOCK`, `{ block: { customResponse: … } }`, or WAF Classic's `{ type: BLOCK }`.
  func action(_ node: DocumentNode, _ key: String) -> RuleAction? {
    if let text = node.scalar?.text { return word(text, at: node.location, key) }
    guard let object = self.object(node, "`\(key)`") else { return nil }
    if let missing = object.members.first(where: { $0.key == "captcha" || $0.key == "challenge" }) {
      findings.error(
        at: missing.keyLocation,
        "`\(missing.key)` is not built: it needs AWS's puzzles; block, or count, or limit the rate instead")
      return nil
    }
    object.refuseKeys(except: GatewayKeys.names(of: .ruleAction), "`\(key)`")
    if let type = object.value("type"), let text = type.scalar?.text { return word(text, at: type.location, key) }
    let known = object.members.filter { ["allow", "block", "count"].contains($0.key) }
    guard known.count == 1, let member = known.first else {
      findings.error(at: object.location, "`\(key)` has one of allow, block, count")
      return nil
    }
    let content =
      member.value.isNull
      ? ObjectReader([], at: object.location, in: context) : self.object(member.value, "`\(member.key)`")
    guard let content else { return nil }
    switch member.key {
    case "block":
      content.refuseKeys(except: ["customResponse"], "`block`")
      return .block(self.object(content, "customResponse").flatMap { customResponse($0) })
    case "allow":
      content.refuseKeys(except: ["customRequestHandling"], "`allow`")
      return .allow(inserting: insertedHeaders(content))
    default:
      content.refuseKeys(except: ["customRequestHandling"], "`count`")
      return .count(inserting: insertedHeaders(content))
    }
  }

  private func word(_ text: String, at place: SourceLocation, _ key: String) -> RuleAction? {
    switch ActionWord(rawValue: text.uppercased()) {
    case .allow: return .allow()
    case .block: return .block()
    case .count: return .count()
    case nil:
      let isKnown = ["CAPTCHA", "CHALLENGE"].contains(text.uppercased())
      findings.error(
        at: place,
        isKnown
          ? "`\(text)` is not built: it needs AWS's puzzles; block, or count, or limit the rate instead"
          : "`\(key)` is ALLOW, BLOCK or COUNT, not `\(ObjectReader.excerpt(text))`",
        suggestion: Suggestion.near(text, among: ActionWord.allCases.map(\.rawValue)))
      return nil
    }
  }

  private func insertedHeaders(_ content: ObjectReader) -> [InsertedHeader] {
    guard let handling = object(content, "customRequestHandling") else { return [] }
    handling.refuseKeys(except: ["insertHeaders"], "`customRequestHandling`")
    return headers(handling, "insertHeaders")
  }

  private func headers(_ object: ObjectReader, _ key: String) -> [InsertedHeader] {
    (object.list(key) ?? []).compactMap { item in
      guard let header = self.object(item, "a header") else { return nil }
      header.refuseKeys(except: ["name", "value"], "a header")
      guard let name = header.requiredString("name", of: "a header"), let value = header.string("value") else {
        return nil
      }
      var (nameText, valueText) = (name, value)
      if !nameText.withUTF8({ UnsafeRawBufferPointer($0).isToken }) {
        findings.error(at: header.location, "`\(ObjectReader.excerpt(name))` is not a field name")
        return nil
      }
      if !valueText.withUTF8({ UnsafeRawBufferPointer($0).isFieldValue }) {
        findings.error(at: header.location, "the value of `\(name)` has control characters")
        return nil
      }
      if ["content-type", "content-length", "transfer-encoding", "connection"].contains(name.lowercased()),
        key == "responseHeaders"
      {
        findings.error(at: header.location, "`\(name)` is said by the gateway itself")
        return nil
      }
      return InsertedHeader(name: name, value: value)
    }
  }

  private func customResponse(_ object: ObjectReader) -> BlockResponse? {
    object.refuseKeys(except: GatewayKeys.names(of: .customResponse), "`customResponse`")
    guard let status = object.integer("responseCode", in: 100...599) else {
      object.missing("responseCode", of: "`customResponse`")
      return nil
    }
    let place = object.value("responseCode")?.location ?? object.location
    if !BlockResponse.statuses.contains(status) {
      findings.error(at: place, "AWS WAF does not answer with \(status): take 403, 404, 429 or another usual status")
    }
    var body: BlockResponse.Body?
    if let key = object.string("customResponseBodyKey") {
      body = bodies[key]
      if body == nil {
        findings.error(
          at: object.value("customResponseBodyKey")?.location ?? object.location,
          "there is no `\(ObjectReader.excerpt(key))` among `customResponseBodies`",
          suggestion: Suggestion.near(key, among: bodies.keys))
      }
    }
    return BlockResponse(status: status, headers: headers(object, "responseHeaders"), body: body)
  }

  func responseBodies(_ object: ObjectReader) -> [String: BlockResponse.Body] {
    var bodies: [String: BlockResponse.Body] = [:]
    for member in object.object("customResponseBodies")?.members ?? [] {
      guard let body = self.object(member.value, "`\(ObjectReader.excerpt(member.key))`") else { continue }
      body.refuseKeys(except: GatewayKeys.names(of: .customResponseBody), "a custom response body")
      guard let type = body.word("contentType", BlockResponse.ContentType.self), let content = body.string("content")
      else {
        body.missing("contentType", of: "a custom response body")
        body.missing("content", of: "a custom response body")
        continue
      }
      if content.utf8.count > 4096 {
        findings.error(at: body.value("content")?.location ?? body.location, "a custom response body has at most 4 KB")
      }
      bodies[member.key] = BlockResponse.Body(contentType: type, content: content)
    }
    return bodies
  }
}
