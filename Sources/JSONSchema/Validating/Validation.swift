import Bytes
import JSON
import PCRE

/// One validation of one document: applies schemas to values, in the order in which API Gateway's validator does.
///
/// That validator goes through a schema's keywords in alphabetical order, says everything that they find, and looks at
/// members and elements only while nothing has been found. Inside `allOf`, `anyOf`, `oneOf` and `not` nothing is
/// reported but the outcome.
struct Validation {
  let program: SchemaProgram
  /// Whether reasons are wanted. Otherwise the first thing that is wrong ends the validation.
  private(set) var reports: Bool
  private(set) var reasons: [String] = []
  /// What stopped it; every check is false from then on.
  private(set) var limit: JSONSchema.Limit?
  private var steps: Int
  private var depth: Int
  /// Room for canonical forms.
  private var scratch: ByteBuffer?

  init(_ program: SchemaProgram, limits: SchemaLimits, reports: Bool) {
    self.program = program
    self.reports = reports
    steps = limits.steps
    depth = limits.depth
  }

  /// Whether a value is what a schema asks for. Recursion is bounded by `SchemaLimits.depth`.
  mutating func check(_ index: Int32, _ value: JSONNode) -> Bool {
    let node = program.nodes[Int(index)]
    guard depth > 0 else { return stop(.depth) }
    guard spend(1) else { return false }
    depth -= 1
    defer { depth += 1 }
    let isGood = checkKeywords(node, value)
    if !isGood && !reports || limit != nil { return false }
    // One reason is enough not to look further in.
    if reports && !reasons.isEmpty { return isGood }
    switch value.kind {
    case .object: return node.rules.object.map { checkMembers($0, value) } ?? true && isGood
    case .array: return node.rules.array.map { checkElements($0, value) } ?? true && isGood
    case .null, .false, .true, .number, .string: return isGood
    }
  }

  private mutating func checkKeywords(_ node: SchemaNode, _ value: JSONNode) -> Bool {
    let hasType = node.rules.types.contains(TypeSet(of: value))
    if !hasType && !reports { return false }
    var isGood = true
    switch value.kind {
    case .object:
      if let rules = node.rules.object { isGood = checkAdditional(rules, value) }
    case .array:
      if let rules = node.rules.array { isGood = checkAdditional(rules, value) }
    case .null, .false, .true, .number, .string: break
    }
    if node.combines, goesOn(isGood) { isGood = checkAllAndAny(node, value) && isGood }
    if goesOn(isGood), value.kind == .object, let rules = node.rules.object, !rules.dependencies.isEmpty {
      isGood = checkDependencies(rules, value) && isGood
    }
    if goesOn(isGood), let values = node.rules.enumeration { isGood = checkEnumeration(values, value) && isGood }
    if goesOn(isGood) { isGood = checkSize(node, value) && isGood }
    if node.combines, goesOn(isGood) { isGood = checkNotAndOne(node, value) && isGood }
    if goesOn(isGood) { isGood = checkNames(node, value) && isGood }
    if goesOn(isGood), !hasType { isGood = fail { .type(TypeSet(of: value), node.rules.types) } }
    if goesOn(isGood) { isGood = checkLast(node, value) && isGood }
    return isGood && limit == nil
  }

  /// Whether there is a point in looking at the next keyword.
  func goesOn(_ isGood: Bool) -> Bool { (isGood || reports) && limit == nil }

  // MARK: Combinations

  private mutating func checkAllAndAny(_ node: SchemaNode, _ value: JSONNode) -> Bool {
    var isGood = true
    let all = node.rules.allOf
    if !all.isEmpty {
      let matched = matches(all, value, until: reports ? nil : false)
      if limit == nil, matched != all.count { isGood = fail { .allOf(matched, all.count) } }
    }
    let any = node.rules.anyOf
    if !any.isEmpty, goesOn(isGood) {
      let matched = matches(any, value, until: true)
      if limit == nil, matched == 0 { isGood = fail { .anyOf(any.count) } }
    }
    return isGood
  }

  private mutating func checkNotAndOne(_ node: SchemaNode, _ value: JSONNode) -> Bool {
    var isGood = true
    if let not = node.rules.not, quietly({ $0.check(not, value) }), limit == nil { isGood = fail { .not } }
    let one = node.rules.oneOf
    if !one.isEmpty, goesOn(isGood) {
      let matched = matches(one, value, until: nil)
      if limit == nil, matched != 1 { isGood = fail { .oneOf(matched, one.count) } }
    }
    return isGood
  }

  /// How many of the schemas take the value; ends at the first outcome that is `end`.
  private mutating func matches(_ schemas: [Int32], _ value: JSONNode, until end: Bool?) -> Int {
    var matched = 0
    for schema in schemas {
      let isMatch = quietly { $0.check(schema, value) }
      if limit != nil { break }
      if isMatch { matched += 1 }
      if isMatch == end { break }
    }
    return matched
  }

  private mutating func quietly(_ check: (inout Validation) -> Bool) -> Bool {
    let before = reports
    reports = false
    defer { reports = before }
    return check(&self)
  }

  private mutating func checkEnumeration(_ values: [Constant], _ value: JSONNode) -> Bool {
    guard spend(values.count / 8 + value.weight) else { return false }
    scratch?.clear()
    for constant in values where constant.equals(value, &scratch) { return true }
    return fail { .enumeration(value, values) }
  }

  // MARK: What is found

  /// False, with a reason if reasons are wanted.
  mutating func fail(_ reason: () -> Reason) -> Bool {
    if reports, reasons.count < Reason.mostReasons { reasons.append(reason().text) }
    return false
  }

  mutating func stop(_ limit: JSONSchema.Limit) -> Bool {
    if self.limit == nil { self.limit = limit }
    return false
  }

  /// False where the document has cost too much.
  mutating func spend(_ count: Int) -> Bool {
    steps -= count
    return steps >= 0 ? true : stop(.steps)
  }

  /// Whether a pattern matches; each attempt is charged what it may have cost.
  mutating func matches(_ pattern: Regex, _ text: UnsafeRawBufferPointer) -> Bool {
    for effort in Regex.Effort.allCases {
      guard spend(effort == .little ? 8 + text.count / 64 : Int(effort.steps) / 4) else { return false }
      switch pattern.find(in: text, effort: effort) {
      case .matched: return true
      case .notMatched: return false
      case .limitExceeded: continue
      }
    }
    return stop(.steps)
  }

  mutating func takeScratch() -> ByteBuffer {
    let room = scratch ?? ByteBuffer()
    scratch = room
    room.clear()
    return room
  }
}

extension JSONNode {
  /// What looking at the whole value costs.
  var weight: Int { 1 + raw.count / 64 }
}
