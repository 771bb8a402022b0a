import JSON
import PCRE

/// Filters, decided for one value.
///
/// The comparisons `== != < <= > >= =~` are those of JsonPath 2.0: the right side is what is expected; a literal is text,
/// which numbers read as a number and booleans as a boolean; null is equal to the text `null`; where a path is missing
/// or kinds cannot be compared, nothing is true, `!=` included. The other comparisons follow 2.9.
extension Evaluation {
  /// Recursive as the filter is; the compiler limits its depth.
  mutating func accepts(_ filter: Filter, _ item: Node) -> Bool {
    switch filter {
    case .all(let filters):
      for filter in filters where !accepts(filter, item) { return false }
      return true
    case .any(let filters):
      for filter in filters where accepts(filter, item) { return true }
      return false
    case .not(let filter):
      return !accepts(filter, item)
    case .exists(let path, let expected):
      return exists(path, item) == expected
    case .compare(let left, let comparison, let right):
      guard let expected = value(right, item) else { return false }
      guard let model = value(left, item) else {
        switch comparison {
        case .isNotIn, .notIdentical: return true
        case .hasType, .satisfies, .exists: return fail()
        default: return false
        }
      }
      return holds(model, comparison, expected)
    }
  }

  private mutating func exists(_ path: JSONPath, _ item: Node) -> Bool {
    switch evaluate(path, on: item, requiresMembers: true) {
    case .missing: false
    case .value(let node): node.pathKind != .null
    case .list, .built: true
    }
  }

  /// What an operand stands for; nil: its path leads nowhere.
  enum FilterValue {
    case value(JSONPathValue<Node>)
    case literal(Literal)
    case regex(Regex)
  }

  private mutating func value(_ operand: Operand, _ item: Node) -> FilterValue? {
    switch operand {
    case .text(let text): return .literal(.text(text))
    case .json(let literal): return .literal(literal)
    case .regex(let regex): return .regex(regex)
    case .path(let path):
      switch evaluate(path, on: path.isRooted ? root : item) {
      case .missing: return nil
      case .value(let node): return .value(.node(node))
      case .list(let nodes): return .value(.list(nodes.map { .node($0) }))
      case .built(let value): return .value(value)
      }
    }
  }

  private mutating func holds(_ model: FilterValue, _ comparison: Comparison, _ expected: FilterValue) -> Bool {
    switch comparison {
    case .equal: return compare(expected, model) == 0
    case .notEqual: return compare(expected, model).map { $0 != 0 } ?? false
    case .less: return ordered(expected, model).map { $0 > 0 } ?? false
    case .lessOrEqual: return ordered(expected, model).map { $0 >= 0 } ?? false
    case .greater: return ordered(expected, model).map { $0 < 0 } ?? false
    case .greaterOrEqual: return ordered(expected, model).map { $0 <= 0 } ?? false
    case .matches:
      if case .regex(let regex) = model { return matches(regex, expected) }
      if case .regex(let regex) = expected { return matches(regex, model) }
      return false
    case .identical: return kind(model) == kind(expected) && areEqual(model, expected)
    case .notIdentical: return !(kind(model) == kind(expected) && areEqual(model, expected))
    case .isIn: return items(expected).map { has($0, model) } ?? false
    case .isNotIn: return items(expected).map { !has($0, model) } ?? true
    case .contains:
      if let items = items(model) { return has(items, expected) }
      guard kind(model) == .text, kind(expected) == .text else { return false }
      return withText(model) { text in withText(expected) { part in text.firstRange(of: part) != nil } }
    case .hasAll:
      guard let all = items(model), let required = items(expected) else { return false }
      return hasAll(all, required)
    case .isSubset:
      guard let some = items(model), let all = items(expected) else { return false }
      return hasAll(all, some)
    case .isAnyOf:
      guard let some = items(model), let others = items(expected) else { return false }
      return hasAny(others, some)
    case .isNoneOf:
      guard let some = items(model), let others = items(expected) else { return false }
      return !hasAny(others, some)
    case .hasSize:
      guard let size = withText(expected, { Int($0.text) }) else { return false }
      if let items = items(model) { return items.count == size }
      return kind(model) == .text && withText(model) { $0.text.utf16.count } == size
    case .isEmpty:
      let wanted = withText(expected) { $0.equals("true") }
      if let items = items(model) { return items.isEmpty == wanted }
      switch kind(model) {
      case .text: return withText(model) { $0.isEmpty } == wanted
      case .object: return memberCount(model) == 0 ? wanted : !wanted
      default: return false
      }
    case .exists:
      guard kind(model) == .bool, kind(expected) == .bool else { return fail() }
      return areEqual(model, expected)
    case .hasType, .satisfies: return fail()
    }
  }

  /// A regular expression costs as many steps as its subject is long; one that passes its own limits ends everything.
  private mutating func matches(_ regex: Regex, _ value: FilterValue) -> Bool {
    guard kind(value) != .null else { return false }
    let (result, count) = withText(value) { (regex.matchesWhole($0), $0.count) }
    guard spend(16 + count), result != .limitExceeded else {
      exhaust()
      return false
    }
    return result == .matched
  }

  private mutating func has(_ items: [FilterValue], _ wanted: FilterValue) -> Bool {
    for item in items where areEqual(wanted, item) { return true }
    return false
  }

