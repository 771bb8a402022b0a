/// `java.math.BigDecimal`: what JSON numbers with a fraction and more than 18 characters become.
struct BigDecimal: Hashable, Sendable {
  /// The value is `unscaled` × 10^-`scale`.
  var unscaled: BigInteger
  var scale: Int

  init(unscaled: BigInteger, scale: Int) {
    self.unscaled = unscaled
    self.scale = scale
  }

  /// Reads a number's text; nil where it is none, or has too many digits or too large an exponent.
  init?(_ text: some Collection<UInt8>) {
    var digits: [UInt8] = []
    var scale = 0
    var seenPoint = false
    var rest = Array(text)[...]
    while let byte = rest.first, byte | 32 != UInt8(ascii: "e") {
      if byte == UInt8(ascii: ".") {
        if seenPoint { return nil }
        seenPoint = true
      } else {
        digits.append(byte)
        if seenPoint { scale += 1 }
      }
      rest = rest.dropFirst()
    }
    if !rest.isEmpty {
      guard let exponent = Int(String(decoding: rest.dropFirst(), as: UTF8.self)), abs(exponent) < 1_000_000_000 else {
        return nil
      }
      scale -= exponent
    }
    guard let value = BigInteger(decimal: digits) else { return nil }
    self.init(unscaled: value, scale: scale)
  }

  /// The exact value of a finite double; nil for others.
  init?(_ value: Double) {
    guard value.isFinite else { return nil }
    let bits = value.bitPattern
    let biased = Int(bits >> 52 & 0x7FF)
    var mantissa = Int64(bits & 0xF_FFFF_FFFF_FFFF) | (biased == 0 ? 0 : 1 << 52)
    var exponent = (biased == 0 ? 1 : biased) - 1075
    if mantissa == 0 {
      self.init(unscaled: BigInteger(0), scale: 0)
      return
    }
    while mantissa & 1 == 0 {
      mantissa >>= 1
      exponent += 1
    }
    let significand = BigInteger(value.sign == .minus ? -mantissa : mantissa)
    if exponent >= 0 {
      self.init(unscaled: significand * BigInteger.power(of: 2, exponent), scale: 0)
    } else {
      self.init(unscaled: significand * BigInteger.power(of: 5, -exponent), scale: -exponent)
    }
  }

  /// Scales that arithmetic works with, so that `1e999999999 + 1` costs nothing much.
  static let widestShift = 1_000

  /// The unscaled value at a larger scale; nil where that would have too many digits.
  private func unscaled(at wanted: Int) -> BigInteger? {
    let shift = wanted - scale
    guard shift <= BigDecimal.widestShift else { return nil }
    return shift == 0 ? unscaled : unscaled * BigInteger.power(of: 10, shift)
  }

  private static func aligned(_ left: BigDecimal, _ right: BigDecimal) -> (BigInteger, BigInteger, Int)? {
    let scale = max(left.scale, right.scale)
    guard let one = left.unscaled(at: scale), let other = right.unscaled(at: scale) else { return nil }
    return (one, other, scale)
  }

  static func sum(_ left: BigDecimal, _ right: BigDecimal) -> BigDecimal? {
    aligned(left, right).map { BigDecimal(unscaled: $0 + $1, scale: $2) }
  }

  static func difference(_ left: BigDecimal, _ right: BigDecimal) -> BigDecimal? {
    aligned(left, right).map { BigDecimal(unscaled: $0 - $1, scale: $2) }
  }

  static func product(_ left: BigDecimal, _ right: BigDecimal) -> BigDecimal {
    BigDecimal(unscaled: left.unscaled * right.unscaled, scale: left.scale + right.scale)
  }

  /// At the dividend's scale, rounded to the nearest, halves towards zero: `ROUND_HALF_DOWN`.
  static func quotient(_ left: BigDecimal, _ right: BigDecimal) -> BigDecimal? {
    guard !right.unscaled.isZero else { return nil }
    guard abs(right.scale) <= widestShift else { return nil }
    let dividend = right.scale > 0 ? left.unscaled * BigInteger.power(of: 10, right.scale) : left.unscaled
    let divisor = right.scale < 0 ? right.unscaled * BigInteger.power(of: 10, -right.scale) : right.unscaled
    let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard BigInteger.compare(rest.absolute + rest.absolute, divisor.absolute) > 0 else {
      return BigDecimal(unscaled: quotient, scale: left.scale)
    }
    let one = BigInteger(dividend.isNegative != divisor.isNegative ? -1 : 1)
    return BigDecimal(unscaled: quotient + one, scale: left.scale)
  }

