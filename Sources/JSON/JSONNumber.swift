import Bytes
import Glibc

/// What a number of the text is worth.
extension JSONNode {
  /// A number without fraction and exponent.
  @inlinable public var isInteger: Bool { kind == .number && entry.pointee.flags & TapeEntry.isReal == 0 }

  /// The value of an integer that fits; nil for any other value.
  public var int64: Int64? {
    guard isInteger else { return nil }
    let raw = self.raw
    let isNegative = raw.first == UInt8(ascii: "-")
    var value: Int64 = 0
    for index in (isNegative ? 1 : 0)..<raw.count {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      // Downwards, since the least Int64 has no positive counterpart.
      let (sum, overflow2) = tenfold.subtractingReportingOverflow(Int64(raw[index] &- UInt8(ascii: "0")))
      if overflow2 { return nil }
      value = sum
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  /// The value of a number, rounded to the nearest double, infinite where it is too large; 0 for any other value.
  public var double: Double {
    guard kind == .number else { return 0 }
    let raw = self.raw
    if isInteger, raw.count <= 15, let value = int64 {
      // "-0" is a double with a sign.
      return value == 0 && raw.first == UInt8(ascii: "-") ? -0.0 : Double(value)
    }
    return ShortDecimal(raw)?.double ?? double(of: raw)
  }

  private func double(of digits: UnsafeRawBufferPointer) -> Double {
    withUnsafeTemporaryAllocation(byteCount: digits.count + 1, alignment: 1) { copy in
      copy.copyMemory(from: digits)
      copy[digits.count] = 0
      guard let start = copy.baseAddress else { return 0 }
      return strtod(start.assumingMemoryBound(to: CChar.self), nil)
    }
  }
}