  private mutating func hasAll(_ items: [FilterValue], _ wanted: [FilterValue]) -> Bool {
    for one in wanted where !has(items, one) { return false }
    return true
  }

  private mutating func hasAny(_ items: [FilterValue], _ wanted: [FilterValue]) -> Bool {
    for one in wanted where has(items, one) { return true }
    return false
  }

  // MARK: Comparing

  private enum Kind { case null, bool, number, text, list, object, regex }

  private func kind(_ value: FilterValue) -> Kind {
    switch value {
    case .regex: .regex
    case .literal(let literal):
      switch literal {
      case .null: .null
      case .bool: .bool
      case .number: .number
      case .text: .text
      case .list: .list
      case .object: .object
      }
    case .value(let value):
      switch value {
      case .node(let node):
        switch node.pathKind {
        case .null: .null
        case .true, .false: .bool
        case .number: .number
        case .string: .text
        case .array: .list
        case .object: .object
        }
      case .null: .null
      case .bool: .bool
      case .int, .double: .number
      case .text: .text
      case .list: .list
      case .object: .object
      }
    }
  }

  /// Order, where one of them may be null only if both are.
  private func ordered(_ expected: FilterValue, _ model: FilterValue) -> Int? {
    (kind(expected) == .null) == (kind(model) == .null) ? compare(expected, model) : nil
  }

  /// `safeCompare` of JsonPath 2.0; nil: not to be compared.
  private func compare(_ expected: FilterValue, _ model: FilterValue) -> Int? {
    let isNull = (isNullish(expected), isNullish(model))
    if isNull.0 || isNull.1 { return isNull.0 == isNull.1 ? 0 : isNull.0 ? -1 : 1 }
    switch (kind(expected), kind(model)) {
    case (.text, .text):
      return withText(expected) { one in withText(model) { other in compareUTF16(one, other) } }
    case (.number, .number), (.text, .number):
      return withText(expected) { one in withText(model) { other in JavaDecimal.compare(one, other) } }
    case (.text, .bool), (.bool, .bool):
      let one = withText(expected) { $0.equalsIgnoringCase("true") }
      let other = withText(model) { $0.equals("true") }
      return one == other ? 0 : one ? 1 : -1
    default:
      guard case .value(.node(let one)) = expected, case .value(.node(let other)) = model else { return nil }
      return one.isSamePathNode(as: other) ? 0 : nil
    }
  }

  private func isNullish(_ value: FilterValue) -> Bool {
    switch kind(value) {
    case .null: true
    case .text: withText(value) { $0.equals("null") }
    default: false
    }
  }

  /// Equality inside of lists, as JsonPath 2.9 has it: text and numbers are equal where they read alike.
  ///
  /// Recursive as lists are nested, which documents limit.
  private mutating func areEqual(_ one: FilterValue, _ other: FilterValue) -> Bool {
    guard spend() else { return false }
    switch (kind(one), kind(other)) {
    case (.null, .null): return true
    case (.text, .text), (.bool, .bool), (.text, .number):
      return withText(one) { left in withText(other) { right in left.elementsEqual(right) } }
    case (.number, .number), (.number, .text):
      return withText(one) { left in withText(other) { right in JavaDecimal.compare(left, right) } } == 0
    case (.list, .list):
      guard let left = items(one), let right = items(other), left.count == right.count else { return false }
      for index in left.indices where !areEqual(left[index], right[index]) { return false }
      return true
    default: return false
    }
  }

  /// The elements of a list; each costs a step.
  private mutating func items(_ value: FilterValue) -> [FilterValue]? {
    switch value {
    case .literal(.list(let literals)): return literals.map { .literal($0) }
    case .value(.node(let node)) where node.pathKind == .array:
      guard spend(node.pathCount) else { return nil }
      return node.pathChildren.map { .value(.node($0)) }
    case .value(.list(let values)):
      guard spend(values.count) else { return nil }
      return values.map { .value($0) }
    case .literal, .value, .regex: return nil
    }
  }

  private func memberCount(_ value: FilterValue) -> Int {
    switch value {
    case .literal(.object(let members)): members.count
    case .value(.node(let node)): node.pathCount
    case .value(.object(let members)): members.count
    default: 0
    }
  }

  /// The text of a value as Java prints it.
  private func withText<Result>(_ value: FilterValue, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var text: String
    switch value {
    case .literal(.text(let contents)), .literal(.number(let contents)), .value(.text(let contents)): text = contents
    case .literal(.bool(let bool)), .value(.bool(let bool)): text = bool ? "true" : "false"
    case .value(.int(let number)): text = String(number)
    case .value(.double(let number)): text = JavaDouble.text(number)
    case .value(.node(let node)): return node.withPathText(body)
    default: text = ""
    }
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }
}

/// The order of Java's `String.compareTo`: by UTF-16 code units.
func compareUTF16(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
  let common = min(one.count, other.count)
  for index in 0..<common where one[index] != other[index] {
    let (left, right) = (one[index], other[index])
    // Bytes order as code units do, but that surrogates (of four bytes, from F0 on) come before U+E000 (EE).
    if left >= 0xEE && right >= 0xEE && (left >= 0xF0) != (right >= 0xF0) { return left >= 0xF0 ? -1 : 1 }
    return left < right ? -1 : 1
  }
  return one.count == other.count ? 0 : one.count < other.count ? -1 : 1
}
