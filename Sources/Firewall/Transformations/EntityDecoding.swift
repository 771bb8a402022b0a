import Bytes

/// HTML_ENTITY_DECODE: `&lt;`, `&gt;`, `&quot;`, `&amp;`, `&apos;`, `&nbsp;`, `&#60;` and `&#x3c;`.
///
/// As browsers do, and so as attackers use it, the `;` may be missing. Codes up to 255 are one byte (so `&nbsp;` is 0xA0, which
/// COMPRESS_WHITE_SPACE knows), those above are UTF-8.
enum EntityDecoding {
  static func run(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var at = 0
    while at < text.count {
      guard text[at] == 38 else {
        out.put(text[at])
        at &+= 1
        continue
      }
      if let (code, end) = numeric(text, at) ?? named(text, at) {
        if code < 256 { out.put(UInt8(truncatingIfNeeded: code)) } else { out.put(scalar: code) }
        at = end < text.count && text[end] == 59 ? end &+ 1 : end
      } else {
        out.put(38)
        at &+= 1
      }
    }
  }

  /// `&#x3c` or `&#60`. Nil for what is no character.
  private static func numeric(_ text: UnsafeRawBufferPointer, _ start: Int) -> (UInt32, Int)? {
    guard start &+ 2 < text.count, text[start &+ 1] == 35 else { return nil }
    let isHexadecimal = text[start &+ 2] | 32 == 120
    let begin = start &+ (isHexadecimal ? 3 : 2)
    var at = begin
    var code: UInt32 = 0
    while at < text.count {
      let digit: UInt8
      if isHexadecimal {
        guard let value = text[at].hexValue else { break }
        digit = value
      } else {
        digit = text[at] &- 48
        guard digit < 10 else { break }
      }
      // Zeros in front may be many; what is beyond Unicode is no character, however it goes on.
      guard code <= 0x10FFFF else { return nil }
      code = code &* (isHexadecimal ? 16 : 10) &+ UInt32(digit)
      at &+= 1
    }
    guard at > begin, code < 256 || Unicode.Scalar(code) != nil else { return nil }
    return (code, at)
  }

  private static func named(_ text: UnsafeRawBufferPointer, _ start: Int) -> (UInt32, Int)? {
    func matches(_ name: StaticString) -> Int? {
      let end = start &+ 1 &+ name.utf8CodeUnitCount
      guard end <= text.count else { return nil }
      let word = UnsafeRawBufferPointer(rebasing: text[(start &+ 1)..<end])
      return word.equalsIgnoringCase(name) ? end : nil
    }
    if let end = matches("lt") { return (60, end) }
    if let end = matches("gt") { return (62, end) }
    if let end = matches("quot") { return (34, end) }
    if let end = matches("amp") { return (38, end) }
    if let end = matches("apos") { return (39, end) }
    if let end = matches("nbsp") { return (160, end) }
    return nil
  }
}
