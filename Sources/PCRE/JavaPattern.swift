/// A pattern in Java's dialect, rewritten in PCRE2's where the two spell the same thing differently.
///
///     \u00e9            \x{00e9}      (a surrogate pair becomes its one character)
///     \p{Alpha}         A-Za-z        (ASCII, as Java has it), in brackets where it stands outside a class
///     \p{IsAlphabetic}  \p{L}, \p{IsGreek} \p{Greek}, \p{javaLowerCase} \p{Ll}
///     \Z \z \h \R \Q…\E              alike in both: copied
///
/// What has no counterpart is an error, since PCRE2 would read it as something else without a word: class intersection and
/// union (`[a-z&&[^b]]`), `(?U)`. So is what PCRE2 has and Java has not: `(?R)`, `\K`, `(*SKIP)`, a `{` that is no
/// repetition.
struct JavaPattern {
  private let source: [UInt8]
  private var at = 0
  private var output: [UInt8] = []
  /// `(?i)` was read without `u`: only letters of ASCII have another case.
  private var foldsASCII = false
  /// `(?x)` was read.
  private var ignoresWhitespace = false

  /// - Throws: what cannot be said in PCRE2's dialect.
  static func translate(_ pattern: String) throws(RegexError) -> String {
    guard pattern.utf8.contains(where: JavaPattern.isSpecial) else { return pattern }
    var translation = JavaPattern(source: Array(pattern.utf8))
    try translation.run()
    return String(decoding: translation.output, as: UTF8.self)
  }

  private init(source: [UInt8]) { self.source = source }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: "{")
  }

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
      case UInt8(ascii: "(") where !inClass:
        try group()
      case UInt8(ascii: "{") where !inClass:
        try repetition()
      case UInt8(ascii: " "), UInt8(ascii: "#"):
        if inClass, ignoresWhitespace {
          throw RegexError(
            message: "white space in a class behind (?x) is not supported: Java leaves it out", offset: at)
        }
        copy(1)
      default:
        copy(1)
      }
    }
    if inClass { throw RegexError(message: "missing terminating ] for character class", offset: classStart) }
    if foldsASCII, let place = source.firstIndex(where: { $0 >= 0x80 }) {
      throw RegexError(message: "(?i) is for ASCII letters alone in Java: write (?iu)", offset: place)
    }
  }

  private mutating func copy(_ count: Int) {
    let end = min(at + count, source.count)
    output.append(contentsOf: source[at..<end])
    at = end
  }

  // MARK: Groups

  /// `(`, and what it opens.
  private mutating func group() throws(RegexError) {
    if peek(1) == UInt8(ascii: "*") { throw RegexError(message: "Java has no (*…)", offset: at) }
    guard peek(1) == UInt8(ascii: "?") else { return copy(1) }
    switch peek(2) {
    case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: ">"): copy(3)
    case UInt8(ascii: "<"):
      if peek(3) == UInt8(ascii: "=") || peek(3) == UInt8(ascii: "!") { return copy(4) }
      let name = source[(at + 3)...].prefix { JavaPattern.isLetter($0) || JavaPattern.isDigit($0) }
      guard let first = name.first, JavaPattern.isLetter(first), peek(3 + name.count) == UInt8(ascii: ">") else {
        throw RegexError(message: "a group's name is made of ASCII letters and digits", offset: at)
      }
      copy(4 + name.count)
    default: try flags()
    }
  }

  /// `(?im-sx)` and `(?im-sx:`.
  private mutating func flags() throws(RegexError) {
    let letters = source[(at + 2)...].prefix { JavaPattern.isLetter($0) || $0 == UInt8(ascii: "-") }
    let known = letters.allSatisfy { "imsux-".utf8.contains($0) }
    let end = peek(2 + letters.count)
    guard known, end == UInt8(ascii: ")") || end == UInt8(ascii: ":") else {
      let text = String(decoding: source[at...].prefix(3), as: UTF8.self)
      throw RegexError(message: "\(text)…) has no meaning in Java, or one that is not supported", offset: at)
    }
    let on = letters.prefix { $0 != UInt8(ascii: "-") }
    if on.contains(UInt8(ascii: "i")), !on.contains(UInt8(ascii: "u")) { foldsASCII = true }
    if on.contains(UInt8(ascii: "x")) { ignoresWhitespace = true }
    output += Array("(?".utf8) + letters.filter { $0 != UInt8(ascii: "u") }
    at += 2 + letters.count
    copy(1)
  }

  /// `{2}`, `{2,}`, `{2,3}`; a brace that begins none is an error in Java and itself in PCRE2.
  private mutating func repetition() throws(RegexError) {
    var rest = source[(at + 1)...]
    func digits() -> Int {
      let count = rest.prefix(while: JavaPattern.isDigit).count
      rest = rest.dropFirst(count)
      return count
    }
    var isRepetition = digits() > 0
    if rest.first == UInt8(ascii: ",") {
      rest = rest.dropFirst()
      _ = digits()
    }
    isRepetition = isRepetition && rest.first == UInt8(ascii: "}")
    guard isRepetition else {
      throw RegexError(message: "a { begins a repetition such as {2,3}; write \\{ for the character", offset: at)
    }
    copy(1)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  // MARK: Escapes

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
    case UInt8(ascii: "c"):
      guard let letter = peek(2), letter < 0x80 else {
        throw RegexError(message: "\\c must be followed by a letter", offset: at)
      }
      // Java does not make a capital of it first.
      write(scalar: UInt32(letter ^ 0x40), passing: 3)
    case UInt8(ascii: "0"):
      try octalEscape()
    case UInt8(ascii: "x"):
      let digits = source[(at + 2)...].prefix(2).count { Character(UnicodeScalar($0)).isHexDigit }
      guard digits == 2 || peek(2) == UInt8(ascii: "{") else {
        throw RegexError(message: "\\x must be followed by two hexadecimal digits", offset: at)
      }
      copy(2)
    case let byte? where JavaPattern.isDigit(byte):
      guard !inClass, !(peek(2).map(JavaPattern.isDigit) ?? false) else {
        throw RegexError(message: "only \\1 to \\9 outside classes are supported", offset: at)
      }
      copy(2)
    case let byte? where JavaPattern.isLetter(byte):
      let known = inClass ? "tnrfaedDhHsSvVwW" : "tnrfaedDhHsSvVwWbBAZzRXk"
      let isNamed = byte != UInt8(ascii: "k") || peek(2) == UInt8(ascii: "<")
      guard known.utf8.contains(byte), isNamed, byte | 0x20 != UInt8(ascii: "b") || peek(2) != UInt8(ascii: "{") else {
        throw RegexError(message: "Java has no \\\(Character(UnicodeScalar(byte))) here", offset: at)
      }
      copy(2)
    default:
      copy(2)
    }
  }

  /// `\0n`, `\0nn` and `\0mnn` up to `\0377`.
  private mutating func octalEscape() throws(RegexError) {
    var digits = source[(at + 2)...].prefix(3).prefix { $0 &- 48 < 8 }
    if digits.count == 3, let first = digits.first, first > UInt8(ascii: "3") { digits = digits.dropLast() }
    guard let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 8) else {
      throw RegexError(message: "\\0 must be followed by octal digits", offset: at)
    }
    write(scalar: value, passing: 2 + digits.count)
  }

  private mutating func write(scalar: UInt32, passing count: Int) {
    output += Array("\\x{\(String(scalar, radix: 16))}".utf8)
    at += count
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
    write(scalar: scalar, passing: 0)
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
