import Bytes
import Glibc
import JSON

/// `String.format`: `%[index$][flags][width][.precision]conversion` for `s S d x X o c b B n % f e E g G`.
struct Formatter {
  private let call: MethodCall
  private let pattern: [UInt8]

  init(_ call: MethodCall, _ pattern: Text) {
    self.call = call
    self.pattern = pattern.bytes
  }

  private struct Specification {
    var index: Int?
    var flags: [UInt8] = []
    var width = 0
    var precision: Int?
    var conversion: UInt8 = 0

    func has(_ flag: Unicode.Scalar) -> Bool { flags.contains(UInt8(ascii: flag)) }
  }

  func format(_ values: [Value]) throws(Signal) -> Text {
    var result: [UInt8] = []
    var at = 0
    var ordinary = 0
    while at < pattern.count {
      guard pattern[at] == UInt8(ascii: "%") else {
        result.append(pattern[at])
        at += 1
        continue
      }
      at += 1
      let specification = try read(&at)
      switch specification.conversion {
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "%"): result += pad([UInt8(ascii: "%")], specification)
      default:
        var index = ordinary
        if let explicit = specification.index { index = explicit - 1 } else { ordinary += 1 }
        guard index >= 0, index < values.count else {
          throw .exception("java.util.MissingFormatArgumentException")
        }
        result += try text(of: values[index], specification)
      }
      guard result.count <= call.machine.limits.outputBytes else { throw .outputTooLarge }
    }
    return Text(wtf8: result)
  }

  private func number(_ at: inout Int) -> Int? {
    var value: Int?
    while at < pattern.count, pattern[at] &- 48 < 10 {
      value = min((value ?? 0) * 10 + Int(pattern[at] &- 48), 1 << 24)
      at += 1
    }
    return value
  }

  private func read(_ at: inout Int) throws(Signal) -> Specification {
    var specification = Specification()
    let start = at
    if let index = number(&at), at < pattern.count, pattern[at] == UInt8(ascii: "$"), pattern[start] != 48 {
      specification.index = index
      at += 1
    } else {
      at = start
    }
    while at < pattern.count, "-#+ 0,(".utf8.contains(pattern[at]) {
      specification.flags.append(pattern[at])
      at += 1
    }
    specification.width = number(&at) ?? 0
    if at < pattern.count, pattern[at] == UInt8(ascii: ".") {
      at += 1
      guard let precision = number(&at) else { throw unknown(start) }
      specification.precision = precision
    }
    guard at < pattern.count, "sSdxXocCbBn%feEgG".utf8.contains(pattern[at]) else { throw unknown(start) }
    specification.conversion = pattern[at]
    at += 1
    return specification
  }

  private func unknown(_ start: Int) -> Signal {
    .exception(
      "java.util.UnknownFormatConversionException: '\(String(decoding: pattern[start...].prefix(8), as: UTF8.self))'")
  }

  private func pad(_ text: [UInt8], _ specification: Specification) -> [UInt8] {
    let length = Text(wtf8: text).length
    guard length < specification.width else { return text }
    let blanks = [UInt8](repeating: UInt8(ascii: " "), count: specification.width - length)
    return specification.has("-") ? text + blanks : blanks + text
  }

  private func text(of value: Value, _ specification: Specification) throws(Signal) -> [UInt8] {
    let isUpper = specification.conversion & 32 == 0
    var text: [UInt8]
    switch specification.conversion | 32 {
    case UInt8(ascii: "s"):
      text = try call.string(value).asText?.bytes ?? Array("null".utf8)
      if let precision = specification.precision { text = Text(utf16: Text(wtf8: text).units.prefix(precision)).bytes }
    case UInt8(ascii: "b"):
      switch value {
      case .null: text = Array("false".utf8)
      case .bool(let flag): text = Array((flag ? "true" : "false").utf8)
      default: text = Array("true".utf8)
      }
    case UInt8(ascii: "c"):
      switch value {
      case .character(let unit): text = Text(utf16: CollectionOfOne(unit)).bytes
      case .int(let scalar):
        guard let known = Unicode.Scalar(UInt32(bitPattern: scalar)) else { throw mismatch(specification, value) }
        text = Array(String(Character(known)).utf8)
      case .null: text = Array("null".utf8)
      default: throw mismatch(specification, value)
      }
    case UInt8(ascii: "d"), UInt8(ascii: "x"), UInt8(ascii: "o"):
      if value.isNull { return pad(Array("null".utf8), specification) }
      return try whole(value, specification, isUpper: isUpper)
    default:
      // Of the word, too, no more is shown than the precision says.
      if value.isNull { return pad(Array("null".utf8.prefix(specification.precision ?? 4)), specification) }
      return try fraction(value, specification, isUpper: isUpper)
    }
    if isUpper { text = Text(wtf8: text).uppercased.bytes }
    return pad(text, specification)
  }

  private func mismatch(_ specification: Specification, _ value: Value) -> Signal {
    let conversion = String(decoding: [specification.conversion], as: UTF8.self)
    return .exception("java.util.IllegalFormatConversionException: \(conversion) != \(MethodCall.className(of: value))")
  }

  private func whole(_ value: Value, _ specification: Specification, isUpper: Bool) throws(Signal) -> [UInt8] {
    guard let number = value.asNumber else { throw mismatch(specification, value) }
    var digits: [UInt8]
    var isNegative = false
    switch number {
    case .double, .float, .bigDecimal: throw mismatch(specification, value)
    case .bigInteger(let big):
      digits = big.digits
      isNegative = big.isNegative
    case .int(let small) where specification.conversion != UInt8(ascii: "d"):
      digits = radix(UInt64(UInt32(bitPattern: small)), specification, isUpper)
    default:
      if specification.conversion == UInt8(ascii: "d") {
        digits = Array(String(number.long.magnitude).utf8)
        isNegative = number.long < 0
      } else {
        digits = radix(UInt64(bitPattern: number.long), specification, isUpper)
      }
    }
    if specification.has(",") { digits = grouped(digits) }
    return signed(digits, isNegative, specification)
  }

  private func radix(_ value: UInt64, _ specification: Specification, _ isUpper: Bool) -> [UInt8] {
    let base = specification.conversion | 32 == UInt8(ascii: "x") ? 16 : 8
    let prefix = specification.has("#") ? (base == 16 ? (isUpper ? "0X" : "0x") : "0") : ""
    return Array((prefix + String(value, radix: base, uppercase: isUpper)).utf8)
  }

  private func grouped(_ digits: [UInt8]) -> [UInt8] {
    let end = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.count
    var result: [UInt8] = []
    for (index, digit) in digits.enumerated() {
      if index > 0, index < end, (end - index) % 3 == 0 { result.append(UInt8(ascii: ",")) }
      result.append(digit)
    }
    return result
  }

  private func signed(_ digits: [UInt8], _ isNegative: Bool, _ specification: Specification) -> [UInt8] {
    var front: [UInt8] = []
    var back: [UInt8] = []
    if isNegative {
      front = [specification.has("(") ? UInt8(ascii: "(") : UInt8(ascii: "-")]
      if specification.has("(") { back = [UInt8(ascii: ")")] }
    } else if specification.has("+") {
      front = [UInt8(ascii: "+")]
    } else if specification.has(" ") {
      front = [UInt8(ascii: " ")]
    }
    guard specification.has("0") else { return pad(front + digits + back, specification) }
    let missing = max(0, specification.width - front.count - digits.count - back.count)
    return front + [UInt8](repeating: 48, count: missing) + digits + back
  }

  private func fraction(_ value: Value, _ specification: Specification, isUpper: Bool) throws(Signal) -> [UInt8] {
    guard let number = value.asNumber else { throw mismatch(specification, value) }
    let decimal: BigDecimal
    switch number {
    case .double, .float:
      let double = number.double
      guard double.isFinite else {
        return pad(Array((double.isNaN ? "NaN" : double < 0 ? "-Infinity" : "Infinity").utf8), specification)
      }
      // Java rounds the digits that `toString` shows, not the exact binary value.
      guard let shown = BigDecimal(JavaDouble.text(double).utf8) else { throw mismatch(specification, value) }
      decimal = shown
    case .bigDecimal(let exact): decimal = exact
    default: throw mismatch(specification, value)
    }
    var places = min(specification.precision ?? 6, 1_000)
    var isScientific = specification.conversion | 32 == UInt8(ascii: "e")
    if specification.conversion | 32 == UInt8(ascii: "g") {
      // So many digits in all, with an exponent where the number is small or has more of them before the point.
      places = max(places, 1) - 1
      let exponent = scientific(decimal, places).exponent
      isScientific = exponent < -4 || exponent > places
      if !isScientific { places -= exponent }
    }
    if isScientific {
      let (mantissa, exponent) = scientific(decimal, places)
      let sign = exponent < 0 ? "-" : "+"
      let mark = "\(isUpper ? "E" : "e")\(sign)\(abs(exponent) < 10 ? "0" : "")\(abs(exponent))"
      return signed(mantissa + Array(mark.utf8), decimal.unscaled.isNegative, specification)
    }
    let rounded = BigDecimal(unscaled: decimal.unscaled.absolute, scale: decimal.scale).rounded(to: places)
    var digits = point(rounded.unscaled.digits, places)
    if specification.has(",") { digits = grouped(digits) }
    return signed(digits, decimal.unscaled.isNegative, specification)
  }

  /// One digit, the point, and so many more, for the magnitude of a number.
  private func scientific(_ decimal: BigDecimal, _ places: Int) -> (mantissa: [UInt8], exponent: Int) {
    let digits = decimal.unscaled.digits
    var exponent = decimal.unscaled.isZero ? 0 : digits.count - 1 - decimal.scale
    var scaled = BigDecimal(unscaled: decimal.unscaled.absolute, scale: digits.count - 1).rounded(to: places)
    if scaled.unscaled.digits.count > places + 1 {
      scaled = BigDecimal(unscaled: scaled.unscaled, scale: scaled.scale + 1).rounded(to: places)
      exponent += 1
    }
    return (point(scaled.unscaled.digits, places), exponent)
  }

  private func point(_ digits: [UInt8], _ places: Int) -> [UInt8] {
    guard places > 0 else { return digits }
    let filled = [UInt8](repeating: 48, count: max(0, places + 1 - digits.count)) + digits
    return Array(filled.dropLast(places)) + [UInt8(ascii: ".")] + filled.suffix(places)
  }
}

extension BigDecimal {
  /// With this many places behind the point, halves away from zero (`HALF_UP`).
  func rounded(to places: Int) -> BigDecimal {
    if scale <= places {
      let shift = min(places - scale, BigDecimal.widestShift)
      return BigDecimal(unscaled: unscaled * BigInteger.power(of: 10, shift), scale: places)
    }
    guard scale - places <= BigDecimal.widestShift else { return BigDecimal(unscaled: BigInteger(0), scale: places) }
    let divisor = BigInteger.power(of: 10, scale - places)
    let (quotient, rest) = unscaled.quotientAndRemainder(dividingBy: divisor)
    let isUp = BigInteger.compare(rest.absolute + rest.absolute, divisor) >= 0
    return BigDecimal(
      unscaled: isUp ? quotient + BigInteger(unscaled.isNegative ? -1 : 1) : quotient, scale: places)
  }
}
