import APIModel
import Firewall
import Foundation

/// Statements, as rules have them and as statements have them inside.
extension FirewallReader {
  /// Where a statement stands: rates and groups stand in a rule's statement itself only.
  enum Place { case acl, group, inside }

  /// Statements inside one another.
  private static let deepest = 20

  func statement(_ node: DocumentNode, depth: Int, place: Place) -> Statement? {
    guard let object = self.object(node, "`statement`") else { return nil }
    guard depth < Self.deepest else {
      findings.error(at: object.location, "more than \(Self.deepest) statements lie in one another")
      return nil
    }
    for member in object.members {
      if let reason = Self.refused[member.key] {
        findings.error(at: member.keyLocation, "`\(member.key)` is not built: \(reason)")
        return nil
      }
    }
    object.refuseKeys(except: GatewayKeys.names(of: .statement), "a statement")
    let known = object.members.filter { FirewallKeys.statementNames.contains($0.key) }
    guard known.count == 1, let member = known.first else {
      if known.count > 1 || object.members.isEmpty {
        findings.error(
          at: object.location, "a statement has exactly one member, not \(known.count)",
          suggestion: "put several into `andStatement` or `orStatement`")
      }
      return nil
    }
    guard let content = self.object(member.value, "`\(member.key)`") else { return nil }
    if place == .inside, member.key == "rateBasedStatement" || member.key == "ruleGroupReferenceStatement" {
      findings.error(at: member.keyLocation, "`\(member.key)` cannot stand inside another statement")
      return nil
    }
    switch member.key {
    case "ipSetReferenceStatement": return ipSetReference(content)
    case "geoMatchStatement": return geoMatch(content, at: member.keyLocation)
    case "asnMatchStatement": return asnMatch(content, at: member.keyLocation)
    case "byteMatchStatement": return byteMatch(content)
    case "regexMatchStatement": return regexMatch(content)
    case "regexPatternSetReferenceStatement": return patternSetReference(content)
    case "sizeConstraintStatement": return sizeConstraint(content)
    case "sqliMatchStatement":
      content.refuseKeys(except: GatewayKeys.names(of: .sqliMatch), "`sqliMatchStatement`")
      let level = content.word("sensitivityLevel", SensitivityWord.self)
      return legible(inspection(content), content).map { .sqlInjection($0, isSensitive: level == .high) }
    case "xssMatchStatement":
      content.refuseKeys(except: GatewayKeys.names(of: .xssMatch), "`xssMatchStatement`")
      return legible(inspection(content), content).map { .crossSiteScripting($0) }
    case "rateBasedStatement": return rateBased(content, depth)
    case "labelMatchStatement": return labelMatch(content)
    case "ruleGroupReferenceStatement":
      guard place == .acl else {
        findings.error(at: member.keyLocation, "a rule group cannot refer to another")
        return nil
      }
      return groupReference(content)
    case "notStatement":
      content.refuseKeys(except: ["statement"], "`notStatement`")
      guard let inner = content.value("statement") else {
        content.missing("statement", of: "`notStatement`")
        return nil
      }
      return statement(inner, depth: depth + 1, place: .inside).map { .not($0) }
    default: return compound(content, member.key, depth)
    }
  }

  private enum SensitivityWord: String, CaseIterable { case low = "LOW", high = "HIGH" }

  private static let refused: [String: String] = [
    "managedRuleGroupStatement":
      "the rules of AWS's managed groups are AWS's; `Routes/common.waf.yaml` has rules of our own"
  ]

  private func compound(_ content: ObjectReader, _ key: String, _ depth: Int) -> Statement? {
    content.refuseKeys(except: ["statements"], "`\(key)`")
    guard let items = content.list("statements") else {
      content.missing("statements", of: "`\(key)`")
      return nil
    }
    if items.count < 2 {
      findings.error(at: content.location, "`\(key)` has two statements or more, not \(items.count)")
    }
    let inner = items.compactMap { statement($0, depth: depth + 1, place: .inside) }
    guard inner.count == items.count else { return nil }
    return key == "andStatement" ? .and(inner) : .or(inner)
  }

