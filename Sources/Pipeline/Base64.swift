import Bytes

/// Base64 with padding (RFC 4648 § 4).
enum Base64 {
  /// The character for the last six bits of a number.
  @inline(__always)
  static func alphabet(_ bits: UInt64) -> UInt8 {
    characters.utf8Start[Int(truncatingIfNeeded: bits & 63)]
  }

  private static var characters: StaticString { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" }

  static func encode(_ bytes: UnsafeRawBufferPointer, into output: ByteBuffer) {
    output.reserve((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let first = UInt64(bytes[index])
      let second = left > 1 ? UInt64(bytes[index + 1]) : 0
      let third = left > 2 ? UInt64(bytes[index + 2]) : 0
      let group = first << 16 | second << 8 | third
      output.write(byte: alphabet(group >> 18))
      output.write(byte: alphabet(group >> 12))
      output.write(byte: left > 1 ? alphabet(group >> 6) : UInt8(ascii: "="))
      output.write(byte: left > 2 ? alphabet(group) : UInt8(ascii: "="))
      index += 3
    }
  }

  /// Reads base64, line breaks left out.
  /// - Returns: whether it was base64; if not, `output` holds a part.
  static func decode(_ text: UnsafeRawBufferPointer, into output: ByteBuffer) -> Bool {
    output.reserve(text.count / 4 * 3 + 3)
    var group: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { continue }
      if byte == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let bits = value(of: byte) else { return false }
      group = group << 6 | UInt32(bits)
      count += 1
      if count == 4 {
        output.write(byte: UInt8(truncatingIfNeeded: group >> 16))
        output.write(byte: UInt8(truncatingIfNeeded: group >> 8))
        output.write(byte: UInt8(truncatingIfNeeded: group))
        (group, count) = (0, 0)
      }
    }
    switch (count, padding) {
    case (0, 0): return true
    case (2, 2), (2, 0):
      output.write(byte: UInt8(truncatingIfNeeded: group >> 4))
      return true
    case (3, 1), (3, 0):
      output.write(byte: UInt8(truncatingIfNeeded: group >> 10))
      output.write(byte: UInt8(truncatingIfNeeded: group >> 2))
      return true
    default: return false
    }
  }

  private static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
