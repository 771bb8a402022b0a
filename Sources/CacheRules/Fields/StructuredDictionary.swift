import Bytes
import HTTPSemantics

/// A dictionary in the syntax of structured fields (RFC 9651 § 3.2), read strictly: one mistake anywhere, and the field
/// is as good as absent. Members are handed over one by one, in the order of the field; of two with one key the last
/// counts, which is for the receiver to do.
public struct StructuredDictionary {
  /// The value of a member, as far as caching cares.
  public enum Value {
    case integer(Int)
    case boolean(Bool)
    /// Between the quotes, `\` not taken off.
    case string(UnsafeRawBufferPointer)
    case token(UnsafeRawBufferPointer)
    /// A decimal, a date, a byte sequence, a display string or an inner list.
    case other
  }

  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  /// - Parameter bytes: all lines of the field, joined with commas.
  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Reads the whole field.
  /// - Returns: false where it is malformed; what `take` was given is then to be forgotten.
  public mutating func read(_ take: (UnsafeRawBufferPointer, Value) -> Void) -> Bool {
    skipSpaces()
    while at < bytes.count {
      guard let key = key() else { return false }
      var value = Value.boolean(true)
      if peek == 61 {
        at &+= 1
        guard let item = peek == 40 ? innerList() : bareItem() else { return false }
        value = item
      }
      guard parameters() else { return false }
      take(key, value)
      skipWhitespace()
      if at == bytes.count { return true }
      guard peek == 44 else { return false }
      at &+= 1
      skipWhitespace()
      // A comma with nothing behind it.
      if at == bytes.count { return false }
    }
    return true
  }

  /// The members of a list of strings (RFC 9651 § 3.1), which is what `Cache-Groups` is; members of other kinds are passed
  /// over (RFC 9875 § 2).
  /// - Returns: false where the field is malformed.
  public mutating func readList(_ take: (UnsafeRawBufferPointer) -> Void) -> Bool {
    skipSpaces()
    while at < bytes.count {
      guard let item = peek == 40 ? innerList() : bareItem() else { return false }
      guard parameters() else { return false }
      if case .string(let text) = item { take(text) }
      skipWhitespace()
      if at == bytes.count { return true }
      guard peek == 44 else { return false }
      at &+= 1
      skipWhitespace()
      if at == bytes.count { return false }
    }
    return true
  }

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpaces() { while peek == 32 { at &+= 1 } }
  private mutating func skipWhitespace() { while peek == 32 || peek == 9 { at &+= 1 } }

  private static func isLowercase(_ byte: UInt8) -> Bool { byte &- 97 < 26 }
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  private mutating func key() -> UnsafeRawBufferPointer? {
    let start = at
    guard let first = peek, Self.isLowercase(first) || first == 42 else { return nil }
    while let byte = peek,
      Self.isLowercase(byte) || Self.isDigit(byte) || byte == 95 || byte == 45 || byte == 46 || byte == 42
    { at &+= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<at])
  }

  private mutating func parameters() -> Bool {
    while peek == 59 {
      at &+= 1
      skipSpaces()
      guard key() != nil else { return false }
      if peek == 61 {
        at &+= 1
        guard bareItem() != nil else { return false }
      }
    }
    return true
  }

  private mutating func innerList() -> Value? {
    at &+= 1
    while at < bytes.count {
      skipSpaces()
      if peek == 41 {
        at &+= 1
        return .other
      }
      guard bareItem() != nil, parameters(), peek == 32 || peek == 41 else { return nil }
    }
    return nil
  }

  private mutating func bareItem() -> Value? {
    guard let byte = peek else { return nil }
    switch byte {
    case 45, 48...57: return number()
    case 34: return string()
    case 63: return boolean()
    case 58: return delimited(58)
    case 64:
      at &+= 1
      guard let date = number(), case .integer = date else { return nil }
      return .other
    case 37:
      at &+= 1
      guard peek == 34, string() != nil else { return nil }
      return .other
    default: return token()
    }
  }

  private mutating func number() -> Value? {
    var isNegative = false
    if peek == 45 {
      isNegative = true
      at &+= 1
    }
    var digits = 0
    var value = 0
    while let byte = peek, Self.isDigit(byte) {
      digits &+= 1
      guard digits <= 15 else { return nil }
      value = value &* 10 &+ Int(byte &- 48)
      at &+= 1
    }
    guard digits > 0 else { return nil }
    guard peek == 46 else { return .integer(isNegative ? -value : value) }
    at &+= 1
    var fraction = 0
    while let byte = peek, Self.isDigit(byte) {
      fraction &+= 1
      at &+= 1
    }
    return digits <= 12 && fraction >= 1 && fraction <= 3 ? .other : nil
  }

  private mutating func string() -> Value? {
    at &+= 1
    let start = at
    while let byte = peek {
      if byte == 34 {
        let value = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
        at &+= 1
        return .string(value)
      }
      if byte == 92 {
        at &+= 1
        guard let escaped = peek, escaped == 34 || escaped == 92 else { return nil }
      } else if byte < 32 || byte > 126 {
        return nil
      }
      at &+= 1
    }
    return nil
  }

  private mutating func boolean() -> Value? {
    at &+= 1
    guard let byte = peek, byte == 48 || byte == 49 else { return nil }
    at &+= 1
    return .boolean(byte == 49)
  }

  private mutating func delimited(_ end: UInt8) -> Value? {
    at &+= 1
    while let byte = peek {
      at &+= 1
      if byte == end { return .other }
      guard Self.isDigit(byte) || (byte | 32) &- 97 < 26 || byte == 43 || byte == 47 || byte == 61 else { return nil }
    }
    return nil
  }

  private mutating func token() -> Value? {
    let start = at
    guard let first = peek, (first | 32) &- 97 < 26 || first == 42 else { return nil }
    while let byte = peek, ByteSet.token.contains(byte) || byte == 58 || byte == 47 { at &+= 1 }
    return .token(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
  }
}
