import JSON

extension Validation {
  /// The keywords of sizes and numbers, which stand together in the alphabet.
  mutating func checkSize(_ node: SchemaNode, _ value: JSONNode) -> Bool {
    switch value.kind {
    case .object: node.rules.object.map { checkSize($0, value) } ?? true
    case .array: node.rules.array.map { checkSize($0, value) } ?? true
    case .string: node.rules.string.map { checkLength($0, value) } ?? true
    case .number: node.rules.number.map { checkNumber($0, value) } ?? true
    case .null, .false, .true: true
    }
  }

  /// `pattern` and `required`.
  mutating func checkNames(_ node: SchemaNode, _ value: JSONNode) -> Bool {
    switch value.kind {
    case .string:
      guard let pattern = node.rules.string?.pattern else { return true }
      if value.withContents({ matches(pattern, $0) }) { return true }
      return limit == nil ? fail { .pattern(pattern.pattern, value) } : false
    case .object: return node.rules.object.map { checkRequired($0, value) } ?? true
    case .null, .false, .true, .number, .array: return true
    }
  }

  /// `uniqueItems` and `format`.
  mutating func checkLast(_ node: SchemaNode, _ value: JSONNode) -> Bool {
    switch value.kind {
    case .array: return node.rules.array?.isUnique == true ? checkUnique(value) : true
    case .string:
      guard let format = node.rules.string?.format else { return true }
      guard spend(value.weight) else { return false }
      guard let flaw = value.withContents({ format.flaw(in: $0) }) else { return true }
      return fail { .format(flaw, value) }
    case .null, .false, .true, .number, .object: return true
    }
  }

  private mutating func checkLength(_ rules: StringRules, _ value: JSONNode) -> Bool {
    guard rules.minimum > 0 || rules.maximum < .max else { return true }
    guard spend(value.weight) else { return false }
    let length = value.withContents(Self.codePoints)
    if length > rules.maximum { return fail { .maxLength(value, length, rules.maximum) } }
    if length < rules.minimum { return fail { .minLength(value, length, rules.minimum) } }
    return true
  }

  /// In well-formed UTF-8 every code point has one byte that continues none.
  private static func codePoints(_ text: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for byte in text where byte & 0xC0 != 0x80 { count &+= 1 }
    return count
  }

  private mutating func checkNumber(_ rules: NumberRules, _ value: JSONNode) -> Bool {
    guard spend(value.weight) else { return false }
    var isGood = true
    do throws(JSONSchema.Limit) {
      if let maximum = rules.maximum {
        let order = try maximum.number.compare(value)
        if order > 0 { isGood = fail { .maximum(maximum.number, value) } }
        if order == 0, maximum.isExclusive { isGood = fail { .exclusiveMaximum(maximum.number) } }
      }
      if let minimum = rules.minimum, goesOn(isGood) {
        let order = try minimum.number.compare(value)
        if order < 0 { isGood = fail { .minimum(minimum.number, value) } }
        if order == 0, minimum.isExclusive { isGood = fail { .exclusiveMinimum(minimum.number) } }
      }
    } catch {
      return stop(error)
    }
    if let divisor = rules.multipleOf, goesOn(isGood), !divisor.divides(value) {
      isGood = fail { .multipleOf(value, divisor.number) }
    }
    return isGood
  }
}
