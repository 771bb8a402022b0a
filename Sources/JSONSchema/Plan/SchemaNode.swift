import JSON
import PCRE

/// The compiled schemas of one or more documents: nodes that refer to one another by index, so that schemas may contain
/// themselves.
struct SchemaProgram: Sendable {
  /// `$ref`s are followed already: no index leads to a node that only refers.
  let nodes: [SchemaNode]
}

/// One schema: the rules for one value. A class, so that looking at it copies nothing.
final class SchemaNode: Sendable {
  let rules: SchemaRules
  /// Whether it has `allOf`, `anyOf`, `oneOf` or `not`: most have none.
  let combines: Bool

  init(_ rules: SchemaRules) {
    self.rules = rules
    combines = !rules.allOf.isEmpty || !rules.anyOf.isEmpty || !rules.oneOf.isEmpty || rules.not != nil
  }
}

/// The types that a value may have. A whole number is an `integer`, and never only a `number`.
struct TypeSet: OptionSet, Sendable {
  let rawValue: UInt8

  static let array = TypeSet(rawValue: 1)
  static let boolean = TypeSet(rawValue: 2)
  static let integer = TypeSet(rawValue: 4)
  static let null = TypeSet(rawValue: 8)
  static let number = TypeSet(rawValue: 16)
  static let object = TypeSet(rawValue: 32)
  static let string = TypeSet(rawValue: 64)
  static let all = TypeSet(rawValue: 127)

  /// In the order in which messages list them.
  static let names: [(name: String, type: TypeSet)] = [
    ("array", .array), ("boolean", .boolean), ("integer", .integer), ("null", .null), ("number", .number),
    ("object", .object), ("string", .string),
  ]

  /// Of a value: a number with a fraction or an exponent is a `number`, even 1.0 (draft 04 § 3.5).
  init(of value: JSONNode) {
    switch value.kind {
    case .null: self = .null
    case .false, .true: self = .boolean
    case .number: self = value.isInteger ? .integer : .number
    case .string: self = .string
    case .array: self = .array
    case .object: self = .object
    }
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  var names: [String] { Self.names.filter { contains($0.type) }.map(\.name) }
}

/// The keywords of one schema, in the form in which they are applied.
struct SchemaRules: Sendable {
  var types: TypeSet = .all
  var enumeration: [Constant]?
  var allOf: [Int32] = []
  var anyOf: [Int32] = []
  var oneOf: [Int32] = []
  var not: Int32?
  var object: ObjectRules?
  var array: ArrayRules?
  var string: StringRules?
  var number: NumberRules?

  /// Calls `body` with each index, which it may change.
  mutating func forEachIndex(_ body: (inout Int32) -> Void) {
    for index in allOf.indices { body(&allOf[index]) }
    for index in anyOf.indices { body(&anyOf[index]) }
    for index in oneOf.indices { body(&oneOf[index]) }
    if var index = not {
      body(&index)
      not = index
    }
    object?.forEachIndex(body)
    array?.forEachIndex(body)
  }

  /// The schemas that are applied to the same value: a circle of them would never end.
  var inPlace: [Int32] {
    allOf + anyOf + oneOf + (not.map { [$0] } ?? [])
      + (object?.dependencies.compactMap { if case .schema(let index) = $0.demand { index } else { nil } } ?? [])
  }
}

struct ObjectRules: Sendable {
  /// What one property asks of the others.
  struct Dependency: Sendable {
    enum Demand: Sendable {
      /// In alphabetical order.
      case properties([JSONName])
      case schema(Int32)
    }
    var name: JSONName
    var demand: Demand
  }
  enum Additional: Sendable {
    case allowed, forbidden
    case schema(Int32)
  }

  var properties = PropertyTable()
  /// In alphabetical order of the patterns.
  var patterns: [(pattern: Regex, schema: Int32)] = []
  var additional = Additional.allowed
  /// In alphabetical order, each once.
  var required: [JSONName] = []
  var minimum = 0
  var maximum = Int.max
  var dependencies: [Dependency] = []

  /// Whether members have to be looked at one by one.
  var hasMemberSchemas: Bool {
    if case .schema = additional { return true }
    return !properties.isEmpty || !patterns.isEmpty
  }

  mutating func forEachIndex(_ body: (inout Int32) -> Void) {
    properties.forEachIndex(body)
    for index in patterns.indices { body(&patterns[index].schema) }
    if case .schema(var index) = additional {
      body(&index)
      additional = .schema(index)
    }
    for place in dependencies.indices {
      guard case .schema(var index) = dependencies[place].demand else { continue }
      body(&index)
      dependencies[place].demand = .schema(index)
    }
  }
}

struct ArrayRules: Sendable {
  enum Items: Sendable {
    case unconstrained
    case all(Int32)
    /// One schema for each place; `additional` for those behind.
    case places([Int32])
  }
  enum Additional: Sendable {
    case allowed, forbidden
    case schema(Int32)
  }

  var items = Items.unconstrained
  /// Counts only behind `places`.
  var additional = Additional.allowed
  var minimum = 0
  var maximum = Int.max
  var isUnique = false

  mutating func forEachIndex(_ body: (inout Int32) -> Void) {
    switch items {
    case .unconstrained: break
    case .all(var index):
      body(&index)
      items = .all(index)
    case .places(var indexes):
      for place in indexes.indices { body(&indexes[place]) }
      items = .places(indexes)
    }
    if case .schema(var index) = additional {
      body(&index)
      additional = .schema(index)
    }
  }
}

struct StringRules: Sendable {
  /// In code points.
  var minimum = 0
  var maximum = Int.max
  var pattern: Regex?
  var format: Format?
}

struct NumberRules: Sendable {
  struct Bound: Sendable {
    var number: ExactNumber
    var isExclusive = false
  }
  var minimum: Bound?
  var maximum: Bound?
  var multipleOf: Divisor?
}