  // MARK: Addresses

  private enum Fallback: String, CaseIterable { case match = "MATCH", noMatch = "NO_MATCH" }

  private func ipSetReference(_ content: ObjectReader) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .ipSetReference), "`ipSetReferenceStatement`")
    guard let name = reference(content, "an IP set", "ipset", ipSets.keys.sorted()) else { return nil }
    var address: ForwardedAddress?
    if let config = object(content, "ipSetForwardedIPConfig") {
      guard let read = forwarded(config, hasPosition: true) else { return nil }
      address = read
    }
    return .ipSet(IPSetReference(name: name, forwarded: address))
  }

  func forwarded(_ config: ObjectReader, hasPosition: Bool) -> ForwardedAddress? {
    let keys = ["headerName", "fallbackBehavior"] + (hasPosition ? ["position"] : [])
    config.refuseKeys(except: keys, "a forwarded-IP configuration")
    let header = config.requiredString("headerName", of: "a forwarded-IP configuration")
    let fallback = config.word("fallbackBehavior", Fallback.self)
    if fallback == nil { config.missing("fallbackBehavior", of: "a forwarded-IP configuration") }
    var position: ForwardedAddress.Position? = .first
    if hasPosition {
      position = config.word("position", ForwardedAddress.Position.self)
      if position == nil { config.missing("position", of: "a forwarded-IP configuration") }
    }
    guard let header, let fallback, let position else { return nil }
    return ForwardedAddress(header: header, position: position, fallbackMatches: fallback == .match)
  }

  // MARK: Texts

  private func byteMatch(_ content: ObjectReader) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .byteMatch), "`byteMatchStatement`")
    let inspection = inspection(content)
    let constraint = content.word("positionalConstraint", ByteMatch.Constraint.self)
    if constraint == nil { content.missing("positionalConstraint", of: "`byteMatchStatement`") }
    guard let search = searchString(content), let inspection, let constraint else { return nil }
    if inspection.field.isFingerprint, constraint != .exactly || !inspection.transformations.isEmpty {
      findings.error(
        at: content.location, "a fingerprint is compared as it is: by EXACTLY and without transformations")
    }
    if constraint == .containsWord, search.contains(where: { !($0 &- 48 < 10 || ($0 | 32) &- 97 < 26 || $0 == 95) }) {
      findings.error(
        at: content.value("searchString")?.location ?? content.location,
        "for CONTAINS_WORD the search string is made of letters, digits and `_`")
    }
    return .byteMatch(ByteMatch(inspection, constraint, search))
  }

  private func searchString(_ content: ObjectReader) -> [UInt8]? {
    let key = content.member("searchStringBase64") != nil ? "searchStringBase64" : "searchString"
    guard let text = content.string(key) else {
      content.missing("searchString", of: "`byteMatchStatement`")
      return nil
    }
    let place = content.value(key)?.location ?? content.location
    let bytes: [UInt8]
    if key == "searchStringBase64" || isExport {
      guard let data = Data(base64Encoded: text) else {
        findings.error(at: place, "`\(key)` is not base64\(isExport ? ", as it is in what `aws` exports" : "")")
        return nil
      }
      bytes = Array(data)
    } else {
      bytes = Array(text.utf8)
    }
    if bytes.count > 200 {
      findings.error(at: place, "a search string has at most 200 bytes, not \(bytes.count)")
      return nil
    }
    return bytes
  }

  private func regexMatch(_ content: ObjectReader) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .regexMatch), "`regexMatchStatement`")
    let inspection = legible(inspection(content), content)
    guard let value = content.value("regexString") else {
      content.missing("regexString", of: "`regexMatchStatement`")
      return nil
    }
    guard let pattern = pattern(value), let inspection else { return nil }
    return .regex(RegexMatch(inspection, [pattern]))
  }

  private func patternSetReference(_ content: ObjectReader) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .patternSetReference), "`regexPatternSetReferenceStatement`")
    let inspection = legible(inspection(content), content)
    guard let name = reference(content, "a pattern set", "regexpatternset", patternSets.keys.sorted()), let inspection
    else { return nil }
    return .regex(RegexMatch(inspection, patternSets[name] ?? [], setName: name))
  }

  private func sizeConstraint(_ content: ObjectReader) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .sizeConstraint), "`sizeConstraintStatement`")
    let inspection = legible(inspection(content), content)
    let comparison = content.word("comparisonOperator", SizeConstraint.Comparison.self)
    if comparison == nil { content.missing("comparisonOperator", of: "`sizeConstraintStatement`") }
    let size = content.integer("size", in: 0...21_474_836_480, " of bytes")
    if size == nil { content.missing("size", of: "`sizeConstraintStatement`") }
    guard let inspection, let comparison, let size else { return nil }
    return .size(SizeConstraint(inspection, comparison, size))
  }

  private func labelMatch(_ content: ObjectReader) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .labelMatch), "`labelMatchStatement`")
    let scope = content.word("scope", LabelMatch.Scope.self)
    if scope == nil { content.missing("scope", of: "`labelMatchStatement`") }
    guard let key = content.requiredString("key", of: "`labelMatchStatement`"), let scope else { return nil }
    let place = content.value("key")?.location ?? content.location
    if (scope == .namespace) != key.hasSuffix(":") {
      findings.error(
        at: place, scope == .namespace ? "a namespace ends with a colon" : "a label does not end with a colon")
      return nil
    }
    return .label(LabelMatch(scope, key))
  }

  private func groupReference(_ content: ObjectReader) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .ruleGroupReference), "`ruleGroupReferenceStatement`")
    guard let name = reference(content, "a rule group", "rulegroup", groups.keys.sorted()), let group = groups[name]
    else { return nil }
    var overrides: [String: RuleAction] = [:]
    func known(_ object: ObjectReader) -> String? {
      guard let rule = object.requiredString("name", of: "an override") else { return nil }
      if group.rules.contains(where: { $0.name == rule }) { return rule }
      findings.error(
        at: object.value("name")?.location ?? object.location,
        "the group `\(name)` has no rule `\(ObjectReader.excerpt(rule))`",
        suggestion: Suggestion.near(rule, among: group.rules.map(\.name)))
      return nil
    }
    for item in content.list("excludedRules") ?? [] {
      guard let object = self.object(item, "an excluded rule"), let rule = known(object) else { continue }
      overrides[rule] = .count()
    }
    for item in content.list("ruleActionOverrides") ?? [] {
      guard let object = self.object(item, "an override") else { continue }
      object.refuseKeys(except: ["name", "actionToUse"], "an override")
      guard let rule = known(object), let value = object.value("actionToUse") else {
        object.missing("actionToUse", of: "an override")
        continue
      }
      overrides[rule] = action(value, "actionToUse")
    }
    return .group(RuleGroupReference(group, overrides: overrides))
  }

  // MARK: Rates

  private enum KeyType: String, CaseIterable {
    case ip = "IP", forwarded = "FORWARDED_IP", custom = "CUSTOM_KEYS", constant = "CONSTANT"
  }

  private func rateBased(_ content: ObjectReader, _ depth: Int) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .rateBased), "`rateBasedStatement`")
    let limit = content.integer("limit", in: 10...2_000_000_000)
    if limit == nil { content.missing("limit", of: "`rateBasedStatement`") }
    let window = content.integer("evaluationWindowSec", in: 60...600, " of seconds") ?? 300
    if !RateBased.windows.contains(window) {
      findings.error(
        at: content.value("evaluationWindowSec")?.location ?? content.location,
        "`evaluationWindowSec` is 60, 120, 300 or 600, not \(window)")
    }
    let scope = content.value("scopeDownStatement")
    let scopeDown = scope.flatMap { statement($0, depth: depth + 1, place: .inside) }
    let config = object(content, "forwardedIPConfig").flatMap { forwarded($0, hasPosition: false) }
    guard let type = content.word("aggregateKeyType", KeyType.self) else {
      content.missing("aggregateKeyType", of: "`rateBasedStatement`")
      return nil
    }
    let key: RateBased.Key
    switch type {
    case .ip: key = .ip
    case .constant:
      if scope == nil {
        findings.error(
          at: content.location, "CONSTANT needs a `scopeDownStatement`: it would count every request as one")
        return nil
      }
      key = .constant
    case .forwarded:
      guard let config else {
        content.missing("forwardedIPConfig", of: "`rateBasedStatement` with FORWARDED_IP")
        return nil
      }
      key = .forwardedIP(config)
    case .custom:
      guard let parts = customKeys(content, config) else { return nil }
      key = .custom(parts)
    }
    guard let limit, scope == nil || scopeDown != nil else { return nil }
    return .rate(RateBased(limit: limit, window: window, key: key, scopeDown: scopeDown))
  }

  private func customKeys(_ content: ObjectReader, _ config: ForwardedAddress?) -> [RateBased.Part]? {
    guard let items = content.list("customKeys") else {
      content.missing("customKeys", of: "`rateBasedStatement` with CUSTOM_KEYS")
      return nil
    }
    guard (1...5).contains(items.count) else {
      findings.error(
        at: content.value("customKeys")?.location ?? content.location,
        "`customKeys` has one to five keys, not \(items.count)")
      return nil
    }
    let parts = items.compactMap { item -> RateBased.Part? in
      guard let object = self.object(item, "a key") else { return nil }
      let names = [
        "header", "cookie", "queryArgument", "queryString", "httpMethod", "forwardedIP", "ip", "labelNamespace",
        "uriPath", "asn", "ja3Fingerprint", "ja4Fingerprint",
      ]
      object.refuseKeys(except: names, "a key")
      let known = object.members.filter { names.contains($0.key) }
      guard known.count == 1, let member = known.first else {
        findings.error(at: object.location, "a key is one of \(names.joined(separator: ", "))")
        return nil
      }
      let inner = member.value.isNull ? nil : self.object(member.value, "`\(member.key)`")
      func named(_ field: (String) -> FieldToMatch) -> Inspection? {
        guard let inner, let name = inner.requiredString("name", of: "`\(member.key)`") else { return nil }
        return Inspection(field(name), transformations(inner))
      }
      switch member.key {
      case "header": return named { .singleHeader($0) }.map { .header($0) }
      case "cookie": return named { .cookies(.included([$0]), .value, .proceed) }.map { .cookie($0) }
      case "queryArgument": return named { .singleQueryArgument($0, []) }.map { .queryArgument($0) }
      case "queryString": return .queryString(Inspection(.queryString, inner.map { transformations($0) } ?? []))
      case "uriPath": return .uriPath(Inspection(.uriPath, inner.map { transformations($0) } ?? []))
      case "httpMethod": return .method
      case "ip": return .ip
      case "asn": return networkKey(member, config)
      case "ja3Fingerprint", "ja4Fingerprint":
        return inner.flatMap { fingerprint(member.key, $0) }.map { .fingerprint(Inspection($0)) }
      case "labelNamespace":
        guard let inner, let name = inner.requiredString("namespace", of: "`labelNamespace`") else { return nil }
        return .labelNamespace(name.hasSuffix(":") ? name : name + ":")
      default:
        guard let config else {
          content.missing("forwardedIPConfig", of: "a key `forwardedIP`")
          return nil
        }
        return .forwardedIP(config)
      }
    }
    return parts.count == items.count ? parts : nil
  }
}