  /// nil where their scales lie too far apart to be compared digit by digit.
  static func compare(_ left: BigDecimal, _ right: BigDecimal) -> Int {
    if left.unscaled.signum != right.unscaled.signum { return left.unscaled.signum < right.unscaled.signum ? -1 : 1 }
    if let (one, other, _) = aligned(left, right) { return BigInteger.compare(one, other) }
    let difference = (left.unscaled.digits.count - left.scale) - (right.unscaled.digits.count - right.scale)
    return (difference < 0 ? -1 : 1) * left.unscaled.signum
  }

  var double: Double {
    let text = String(decoding: unscaled.description, as: UTF8.self) + "e" + String(-scale)
    return Double(text) ?? (unscaled.isNegative ? -.infinity : .infinity)
  }

  /// The part before the point.
  var whole: BigInteger {
    if scale <= 0 {
      return -scale <= BigDecimal.widestShift ? unscaled * BigInteger.power(of: 10, -scale) : BigInteger(0)
    }
    guard scale <= unscaled.digits.count else { return BigInteger(0) }
    return unscaled.quotientAndRemainder(dividingBy: BigInteger.power(of: 10, scale)).quotient
  }

  /// The same value without zeros at its end; zero is `0`.
  var strippingZeros: BigDecimal {
    if unscaled.isZero { return BigDecimal(unscaled: unscaled, scale: 0) }
    let zeros = unscaled.digits.reversed().prefix { $0 == 48 }.count
    guard zeros > 0 else { return self }
    let (quotient, _) = unscaled.quotientAndRemainder(dividingBy: BigInteger.power(of: 10, zeros))
    return BigDecimal(unscaled: quotient, scale: scale - zeros)
  }

  /// The same value at another scale; nil where that would lose digits, or have too many.
  func rescaled(to wanted: Int) -> BigDecimal? {
    if unscaled.isZero { return BigDecimal(unscaled: unscaled, scale: wanted) }
    if wanted >= scale { return unscaled(at: wanted).map { BigDecimal(unscaled: $0, scale: wanted) } }
    guard scale - wanted < unscaled.digits.count else { return nil }
    let divisor = BigInteger.power(of: 10, scale - wanted)
    let (quotient, rest) = unscaled.quotientAndRemainder(dividingBy: divisor)
    return rest.isZero ? BigDecimal(unscaled: quotient, scale: wanted) : nil
  }

  /// `toPlainString()`: without an exponent.
  var plainDescription: [UInt8] {
    guard scale < 0 || digitsBehindPoint > 6 else { return description }
    let sign: [UInt8] = unscaled.isNegative ? [UInt8(ascii: "-")] : []
    let digits = unscaled.digits
    if scale < 0 { return unscaled.isZero ? digits : sign + digits + [UInt8](repeating: 48, count: -scale) }
    let whole = digits.count - scale
    if whole > 0 { return sign + digits[..<whole] + [UInt8(ascii: ".")] + digits[whole...] }
    return sign + [48, UInt8(ascii: ".")] + [UInt8](repeating: 48, count: -whole) + digits
  }

  /// Places between the point and the first digit that counts.
  private var digitsBehindPoint: Int { scale - unscaled.digits.count + 1 }

  /// `toEngineeringString()`: where there is an exponent, one that three divides.
  var engineeringDescription: [UInt8] {
    guard scale < 0 || digitsBehindPoint > 6 else { return description }
    var digits = unscaled.digits
    var exponent = digits.count - 1 - scale
    var whole = (exponent % 3 + 3) % 3
    exponent -= whole
    whole += 1
    if unscaled.isZero {
      digits = whole == 1 ? digits : Array((whole == 2 ? "0.00" : "0.0").utf8)
      if whole > 1 { exponent += 3 }
    } else if whole >= digits.count {
      digits += [UInt8](repeating: 48, count: whole - digits.count)
    } else {
      digits = digits[..<whole] + [UInt8(ascii: ".")] + digits[whole...]
    }
    let sign: [UInt8] = unscaled.isNegative ? [UInt8(ascii: "-")] : []
    return sign + digits + (exponent == 0 ? [] : Array("E\(exponent > 0 ? "+" : "")\(exponent)".utf8))
  }

  /// `toString()`: plain where the exponent is small and not positive, else scientific.
  var description: [UInt8] {
    let sign: [UInt8] = unscaled.isNegative ? [UInt8(ascii: "-")] : []
    let digits = unscaled.digits
    if scale == 0 { return sign + digits }
    let exponent = digits.count - 1 - scale
    if scale > 0, exponent >= -6 {
      let whole = digits.count - scale
      if whole > 0 { return sign + digits[..<whole] + [UInt8(ascii: ".")] + digits[whole...] }
      return sign + [48, UInt8(ascii: ".")] + [UInt8](repeating: 48, count: -whole) + digits
    }
    var text = sign + [digits[0]]
    if digits.count > 1 { text += [UInt8(ascii: ".")] + digits[1...] }
    if exponent != 0 { text += Array("E\(exponent > 0 ? "+" : "")\(exponent)".utf8) }
    return text
  }
}
