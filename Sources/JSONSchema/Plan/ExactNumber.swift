import JSON

/// A number of a schema, with all its digits.
struct ExactNumber: Sendable {
  /// As the schema writes it, which is how messages show it.
  let text: [UInt8]
  private let integer: Int64?

  init(_ node: JSONNode) {
    text = Array(node.raw)
    integer = node.int64
  }

  /// Below, at or above 0 where a document's number is below, at or above this one.
  /// - Throws: `.number` for an exponent that `java.math.BigDecimal` does not take.
  func compare(_ value: JSONNode) throws(JSONSchema.Limit) -> Int {
    if let integer, let other = value.int64 { return other < integer ? -1 : other > integer ? 1 : 0 }
    guard let order = text.withUnsafeBytes({ JavaDecimal.compare(value.raw, $0) }) else { throw .number }
    return order
  }
}

/// What a number must be a multiple of, exactly: `multipleOf`.
struct Divisor: Sendable {
  let number: ExactNumber
  /// `number` is `digits` × 10^`exponent`; the last digit is not 0.
  private let digits: UInt128
  private let exponent: Int
  /// The divisor as a whole number, where it is one.
  private let integer: Int64?

  /// The most digits that a divisor may have.
  static let longest = 36

  /// Nil: not above 0, or too long.
  init?(_ node: JSONNode) {
    guard let decimal = Decimal(node.raw), !decimal.isNegative, decimal.count <= Self.longest else { return nil }
    var value: UInt128 = 0
    decimal.forEachDigit { value = value * 10 + UInt128($0) }
    guard value > 0 else { return nil }
    number = ExactNumber(node)
    digits = value
    exponent = decimal.exponent
    integer = node.int64
  }

  func divides(_ value: JSONNode) -> Bool {
    if let integer, let other = value.int64 { return other % integer == 0 }
    guard let decimal = Decimal(value.raw), decimal.count > 0 else { return true }
    let shift = decimal.exponent - exponent
    // The value's last digit is not 0, so that it is no multiple of what has more zeros.
    guard shift >= 0 else { return false }
    var remainder: UInt128 = 0
    // `digits` has at most 36 digits: nothing overflows.
    decimal.forEachDigit { remainder = (remainder * 10 + UInt128($0)) % digits }
    // Every further ten takes a factor of 2 and one of 5 out of the divisor, which has fewer than 128 of them.
    for _ in 0..<min(shift, 128) where remainder != 0 { remainder = remainder * 10 % digits }
    return remainder == 0
  }
}
