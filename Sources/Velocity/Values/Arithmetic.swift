/// Velocity 1.7's arithmetic on Java numbers: whole numbers stay whole and widen from int to long to BigInteger where
/// they overflow; one fraction makes the result a double; one BigDecimal makes it a BigDecimal.
enum Arithmetic {
  private enum Base { case long, float, double, bigInteger, bigDecimal }

  private static func isWhole(_ number: Number) -> Bool {
    switch number {
    case .int, .long, .byte, .short, .bigInteger: true
    case .double, .float, .bigDecimal: false
    }
  }

  private static func base(_ left: Number, _ right: Number) -> Base {
    if case .bigDecimal = left { return .bigDecimal }
    if case .bigDecimal = right { return .bigDecimal }
    let isBig =
      if case .bigInteger = left { true } else if case .bigInteger = right { true } else { false }
    if isWhole(left), isWhole(right) { return isBig ? .bigInteger : .long }
    if isBig { return .bigDecimal }
    if case .double = left { return .double }
    if case .double = right { return .double }
    return .float
  }

  private static func big(_ number: Number) -> BigInteger {
    if case .bigInteger(let value) = number { value } else { BigInteger(number.long) }
  }

  private static func decimal(_ number: Number) -> BigDecimal? {
    switch number {
    case .bigDecimal(let value): value
    case .bigInteger(let value): BigDecimal(unscaled: value, scale: 0)
    default: BigDecimal(number.double)
    }
  }

  /// The narrowest class that is at least the wider of the operands' and holds the value.
  private static func wrapped(_ value: Int64, _ left: Number, _ right: Number) -> Number {
    let rank = max(Arithmetic.rank(left), Arithmetic.rank(right))
    if rank <= 0, let narrow = Int8(exactly: value) { return .byte(narrow) }
    if rank <= 1, let narrow = Int16(exactly: value) { return .short(narrow) }
    if rank <= 2, let narrow = Int32(exactly: value) { return .int(narrow) }
    return .long(value)
  }

  private static func rank(_ number: Number) -> Int {
    switch number {
    case .byte: 0
    case .short: 1
    case .int: 2
    default: 3
    }
  }

  /// nil is Java's null: division by zero.
  /// - Throws: where Java throws.
  static func apply(
    _ operation: BinaryOperator, _ left: Number, _ right: Number
  ) throws(Signal) -> Number? {
    if operation == .divide || operation == .modulus, isZero(right) { return nil }
    switch base(left, right) {
    case .long:
      return wide(operation, left, right)
    case .bigInteger:
      let (one, other) = (big(left), big(right))
      switch operation {
      case .add: return .bigInteger(one + other)
      case .subtract: return .bigInteger(one - other)
      case .multiply:
        guard one.magnitude.count + other.magnitude.count <= BigInteger.mostWords else {
          throw Signal.exception("a product has too many digits")
        }
        return .bigInteger(one * other)
      case .divide: return .bigInteger(one.quotientAndRemainder(dividingBy: other).quotient)
      default:
        guard !other.isNegative else { throw Signal.exception("BigInteger: modulus not positive") }
        let rest = one.quotientAndRemainder(dividingBy: other).remainder
        return .bigInteger(rest.isNegative ? rest + other : rest)
      }
    case .double: return .double(fraction(operation, left.double, right.double))
    case .float:
      let (one, other) = (Float(left.double), Float(right.double))
      return .float(fraction(operation, one, other))
    case .bigDecimal:
      guard let one = decimal(left), let other = decimal(right) else {
        throw Signal.exception("Infinite or NaN")
      }
      let result: BigDecimal?
      switch operation {
      case .add: result = .sum(one, other)
      case .subtract: result = .difference(one, other)
      case .multiply: result = .product(one, other)
      case .divide: result = .quotient(one, other)
      default: throw Signal.exception("Cannot calculate the modulo of BigDecimals.")
      }
      guard let result, result.unscaled.magnitude.count <= BigInteger.mostWords,
        Int32(exactly: result.scale) != nil
      else {
        throw Signal.exception("a result has too many digits")
      }
      return .bigDecimal(result)
    }
  }

  private static func isZero(_ number: Number) -> Bool {
    switch number {
    case .bigInteger(let value): value.isZero
    case .bigDecimal(let value): value.unscaled.isZero
    default: number.double == 0
    }
  }

  private static func wide(_ operation: BinaryOperator, _ left: Number, _ right: Number) -> Number? {
    let (one, other) = (left.long, right.long)
    switch operation {
    case .add:
      let (sum, overflow) = one.addingReportingOverflow(other)
      return overflow ? .bigInteger(BigInteger(one) + BigInteger(other)) : wrapped(sum, left, right)
    case .subtract:
      let (difference, overflow) = one.subtractingReportingOverflow(other)
      return overflow ? .bigInteger(BigInteger(one) - BigInteger(other)) : wrapped(difference, left, right)
    case .multiply:
      let (product, overflow) = one.multipliedReportingOverflow(by: other)
      return overflow ? .bigInteger(BigInteger(one) * BigInteger(other)) : wrapped(product, left, right)
    case .divide:
      // The least long divided by -1 is itself in Java.
      return wrapped(one.dividedReportingOverflow(by: other).partialValue, left, right)
    default:
      return wrapped(one.remainderReportingOverflow(dividingBy: other).partialValue, left, right)
    }
  }

  private static func fraction<Value: BinaryFloatingPoint>(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) -> Value {
    switch operation {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    case .divide: left / right
    default: left.truncatingRemainder(dividingBy: right)
    }
  }

  /// -1, 0 or 1; NaN is equal to everything, as Velocity has it.
  static func compare(_ left: Number, _ right: Number) throws(Signal) -> Int {
    switch base(left, right) {
    case .long: return left.long < right.long ? -1 : left.long > right.long ? 1 : 0
    case .bigInteger: return BigInteger.compare(big(left), big(right))
    case .double: return left.double < right.double ? -1 : left.double > right.double ? 1 : 0
    case .float:
      let (one, other) = (Float(left.double), Float(right.double))
      return one < other ? -1 : one > other ? 1 : 0
    case .bigDecimal:
      guard let one = decimal(left), let other = decimal(right) else { throw Signal.exception("Infinite or NaN") }
      return BigDecimal.compare(one, other)
    }
  }
}
