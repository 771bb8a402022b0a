import JSON
import PCRE

/// Reads the keywords of one schema (draft 04, validation §§ 5–7). What is wrong with one is said at it, and it then
/// counts for nothing.
struct SchemaKeywords {
  let compiler: SchemaCompiler
  let place: SchemaPlace
  private let scope: URIReference
  private var result = SchemaRules()

  init(compiler: SchemaCompiler, place: SchemaPlace) {
    self.compiler = compiler
    self.place = place
    scope = place.scope
  }

  mutating func rules() -> SchemaRules {
    for (name, value) in place.node.members { read(name.string, value) }
    return result
  }

  private mutating func read(_ keyword: String, _ value: JSONNode) {
    switch keyword {
    case "type": types(value)
    case "enum":
      guard let values = list(value, keyword, "a list of values") else { return }
      if values.isEmpty { return wrong(keyword, "`enum` must have at least one value") }
      result.enumeration = values.map(Constant.init)
    case "allOf": result.allOf = schemas(value, keyword)
    case "anyOf": result.anyOf = schemas(value, keyword)
    case "oneOf": result.oneOf = schemas(value, keyword)
    case "not": result.not = schema(value, keyword)
    case "properties", "patternProperties", "additionalProperties", "required", "minProperties", "maxProperties",
      "dependencies":
      var rules = result.object ?? ObjectRules()
      object(keyword, value, &rules)
      result.object = rules
    case "items", "additionalItems", "minItems", "maxItems", "uniqueItems":
      var rules = result.array ?? ArrayRules()
      array(keyword, value, &rules)
      result.array = rules
    case "minLength", "maxLength", "pattern", "format":
      var rules = result.string ?? StringRules()
      string(keyword, value, &rules)
      result.string = rules
    case "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
      var rules = result.number ?? NumberRules()
      number(keyword, value, &rules)
      result.number = rules
    case "definitions":
      for (name, definition) in members(value, keyword) { _ = schema(definition, keyword, name.string) }
    case "id", "$schema", "title", "description": documentation(keyword, value)
    default:
      if let remark = Self.foreign[keyword] {
        compiler.problem(
          .warning, at(value, keyword), "`\(keyword)` has no meaning in draft 04 and is not validated",
          suggestion: remark.isEmpty ? nil : remark)
      }
    }
  }

  /// Keywords of other drafts and of OpenAPI that would restrict a value, or allow one.
  private static let foreign: [String: String] = [
    "const": "write `enum` with one value", "contains": "", "propertyNames": "", "if": "write `anyOf`",
    "$defs": "write `definitions`", "dependentRequired": "write `dependencies`",
    "dependentSchemas": "write `dependencies`", "prefixItems": "write `items` with a list",
    "unevaluatedItems": "write `additionalItems`", "unevaluatedProperties": "write `additionalProperties`",
    "divisibleBy": "write `multipleOf`", "disallow": "write `not`", "extends": "write `allOf`",
    "nullable": "write `type` as a list that has `null` in it", "$anchor": "write `id`", "$id": "write `id`",
  ]

  private func documentation(_ keyword: String, _ value: JSONNode) {
    guard value.kind == .string else { return wrong(keyword, "`\(keyword)` must be text", value) }
    let draft = value.string
    guard keyword == "$schema", URIReference(draft).withoutFragment != MetaSchema.address,
      draft.contains("json-schema.org")
    else { return }
    compiler.problem(
      .warning, at(value, keyword), "models are read as draft 04, whatever `$schema` says",
      suggestion: "write http://json-schema.org/draft-04/schema#")
  }

  // MARK: Any value

  private mutating func types(_ value: JSONNode) {
    let names = value.kind == .string ? [value] : list(value, "type", "a type or a list of types") ?? []
    var types: TypeSet = []
    for (index, name) in names.enumerated() {
      guard name.kind == .string, let known = TypeSet.names.first(where: { $0.name == name.string }) else {
        let text = Self.described(name)
        let wrong = value.kind == .string ? at(value, "type") : place.child(name, "type", String(index), scope: scope)
        compiler.problem(
          .error, wrong, "\(text) is not a type: one of \(TypeSet.all.names.joined(separator: ", "))")
        continue
      }
      types.insert(known.type)
    }
    if types.contains(.number) { types.insert(.integer) }
    if names.isEmpty, value.kind == .array { wrong("type", "`type` must have at least one type") }
    if !types.isEmpty { result.types = types }
  }

