/// Numbers compared by value, digit by digit, as `java.math.BigDecimal.compareTo` does.
public enum JavaDecimal {
  /// - Returns: below, at or above 0; nil where one of them is no text of a `BigDecimal`.
  public static func compare(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int? {
    guard let left = Parts(one), let right = Parts(other) else { return nil }
    if left.isZero || right.isZero {
      if left.isZero && right.isZero { return 0 }
      return (left.isZero ? !right.isNegative : left.isNegative) ? -1 : 1
    }
    guard left.isNegative == right.isNegative else { return left.isNegative ? -1 : 1 }
    let magnitude = left.compareMagnitude(right)
    return left.isNegative ? -magnitude : magnitude
  }

  /// Sign, digits without zeros in front, and the power of ten of the first one.
  private struct Parts {
    private let text: UnsafeRawBufferPointer
    let isNegative: Bool
    private let digits: Range<Int>
    private let magnitude: Int
    var isZero: Bool { digits.isEmpty }

    init?(_ text: UnsafeRawBufferPointer) {
      self.text = text
      var at = 0
      isNegative = text.first == UInt8(ascii: "-")
      if isNegative || text.first == UInt8(ascii: "+") { at = 1 }
      var begin: Int?
      var pointAt: Int?
      var digitCount = 0
      while at < text.count {
        let byte = text[at]
        if byte == UInt8(ascii: "."), pointAt == nil {
          pointAt = at
        } else if byte &- UInt8(ascii: "0") < 10 {
          digitCount += 1
          if begin == nil && byte != UInt8(ascii: "0") { begin = at }
        } else {
          break
        }
        at += 1
      }
      guard digitCount > 0 else { return nil }
      let end = at
      var exponent = 0
      if at < text.count {
        guard text[at] | 0x20 == UInt8(ascii: "e") else { return nil }
        at += 1
        let isNegativeExponent = at < text.count && text[at] == UInt8(ascii: "-")
        if isNegativeExponent || at < text.count && text[at] == UInt8(ascii: "+") { at += 1 }
        guard at < text.count else { return nil }
        while at < text.count {
          let digit = text[at] &- UInt8(ascii: "0")
          guard digit < 10 else { return nil }
          exponent = exponent * 10 + Int(digit)
          guard exponent <= Int(Int32.max) else { return nil }
          at += 1
        }
        if isNegativeExponent { exponent = -exponent }
      }
      let first = begin ?? end
      digits = first..<end
      let point = pointAt ?? end
      magnitude = exponent + (first < point ? point - first : point - first + 1)
    }

    /// The digit at a place behind the first one; zeros behind the last.
    func compareMagnitude(_ other: Parts) -> Int {
      if magnitude != other.magnitude { return magnitude < other.magnitude ? -1 : 1 }
      var left = digits.lowerBound
      var right = other.digits.lowerBound
      while true {
        if left < digits.upperBound && text[left] == UInt8(ascii: ".") { left += 1 }
        if right < other.digits.upperBound && other.text[right] == UInt8(ascii: ".") { right += 1 }
        let hasLeft = left < digits.upperBound
        let hasRight = right < other.digits.upperBound
        if !hasLeft && !hasRight { return 0 }
        let one = hasLeft ? text[left] : UInt8(ascii: "0")
        let two = hasRight ? other.text[right] : UInt8(ascii: "0")
        if one != two { return one < two ? -1 : 1 }
        left += 1
        right += 1
      }
    }
  }
}
