/// UTF8_TO_UNICODE: every character beyond ASCII becomes `%u` and its code in four hexadecimal digits or more; what is no UTF-8
/// stays as it is.
enum UnicodeWriting {
  static func run(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var at = 0
    while at < text.count {
      let byte = text[at]
      guard byte >= 0x80, let (code, count) = sequence(text, at) else {
        out.put(byte)
        at &+= 1
        continue
      }
      out.put(37)
      out.put(117)
      var shift: UInt32 = code > 0xFFFFF ? 20 : code > 0xFFFF ? 16 : 12
      while true {
        let digit = UInt8(truncatingIfNeeded: code &>> shift & 15)
        out.put(digit < 10 ? 48 &+ digit : 87 &+ digit)
        if shift == 0 { break }
        shift &-= 4
      }
      at &+= count
    }
  }

  /// The character that begins at `at`, if a well-formed one does (Unicode Standard, table 3-7).
  private static func sequence(_ text: UnsafeRawBufferPointer, _ at: Int) -> (UInt32, Int)? {
    let lead = text[at]
    let count = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
    guard count > 0, at &+ count <= text.count else { return nil }
    var code = UInt32(lead) & (0x7F &>> UInt32(count))
    for index in 1..<count {
      let next = text[at &+ index]
      guard next & 0xC0 == 0x80 else { return nil }
      code = code &<< 6 | UInt32(next & 0x3F)
    }
    // Overlong forms and surrogates are no characters.
    guard Unicode.Scalar(code) != nil, count != 3 || code >= 0x800, count != 4 || code >= 0x10000 else { return nil }
    return (code, count)
  }
}