  private func schema(_ value: JSONNode, _ keyword: String, _ key: String? = nil) -> Int32 {
    let path = at(value, keyword)
    return compiler.index(of: key.map { place.child(value, keyword, $0, scope: scope) } ?? path)
  }

  private func schemas(_ value: JSONNode, _ keyword: String) -> [Int32] {
    guard let elements = list(value, keyword, "a list of schemas") else { return [] }
    if elements.isEmpty { wrong(keyword, "`\(keyword)` must have at least one schema") }
    return elements.enumerated().map { schema($1, keyword, String($0)) }
  }

  // MARK: Objects

  private func object(_ keyword: String, _ value: JSONNode, _ rules: inout ObjectRules) {
    switch keyword {
    case "properties":
      rules.properties = PropertyTable(
        members(value, keyword).map { (JSONName($0.name.string), schema($0.value, keyword, $0.name.string)) })
    case "patternProperties":
      let members = members(value, keyword).sorted { $0.name.string < $1.name.string }
      rules.patterns = members.compactMap { name, value in
        let text = name.string
        let index = schema(value, keyword, text)
        return regex(text, place.child(value, keyword, text, scope: scope)).map { ($0, index) }
      }
    case "additionalProperties":
      switch value.kind {
      case .true: rules.additional = .allowed
      case .false: rules.additional = .forbidden
      case .object: rules.additional = .schema(schema(value, keyword))
      default: wrong(keyword, "`\(keyword)` must be a schema, `true` or `false`", value)
      }
    case "required": rules.required = names(value, keyword)
    case "minProperties": rules.minimum = count(value, keyword) ?? 0
    case "maxProperties": rules.maximum = count(value, keyword) ?? .max
    case "dependencies":
      for (name, value) in members(value, keyword) {
        let demand: ObjectRules.Dependency.Demand =
          value.kind == .object
          ? .schema(schema(value, keyword, name.string))
          : .properties(names(value, keyword, name.string))
        rules.dependencies.append(.init(name: JSONName(name.string), demand: demand))
      }
    default: break
    }
  }

  // MARK: Arrays

  private func array(_ keyword: String, _ value: JSONNode, _ rules: inout ArrayRules) {
    switch keyword {
    case "items":
      if value.kind == .array {
        rules.items = .places(value.elements.enumerated().map { schema($1, keyword, String($0)) })
      } else if value.kind == .object {
        rules.items = .all(schema(value, keyword))
      } else {
        wrong(keyword, "`items` must be a schema or a list of schemas", value)
      }
    case "additionalItems":
      switch value.kind {
      case .true: rules.additional = .allowed
      case .false: rules.additional = .forbidden
      case .object: rules.additional = .schema(schema(value, keyword))
      default: wrong(keyword, "`\(keyword)` must be a schema, `true` or `false`", value)
      }
    case "minItems": rules.minimum = count(value, keyword) ?? 0
    case "maxItems": rules.maximum = count(value, keyword) ?? .max
    case "uniqueItems": rules.isUnique = flag(value, keyword)
    default: break
    }
  }

  // MARK: Strings

  private func string(_ keyword: String, _ value: JSONNode, _ rules: inout StringRules) {
    switch keyword {
    case "minLength": rules.minimum = count(value, keyword) ?? 0
    case "maxLength": rules.maximum = count(value, keyword) ?? .max
    case "pattern":
      guard value.kind == .string else { return wrong(keyword, "`pattern` must be text", value) }
      rules.pattern = regex(value.string, at(value, keyword))
    case "format":
      guard value.kind == .string else { return wrong(keyword, "`format` must be text", value) }
      rules.format = Format(rawValue: value.string)
    default: break
    }
  }

  private func regex(_ text: String, _ place: SchemaPlace) -> Regex? {
    do {
      let regex = try Regex(text, options: .ecmaDialect)
      if compiler.patternsToPrepare > 0 {
        compiler.patternsToPrepare -= 1
        regex.prepare(.search)
      }
      return regex
    } catch {
      compiler.problem(
        .error, place,
        "`\(text.prefix(100))` is not a regular expression: \(error.message), at character \(error.offset + 1)")
      return nil
    }
  }

  // MARK: Numbers

