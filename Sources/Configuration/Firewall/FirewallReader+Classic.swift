import APIModel
import Firewall
import Foundation

/// What WAF Classic keeps in sets: the statements of each, of which one is enough (spec § 15.2).
struct ClassicSets {
  /// By name and by id.
  var sets: [String: Statement] = [:]
  var rules: [String: (name: String, statement: Statement)] = [:]
}

/// WAF Classic's shape: rules that are predicates on sets, and web ACLs that activate them.
extension FirewallReader {
  func readClassic(_ root: ObjectReader) {
    sets(root, "byteMatchSets", "ByteMatchSet", "byteMatchSetId", "byteMatchTuples") { tuple, inspection in
      guard let constraint = tuple.word("positionalConstraint", ByteMatch.Constraint.self),
        let text = tuple.string("targetString")
      else { return nil }
      let bytes = isExport ? Data(base64Encoded: text).map(Array.init) : Array(text.utf8)
      return bytes.map { .byteMatch(ByteMatch(inspection, constraint, $0)) }
    }
    sets(root, "sizeConstraintSets", "SizeConstraintSet", "sizeConstraintSetId", "sizeConstraints") {
      tuple, inspection in
      guard let comparison = tuple.word("comparisonOperator", SizeConstraint.Comparison.self),
        let size = tuple.integer("size", in: 0...21_474_836_480)
      else { return nil }
      return .size(SizeConstraint(inspection, comparison, size))
    }
    sets(
      root, "sqlInjectionMatchSets", "SqlInjectionMatchSet", "sqlInjectionMatchSetId", "sqlInjectionMatchTuples"
    ) { .sqlInjection($1, isSensitive: false) }
    sets(root, "xssMatchSets", "XssMatchSet", "xssMatchSetId", "xssMatchTuples") { .crossSiteScripting($1) }
    sets(root, "regexMatchSets", "RegexMatchSet", "regexMatchSetId", "regexMatchTuples") { tuple, inspection in
      guard let id = tuple.requiredString("regexPatternSetId", of: "a tuple") else { return nil }
      guard let patterns = patternSets[aliases[id] ?? id] else {
        findings.error(at: tuple.location, "there is no pattern set `\(ObjectReader.excerpt(id))`")
        return nil
      }
      return .regex(RegexMatch(inspection, patterns, setName: id))
    }
    for item in root.list("geoMatchSets") ?? [] { geoMatchSet(item) }
    for item in root.list("rules") ?? [] {
      guard let node = context.library.resolve(item) else { continue }
      let inner = node.members?.first { $0.key == "Rule" || $0.key == "RateBasedRule" }?.value
      guard let object = object(inner ?? node, "a rule") else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: .classicRule), "a rule of `rules`")
      guard let name = object.requiredString("name", of: "a rule"), let statement = classicRule(object) else {
        continue
      }
      classic.rules[name] = (name, statement)
      if let id = object.string("ruleId") { classic.rules[id] = (name, statement) }
    }
  }

  private func sets(
    _ root: ObjectReader, _ key: String, _ wrapper: String, _ id: String, _ tuples: String,
    _ statement: (ObjectReader, Inspection) -> Statement?
  ) {
    for item in root.list(key) ?? [] {
      guard let node = context.library.resolve(item) else { continue }
      let inner = node.members?.first { $0.key == wrapper }?.value
      isExport = inner != nil
      guard let object = object(inner ?? node, "a set") else { continue }
      object.refuseKeys(except: ["name", id, tuples], "a set of `\(key)`")
      let statements = (object.list(tuples) ?? []).compactMap { item -> Statement? in
        guard let tuple = self.object(item, "a tuple"), let field = tuple.value("fieldToMatch") else { return nil }
        guard let field = self.field(field) else { return nil }
        let word = tuple.word("textTransformation", TextTransformation.self) ?? .none
        return statement(tuple, Inspection(field, [word]))
      }
      // One of the tuples is enough; a set without any matches nothing.
      for name in [object.string("name"), object.string(id)].compactMap({ $0 }) { classic.sets[name] = .or(statements) }
      isExport = false
    }
  }

  /// `{ geoMatchConstraints: [ { type: Country, value: DE } ] }`.
  private func geoMatchSet(_ item: DocumentNode) {
    guard let node = context.library.resolve(item),
      let object = object(node.members?.first { $0.key == "GeoMatchSet" }?.value ?? node, "a set")
    else { return }
    object.refuseKeys(except: ["name", "geoMatchSetId", "geoMatchConstraints"], "a set of `geoMatchSets`")
    let codes = (object.list("geoMatchConstraints") ?? []).compactMap { item -> String? in
      guard let constraint = self.object(item, "a constraint") else { return nil }
      constraint.refuseKeys(except: ["type", "value"], "a constraint")
      return constraint.value("value").flatMap { countryCode($0) }
    }
    guard needs(.countries, "a set of `geoMatchSets`", at: object.location) else { return }
    for name in [object.string("name"), object.string("geoMatchSetId")].compactMap({ $0 }) {
      classic.sets[name] = .country(GeoMatch(codes))
    }
  }

  private func classicRule(_ object: ObjectReader) -> Statement? {
    guard let limit = object.integer("rateLimit", in: 10...2_000_000_000) else { return predicates(object) }
    let scope = object.member("matchPredicates").map { _ in predicates(object, "matchPredicates") }
    return .rate(RateBased(limit: limit, window: 300, key: .ip, scopeDown: scope ?? nil))
  }

  private enum PredicateType: String, CaseIterable {
    case address = "IPMatch"
    case bytes = "ByteMatch"
    case sql = "SqlInjectionMatch"
    case geo = "GeoMatch"
    case size = "SizeConstraint"
    case scripting = "XssMatch"
    case regex = "RegexMatch"
  }

  /// All of them must hold. A rule without any matches nothing [I].
  func predicates(_ object: ObjectReader, _ key: String = "predicates") -> Statement? {
    var statements: [Statement] = []
    for item in object.list(key) ?? [] {
      guard let predicate = self.object(item, "a predicate") else { return nil }
      predicate.refuseKeys(except: ["negated", "type", "dataId"], "a predicate")
      let type = predicate.word("type", PredicateType.self)
      if type == nil { predicate.missing("type", of: "a predicate") }
      guard let id = predicate.requiredString("dataId", of: "a predicate"), let type else { return nil }
      let place = predicate.value("dataId")?.location ?? predicate.location
      let statement: Statement
      switch type {
      case .address:
        let name = aliases[id] ?? id
        guard ipSets[name] != nil else {
          findings.error(
            at: place, "there is no IP set `\(ObjectReader.excerpt(id))`",
            suggestion: Suggestion.near(id, among: ipSets.keys.sorted()))
          return nil
        }
        statement = .ipSet(IPSetReference(name: name))
      case .geo, .bytes, .sql, .size, .scripting, .regex:
        guard let known = classic.sets[id] else {
          findings.error(
            at: place, "there is no set `\(ObjectReader.excerpt(id))`",
            suggestion: Suggestion.near(id, among: classic.sets.keys.sorted()))
          return nil
        }
        statement = known
      }
      statements.append(predicate.boolean("negated") == true ? .not(statement) : statement)
    }
    return statements.isEmpty ? .or([]) : statements.count == 1 ? statements[0] : .and(statements)
  }

  /// An entry of a web ACL that refers to a rule: `{ priority, ruleId, action: { type }, type }`.
  func activatedRule(_ object: ObjectReader) -> Rule? {
    object.refuseKeys(
      except: ["priority", "ruleId", "action", "overrideAction", "type", "excludedRules"], "an activated rule")
    guard let id = object.requiredString("ruleId", of: "an activated rule") else { return nil }
    guard let rule = classic.rules[id] else {
      findings.error(
        at: object.value("ruleId")?.location ?? object.location,
        "there is no rule `\(ObjectReader.excerpt(id))` in `rules`",
        suggestion: Suggestion.near(id, among: classic.rules.keys.sorted()))
      return nil
    }
    guard let priority = object.integer("priority", in: 0...Int(Int32.max)), let value = object.value("action"),
      let action = action(value, "action")
    else {
      object.missing("priority", of: "an activated rule")
      object.missing("action", of: "an activated rule")
      return nil
    }
    return Rule(name: rule.name, priority: priority, statement: rule.statement, action: action)
  }

  private enum ClassicField: String, CaseIterable {
    case uri = "URI"
    case query = "QUERY_STRING"
    case header = "HEADER"
    case method = "METHOD"
    case body = "BODY"
    case argument = "SINGLE_QUERY_ARG"
    case arguments = "ALL_QUERY_ARGS"
  }

  func classicField(_ object: ObjectReader) -> FieldToMatch? {
    object.refuseKeys(except: ["type", "data"], "`fieldToMatch`")
    guard let type = object.word("type", ClassicField.self) else { return nil }
    switch type {
    case .uri: return .uriPath
    case .query: return .queryString
    case .method: return .method
    case .body: return .body(.proceed)
    case .arguments: return .allQueryArguments([])
    case .header: return object.requiredString("data", of: "`fieldToMatch`").map { .singleHeader($0) }
    case .argument: return object.requiredString("data", of: "`fieldToMatch`").map { .singleQueryArgument($0, []) }
    }
  }
}
