/// Whether a style runs something: Internet Explorer's `expression()` and behaviours, Mozilla's bindings, Opera's links, imports,
/// addresses with scripts, and escapes or comments that hide them.
enum DangerousStyle {
  static func isFound(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    var window: UInt64 = 0
    var previous: UInt8 = 0
    for index in range {
      var byte = bytes[index]
      if byte <= 0x20 || byte == 0x7F { continue }
      if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "*") && previous == UInt8(ascii: "/") { return true }
      // No declaration has brackets: what follows them is a rule of its own to a lenient reader.
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { return true }
      if byte == UInt8(ascii: "&"), index &+ 1 < range.upperBound, bytes[index &+ 1] == UInt8(ascii: "#") {
        return true
      }
      if byte &- 0x41 < 26 { byte |= 0x20 }
      previous = byte
      window = window << 8 | UInt64(byte)
      if ends.contains(where: { window & $0.mask == $0.letters }) { return true }
    }
    return false
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
