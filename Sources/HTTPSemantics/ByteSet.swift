import Bytes

/// What a byte may stand for in HTTP's grammars, as sets that are tested with one shift.
///
/// A set of ASCII bytes fits two 64-bit words, which the compiler folds into the code that tests it; no table is loaded,
/// and no byte from 0x80 on belongs to any set.
public struct ByteSet: Sendable {
  /// Bit n stands for the byte n.
  @usableFromInline let low: UInt64
  /// Bit n stands for the byte 64 + n.
  @usableFromInline let high: UInt64

  @inlinable init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The bytes of `text`.
  /// - Parameter text: ASCII.
  public init(_ text: StaticString) {
    var low: UInt64 = 0
    var high: UInt64 = 0
    for index in 0..<text.utf8CodeUnitCount {
      let byte = text.utf8Start[index]
      if byte < 64 { low |= 1 &<< UInt64(byte) } else { high |= 1 &<< UInt64(byte & 63) }
    }
    self.init(low: low, high: high)
  }

  @inlinable @inline(__always) public func contains(_ byte: UInt8) -> Bool {
    let word = byte & 64 == 0 ? low : high
    return byte < 128 && (word &>> UInt64(byte & 63)) & 1 != 0
  }

  /// Whether every byte belongs to the set; true for no bytes.
  @inlinable public func containsAll(of bytes: UnsafeRawBufferPointer) -> Bool {
    for byte in bytes where !contains(byte) { return false }
    return true
  }
}

extension ByteSet {
  /// `tchar`: what methods and field names are made of (RFC 9110 § 5.6.2).
  @inlinable public static var token: ByteSet { ByteSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE) }
  /// `tchar` but for `_`: what nearly all field names are made of.
  @inlinable public static var tokenWithoutUnderscore: ByteSet {
    ByteSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_47FF_FFFE)
  }
  /// `ALPHA / DIGIT / "-" / "." / "_" / "~"` (RFC 3986 § 2.3): what never needs percent-encoding.
  @inlinable public static var unreserved: ByteSet { ByteSet(low: 0x03FF_6000_0000_0000, high: 0x47FF_FFFE_87FF_FFFE) }
  /// What stands unencoded in a path: `pchar / "/"` without `%` (RFC 3986 § 3.3).
  @inlinable public static var path: ByteSet { ByteSet(low: 0x2FFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF) }
  /// What stands unencoded in a query: `pchar / "/" / "?"` without `%` (RFC 3986 § 3.4).
  @inlinable public static var query: ByteSet { ByteSet(low: 0xAFFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF) }
  /// `path`, and what browsers leave as it is although RFC 3986 does not: `[ ] |`.
  @inlinable public static var receivedPath: ByteSet {
    ByteSet(low: 0x2FFF_FFD2_0000_0000, high: 0x57FF_FFFE_AFFF_FFFF)
  }
  /// `query`, and what browsers leave as it is although RFC 3986 does not: ``[ ] | \ ^ ` { }``.
  @inlinable public static var receivedQuery: ByteSet {
    ByteSet(low: 0xAFFF_FFD2_0000_0000, high: 0x7FFF_FFFF_FFFF_FFFF)
  }
  /// `HEXDIG`, in either case.
  @inlinable public static var hexDigit: ByteSet { ByteSet(low: 0x03FF_0000_0000_0000, high: 0x0000_007E_0000_007E) }
}

extension UInt8 {
  /// The value of a hexadecimal digit in either case; nil for any other byte.
  @inlinable public var hexDigitValue: UInt8? {
    let digit = self &- 48
    if digit < 10 { return digit }
    let letter = (self | 32) &- 97
    return letter < 6 ? letter &+ 10 : nil
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes are a token: at least one byte, and nothing but `tchar` (RFC 9110 § 5.6.2).
  @inlinable public var isToken: Bool { !isEmpty && ByteSet.token.containsAll(of: self) }

  /// Whether the bytes may stand as a field value: no control bytes but HTAB (RFC 9110 § 5.5). Bytes from 0x80 on
  /// (`obs-text`) may.
  @inlinable public var isFieldValue: Bool {
    for byte in self where (byte < 32 && byte != 9) || byte == 127 { return false }
    return true
  }

  /// The bytes without spaces and tabs at either end.
  @inlinable public var trimmingWhitespace: UnsafeRawBufferPointer {
    var start = 0
    var end = count
    while start < end, self[start] == 32 || self[start] == 9 { start &+= 1 }
    while end > start, self[end &- 1] == 32 || self[end &- 1] == 9 { end &-= 1 }
    return UnsafeRawBufferPointer(rebasing: self[start..<end])
  }

  /// Whether the other bytes are the same, letters compared without regard to case (ASCII).
  @inlinable public func equalsIgnoringCase(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count {
      let left = self[index]
      let right = other[index]
      if left == right { continue }
      guard left ^ right == 32, (left | 32) &- 97 < 26 else { return false }
    }
    return true
  }
}
