import Bytes
import JSON

/// A `java.lang.Number`.
enum Number {
  case int(Int32)
  case long(Int64)
  case double(Double)
  case byte(Int8)
  case short(Int16)
  case float(Float)
  case bigInteger(BigInteger)
  case bigDecimal(BigDecimal)

  /// What a number of a document becomes, by json-smart's rules.
  @inline(__always) static func value(of node: JSONNode) -> Value {
    if node.isInteger, let value = node.int64 {
      return Int32(exactly: value).map { .int($0) } ?? .long(value)
    }
    return uncommon(node)
  }

  @inline(never) private static func uncommon(_ node: JSONNode) -> Value {
    switch node.javaNumber {
    case .double, .int, .long: return .double(node.double)
    case .bigInteger: return BigInteger(decimal: node.raw).map { Number.bigInteger($0).value } ?? .double(node.double)
    case .bigDecimal: return BigDecimal(node.raw).map { Number.bigDecimal($0).value } ?? .double(node.double)
    }
  }

  var value: Value {
    switch self {
    case .int(let value): .int(value)
    case .long(let value): .long(value)
    case .double(let value): .double(value)
    default: .object(NumberObject(self))
    }
  }

  var className: String {
    switch self {
    case .int: "java.lang.Integer"
    case .long: "java.lang.Long"
    case .double: "java.lang.Double"
    case .byte: "java.lang.Byte"
    case .short: "java.lang.Short"
    case .float: "java.lang.Float"
    case .bigInteger: "java.math.BigInteger"
    case .bigDecimal: "java.math.BigDecimal"
    }
  }

  // MARK: Conversions, as `intValue()`, `longValue()` and `doubleValue()` make them

  var double: Double {
    switch self {
    case .int(let value): Double(value)
    case .long(let value): Double(value)
    case .double(let value): value
    case .byte(let value): Double(value)
    case .short(let value): Double(value)
    case .float(let value): Double(value)
    case .bigInteger(let value): value.double
    case .bigDecimal(let value): value.double
    }
  }

  var long: Int64 {
    switch self {
    case .int(let value): Int64(value)
    case .long(let value): value
    case .double(let value): Number.clamped(value, to: Int64.self)
    case .byte(let value): Int64(value)
    case .short(let value): Int64(value)
    case .float(let value): Number.clamped(Double(value), to: Int64.self)
    case .bigInteger(let value): value.long
    case .bigDecimal(let value): value.whole.long
    }
  }

  var int: Int32 {
    switch self {
    case .double(let value): Number.clamped(value, to: Int32.self)
    case .float(let value): Number.clamped(Double(value), to: Int32.self)
    default: Int32(truncatingIfNeeded: long)
    }
  }

  static func clamped<Whole: FixedWidthInteger>(_ value: Double, to: Whole.Type) -> Whole {
    if value.isNaN { return 0 }
    if value >= Double(Whole.max) { return .max }
    if value <= Double(Whole.min) { return .min }
    return Whole(value)
  }

  // MARK: Text

  func write(into out: ByteBuffer) {
    switch self {
    case .int(let value): out.write(decimal: Int(value))
    case .long(let value): out.write(decimal: Int(value))
    case .double(let value): JavaDouble.write(value, into: out)
    case .byte(let value): out.write(decimal: Int(value))
    case .short(let value): out.write(decimal: Int(value))
    case .float(let value): JavaDouble.write(value, into: out)
    case .bigInteger(let value): out.write(value.description)
    case .bigDecimal(let value): out.write(value.description)
    }
  }
}

/// A number of a class that is too rare for a case of `Value`.
final class NumberObject: JavaObject {
  let number: Number
  init(_ number: Number) { self.number = number }
  override var className: String { number.className }
}
