import Bytes

/// The text of a double as `java.lang.Double.toString` of JDK 17 and earlier has it, to the digit.
///
/// The digits are generated as Steele and White's free-format algorithm does ("How to Print Floating-Point Numbers
/// Accurately", 1990), with what that JDK is known for (JDK-4511638): sometimes more digits than are needed to tell the
/// double from its neighbours, so that `4E23` prints as `3.9999999999999997E23`. JDK 19 and later print `4.0E23`. Which
/// JDK API Gateway runs is not known; a difference could show in such last digits only. One is known: of the doubles
/// from 2^84 up to 2^85 JDK 17 rounds about one in a hundred the wrong way in its 17th digit, which is not repeated here.
public enum JavaDouble {
  /// Writes `1.0`, `-0.0`, `123456.789`, `1.0E7`, `1.0E-4`, `NaN`, `Infinity`.
  public static func write(_ value: Double, into buffer: ByteBuffer) {
    guard !value.isNaN else { return buffer.write("NaN") }
    buffer.reserve(32)
    if value.sign == .minus { buffer.write(byte: UInt8(ascii: "-")) }
    guard value.isFinite else { return buffer.write("Infinity") }
    guard value != 0 else { return buffer.write("0.0") }
    DecimalDigits(value.magnitude).write(into: buffer)
  }

  /// Writes what `java.lang.Float.toString` has.
  public static func write(_ value: Float, into buffer: ByteBuffer) {
    guard value.isFinite, value != 0 else { return write(Double(value), into: buffer) }
    if value.sign == .minus { buffer.write(byte: UInt8(ascii: "-")) }
    // Below the normal floats each halving costs a bit.
    let bits =
      value.isNormal
      ? 24 : value.magnitude.significandBitPattern.bitWidth - value.significandBitPattern.leadingZeroBitCount
    DecimalDigits(Double(value.magnitude), bits: bits).write(into: buffer)
  }

  public static func text(_ value: Double) -> String {
    let buffer = ByteBuffer(capacity: 64)
    write(value, into: buffer)
    return String(decoding: buffer.readable, as: UTF8.self)
  }
}

/// At most twenty decimal digits and the place of the point: the number is 0.d₁d₂d₃… × 10^`exponent`.
struct DecimalDigits {
  private var digits: InlineArray<24, UInt8> = .init(repeating: 0)
  private(set) var count = 0
  private(set) var exponent = 0

  /// - Parameters:
  ///   - value: finite and greater than zero.
  ///   - bits: significant bits that a normal value has, where they are fewer than a double's.
  init(_ value: Double, bits: Int = 53) {
    // value = significand × 2^(binaryExponent - 52), the significand's highest bit being bit 52.
    var significand = value.significandBitPattern
    var binaryExponent = Int(value.exponentBitPattern) - 1023
    var precision = bits
    if value.isNormal {
      significand |= 1 << 52
    } else {
      let shift = significand.leadingZeroBitCount - 11
      precision = 53 - shift
      significand <<= UInt64(shift)
      binaryExponent = -1022 - shift
    }
    let trailingZeros = significand.trailingZeroBitCount
    let significantBits = 53 - trailingZeros
    // Bits behind the binary point.
    let fractionBits = max(0, significantBits - binaryExponent - 1)

    if fractionBits == 0 && binaryExponent <= 62 {
      let whole =
        binaryExponent >= 52 ? significand << UInt64(binaryExponent - 52) : significand >> UInt64(52 - binaryExponent)
      // Digits below the precision of a double mean nothing and are rounded away.
      let surplus = binaryExponent > precision ? (binaryExponent - precision - 1) * 30103 / 100_000 : 0
      self.init(whole: whole, dropping: surplus)
    } else {
      self.init(
        significand: significand >> UInt64(trailingZeros), significantBits: significantBits, precision: precision,
        binaryExponent: binaryExponent, fractionBits: fractionBits)
    }
  }

  private init(whole: UInt64, dropping surplus: Int) {
    var whole = whole
    if surplus > 0 {
      var unit: UInt64 = 1
      for _ in 0..<surplus { unit *= 10 }
      let residue = whole % unit
      whole /= unit
      if residue >= unit / 2 { whole += 1 }
      exponent = surplus
    }
    while whole % 10 == 0 {
      whole /= 10
      exponent += 1
    }
    var length = 1
    var bound = whole / 10
    while bound > 0 {
      bound /= 10
      length += 1
    }
    count = length
    exponent += length
    for index in stride(from: length - 1, through: 0, by: -1) {
      digits[index] = UInt8(truncatingIfNeeded: whole % 10)
      whole /= 10
    }
  }

