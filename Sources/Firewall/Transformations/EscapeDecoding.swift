/// ESCAPE_SEQ_DECODE, CSS_DECODE and JS_DECODE: three languages' escapes behind a backslash.
enum EscapeDecoding {
  /// ANSI C: `\a \b \f \n \r \t \v \\ \? \' \"`, `\x41`, `\101`. Others stay as they are.
  static func ansiC(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var at = 0
    while at < text.count {
      guard text[at] == 92, at &+ 1 < text.count else {
        out.put(text[at])
        at &+= 1
        continue
      }
      let letter = text[at &+ 1]
      if let control = control(letter) {
        out.put(control)
        at &+= 2
      } else if letter == 92 || letter == 63 || letter == 39 || letter == 34 {
        out.put(letter)
        at &+= 2
      } else if letter | 32 == 120, let code = text.hexadecimal(at: at &+ 2, count: 2) {
        out.put(UInt8(truncatingIfNeeded: code))
        at &+= 4
      } else if let (code, digits) = octal(text, at &+ 1) {
        out.put(code)
        at &+= 1 &+ digits
      } else {
        out.put(92)
        at &+= 1
      }
    }
  }

  /// CSS 2: a backslash and one to six digits with one white space behind them, of which the last two bytes count
  /// (ModSecurity, `cssDecode`); before a line's end both go; before anything else only the backslash.
  static func css(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var at = 0
    while at < text.count {
      guard text[at] == 92 else {
        out.put(text[at])
        at &+= 1
        continue
      }
      at &+= 1
      guard at < text.count else { break }
      var digits = 0
      var code: UInt32 = 0
      while digits < 6, at &+ digits < text.count, let digit = text[at &+ digits].hexValue {
        code = code &<< 4 | UInt32(digit)
        digits &+= 1
      }
      if digits > 0 {
        out.put((code & 0xFFFF).narrowed)
        at &+= digits
        if at < text.count, text[at] == 32 || text[at] &- 9 < 5 { at &+= 1 }
      } else {
        if text[at] != 10 { out.put(text[at]) }
        at &+= 1
      }
    }
  }

  /// `\u0041`, `\x41`, `\101`, `\n` and their like; before anything else only the backslash goes.
  /// - Parameter hasBraces: `\u{41}` too, in UTF-8.
  static func javaScript(_ text: UnsafeRawBufferPointer, hasBraces: Bool, into out: inout Output) {
    var at = 0
    while at < text.count {
      guard text[at] == 92, at &+ 1 < text.count else {
        out.put(text[at])
        at &+= 1
        continue
      }
      let letter = text[at &+ 1]
      if letter == 117, let code = text.hexadecimal(at: at &+ 2, count: 4) {
        out.put(code.narrowed)
        at &+= 6
      } else if hasBraces, letter == 117, let (code, end) = braced(text, at &+ 2) {
        out.put(scalar: code)
        at = end
      } else if letter == 120, let code = text.hexadecimal(at: at &+ 2, count: 2) {
        out.put(UInt8(truncatingIfNeeded: code))
        at &+= 4
      } else if let (code, digits) = octal(text, at &+ 1) {
        out.put(code)
        at &+= 1 &+ digits
      } else {
        out.put(control(letter) ?? letter)
        at &+= 2
      }
    }
  }

  private static func control(_ letter: UInt8) -> UInt8? {
    switch letter {
    case 97: 7  // a
    case 98: 8  // b
    case 102: 12  // f
    case 110: 10  // n
    case 114: 13  // r
    case 116: 9  // t
    case 118: 11  // v
    default: nil
    }
  }

  /// One to three digits, of which three begin with 0 to 3.
  private static func octal(_ text: UnsafeRawBufferPointer, _ start: Int) -> (UInt8, Int)? {
    var value: UInt32 = 0
    var digits = 0
    while digits < 3, start &+ digits < text.count {
      let digit = text[start &+ digits] &- 48
      guard digit < 8, value &* 8 &+ UInt32(digit) < 256 else { break }
      value = value &* 8 &+ UInt32(digit)
      digits &+= 1
    }
    return digits > 0 ? (UInt8(truncatingIfNeeded: value), digits) : nil
  }

  private static func braced(_ text: UnsafeRawBufferPointer, _ start: Int) -> (UInt32, Int)? {
    guard start < text.count, text[start] == 123 else { return nil }
    var at = start &+ 1
    var code: UInt32 = 0
    while at < text.count, let digit = text[at].hexValue {
      code = code &<< 4 | UInt32(digit)
      guard code <= 0x10FFFF else { return nil }
      at &+= 1
    }
    guard at > start &+ 1, at < text.count, text[at] == 125, Unicode.Scalar(code) != nil else { return nil }
    return (code, at &+ 1)
  }
}
