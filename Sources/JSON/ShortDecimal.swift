import Bytes

/// A number's text of few digits, whose double can be had and printed without the general algorithms.
///
/// With at most 15 digits and a power of ten of at most 22 both the digits and the power are exact doubles, so that one
/// multiplication or division rounds correctly (Clinger, "How to Read Floating Point Numbers Accurately", 1990). And
/// such a decimal is the shortest text of its own double, so that Java prints the same digits again.
struct ShortDecimal {
  private let isNegative: Bool
  private let significand: UInt64
  /// The value is `significand` × 10^`exponent`.
  private let exponent: Int

  /// Nil: more digits than that, or no number.
  init?(_ text: UnsafeRawBufferPointer) {
    isNegative = text.first == UInt8(ascii: "-")
    var at = isNegative ? 1 : 0
    var value: UInt64 = 0
    var digits = 0
    var exponent = 0
    var isBehindPoint = false
    while at < text.count {
      let byte = text[at]
      if byte &- UInt8(ascii: "0") < 10 {
        value = value &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
        if value > 0 { digits &+= 1 }
        if isBehindPoint { exponent &-= 1 }
        guard digits <= 15 else { return nil }
      } else if byte == UInt8(ascii: "."), !isBehindPoint {
        isBehindPoint = true
      } else {
        break
      }
      at &+= 1
    }
    if at < text.count {
      guard text[at] | 0x20 == UInt8(ascii: "e"), at &+ 1 < text.count else { return nil }
      at &+= 1
      let isBelowZero = text[at] == UInt8(ascii: "-")
      if isBelowZero || text[at] == UInt8(ascii: "+") { at &+= 1 }
      guard at < text.count, text.count &- at <= 3 else { return nil }
      var power = 0
      while at < text.count {
        let digit = text[at] &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        power = power &* 10 &+ Int(digit)
        at &+= 1
      }
      exponent &+= isBelowZero ? 0 &- power : power
    }
    significand = value
    self.exponent = exponent
  }

  /// Nil: the power of ten is too large for one exact step.
  var double: Double? {
    guard exponent >= -22 && exponent <= 22 else { return significand == 0 ? (isNegative ? -0.0 : 0) : nil }
    let value = Double(significand)
    let magnitude =
      exponent < 0 ? value / ShortDecimal.powersOfTen[0 &- exponent] : value * ShortDecimal.powersOfTen[exponent]
    return isNegative ? -magnitude : magnitude
  }

  private static let powersOfTen: [Double] = (0...22).map { power in (0..<power).reduce(1.0) { ten, _ in ten * 10 } }

  /// Writes it as `Double.toString` does if that is without exponent; false where it is not.
  func writePlain(into buffer: ByteBuffer) -> Bool {
    guard significand > 0 else { return false }
    var significand = significand
    var exponent = exponent
    // Digits behind the point that are zeros are not printed.
    while exponent < 0 && significand % 10 == 0 {
      significand /= 10
      exponent &+= 1
    }
    guard exponent <= 0, exponent >= -17 else { return false }
    var unit: UInt64 = 1
    for _ in exponent..<0 { unit *= 10 }
    let (whole, fraction) = significand.quotientAndRemainder(dividingBy: unit)
    // From 10^-3 up to 10^7 Java writes no exponent.
    guard whole < 10_000_000, whole > 0 || significand >= unit / 1000, unit >= 1000 || whole > 0 || fraction > 0 else {
      return false
    }
    if isNegative { buffer.write(byte: UInt8(ascii: "-")) }
    buffer.write(decimal: Int(whole))
    buffer.write(byte: UInt8(ascii: "."))
    var place = unit / 10
    var rest = fraction
    if place == 0 { buffer.write(byte: UInt8(ascii: "0")) }
    while place > 0 {
      buffer.write(byte: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / place))
      rest %= place
      place /= 10
    }
    return true
  }
}