  /// Free-format generation: the value is `rest / scale`, half the gap to the neighbouring doubles `margin / scale`.
  private init(significand: UInt64, significantBits: Int, precision: Int, binaryExponent: Int, fractionBits: Int) {
    // log₁₀ by a tangent at 1.5; the result may be one too large, which shows in a first digit of 0.
    let fraction = Double(sign: .plus, exponent: 1 - significantBits, significand: Double(significand))
    let estimate = (fraction - 1.5) * 0.289529654 + 0.176091259 + Double(binaryExponent) * 0.301029995663981
    let decimalExponent = Int(estimate.rounded(.down))

    let fives = (rest: max(0, -decimalExponent), scale: max(0, decimalExponent))
    var twos = (rest: fives.rest + fractionBits + binaryExponent, scale: fives.scale + fractionBits, margin: 0)
    twos.margin = twos.rest - precision
    twos.rest -= significantBits - 1
    let common = min(twos.rest, twos.scale)
    twos.rest -= common
    twos.scale -= common
    twos.margin -= common
    // Below a power of two the gap is half as wide.
    if significantBits == 1 { twos.margin -= 1 }
    if twos.margin < 0 {
      twos.rest -= twos.margin
      twos.scale -= twos.margin
      twos.margin = 0
    }
    let restBits = significantBits + twos.rest + DecimalDigits.bits(ofPowerOfFive: fives.rest)
    let scaleBits = twos.scale + 1 + DecimalDigits.bits(ofPowerOfFive: fives.scale + 1)
    // The JDK computes in 64 bits where that suffices and in big numbers elsewhere, with different ideas of a tie.
    if restBits < 64 && scaleBits < 64 {
      let five = DecimalDigits.powersOfFive
      generate(
        rest: significand &* five[fives.rest] << UInt64(twos.rest), scale: five[fives.scale] << UInt64(twos.scale),
        margin: five[fives.rest] << UInt64(twos.margin), decimalExponent: decimalExponent, tieIsHigh: false)
    } else if restBits < 124 && scaleBits < 124 {
      generate(
        rest: UInt128(significand) * DecimalDigits.powerOfFive(fives.rest) << UInt128(twos.rest),
        scale: DecimalDigits.powerOfFive(fives.scale) << UInt128(twos.scale),
        margin: DecimalDigits.powerOfFive(fives.rest) << UInt128(twos.margin),
        decimalExponent: decimalExponent, tieIsHigh: true)
    } else {
      generate(
        rest: BigNatural(significand, timesFiveTo: fives.rest, timesTwoTo: twos.rest),
        scale: BigNatural(1, timesFiveTo: fives.scale, timesTwoTo: twos.scale),
        margin: BigNatural(1, timesFiveTo: fives.rest, timesTwoTo: twos.margin),
        decimalExponent: decimalExponent, tieIsHigh: true)
    }
  }

  private mutating func generate<Natural: DigitArithmetic>(
    rest: Natural, scale: Natural, margin: Natural, decimalExponent: Int, tieIsHigh: Bool
  ) {
    var rest = rest
    var margin = margin
    let tenfold = scale.tenfold
    var isLow = false
    var isHigh = false
    var exponent = decimalExponent
    var isFirst = true
    repeat {
      let digit = rest.removeMultiples(of: scale)
      rest = rest.tenfold
      margin = margin.tenfold
      isLow = rest < margin
      let reach = rest.adding(margin)
      isHigh = tenfold < reach || tieIsHigh && !(reach < tenfold)
      if isFirst && digit == 0 && !isHigh {
        // The estimate was one too large.
        exponent -= 1
      } else {
        digits[count] = digit
        count += 1
      }
      // The scientific form shows a digit behind its point, so the first digit never ends it.
      if isFirst && (exponent < -3 || exponent >= 8) { (isLow, isHigh) = (false, false) }
      isFirst = false
    } while !isLow && !isHigh && count < 20
    self.exponent = exponent + 1

    guard isHigh else { return }
    if isLow {
      let doubled = rest.adding(rest)
      if doubled < tenfold { return }
      if !(tenfold < doubled) && digits[count - 1] & 1 == 0 { return }
    }
    roundUp()
  }

  private mutating func roundUp() {
    var index = count - 1
    while digits[index] == 9 && index > 0 {
      digits[index] = 0
      index -= 1
    }
    if digits[index] == 9 {
      exponent += 1
      digits[0] = 1
    } else {
      digits[index] += 1
    }
  }

  func write(into buffer: ByteBuffer) {
    switch exponent {
    case 1..<8:
      write(from: 0, to: exponent, into: buffer)
      buffer.write(byte: UInt8(ascii: "."))
      write(from: exponent, to: max(count, exponent + 1), into: buffer)
    case -2...0:
      buffer.write("0.")
      for _ in exponent..<0 { buffer.write(byte: UInt8(ascii: "0")) }
      write(from: 0, to: count, into: buffer)
    default:
      write(from: 0, to: 1, into: buffer)
      buffer.write(byte: UInt8(ascii: "."))
      write(from: 1, to: max(count, 2), into: buffer)
      buffer.write(byte: UInt8(ascii: "E"))
      buffer.write(decimal: exponent - 1)
    }
  }

  /// Digits that there are not count as 0.
  private func write(from: Int, to: Int, into buffer: ByteBuffer) {
    for index in from..<to { buffer.write(byte: UInt8(ascii: "0") &+ (index < count ? digits[index] : 0)) }
  }

  private static func bits(ofPowerOfFive power: Int) -> Int {
    power < 27 ? 128 - powerOfFive(power).leadingZeroBitCount : power * 3
  }

  /// Those below 2^64.
  private static let powersOfFive: [UInt64] = (0..<28).map { power in (0..<power).reduce(1) { five, _ in five * 5 } }

  /// - Parameter power: below 55.
  private static func powerOfFive(_ power: Int) -> UInt128 {
    var result: UInt128 = 1
    for _ in 0..<power { result *= 5 }
    return result
  }
}
