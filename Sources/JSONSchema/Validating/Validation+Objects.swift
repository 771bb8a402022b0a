import JSON
import PCRE

extension Validation {
  /// `additionalProperties: false`.
  mutating func checkAdditional(_ rules: ObjectRules, _ value: JSONNode) -> Bool {
    guard case .forbidden = rules.additional else { return true }
    var unwanted: [String] = []
    for (name, _) in value.members {
      guard spend(1) else { return false }
      if rules.properties.schema(name) != nil || matchesSome(rules.patterns, name) { continue }
      if limit != nil { return false }
      if !reports { return false }
      unwanted.append(name.string)
    }
    return unwanted.isEmpty ? true : fail { .additionalProperties(unwanted) }
  }

  private mutating func matchesSome(_ patterns: [(pattern: Regex, schema: Int32)], _ name: JSONNode) -> Bool {
    guard !patterns.isEmpty else { return false }
    return name.withContents { text in
      for entry in patterns where matches(entry.pattern, text) { return true }
      return false
    }
  }

  mutating func checkDependencies(_ rules: ObjectRules, _ value: JSONNode) -> Bool {
    var isGood = true
    for dependency in rules.dependencies {
      guard spend(value.count / 16 + 1) else { return false }
      guard value.member(dependency.name) != nil else { continue }
      switch dependency.demand {
      case .schema(let schema): isGood = check(schema, value) && isGood
      case .properties(let names):
        guard spend(names.count * (value.count / 16 + 1)) else { return false }
        let missing = names.filter { value.member($0) == nil }
        if !missing.isEmpty {
          isGood = fail { .dependency(dependency.name.text, names.map(\.text), missing.map(\.text)) }
        }
      }
      if !goesOn(isGood) { return false }
    }
    return isGood
  }

  /// `minProperties`, `maxProperties`.
  mutating func checkSize(_ rules: ObjectRules, _ value: JSONNode) -> Bool {
    let count = value.count
    if count > rules.maximum { return fail { .maxProperties(count, rules.maximum) } }
    if count < rules.minimum { return fail { .minProperties(count, rules.minimum) } }
    return true
  }

  mutating func checkRequired(_ rules: ObjectRules, _ value: JSONNode) -> Bool {
    guard !rules.required.isEmpty else { return true }
    guard spend(rules.required.count * (value.count / 16 + 1) / 4) else { return false }
    guard reports else { return rules.required.allSatisfy { value.member($0) != nil } }
    let missing = rules.required.filter { value.member($0) == nil }
    return missing.isEmpty ? true : fail { .required(missing.map(\.text)) }
  }

  /// The members, each by every schema that its name has: its own, those of patterns, else that of the additional ones.
  mutating func checkMembers(_ rules: ObjectRules, _ value: JSONNode) -> Bool {
    guard rules.hasMemberSchemas else { return true }
    guard reports else {
      for (name, member) in value.members where !checkMember(rules, name, member) { return false }
      return true
    }
    // Reasons come in the order of the names.
    let members = value.members.map { ($0.name.string, $0.name, $0.value) }
      .sorted { $0.0.utf16.lexicographicallyPrecedes($1.0.utf16) }
    var isGood = true
    for (_, name, member) in members where limit == nil { isGood = checkMember(rules, name, member) && isGood }
    return isGood
  }

  private mutating func checkMember(_ rules: ObjectRules, _ name: JSONNode, _ member: JSONNode) -> Bool {
    var isGood = true
    var isKnown = false
    if let schema = rules.properties.schema(name) {
      isKnown = true
      isGood = check(schema, member)
    }
    for (pattern, schema) in rules.patterns where goesOn(isGood) {
      guard name.withContents({ matches(pattern, $0) }) else { continue }
      isKnown = true
      isGood = check(schema, member) && isGood
    }
    if limit != nil { return false }
    if !isKnown, case .schema(let schema) = rules.additional { isGood = check(schema, member) }
    return isGood
  }
}
