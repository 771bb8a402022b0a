/// Whether an address runs a script: `javascript:`, `vbscript:`, `data:` with a document inside, however it is spelled. Browsers
/// decode character references, drop tabs and line ends, and skip control characters in front (WHATWG URL § 4.4).
struct ScriptAddress {
  private let bytes: UnsafeRawBufferPointer
  private let end: Int
  private var position: Int

  private init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  enum Scheme {
    case script
    /// `data:` with anything but an image
    case data
  }

  struct Found {
    var scheme: Scheme
    /// Where what it runs begins.
    var end: Int
    /// Spelled with references or control characters: nobody does who means no harm.
    var isDisguised: Bool
  }

  /// The scheme that runs something.
  static func scheme(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Found? {
    var reader = ScriptAddress(bytes, range)
    // `feed:javascript:` and `view-source:javascript:`: an address within an address, twice at most.
    for _ in 0..<3 {
      guard let name = reader.schemeName() else { return nil }
      switch name {
      case (javascri, pt), (vbscript, 0), (livescri, pt), (jscript, 0), (vbs, 0), (mocha, 0):
        return Found(scheme: .script, end: reader.position, isDisguised: reader.isDisguised)
      case (data, 0):
        return reader.holdsImage()
          ? nil : Found(scheme: .data, end: reader.position, isDisguised: reader.isDisguised)
      default: continue
      }
    }
    return nil
  }

  /// The letters in front of a colon, eight and eight more at most; nil where no scheme stands.
  private mutating func schemeName() -> (UInt64, UInt64)? {
    var letters: UInt64 = 0
    var more: UInt64 = 0
    var count = 0
    while let character = next() {
      if count == 0,
        character <= 0x20 || character >= 0x7F || character == UInt8(ascii: "'") || character == UInt8(ascii: "\"")
      {
        continue
      }
      if character == UInt8(ascii: ":") { return (letters, more) }
      if character < 0x20 {
        isDisguised = true
        continue
      }
      guard HTMLTokenizer.isLetter(character) || character == UInt8(ascii: "-"), count < 16 else { return nil }
      count &+= 1
      if count <= 8 {
        letters = letters << 8 | UInt64(character | 0x20)
      } else {
        more = more << 8 | UInt64(character | 0x20)
      }
    }
    return nil
  }

  private static let javascri = HTMLName.letters("javascri")
  private static let livescri = HTMLName.letters("livescri")
  private static let pt = HTMLName.letters("pt")
  private static let vbscript = HTMLName.letters("vbscript")
  private static let jscript = HTMLName.letters("jscript")
  private static let vbs = HTMLName.letters("vbs")
  private static let mocha = HTMLName.letters("mocha")
  private static let data = HTMLName.letters("data")
  private static let image = HTMLName.letters("image/")

  private var isDisguised = false

  /// Pictures, sounds and fonts; SVG is a document.
  private mutating func holdsImage() -> Bool {
    var letters: UInt64 = 0
    var ahead = self
    for _ in 0..<6 {
      guard let character = ahead.next() else { return false }
      letters = letters << 8 | UInt64(character | 0x20)
    }
    let slash = UInt64(UInt8(ascii: "/") | 0x20)
    guard letters == Self.image & ~0xFF | slash else { return false }
    return ahead.next().map { $0 | 0x20 } != UInt8(ascii: "s")
  }

  /// The next character that a browser keeps.
  private mutating func next() -> UInt8? {
    while position < end {
      let byte = bytes[position]
      position &+= 1
      if byte == 0 || byte == 9 || byte == 10 || byte == 13 {
        isDisguised = true
        continue
      }
      guard byte == UInt8(ascii: "&") else {
        return byte
      }
      let character = reference()
      isDisguised = true
      if character == 0 || character == 9 || character == 10 || character == 13 { continue }
      return character
    }
    return nil
  }

  /// A character reference behind its ampersand: numeric with or without a semicolon, or one of the few names that matter.
  private mutating func reference() -> UInt8 {
    guard position < end else { return UInt8(ascii: "&") }
    if bytes[position] == UInt8(ascii: "#") {
      var index = position &+ 1
      let isHexadecimal = index < end && bytes[index] | 0x20 == UInt8(ascii: "x")
      if isHexadecimal { index &+= 1 }
      let digits = index
      var value: UInt32 = 0
      while index < end, let digit = Self.digit(bytes[index], isHexadecimal) {
        value = min(value, 0xFFFF) &* (isHexadecimal ? 16 : 10) &+ UInt32(digit)
        index &+= 1
      }
      guard index > digits else { return UInt8(ascii: "&") }
      if index < end, bytes[index] == UInt8(ascii: ";") { index &+= 1 }
      position = index
      return value < 0x100 ? UInt8(truncatingIfNeeded: value) : 0xFF
    }
    var letters: UInt64 = 0
    var index = position
    while index < end, index < position &+ 8, HTMLTokenizer.isLetter(bytes[index]) {
      letters = letters << 8 | UInt64(bytes[index] | 0x20)
      index &+= 1
    }
    for (name, character) in Self.named where name == letters {
      if index < end, bytes[index] == UInt8(ascii: ";") { index &+= 1 }
      position = index
      return character
    }
    return UInt8(ascii: "&")
  }

  private static func digit(_ byte: UInt8, _ isHexadecimal: Bool) -> UInt8? {
    if byte &- 0x30 < 10 { return byte &- 0x30 }
    let letter = byte | 0x20
    return isHexadecimal && letter &- 0x61 < 6 ? letter &- 0x61 &+ 10 : nil
  }

  private static let named: [(UInt64, UInt8)] = [
    (HTMLName.letters("colon"), UInt8(ascii: ":")), (HTMLName.letters("tab"), 9), (HTMLName.letters("newline"), 10),
    (HTMLName.letters("nbsp"), 0x20), (HTMLName.letters("lpar"), UInt8(ascii: "(")),
    (HTMLName.letters("sol"), UInt8(ascii: "/")),
    (HTMLName.letters("quot"), UInt8(ascii: "\"")), (HTMLName.letters("apos"), UInt8(ascii: "'")),
    (HTMLName.letters("semi"), UInt8(ascii: ";")), (HTMLName.letters("period"), UInt8(ascii: ".")),
  ]
}