  private func number(_ keyword: String, _ value: JSONNode, _ rules: inout NumberRules) {
    switch keyword {
    case "multipleOf":
      guard value.kind == .number, let divisor = Divisor(value) else {
        return wrong(
          keyword, "`multipleOf` must be a number above 0, with at most \(Divisor.longest) digits", value)
      }
      rules.multipleOf = divisor
    case "minimum": rules.minimum = bound(value, keyword, "exclusiveMinimum")
    case "maximum": rules.maximum = bound(value, keyword, "exclusiveMaximum")
    case "exclusiveMinimum", "exclusiveMaximum":
      let other = keyword == "exclusiveMinimum" ? "minimum" : "maximum"
      if value.kind == .number {
        return wrong(
          keyword, "`\(keyword)` must be `true` or `false` in draft 04", value,
          suggestion: "write `\(other): \(value.string)` and `\(keyword): true`")
      }
      if flag(value, keyword), place.node.member(other) == nil {
        wrong(keyword, "`\(keyword)` says something of `\(other)`, which is missing")
      }
    default: break
    }
  }

  private func bound(_ value: JSONNode, _ keyword: String, _ exclusive: String) -> NumberRules.Bound? {
    guard value.kind == .number, JavaNumberRange.contains(value) else {
      wrong(keyword, "`\(keyword)` must be a number", value)
      return nil
    }
    return .init(number: ExactNumber(value), isExclusive: place.node.member(exclusive)?.kind == .true)
  }
}

// MARK: Kinds of values

extension SchemaKeywords {
  private func at(_ value: JSONNode, _ keyword: String) -> SchemaPlace {
    place.child(value, keyword, scope: scope)
  }

  private func wrong(_ keyword: String, _ message: String, _ found: JSONNode? = nil, suggestion: String? = nil) {
    let value = found ?? place.node
    compiler.problem(
      .error, at(value, keyword), found.map { "\(message), not \(Self.described($0))" } ?? message,
      suggestion: suggestion)
  }

  private func list(_ value: JSONNode, _ keyword: String, _ wanted: String) -> [JSONNode]? {
    guard value.kind == .array else {
      wrong(keyword, "`\(keyword)` must be \(wanted)", value)
      return nil
    }
    return Array(value.elements)
  }

  private func members(_ value: JSONNode, _ keyword: String) -> [(name: JSONNode, value: JSONNode)] {
    guard value.kind == .object else {
      wrong(keyword, "`\(keyword)` must be an object", value)
      return []
    }
    return Array(value.members)
  }

  /// Names of properties, each once, in alphabetical order.
  private func names(_ value: JSONNode, _ keyword: String, _ key: String? = nil) -> [JSONName] {
    let shown = key.map { "`\(keyword)` of `\($0)`" } ?? "`\(keyword)`"
    guard value.kind == .array else {
      wrong(
        keyword, "\(shown) must be a list of names", value,
        suggestion: keyword == "required" && (value.kind == .true || value.kind == .false)
          ? "draft 04 lists the required properties beside `properties`" : nil)
      return []
    }
    guard value.elements.allSatisfy({ $0.kind == .string }) else {
      wrong(keyword, "\(shown) must be a list of names")
      return []
    }
    return Set(value.elements.map(\.string)).sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }.map(JSONName.init)
  }

  private func count(_ value: JSONNode, _ keyword: String) -> Int? {
    // 2.0 is taken for 2, as its author means it.
    guard value.kind == .number, value.raw.first != UInt8(ascii: "-") || value.double == 0,
      value.isInteger || value.double.rounded() == value.double
    else {
      wrong(keyword, "`\(keyword)` must be a whole number, 0 or more", value)
      return nil
    }
    return value.int64.flatMap { Int(exactly: $0) } ?? Int(exactly: value.double) ?? .max
  }

  private func flag(_ value: JSONNode, _ keyword: String) -> Bool {
    if value.kind != .true && value.kind != .false { wrong(keyword, "`\(keyword)` must be `true` or `false`", value) }
    return value.kind == .true
  }

  /// A value as messages name it.
  static func described(_ value: JSONNode) -> String {
    switch value.kind {
    case .null: "null"
    case .false: "`false`"
    case .true: "`true`"
    case .number, .string: "`\(value.string.prefix(60))`"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

/// Whether a number's exponent is one that can be compared.
enum JavaNumberRange {
  static func contains(_ value: JSONNode) -> Bool { JavaDecimal.compare(value.raw, value.raw) != nil }
}
