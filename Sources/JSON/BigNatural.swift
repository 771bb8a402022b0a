/// What digit generation asks of its numbers, so that it runs in 64 or 128 bits where they suffice.
protocol DigitArithmetic {
  static func < (left: Self, right: Self) -> Bool
  var tenfold: Self { get }
  func adding(_ other: Self) -> Self
  /// Divides by a number that goes into this one at most nine times, keeps the remainder and returns the quotient.
  mutating func removeMultiples(of unit: Self) -> UInt8
}

extension UInt64: DigitArithmetic {
  var tenfold: UInt64 { self &* 10 }
  func adding(_ other: UInt64) -> UInt64 { self &+ other }

  mutating func removeMultiples(of unit: UInt64) -> UInt8 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: unit)
    self = remainder
    return UInt8(truncatingIfNeeded: quotient)
  }
}

extension UInt128: DigitArithmetic {
  var tenfold: UInt128 { self &* 10 }
  func adding(_ other: UInt128) -> UInt128 { self &+ other }

  mutating func removeMultiples(of unit: UInt128) -> UInt8 {
    var quotient: UInt8 = 0
    while self >= unit {
      self &-= unit
      quotient &+= 1
    }
    return quotient
  }
}

/// A natural number of any size; doubles need at most 1,130 bits or so.
struct BigNatural: DigitArithmetic {
  /// The least significant first, the last one not zero.
  private var words: [UInt32]

  init(_ value: UInt64, timesFiveTo fives: Int, timesTwoTo twos: Int) {
    words = [UInt32](repeating: 0, count: twos / 32)
    let low = UInt128(value) << UInt128(twos % 32)
    for shift in stride(from: 0, to: 128, by: 32) { words.append(UInt32(truncatingIfNeeded: low >> UInt128(shift))) }
    trim()
    for _ in 0..<fives { multiply(by: 5) }
  }

  private mutating func trim() {
    while words.last == 0 { words.removeLast() }
  }

  private mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in words.indices {
      let product = UInt64(words[index]) * factor + carry
      words[index] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
    if carry > 0 { words.append(UInt32(truncatingIfNeeded: carry)) }
  }

  static func < (left: BigNatural, right: BigNatural) -> Bool {
    guard left.words.count == right.words.count else { return left.words.count < right.words.count }
    for index in left.words.indices.reversed() where left.words[index] != right.words[index] {
      return left.words[index] < right.words[index]
    }
    return false
  }

  var tenfold: BigNatural {
    var result = self
    result.multiply(by: 10)
    return result
  }

  func adding(_ other: BigNatural) -> BigNatural {
    var result = self
    var carry: UInt64 = 0
    for index in 0..<max(words.count, other.words.count) {
      if index == result.words.count { result.words.append(0) }
      let sum = UInt64(result.words[index]) + (index < other.words.count ? UInt64(other.words[index]) : 0) + carry
      result.words[index] = UInt32(truncatingIfNeeded: sum)
      carry = sum >> 32
    }
    if carry > 0 { result.words.append(UInt32(truncatingIfNeeded: carry)) }
    return result
  }

  mutating func removeMultiples(of unit: BigNatural) -> UInt8 {
    var quotient: UInt8 = 0
    while !(self < unit) {
      var borrow: Int64 = 0
      for index in words.indices {
        let difference = Int64(words[index]) - (index < unit.words.count ? Int64(unit.words[index]) : 0) + borrow
        words[index] = UInt32(truncatingIfNeeded: difference)
        borrow = difference >> 32
      }
      trim()
      quotient += 1
    }
    return quotient
  }
}
