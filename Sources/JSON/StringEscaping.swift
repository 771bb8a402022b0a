import Bytes

/// Strings into JSON text.
extension JSONWriter {
  /// Writes a string with its quotes.
  /// - Parameter contents: well-formed UTF-8.
  public static func write(string contents: UnsafeRawBufferPointer, style: JSONStyle, into buffer: ByteBuffer) {
    buffer.reserve(contents.count &+ 2)
    buffer.write(byte: UInt8(ascii: "\""))
    write(escaping: contents, style: style, into: buffer)
    buffer.write(byte: UInt8(ascii: "\""))
  }

  public static func write(string contents: String, style: JSONStyle, into buffer: ByteBuffer) {
    var contents = contents
    contents.withUTF8 { write(string: UnsafeRawBufferPointer($0), style: style, into: buffer) }
  }

  /// Writes a string's contents without quotes.
  public static func write(escaping contents: UnsafeRawBufferPointer, style: JSONStyle, into buffer: ByteBuffer) {
    guard let start = contents.baseAddress else { return }
    let end = start + contents.count
    var at = start
    var copied = start
    let slash = style.escapesSlash ? 0x2F2F_2F2F_2F2F_2F2F : 0x2222_2222_2222_2222 as UInt64
    while true {
      at = endOfPlain(at, end, slash)
      guard at < end else { break }
      let length = lengthToEscape(at, end, style)
      guard length > 0 else {
        at = endOfForeign(at + 1, end)
        continue
      }
      buffer.write(UnsafeRawBufferPointer(start: copied, count: at - copied))
      writeEscape(at, length, into: buffer)
      at += length
      copied = at
    }
    buffer.write(UnsafeRawBufferPointer(start: copied, count: end - copied))
  }

  /// Writes the raw contents of a string of a document, which may have escapes: what the style would not have escaped is
  /// unescaped on the way.
  static func write(unescaping raw: UnsafeRawBufferPointer, style: JSONStyle, into buffer: ByteBuffer) {
    withUnsafeTemporaryAllocation(byteCount: raw.count, alignment: 8) { decoded in
      let count = decodeString(raw, into: decoded)
      write(escaping: UnsafeRawBufferPointer(rebasing: decoded[0..<count]), style: style, into: buffer)
    }
  }

  /// The first byte from `at` on that is not printable ASCII or needs an escape.
  @inline(__always) private static func endOfPlain(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ slash: UInt64
  ) -> UnsafeRawPointer {
    var at = start
    while end - at >= 8 {
      let bytes = UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
      let quotes = (bytes ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
      let backslashes = (bytes ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
      let slashes = (bytes ^ slash) &- 0x0101_0101_0101_0101
      let deletes = (bytes ^ 0x7F7F_7F7F_7F7F_7F7F) &- 0x0101_0101_0101_0101
      let controls = bytes &- 0x2020_2020_2020_2020
      let stops = (quotes | backslashes | slashes | deletes | controls | bytes) & 0x8080_8080_8080_8080
      if stops != 0 { return at + stops.trailingZeroBitCount >> 3 }
      at += 8
    }
    while at < end {
      let byte = at.load(as: UInt8.self)
      if byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        || byte == UInt8(truncatingIfNeeded: slash)
      {
        return at
      }
      at += 1
    }
    return end
  }

  /// The first byte from `at` on that is ASCII or may begin a character to escape: text in other scripts is long.
  @inline(__always) private static func endOfForeign(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> UnsafeRawPointer {
    var at = start
    while at < end {
      let byte = at.load(as: UInt8.self)
      if byte < 0x80 || byte == 0xC2 || byte == 0xE2 { break }
      at += 1
    }
    return at
  }

  /// Bytes of the character at `at` if the style escapes it, else 0.
  @inline(__always) private static func lengthToEscape(
    _ at: UnsafeRawPointer, _ end: UnsafeRawPointer, _ style: JSONStyle
  ) -> Int {
    let byte = at.load(as: UInt8.self)
    switch byte {
    case 0x7F: return style.escapesMore ? 1 : 0
    case 0..<0x7F: return 1
    case 0xC2:
      guard style.escapesMore, end - at >= 2 else { return 0 }
      return at.load(fromByteOffset: 1, as: UInt8.self) < 0xA0 ? 2 : 0
    case 0xE2:
      guard style.escapesMore, end - at >= 3 else { return 0 }
      return at.load(fromByteOffset: 1, as: UInt8.self) < 0x84 ? 3 : 0
    default: return 0
    }
  }

  private static func writeEscape(_ at: UnsafeRawPointer, _ length: Int, into buffer: ByteBuffer) {
    let byte = at.load(as: UInt8.self)
    switch byte {
    case UInt8(ascii: "\""): buffer.write("\\\"")
    case UInt8(ascii: "\\"): buffer.write("\\\\")
    case UInt8(ascii: "/"): buffer.write("\\/")
    case 0x08: buffer.write("\\b")
    case 0x09: buffer.write("\\t")
    case 0x0A: buffer.write("\\n")
    case 0x0C: buffer.write("\\f")
    case 0x0D: buffer.write("\\r")
    default:
      var scalar = UInt32(byte)
      if length > 1 {
        scalar &= length == 2 ? 0x1F : 0x0F
        for index in 1..<length {
          scalar = scalar << 6 | UInt32(at.load(fromByteOffset: index, as: UInt8.self) & 0x3F)
        }
      }
      buffer.write("\\u")
      for shift in [12, 8, 4, 0] as [UInt32] {
        let digit = UInt8(truncatingIfNeeded: scalar >> shift & 15)
        buffer.write(byte: digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "A") &+ digit &- 10)
      }
    }
  }
}
