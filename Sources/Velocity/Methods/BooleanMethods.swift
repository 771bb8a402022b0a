/// The methods of `java.lang.Boolean` and `java.lang.Character`.
extension MethodCall {
  func onBoolean(_ flag: Bool, _ receiver: Value) throws(Signal) -> Value {
    switch (name, count) {
    case (.booleanValue, 0): return receiver
    case (.toString, 0): return Value(flag ? "true" : "false")
    case (.parseBoolean, 1), (.valueOf, 1):
      if name == .valueOf, case .bool = self[0] { return self[0] }
      if isNull(0) { return .bool(false) }
      return self[0].asText.map { .bool($0.string.lowercased() == "true") } ?? .null
    case (.compareTo, 1):
      if isNull(0) { throw nullPointer() }
      guard case .bool(let other) = self[0] else { throw .exception("java.lang.ClassCastException") }
      return .int(flag == other ? 0 : flag ? 1 : -1)
    case (.hashCode, 1):
      guard case .bool(let other) = self[0] else { return .null }
      return .int(other ? 1231 : 1237)
    case (.logicalAnd, 2), (.logicalOr, 2), (.logicalXor, 2):
      guard case .bool(let one) = self[0], case .bool(let other) = self[1] else { return .null }
      return .bool(name == .logicalAnd ? one && other : name == .logicalOr ? one || other : one != other)
    default: return try onObject(receiver)
    }
  }

  func onCharacter(_ unit: UInt16, _ receiver: Value) throws(Signal) -> Value {
    switch (name, count) {
    case (.charValue, 0): return receiver
    case (.toString, 0): return .text(Text(utf16: CollectionOfOne(unit)))
    case (.compareTo, 1):
      if isNull(0) { throw nullPointer() }
      guard case .character(let other) = self[0] else { throw .exception("java.lang.ClassCastException") }
      return .int(Int32(unit) - Int32(other))
    case (.isDigit, 1), (.isLetter, 1), (.isLetterOrDigit, 1), (.isUpperCase, 1), (.isLowerCase, 1), (.isWhitespace, 1),
      (.getNumericValue, 1), (.toUpperCase, 1), (.toLowerCase, 1), (.valueOf, 1), (.toString, 1):
      guard case .character(let other) = self[0] else { return .null }
      return character(other)
    default: return try onObject(receiver)
    }
  }

  func character(_ unit: UInt16) -> Value {
    if name == .valueOf { return .character(unit) }
    let text = Text(utf16: CollectionOfOne(unit))
    if name == .toString { return .text(text) }
    guard let scalar = Unicode.Scalar(unit) else { return name == .getNumericValue ? .int(-1) : .bool(false) }
    let properties = scalar.properties
    let isDigit = properties.generalCategory == .decimalNumber
    let isLetter =
      switch properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
      default: false
      }
    switch name {
    case .isDigit: return .bool(isDigit)
    case .isLetter: return .bool(isLetter)
    case .isLetterOrDigit: return .bool(isDigit || isLetter)
    case .isUpperCase: return .bool(properties.isUppercase)
    case .isLowerCase: return .bool(properties.isLowercase)
    case .isWhitespace: return .bool(Text.isJavaWhitespace(unit))
    case .getNumericValue:
      if let value = properties.numericValue { return .int(value >= 0 && value == value.rounded() ? Int32(value) : -2) }
      let lower = UInt8(truncatingIfNeeded: unit | 32)
      return .int(unit < 128 && lower &- 97 < 26 ? Int32(lower &- 87) : -1)
    default:
      let mapped = (name == .toUpperCase ? text.uppercased : text.lowercased).units
      return .character(mapped.count == 1 ? mapped[0] : unit)
    }
  }
}
