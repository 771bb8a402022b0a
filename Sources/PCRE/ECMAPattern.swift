/// A pattern in the dialect of ECMA 262, which JSON Schema speaks, rewritten in PCRE2's where the two differ.
///
///     .  $              every character but four, the very end
///     \s \S             Unicode's white space (and not only ASCII's)
///     \u00e9 \u{e9}     \x{e9}      (a surrogate pair becomes its one character)
///     \p{Letter}        \p{L}       (the long names of general categories)
///     \z \A \Q \h …     the letter itself: ECMA has no such escapes
///     []  [^]  [[]      no character, every character, a bracket
///
/// `Regex` compiles it with options that take empty classes and references to groups that took no part as ECMA does.
struct ECMAPattern {
  private let source: [UInt8]
  private var at = 0
  private var output: [UInt8] = []
  private var classStart: Int?

  /// - Throws: what is no pattern.
  static func translate(_ pattern: String) throws(RegexError) -> String {
    var translation = ECMAPattern(source: Array(pattern.utf8))
    try translation.run()
    return String(decoding: translation.output, as: UTF8.self)
  }

  private init(source: [UInt8]) { self.source = source }

  private func peek(_ offset: Int = 0) -> UInt8? { at + offset < source.count ? source[at + offset] : nil }

  private mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }

  private mutating func copy(_ count: Int) {
    let end = min(at + count, source.count)
    output.append(contentsOf: source[at..<end])
    at = end
  }

  private mutating func run() throws(RegexError) {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\\"): try escape()
      case UInt8(ascii: "]") where classStart != nil:
        classStart = nil
        copy(1)
      case UInt8(ascii: "[") where classStart != nil:
        write("\\[")
        at += 1
      case UInt8(ascii: "-") where classStart != nil && isClassEscape(1):
        // `[a-\d]`: PCRE2 refuses a hyphen there, which ECMA takes for itself.
        write("\\-")
        at += 1
      case UInt8(ascii: "["):
        classStart = at
        copy(peek(1) == UInt8(ascii: "^") ? 2 : 1)
      case UInt8(ascii: ".") where classStart == nil:
        write(#"[^\n\r\x{2028}\x{2029}]"#)
        at += 1
      case UInt8(ascii: "$") where classStart == nil:
        write("\\z")
        at += 1
      default: copy(1)
      }
    }
    if let classStart { throw RegexError(message: "missing terminating ] for character class", offset: classStart) }
  }

  /// Whether a class of characters is written from `offset` on: `\d`.
  private func isClassEscape(_ offset: Int) -> Bool {
    guard peek(offset) == UInt8(ascii: "\\"), let letter = peek(offset + 1) else { return false }
    return "dDwWsSpP".utf8.contains(letter)
  }

  private mutating func escape() throws(RegexError) {
    guard let letter = peek(1) else { throw RegexError(message: "\\ at end of pattern", offset: at) }
    switch letter {
    case UInt8(ascii: "s"), UInt8(ascii: "S"):
      let members = letter == UInt8(ascii: "s") ? Self.whiteSpace : Self.notWhiteSpace
      write(classStart == nil ? "[\(members)]" : members)
      at += 2
      escapeHyphen()
    case UInt8(ascii: "D") where classStart == nil, UInt8(ascii: "W") where classStart == nil:
      // As a class, for the reason that `JavaPattern` has.
      write("[")
      copy(2)
      write("]")
    case UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "w"), UInt8(ascii: "W"):
      copy(2)
      escapeHyphen()
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      property()
      escapeHyphen()
    case UInt8(ascii: "u"): codePoint()
    case UInt8(ascii: "x"):
      let digits = hexadecimal(at: at + 2, count: 2)
      write(digits.map { "\\x{\(String($0, radix: 16))}" } ?? "x")
      at += digits == nil ? 2 : 4
    case UInt8(ascii: "c"):
      let isControl = peek(2).map { ($0 | 32) &- 97 < 26 } ?? false
      if isControl { copy(3) } else { write("\\\\"); at += 1 }
    case UInt8(ascii: "0") where !(peek(2).map { $0 &- 48 < 10 } ?? false):
      write("\\x{0}")
      at += 2
    case UInt8(ascii: "k") where source.indices.contains(at + 2) && source[at + 2] == UInt8(ascii: "<"): copy(2)
    case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
      UInt8(ascii: "t"), UInt8(ascii: "1")...UInt8(ascii: "9"):
      if letter == UInt8(ascii: "B"), classStart != nil { write("B"); at += 2 } else { copy(2) }
    case UInt8(ascii: "v"):
      write("\\x{b}")
      at += 2
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
      // An escape of nothing: the character itself.
      at += 1
      copy(1)
    default: copy(2)
    }
  }

  /// `[\w-.]`: a hyphen behind a class of characters stands for itself.
  private mutating func escapeHyphen() {
    guard classStart != nil, peek() == UInt8(ascii: "-"), peek(1) != UInt8(ascii: "]") else { return }
    write("\\-")
    at += 1
  }

  private mutating func codePoint() {
    if peek(2) == UInt8(ascii: "{"), let close = source[at...].firstIndex(of: UInt8(ascii: "}")),
      let scalar = UInt32(String(decoding: source[at + 3..<close], as: UTF8.self), radix: 16)
    {
      write("\\x{\(String(scalar, radix: 16))}")
      at = close + 1
      return
    }
    guard var scalar = hexadecimal(at: at + 2, count: 4) else {
      write("u")
      at += 2
      return
    }
    at += 6
    if scalar & 0xFC00 == 0xD800, peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u"),
      let low = hexadecimal(at: at + 2, count: 4), low & 0xFC00 == 0xDC00
    {
      scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
      at += 6
    }
    // Text has no halves of pairs: what asks for one matches nothing.
    write(scalar & 0xF800 == 0xD800 ? (classStart == nil ? "(?!)" : "") : "\\x{\(String(scalar, radix: 16))}")
  }

  private func hexadecimal(at start: Int, count: Int) -> UInt32? {
    guard start + count <= source.count else { return nil }
    var value: UInt32 = 0
    for byte in source[start..<start + count] {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private mutating func property() {
    guard peek(2) == UInt8(ascii: "{"), let close = source[at...].firstIndex(of: UInt8(ascii: "}")) else {
      // A letter like any other, without the braces.
      at += 1
      return copy(1)
    }
    var name = String(decoding: source[at + 3..<close], as: UTF8.self)
    if let equals = name.firstIndex(of: "=") { name = String(name[name.index(after: equals)...]) }
    write("\\\(peek(1) == UInt8(ascii: "P") ? "P" : "p"){\(Self.categories[name] ?? name)}")
    at = close + 1
  }

  private static let whiteSpace =
    #"\t\n\x{b}\f\r \x{a0}\x{feff}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"#
  private static let notWhiteSpace =
    #"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}"#
    + #"\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}"#

  /// Unicode's long names of general categories (UAX 44, table 12).
  private static let categories: [String: String] = [
    "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt", "Cased_Letter": "L&",
    "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn",
    "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd", "digit": "Nd",
    "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc",
    "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
    "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm",
    "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z", "Space_Separator": "Zs",
    "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf",
    "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn", "Alphabetic": "L", "Lowercase": "Ll",
    "Uppercase": "Lu", "White_Space": "Xsp",
  ]
}
