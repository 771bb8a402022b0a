/// BASE64_DECODE, BASE64_DECODE_EXT, HEX_DECODE and SQL_HEX_DECODE.
enum BinaryDecoding {
  /// Both alphabets (RFC 4648 § 4 and § 5) are read.
  /// - Parameter isLenient: leave out what is not of the alphabet, rather than to end there.
  static func base64(_ text: UnsafeRawBufferPointer, isLenient: Bool, into out: inout Output) {
    var bits: UInt32 = 0
    var count = 0
    for byte in text {
      let value: UInt8
      switch byte {
      case 65...90: value = byte &- 65
      case 97...122: value = byte &- 71
      case 48...57: value = byte &+ 4
      case 43, 45: value = 62
      case 47, 95: value = 63
      default:
        if isLenient { continue }
        return
      }
      bits = bits &<< 6 | UInt32(value)
      count &+= 6
      if count >= 8 {
        count &-= 8
        out.put(UInt8(truncatingIfNeeded: bits &>> UInt32(count)))
      }
    }
  }

  /// Two digits are one byte, up to what is no digit.
  static func hexadecimal(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var at = 0
    while let code = text.hexadecimal(at: at, count: 2) {
      out.put(UInt8(truncatingIfNeeded: code))
      at &+= 2
    }
  }

  /// `0x414243` becomes `ABC`, wherever it stands.
  static func sqlHexadecimal(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var at = 0
    while at < text.count {
      if text[at] == 48, at &+ 1 < text.count, text[at &+ 1] | 32 == 120, text.hexadecimal(at: at &+ 2, count: 2) != nil
      {
        at &+= 2
        while let code = text.hexadecimal(at: at, count: 2) {
          out.put(UInt8(truncatingIfNeeded: code))
          at &+= 2
        }
      } else {
        out.put(text[at])
        at &+= 1
      }
    }
  }
}
