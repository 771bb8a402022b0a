import Bytes
import JSON

/// `$util.escapeJavaScript`: quotes of both kinds, `\` and `/` get a backslash, control characters their letter or
/// `\u00XX`, and everything beyond ASCII `\uXXXX`, UTF-16 unit by unit.
extension Machine {
  func escape(_ value: Value, _ escaping: JavaScriptEscaping = .full, into out: ByteBuffer) throws(Signal) {
    switch value {
    case .node(let node) where node.kind == .string: escaping.write(node.raw, isJSON: node.hasEscapes, into: out)
    case .text(let text): text.bytes.withUnsafeBytes { escaping.write($0, into: out) }
    case .null: return
    default:
      guard let text = try self.text(of: heap.current(value)) else { return }
      text.bytes.withUnsafeBytes { escaping.write($0, into: out) }
    }
  }
}

enum JavaScriptEscaping {
  case full
  /// What `.replaceAll("\\\\'", "'")` makes of the escaped text, as AWS recommends for JSON: `'` stays as it is.
  case json

  /// - Parameter bytes: WTF-8.
  /// - Parameter isJSON: the bytes are a string of a document, its escapes not decoded.
  func write(_ bytes: UnsafeRawBufferPointer, isJSON: Bool = false, into out: ByteBuffer) {
    guard let source = bytes.baseAddress else { return }
    // Nothing grows to more than six bytes for each.
    out.reserve(bytes.count &* 6)
    var start = 0
    var at = 0
    while true {
      at = JavaScriptEscaping.firstUnusual(source, from: at, end: bytes.count)
      guard at < bytes.count else { break }
      let byte = source.load(fromByteOffset: at, as: UInt8.self)
      let action = self.action(byte)
      if action == 0 {
        at &+= 1
        continue
      }
      out.write(UnsafeRawBufferPointer(start: source + start, count: at &- start))
      if byte >= 0x80 {
        let length = min(byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4, bytes.count &- at)
        Text.forEachUnit(of: UnsafeRawBufferPointer(start: source + at, count: length)) {
          JavaScriptEscaping.write(unit: $0, into: out)
        }
        at &+= length
      } else if isJSON, byte == UInt8(ascii: "\\"), at &+ 1 < bytes.count {
        let letter = source.load(fromByteOffset: at &+ 1, as: UInt8.self)
        let isUnit = letter == UInt8(ascii: "u")
        write(decoded: isUnit ? StringEscapes.unit(bytes, at: at &+ 2) : UInt16(StringEscapes.plain(letter)), into: out)
        at = min(at &+ (isUnit ? 6 : 2), bytes.count)
      } else {
        JavaScriptEscaping.write(unit: UInt16(byte), action, into: out)
        at &+= 1
      }
      start = at
    }
    out.write(UnsafeRawBufferPointer(start: source + start, count: bytes.count &- start))
  }

  /// Where the first byte is that may need an escape, or `end`: eight at a time.
  @inline(__always)
  private static func firstUnusual(_ source: UnsafeRawPointer, from: Int, end: Int) -> Int {
    var at = from
    while at &+ 8 <= end {
      let marks = marks(source, at)
      if marks != 0 { return at &+ marks.trailingZeroBitCount >> 3 }
      at &+= 8
    }
    guard at < end, end >= 8 else { return at }
    // The last word begins before `at`, and what was seen already is not looked at again.
    let unseen = marks(source, end &- 8) & ~0 &<< UInt64(truncatingIfNeeded: (8 &- (end &- at)) &* 8)
    return unseen == 0 ? end : end &- 8 &+ unseen.trailingZeroBitCount >> 3
  }

  /// Eight bytes with the high bit set where one may need an escape. Those above the lowest may be marked by a borrow.
  @inline(__always)
  private static func marks(_ source: UnsafeRawPointer, _ at: Int) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    let quotes = (word ^ ones &* 0x22) &- ones
    let apostrophes = (word ^ ones &* 0x27) &- ones
    let slashes = (word ^ ones &* 0x2F) &- ones
    let backslashes = (word ^ ones &* 0x5C) &- ones
    return (quotes | apostrophes | slashes | backslashes | (word &- ones &* 0x20) | word) & tops
  }

  /// What a byte becomes: 0 itself, 1 `\uXXXX`, else the letter behind the backslash.
  @inline(__always)
  private func action(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    case UInt8(ascii: "'"): self == .full ? byte : 0
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case ..<0x20, 0x80...: 1
    default: 0
    }
  }

  private func write(decoded unit: UInt16, into out: ByteBuffer) {
    let action = unit < 0x80 ? self.action(UInt8(truncatingIfNeeded: unit)) : 1
    if action == 0 {
      out.write(byte: UInt8(truncatingIfNeeded: unit))
    } else {
      JavaScriptEscaping.write(unit: unit, action, into: out)
    }
  }

  @inline(__always)
  private static func write(unit: UInt16, _ action: UInt8, into out: ByteBuffer) {
    if action == 1 { return write(unit: unit, into: out) }
    out.write(byte: UInt8(ascii: "\\"))
    out.write(byte: action)
  }

  private static func write(unit: UInt16, into out: ByteBuffer) {
    out.write(byte: UInt8(ascii: "\\"))
    out.write(byte: UInt8(ascii: "u"))
    for shift in [12, 8, 4, 0] as [UInt16] {
      let nibble = UInt8(truncatingIfNeeded: unit >> shift & 15)
      out.write(byte: nibble < 10 ? 48 &+ nibble : 55 &+ nibble)
    }
  }
}
