/// Whether a style runs something: Internet Explorer's `expression()` and behaviours, Mozilla's bindings, Opera's links, imports,
/// addresses with scripts, and escapes or comments that hide them.
enum DangerousStyle {
  /// - Parameter isOpen: whether the style is known to stand in a tag. Elsewhere brackets and backslashes may be JSON's.
  static func isFound(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, isOpen: Bool) -> Bool {
    var window: UInt64 = 0
    var previous: UInt8 = 0
    for index in range {
      var byte = bytes[index]
      if byte <= 0x20 || byte == 0x7F { continue }
      if byte == UInt8(ascii: "*"), previous == UInt8(ascii: "/") { return true }
      if byte == UInt8(ascii: "\\"), index &+ 1 < range.upperBound, isEscape(bytes[index &+ 1], isOpen: isOpen) {
        return true
      }
      // No declaration has brackets: what follows them is a rule of its own to a lenient reader.
      if isOpen, byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { return true }
      if byte == UInt8(ascii: "&"), index &+ 1 < range.upperBound, bytes[index &+ 1] == UInt8(ascii: "#") {
        return true
      }
      if byte &- 0x41 < 26 { byte |= 0x20 }
      previous = byte
      window = window << 8 | UInt64(byte)
      if mayEnd(byte), ends.contains(where: { window & $0.mask == $0.letters }) { return true }
    }
    return false
  }

  /// A letter or a digit behind a backslash is CSS's; a quote, a slash, `n` and its like are JSON's, of a post within it.
  private static func isEscape(_ byte: UInt8, isOpen: Bool) -> Bool {
    if byte &- 0x30 < 10 { return true }
    guard isOpen else { return false }
    return switch byte {
    case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): false
    default: HTMLTokenizer.isLetter(byte)
    }
  }

  /// Whether one of `ends` ends with it.
  @inline(__always)
  private static func mayEnd(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ":"), UInt8(ascii: "g"), UInt8(ascii: "k"),
      UInt8(ascii: "l"), UInt8(ascii: "t"):
      true
    default: false
    }
  }

  private struct Ending {
    let letters: UInt64
    let mask: UInt64
    init(_ text: StaticString) {
      letters = HTMLName.letters(text)
      mask = text.utf8CodeUnitCount >= 8 ? .max : (1 << UInt64(text.utf8CodeUnitCount &* 8)) &- 1
    }
  }

  private static let ends: [Ending] = [
    "ression(", "ehavior:", "haviour:", "-binding", "-o-link", "@import", "vascript", "vbscript", "(data:", "tent:url",
    "binding:", ".svg)",
  ].map { Ending($0) }
}
