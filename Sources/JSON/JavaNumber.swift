import Bytes

/// The Java class that json-smart reads a number of a body into, which decides its text and its arithmetic.
public enum JavaNumber: Equatable, Sendable {
  /// `Integer`: a whole number of 32 bits.
  case int
  /// `Long`: a whole number of 64 bits.
  case long
  /// `BigInteger`: any other whole number.
  case bigInteger
  /// `Double`: a fraction or an exponent, in at most 18 characters.
  case double
  /// `BigDecimal`: a fraction or an exponent in more characters; keeps all its digits and its scale.
  case bigDecimal

  /// The longest text of a fraction that is read as a double.
  static let longestDouble = 18
}

extension JSONNode {
  /// The class that json-smart has for this number. `.int` for what is no number.
  public var javaNumber: JavaNumber {
    guard kind == .number else { return .int }
    if !isInteger {
      guard raw.count > JavaNumber.longestDouble, BigDecimalText(raw) != nil else { return .double }
      return .bigDecimal
    }
    // Nine digits always fit.
    if raw.count <= 9 { return .int }
    guard let value = int64 else { return .bigInteger }
    return Int32(exactly: value) == nil ? .long : .int
  }

  /// Writes a number as Java's `toString` of its class does: `1.50` as `1.5`, `1E3` as `1000.0`, `-0` as `0`.
  ///
  /// - Parameter asJSON: an infinite double is `null`, as json-smart writes it, and not `Infinity`.
  @inlinable public func writeNumber(into buffer: ByteBuffer, asJSON: Bool) {
    let raw = self.raw
    // Whole numbers without zeros in front, which nearly all are.
    if isInteger, let first = raw.first, first &- UInt8(ascii: "1") < 9 { return buffer.write(raw) }
    writeUnusualNumber(into: buffer, asJSON: asJSON)
  }

  @usableFromInline func writeUnusualNumber(into buffer: ByteBuffer, asJSON: Bool) {
    guard kind == .number else { return }
    let raw = self.raw
    if isInteger { return writeInteger(raw, into: buffer) }
    if raw.first == UInt8(ascii: "N") { return buffer.write("NaN") }
    if raw.count > JavaNumber.longestDouble, let decimal = BigDecimalText(raw) { return decimal.write(into: buffer) }
    if let short = ShortDecimal(raw), short.writePlain(into: buffer) { return }
    let value = double
    if asJSON && value.isInfinite { return buffer.write("null") }
    JavaDouble.write(value, into: buffer)
  }
}

/// The permissive flavour has zeros in front and a lone `-`, which is 0.
private func writeInteger(_ raw: UnsafeRawBufferPointer, into buffer: ByteBuffer) {
  guard let first = raw.first else { return }
  let isNegative = first == UInt8(ascii: "-")
  var begin = isNegative ? 1 : 0
  guard raw.count > begin else { return buffer.write(byte: UInt8(ascii: "0")) }
  if raw[begin] != UInt8(ascii: "0") { return buffer.write(raw) }
  while begin < raw.count - 1 && raw[begin] == UInt8(ascii: "0") { begin += 1 }
  if isNegative && raw[begin] != UInt8(ascii: "0") { buffer.write(byte: UInt8(ascii: "-")) }
  buffer.write(UnsafeRawBufferPointer(rebasing: raw[begin...]))
}

/// A number's text as `java.math.BigDecimal` reads it: digits and a scale, both kept.
struct BigDecimalText {
  private let text: UnsafeRawBufferPointer
  private let isNegative: Bool
  /// Where the digits (and perhaps a point) stand that are left when zeros in front are dropped.
  private let digits: Range<Int>
  private let digitCount: Int
  /// The value is the digits, read as a whole number, × 10^-`scale`.
  private let scale: Int

  /// Nil: the exponent is beyond what `BigDecimal` takes.
  init?(_ text: UnsafeRawBufferPointer) {
    self.text = text
    isNegative = text.first == UInt8(ascii: "-")
    var at = isNegative ? 1 : 0
    var begin: Int?
    var count = 0
    var scale = 0
    var isBehindPoint = false
    var lastDigit: Int?
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: ".") {
        isBehindPoint = true
      } else if byte &- UInt8(ascii: "0") < 10 {
        if begin == nil && byte != UInt8(ascii: "0") { begin = at }
        if begin != nil { count += 1 }
        if isBehindPoint { scale += 1 }
        lastDigit = at
      } else {
        break
      }
      at += 1
    }
    guard let last = lastDigit else { return nil }
    digits = (begin ?? last)..<last + 1
    digitCount = max(count, 1)
    if at < text.count {
      at += 1
      var isNegativeExponent = false
      if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
        isNegativeExponent = text[at] == UInt8(ascii: "-")
        at += 1
      }
      var exponent = 0
      while at < text.count {
        exponent = exponent * 10 + Int(text[at] &- UInt8(ascii: "0"))
        if exponent > Int(Int32.max) { return nil }
        at += 1
      }
      scale += isNegativeExponent ? exponent : -exponent
    }
    guard Int32(exactly: scale) != nil else { return nil }
    self.scale = scale
  }

  private var isZero: Bool { digitCount == 1 && text[digits.lowerBound] == UInt8(ascii: "0") }

  /// The canonical text that the documentation of `BigDecimal.toString` gives.
  func write(into buffer: ByteBuffer) {
    if isNegative && !isZero { buffer.write(byte: UInt8(ascii: "-")) }
    let adjusted = digitCount - 1 - scale
    if scale == 0 { return writeDigits(pointBehind: digitCount, into: buffer) }
    if scale > 0 && adjusted >= -6 {
      let whole = digitCount - scale
      if whole <= 0 {
        buffer.write("0.")
        for _ in whole..<0 { buffer.write(byte: UInt8(ascii: "0")) }
        return writeDigits(pointBehind: digitCount, into: buffer)
      }
      return writeDigits(pointBehind: whole, into: buffer)
    }
    writeDigits(pointBehind: 1, into: buffer)
    if adjusted != 0 {
      buffer.write(adjusted > 0 ? "E+" : "E-")
      buffer.write(decimal: abs(adjusted))
    }
  }

  private func writeDigits(pointBehind whole: Int, into buffer: ByteBuffer) {
    var written = 0
    for index in digits where text[index] != UInt8(ascii: ".") {
      if written == whole { buffer.write(byte: UInt8(ascii: ".")) }
      buffer.write(byte: text[index])
      written += 1
    }
  }
}
