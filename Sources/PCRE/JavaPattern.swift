/// A pattern in Java's dialect, rewritten in PCRE2's where the two spell the same thing differently.
///
///     \u00e9            \x{00e9}      (a surrogate pair becomes its one character)
///     \p{Alpha}         A-Za-z        (ASCII, as Java has it), in brackets where it stands outside a class
///     \p{IsAlphabetic}  \p{L}, \p{IsGreek} \p{Greek}, \p{javaLowerCase} \p{Ll}
///     \Z \z \h \R \Q…\E              alike in both: copied
///
/// Class intersection and union (`[a-z&&[^b]]`) have no counterpart and are errors, since PCRE2 would read them as
/// something else without a word.
struct JavaPattern {
  private let source: [UInt8]
  private var at = 0
  private var output: [UInt8] = []

  /// - Throws: what cannot be said in PCRE2's dialect.
  static func translate(_ pattern: String) throws(RegexError) -> String {
    guard pattern.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "[") }) else { return pattern }
    var translation = JavaPattern(source: Array(pattern.utf8))
    try translation.run()
    return String(decoding: translation.output, as: UTF8.self)
  }

  private init(source: [UInt8]) { self.source = source }

  private func peek(_ offset: Int = 0) -> UInt8? {
    at + offset < source.count ? source[at + offset] : nil
  }

  private mutating func run() throws(RegexError) {
    var inClass = false
    var classStart = 0
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\\"):
        try escape(inClass: inClass)
      case UInt8(ascii: "[") where !inClass:
        inClass = true
        classStart = at
        copy(1)
        if peek() == UInt8(ascii: "^") { copy(1) }
        // PCRE2 takes a `]` in first place literally, and so does Java 9 and later.
        if peek() == UInt8(ascii: "]") { copy(1) }
      case UInt8(ascii: "[") where inClass:
        throw RegexError(message: "a class within a class (union) is not supported", offset: at)
      case UInt8(ascii: "&") where inClass && peek(1) == UInt8(ascii: "&"):
        throw RegexError(message: "class intersection (&&) is not supported", offset: at)
      case UInt8(ascii: "]") where inClass:
        inClass = false
        copy(1)
      default:
        copy(1)
      }
    }
    if inClass { throw RegexError(message: "missing terminating ] for character class", offset: classStart) }
  }

  private mutating func copy(_ count: Int) {
    let end = min(at + count, source.count)
    output.append(contentsOf: source[at..<end])
    at = end
  }

  private mutating func escape(inClass: Bool) throws(RegexError) {
    switch peek(1) {
    case UInt8(ascii: "Q"):
      // Quoted to `\E` or the end: nothing in it is ours to read.
      copy(2)
      while at < source.count {
        if peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "E") { return copy(2) }
        copy(1)
      }
    case UInt8(ascii: "u"):
      try unicodeEscape()
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      property(inClass: inClass)
    case UInt8(ascii: "D"), UInt8(ascii: "W"), UInt8(ascii: "S"):
      // Machine code of PCRE2 10.42 (JIT with MATCH_INVALID_UTF) never finds these beyond ASCII; as a class it does.
      if !inClass { output.append(UInt8(ascii: "[")) }
      copy(2)
      if !inClass { output.append(UInt8(ascii: "]")) }
    default:
      copy(2)
    }
  }

  private mutating func unicodeEscape() throws(RegexError) {
    let start = at
    guard var scalar = hexadecimal(at: at + 2) else {
      throw RegexError(message: "\\u must be followed by four hexadecimal digits", offset: start)
    }
    at += 6
    if scalar & 0xFC00 == 0xD800, peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u"),
      let low = hexadecimal(at: at + 2), low & 0xFC00 == 0xDC00
    {
      scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
      at += 6
    }
    output.append(contentsOf: "\\x{\(String(scalar, radix: 16))}".utf8)
  }

  private func hexadecimal(at start: Int) -> UInt32? {
    guard start + 4 <= source.count else { return nil }
    var value: UInt32 = 0
    for byte in source[start..<start + 4] {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private mutating func property(inClass: Bool) {
    guard peek(2) == UInt8(ascii: "{"), let close = source[at...].firstIndex(of: UInt8(ascii: "}")) else {
      return copy(3)
    }
    let name = String(decoding: source[at + 3..<close], as: UTF8.self)
    let negated = peek(1) == UInt8(ascii: "P")
    if let members = JavaPattern.asciiClasses[name], !(inClass && negated) {
      output.append(contentsOf: (inClass ? members : negated ? "[^\(members)]" : "[\(members)]").utf8)
    } else if let renamed = JavaPattern.properties[name] ?? JavaPattern.withoutIs(name) {
      output.append(contentsOf: "\\\(negated ? "P" : "p"){\(renamed)}".utf8)
    } else {
      output.append(contentsOf: source[at...close])
    }
    at = close + 1
  }

  /// `IsGreek` and `IsL` are `Greek` and `L` to PCRE2.
  private static func withoutIs(_ name: String) -> String? {
    name.hasPrefix("Is") && name.count > 2 ? String(name.dropFirst(2)) : nil
  }

  /// Java's POSIX classes are ASCII's; PCRE2 would take some of these names for scripts or know none of them.
  private static let asciiClasses: [String: String] = [
    "Lower": "a-z", "Upper": "A-Z", "ASCII": #"\x00-\x7f"#, "Alpha": "A-Za-z", "Digit": "0-9", "Alnum": "0-9A-Za-z",
    "Punct": #"!-/:-@\[-`{-~"#, "Graph": "!-~", "Print": " -~", "Blank": #" \t"#, "Cntrl": #"\x00-\x1f\x7f"#,
    "XDigit": "0-9A-Fa-f", "Space": #" \t\n\x0b\f\r"#,
  ]

  private static let properties: [String: String] = [
    "IsAlphabetic": "L", "IsLetter": "L", "IsDigit": "Nd", "IsLowercase": "Ll", "IsUppercase": "Lu",
    "IsPunctuation": "P", "IsWhite_Space": "Xps", "IsControl": "Cc", "javaLowerCase": "Ll", "javaUpperCase": "Lu",
    "javaWhitespace": "Xps", "javaDigit": "Nd", "javaLetter": "L", "javaLetterOrDigit": "Xan", "javaAlphabetic": "L",
  ]
}
