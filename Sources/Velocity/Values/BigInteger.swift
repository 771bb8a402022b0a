/// A whole number of any size, `java.math.BigInteger`: what JSON numbers beyond 64 bits become and what sums overflow to.
struct BigInteger: Hashable, Sendable {
  /// Base 2^32, the least significant first, no zeros at the end; empty for zero.
  private(set) var magnitude: [UInt32]
  private(set) var isNegative: Bool

  /// Digits that a number may have, so that arithmetic on what a peer sends stays affordable.
  static let mostDigits = 1_000
  /// Words that a result may have.
  static let mostWords = 128

  init(_ value: Int64) {
    isNegative = value < 0
    let positive = value.magnitude
    magnitude = [UInt32(truncatingIfNeeded: positive), UInt32(truncatingIfNeeded: positive >> 32)]
    trim()
  }

  private init(magnitude: [UInt32], isNegative: Bool) {
    self.magnitude = magnitude
    self.isNegative = isNegative
    trim()
  }

  /// Reads decimal digits with an optional sign; nil where there is anything else, or too many of them.
  init?(decimal: some Collection<UInt8>) {
    var digits = Array(decimal)
    var negative = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      negative = sign == UInt8(ascii: "-")
      digits.removeFirst()
    }
    guard !digits.isEmpty, digits.count <= BigInteger.mostDigits else { return nil }
    magnitude = []
    isNegative = false
    for digit in digits {
      guard digit &- 48 < 10 else { return nil }
      multiply(by: 10, adding: UInt32(digit &- 48))
    }
    isNegative = negative && !magnitude.isEmpty
  }

  private mutating func trim() {
    while magnitude.last == 0 { magnitude.removeLast() }
    if magnitude.isEmpty { isNegative = false }
  }

  private mutating func multiply(by factor: UInt32, adding: UInt32 = 0) {
    var carry = UInt64(adding)
    for index in magnitude.indices {
      let product = UInt64(magnitude[index]) &* UInt64(factor) &+ carry
      magnitude[index] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
    if carry > 0 { magnitude.append(UInt32(truncatingIfNeeded: carry)) }
  }

  /// Divides the magnitude, and returns what is left over.
  private mutating func divide(by divisor: UInt32) -> UInt32 {
    var rest: UInt64 = 0
    for index in magnitude.indices.reversed() {
      let value = rest << 32 | UInt64(magnitude[index])
      magnitude[index] = UInt32(truncatingIfNeeded: value / UInt64(divisor))
      rest = value % UInt64(divisor)
    }
    trim()
    return UInt32(truncatingIfNeeded: rest)
  }

  var isZero: Bool { magnitude.isEmpty }
  var signum: Int { isZero ? 0 : isNegative ? -1 : 1 }
  var negated: BigInteger { BigInteger(magnitude: magnitude, isNegative: !isNegative) }
  var absolute: BigInteger { BigInteger(magnitude: magnitude, isNegative: false) }

  /// Decimal digits, without sign.
  var digits: [UInt8] {
    guard !isZero else { return [48] }
    var rest = self
    var reversed: [UInt8] = []
    while !rest.isZero {
      var chunk = rest.divide(by: 1_000_000_000)
      for _ in 0..<9 {
        reversed.append(48 + UInt8(chunk % 10))
        chunk /= 10
        if rest.isZero, chunk == 0 { break }
      }
    }
    return reversed.reversed()
  }

  var description: [UInt8] { (isNegative ? [UInt8(ascii: "-")] : []) + digits }

  /// The low 64 bits in two's complement: `longValue()`.
  var long: Int64 {
    let low = UInt64(magnitude.first ?? 0)
    let high = magnitude.count > 1 ? UInt64(magnitude[1]) : 0
    let value = Int64(truncatingIfNeeded: low | high << 32)
    return isNegative ? 0 &- value : value
  }

  var double: Double { Double(String(decoding: description, as: UTF8.self)) ?? 0 }

  // MARK: Arithmetic

  private static func compareMagnitudes(_ left: [UInt32], _ right: [UInt32]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for index in left.indices.reversed() where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return 0
  }

  private static func sum(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var carry: UInt64 = 0
    for index in 0..<max(left.count, right.count) {
      let total = UInt64(index < left.count ? left[index] : 0) + UInt64(index < right.count ? right[index] : 0) + carry
      result.append(UInt32(truncatingIfNeeded: total))
      carry = total >> 32
    }
    if carry > 0 { result.append(UInt32(carry)) }
    return result
  }

  /// `left` must not be the smaller.
  private static func difference(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result = left
    var borrow: Int64 = 0
    for index in result.indices {
      var value = Int64(result[index]) - borrow - Int64(index < right.count ? right[index] : 0)
      borrow = value < 0 ? 1 : 0
      if value < 0 { value += 1 << 32 }
      result[index] = UInt32(truncatingIfNeeded: value)
    }
    return result
  }

  static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    if left.isNegative == right.isNegative {
      return BigInteger(magnitude: sum(left.magnitude, right.magnitude), isNegative: left.isNegative)
    }
    if compareMagnitudes(left.magnitude, right.magnitude) >= 0 {
      return BigInteger(magnitude: difference(left.magnitude, right.magnitude), isNegative: left.isNegative)
    }
    return BigInteger(magnitude: difference(right.magnitude, left.magnitude), isNegative: right.isNegative)
  }

  static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + right.negated }

  static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    var result = [UInt32](repeating: 0, count: left.magnitude.count + right.magnitude.count + 1)
    for (index, factor) in left.magnitude.enumerated() {
      var carry: UInt64 = 0
      for (offset, other) in right.magnitude.enumerated() {
        let value = UInt64(factor) &* UInt64(other) &+ UInt64(result[index + offset]) &+ carry
        result[index + offset] = UInt32(truncatingIfNeeded: value)
        carry = value >> 32
      }
      result[index + right.magnitude.count] = UInt32(truncatingIfNeeded: carry)
    }
    return BigInteger(magnitude: result, isNegative: left.isNegative != right.isNegative)
  }

  /// Quotient towards zero, and the rest with the dividend's sign. The divisor must not be zero.
  func quotientAndRemainder(dividingBy divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
    if BigInteger.compareMagnitudes(magnitude, divisor.magnitude) < 0 { return (BigInteger(0), self) }
    if divisor.magnitude.count == 1 {
      var quotient = absolute
      let rest = quotient.divide(by: divisor.magnitude[0])
      quotient.isNegative = isNegative != divisor.isNegative && !quotient.isZero
      return (quotient, BigInteger(magnitude: [rest], isNegative: isNegative))
    }
    // Bit by bit: numbers of this size are rare, and short.
    var quotient = [UInt32](repeating: 0, count: magnitude.count)
    var rest: [UInt32] = []
    for index in magnitude.indices.reversed() {
      for bit in (0..<32).reversed() {
        var carry = magnitude[index] >> UInt32(bit) & 1
        for place in rest.indices {
          let next = rest[place] >> 31
          rest[place] = rest[place] << 1 | carry
          carry = next
        }
        if carry > 0 { rest.append(carry) }
        if BigInteger.compareMagnitudes(rest, divisor.magnitude) >= 0 {
          rest = BigInteger.difference(rest, divisor.magnitude)
          while rest.last == 0 { rest.removeLast() }
          quotient[index] |= 1 << UInt32(bit)
        }
      }
    }
    return (
      BigInteger(magnitude: quotient, isNegative: isNegative != divisor.isNegative),
      BigInteger(magnitude: rest, isNegative: isNegative)
    )
  }

  static func compare(_ left: BigInteger, _ right: BigInteger) -> Int {
    if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
    let order = compareMagnitudes(left.magnitude, right.magnitude)
    return left.isNegative ? -order : order
  }

  /// - Parameter exponent: not negative, and such that the caller has room for the result.
  func power(_ exponent: Int) -> BigInteger {
    var result = BigInteger(1)
    var factor = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = result * factor }
      rest >>= 1
      if rest > 0 { factor = factor * factor }
    }
    return result
  }

  /// Bits of the shortest two's complement without its sign.
  var bitLength: Int {
    let magnitude = isNegative ? (absolute - BigInteger(1)).magnitude : magnitude
    guard let top = magnitude.last(where: { $0 != 0 }) else { return 0 }
    let words = magnitude.lastIndex { $0 != 0 } ?? 0
    return words * 32 + 32 - top.leadingZeroBitCount
  }

  static func power(of base: Int64, _ exponent: Int) -> BigInteger {
    var result = BigInteger(1)
    for _ in 0..<max(0, exponent) { result.multiply(by: UInt32(truncatingIfNeeded: base)) }
    return result
  }

  /// `hashCode()`.
  var javaHash: Int32 {
    var hash: Int32 = 0
    for word in magnitude.reversed() { hash = hash &* 31 &+ Int32(truncatingIfNeeded: word) }
    return hash &* Int32(signum)
  }
}
