/// The methods of `java.math.BigInteger` and `java.math.BigDecimal`, which only large numbers of a body are.
extension MethodCall {
  func onBig(_ value: BigInteger) throws(Signal) -> Value? {
    try heap.spend(2_000)
    func other() throws(Signal) -> BigInteger? {
      if isNull(0) { throw nullPointer() }
      return if case .bigInteger(let other) = self[0].asNumber { other } else { nil }
    }
    switch (name, count) {
    case (.abs, 0): return Number.bigInteger(value.absolute).value
    case (.negate, 0): return Number.bigInteger(value.negated).value
    case (.signum, 0): return .int(Int32(value.signum))
    case (.subtract, 1): return try other().map { Number.bigInteger(value - $0).value } ?? .null
    case (.multiply, 1):
      guard let other = try other() else { return .null }
      guard value.magnitude.count + other.magnitude.count <= BigInteger.mostWords else { throw .tooDeep }
      return Number.bigInteger(value * other).value
    case (.divide, 1), (.remainder, 1), (.mod, 1):
      guard let other = try other() else { return .null }
      guard !other.isZero else { throw .exception("java.lang.ArithmeticException: BigInteger divide by zero") }
      let (quotient, rest) = value.quotientAndRemainder(dividingBy: other)
      if name == .divide { return Number.bigInteger(quotient).value }
      if name == .mod, rest.isNegative { return Number.bigInteger(rest + other.absolute).value }
      return Number.bigInteger(rest).value
    case (.max, 1), (.min, 1):
      guard let other = try other() else { return .null }
      let isGreater = BigInteger.compare(value, other) >= 0
      return Number.bigInteger(isGreater == (name == .max) ? value : other).value
    case (.pow, 1):
      guard let exponent = self[0].asInt else { return .null }
      guard exponent >= 0 else { throw .exception("java.lang.ArithmeticException: Negative exponent") }
      let (words, overflow) = value.magnitude.count.multipliedReportingOverflow(by: exponent)
      guard !overflow, words <= BigInteger.mostWords else { throw .tooDeep }
      return Number.bigInteger(value.power(exponent)).value
    case (.bitLength, 0): return .int(Int32(clamping: value.bitLength))
    case (.valueOf, 1): return wholeArgument(0, isLong: true).map { Number.bigInteger(BigInteger($0)).value } ?? .null
    default: return nil
    }
  }

  func onBig(_ value: BigDecimal) throws(Signal) -> Value? {
    switch (name, count) {
    case (.scale, 0): return .int(Int32(clamping: value.scale))
    case (.precision, 0): return .int(Int32(clamping: value.unscaled.digits.count))
    case (.signum, 0): return .int(Int32(value.unscaled.signum))
    case (.abs, 0): return Number.bigDecimal(BigDecimal(unscaled: value.unscaled.absolute, scale: value.scale)).value
    case (.negate, 0): return Number.bigDecimal(BigDecimal(unscaled: value.unscaled.negated, scale: value.scale)).value
    case (.unscaledValue, 0): return Number.bigInteger(value.unscaled).value
    case (.toBigInteger, 0): return Number.bigInteger(value.whole).value
    case (.stripTrailingZeros, 0):
      try heap.spend(2_000)
      return Number.bigDecimal(value.strippingZeros).value
    case (.toPlainString, 0):
      guard abs(value.scale) <= 1 << 16 else { throw .outputTooLarge }
      return .text(Text(bytes: value.plainDescription))
    case (.toEngineeringString, 0): return .text(Text(bytes: value.engineeringDescription))
    case (.setScale, 1):
      guard let scale = self[0].asInt else { return .null }
      try heap.spend(2_000)
      guard let scaled = value.rescaled(to: scale) else {
        throw .exception("java.lang.ArithmeticException: Rounding necessary")
      }
      return Number.bigDecimal(scaled).value
    default: return nil
    }
  }
}
