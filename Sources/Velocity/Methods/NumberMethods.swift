import Bytes
import JSON

/// The methods of numbers, booleans and characters, with the statics that templates reach through an instance.
extension MethodCall {
  func onNumber(_ receiver: Value) throws(Signal) -> Value {
    guard let number = receiver.asNumber else { return .null }
    switch (name, count) {
    case (.intValue, 0): return .int(number.int)
    case (.longValue, 0): return .long(number.long)
    case (.doubleValue, 0): return .double(number.double)
    case (.floatValue, 0): return Number.float(Float(number.double)).value
    case (.shortValue, 0): return Number.short(Int16(truncatingIfNeeded: number.int)).value
    case (.byteValue, 0): return Number.byte(Int8(truncatingIfNeeded: number.int)).value
    case (.toString, 0): return try string(receiver)
    case (.compareTo, 1): return try compare(number, receiver)
    default: break
    }
    switch number {
    case .int: if let result = try onInteger(number, isLong: false) { return result }
    case .long: if let result = try onInteger(number, isLong: true) { return result }
    case .double(let value): if let result = try onDouble(value) { return result }
    case .bigInteger(let value): if let result = try onBig(value) { return result }
    case .bigDecimal(let value): if let result = try onBig(value) { return result }
    default: break
    }
    return try onObject(receiver)
  }

  /// `compareTo` of the same class only.
  private func compare(_ number: Number, _ receiver: Value) throws(Signal) -> Value {
    if isNull(0) { throw nullPointer() }
    guard let other = self[0].asNumber, other.className == number.className else {
      throw .exception("java.lang.ClassCastException: class \(MethodCall.className(of: self[0])) cannot be cast")
    }
    if case .double(let one) = number, case .double(let two) = other {
      return .int(MethodCall.compare(one, two))
    }
    return .int(Int32(clamping: try Arithmetic.compare(number, other)))
  }

  /// `Double.compare`: NaN is the greatest, and -0.0 is less than 0.0.
  static func compare(_ one: Double, _ other: Double) -> Int32 {
    if one < other { return -1 }
    if one > other { return 1 }
    if one.isNaN || other.isNaN { return one.isNaN == other.isNaN ? 0 : one.isNaN ? 1 : -1 }
    if one == 0, one.sign != other.sign { return one.sign == .minus ? -1 : 1 }
    return 0
  }

  func whole(_ value: Int64, _ isLong: Bool) -> Value {
    isLong ? .long(value) : .int(Int32(truncatingIfNeeded: value))
  }

  /// An argument as `int` or `long` takes it.
  func wholeArgument(_ index: Int, isLong: Bool) -> Int64? {
    if isLong, case .long(let value) = self[index] { return value }
    return self[index].asInt.map { Int64($0) }
  }

  private func onInteger(_ number: Number, isLong: Bool) throws(Signal) -> Value? {
    switch (name, count) {
    case (.parseInt, 1) where !isLong, (.parseInt, 2) where !isLong, (.parseLong, 1) where isLong,
      (.parseLong, 2) where isLong, (.valueOf, 1), (.valueOf, 2), (.decode, 1):
      return try parsed(isLong: isLong)
    case (.toHexString, 1), (.toBinaryString, 1), (.toOctalString, 1):
      guard let value = wholeArgument(0, isLong: isLong) else { return .null }
      let bits = isLong ? UInt64(bitPattern: value) : UInt64(UInt32(truncatingIfNeeded: value))
      return Value(String(bits, radix: name == .toHexString ? 16 : name == .toBinaryString ? 2 : 8))
    case (.toString, 1), (.toString, 2):
      guard let value = wholeArgument(0, isLong: isLong) else { return .null }
      if count == 1 { return Value(String(value)) }
      guard let radix = self[1].asInt else { return .null }
      return Value(String(value, radix: (2...36).contains(radix) ? radix : 10))
    case (.max, 2), (.min, 2), (.sum, 2), (.compare, 2):
      guard let one = wholeArgument(0, isLong: isLong), let other = wholeArgument(1, isLong: isLong) else {
        return .null
      }
      switch name {
      case .max: return whole(max(one, other), isLong)
      case .min: return whole(min(one, other), isLong)
      case .sum: return whole(one &+ other, isLong)
      default: return .int(one < other ? -1 : one > other ? 1 : 0)
      }
    case (.hashCode, 1):
      return try wholeArgument(0, isLong: isLong).map { (value) throws(Signal) in
        .int(try Equality.hash(whole(value, isLong), heap))
      } ?? .null
    case (.signum, 1):
      return wholeArgument(0, isLong: isLong).map { .int(Int32($0.signum())) } ?? .null
    case (.bitCount, 1):
      return wholeArgument(0, isLong: isLong).map {
        .int(Int32(isLong ? $0.nonzeroBitCount : Int32(truncatingIfNeeded: $0).nonzeroBitCount))
      } ?? .null
    case (.reverse, 1):
      guard let value = wholeArgument(0, isLong: isLong) else { return .null }
      if isLong { return .long(Int64(bitPattern: UInt64(bitPattern: value).bitReversed)) }
      return .int(Int32(bitPattern: UInt32(truncatingIfNeeded: UInt64(bitPattern: value).bitReversed >> 32)))
    case (.numberOfLeadingZeros, 1), (.numberOfTrailingZeros, 1):
      guard let value = wholeArgument(0, isLong: isLong) else { return .null }
      let narrow = Int32(truncatingIfNeeded: value)
      let isLeading = name == .numberOfLeadingZeros
      let zeros =
        isLong
        ? (isLeading ? value.leadingZeroBitCount : value.trailingZeroBitCount)
        : (isLeading ? narrow.leadingZeroBitCount : narrow.trailingZeroBitCount)
      return .int(Int32(zeros))
    default: return nil
    }
  }

  private func parsed(isLong: Bool) throws(Signal) -> Value {
    if isNull(0) {
      throw .exception("java.lang.NumberFormatException: Cannot parse null string")
    }
    guard let text = self[0].asText else {
      if name == .valueOf, count == 1, let value = wholeArgument(0, isLong: isLong) { return whole(value, isLong) }
      return .null
    }
    var radix = 10
    if count == 2 {
      guard let base = self[1].asInt else { return .null }
      guard (2...36).contains(base) else { throw .exception("java.lang.NumberFormatException: radix \(base)") }
      radix = base
    }
    var digits = text.string
    if name == .decode {
      let sign = digits.hasPrefix("-") ? "-" : ""
      var body = digits.drop { $0 == "-" || $0 == "+" }
      for (prefix, base) in [("0x", 16), ("0X", 16), ("#", 16)] where body.hasPrefix(prefix) {
        body = body.dropFirst(prefix.count)
        radix = base
        break
      }
      if radix == 10, body.hasPrefix("0"), body.count > 1 { radix = 8 }
      digits = sign + body
    }
    guard let value = Int64(digits, radix: radix), isLong || Int32(exactly: value) != nil else {
      throw .exception("java.lang.NumberFormatException: For input string: \"\(text.string)\"")
    }
    return whole(value, isLong)
  }

  private func onDouble(_ value: Double) throws(Signal) -> Value? {
    switch (name, count) {
    case (.isNaN, 0): return .bool(value.isNaN)
    case (.isInfinite, 0): return .bool(value.isInfinite)
    case (.parseDouble, 1), (.valueOf, 1):
      if isNull(0) { throw nullPointer() }
      guard let text = self[0].asText else {
        return name == .valueOf ? self[0].asNumber.map { .double($0.double) } ?? .null : .null
      }
      guard let parsed = JavaNumberText.double(text.string) else {
        throw .exception("java.lang.NumberFormatException: For input string: \"\(text.string)\"")
      }
      return .double(parsed)
    case (.hashCode, 1): return self[0].asNumber.map { .int(Equality.hash($0.double)) } ?? .null
    case (.toHexString, 1):
      return self[0].asNumber.map { Value(JavaNumberText.hexadecimal($0.double)) } ?? .null
    case (.toString, 1), (.isNaN, 1), (.isInfinite, 1), (.isFinite, 1):
      guard let number = self[0].asNumber?.double else { return .null }
      switch name {
      case .toString: return Value(JavaDouble.text(number))
      case .isNaN: return .bool(number.isNaN)
      case .isInfinite: return .bool(number.isInfinite)
      default: return .bool(number.isFinite)
      }
    case (.max, 2), (.min, 2), (.sum, 2), (.compare, 2):
      guard let one = self[0].asNumber?.double, let other = self[1].asNumber?.double else { return .null }
      switch name {
      case .max: return .double(one.isNaN || other.isNaN ? .nan : max(one, other))
      case .min: return .double(one.isNaN || other.isNaN ? .nan : min(one, other))
      case .sum: return .double(one + other)
      default: return .int(MethodCall.compare(one, other))
      }
    default: return nil
    }
  }
}

private extension UInt64 {
  var bitReversed: UInt64 {
    var result: UInt64 = 0
    for bit in 0..<64 where self >> UInt64(bit) & 1 == 1 { result |= 1 << UInt64(63 - bit) }
    return result
  }
}

/// Numbers as `Double.parseDouble` reads them.
enum JavaNumberText {
  /// `Double.toHexString`.
  static func hexadecimal(_ value: Double) -> String {
    guard value.isFinite else { return JavaDouble.text(value) }
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return sign + "0x0.0p0" }
    let bits = value.bitPattern & 0xF_FFFF_FFFF_FFFF
    let digits = String(bits, radix: 16)
    var fraction = Substring(String(repeating: "0", count: 13 - digits.count) + digits)
    while fraction.count > 1, fraction.last == "0" { fraction.removeLast() }
    return value.isNormal ? "\(sign)0x1.\(fraction)p\(value.exponent)" : "\(sign)0x0.\(fraction)p-1022"
  }

  static func double(_ text: String) -> Double? {
    var body = Substring(text).drop { $0.unicodeScalars.allSatisfy { $0.value <= 0x20 } }
    while let last = body.last, last.unicodeScalars.allSatisfy({ $0.value <= 0x20 }) { body.removeLast() }
    let unsigned = body.first == "-" || body.first == "+" ? body.dropFirst() : body
    let sign = body.first == "-" ? -1.0 : 1.0
    if unsigned == "NaN" { return .nan }
    if unsigned == "Infinity" { return sign * .infinity }
    var digits = unsigned
    if let last = digits.last, "dDfF".contains(last) { digits.removeLast() }
    guard let first = digits.first, first.isASCII, first.isNumber || first == "." else { return nil }
    guard digits.utf8.allSatisfy({ $0 &- 48 < 10 || ".eE+-".utf8.contains($0) }) else { return nil }
    var plain = String(digits)
    if plain.hasPrefix(".") { plain = "0" + plain }
    if let point = plain.firstIndex(of: ".") {
      let next = plain.index(after: point)
      if next == plain.endIndex || !plain[next].isNumber { plain.insert("0", at: next) }
    }
    return Double(plain).map { sign * $0 }
  }
}
