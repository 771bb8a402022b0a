import JSON
import PCRE

/// `(@.price < 10 && !(@.old) || $.all == 'yes')` to a `Filter`.
///
///     filter  = '(' any ')'
///     any     = all ('||' all)*
///     all     = one ('&&' one)*
///     one     = '!' one | '(' any ')' | operand (comparison operand)?
///     operand = path | 'text' | "text" | /regex/flags | [list] | {object} | text
struct FilterCompiler {
  private let bytes: [UInt8]
  private(set) var at: Int
  private let end: Int
  private let nesting: Int
  private var depth = 0

  /// Parentheses and negations inside each other.
  private static let deepest = 64

  /// - Parameter from: where the parenthesis behind `?` stands.
  init(_ bytes: [UInt8], from: Int, to end: Int, nesting: Int) {
    self.bytes = bytes
    at = from
    self.end = end
    self.nesting = nesting
  }

  /// Leaves `at` behind the closing parenthesis.
  mutating func compile() throws(JSONPathError) -> Filter {
    guard byte() == UInt8(ascii: "(") else { throw error("a filter is written [?( … )]") }
    return try one()
  }

  private func error(_ message: String) -> JSONPathError { JSONPathError(message, at: at) }
  private func byte(_ offset: Int = 0) -> UInt8 { at + offset < end ? bytes[at + offset] : 0 }

  private mutating func skipSpaces() {
    while byte() == 0x20 { at += 1 }
  }

  private mutating func take(_ word: StaticString) -> Bool {
    skipSpaces()
    for index in 0..<word.utf8CodeUnitCount where byte(index) != word.utf8Start[index] { return false }
    at += word.utf8CodeUnitCount
    return true
  }

  private mutating func any() throws(JSONPathError) -> Filter {
    var filters = [try all()]
    while take("||") { filters.append(try all()) }
    return filters.count == 1 ? filters[0] : .any(filters)
  }

  private mutating func all() throws(JSONPathError) -> Filter {
    var filters = [try one()]
    while take("&&") { filters.append(try one()) }
    return filters.count == 1 ? filters[0] : .all(filters)
  }

  private mutating func one() throws(JSONPathError) -> Filter {
    depth += 1
    defer { depth -= 1 }
    guard depth <= FilterCompiler.deepest else { throw error("filters are nested too deep") }
    skipSpaces()
    if byte() == UInt8(ascii: "!") {
      at += 1
      skipSpaces()
      if byte() == UInt8(ascii: "@") || byte() == UInt8(ascii: "$") {
        let negated = try comparison()
        if case .exists(let path, _) = negated { return .exists(path, false) }
        throw error("'!' negates the existence of a path or what stands in parentheses")
      }
      return .not(try one())
    }
    if byte() == UInt8(ascii: "(") {
      at += 1
      let inner = try any()
      guard take(")") else { throw error("')' was expected") }
      return inner
    }
    return try comparison()
  }

  private mutating func comparison() throws(JSONPathError) -> Filter {
    skipSpaces()
    let leftIsBare = isBare
    let left = try operand(isLeft: true)
    guard let comparison = try comparisonOperator() else {
      guard case .path(let path) = left else { throw error("a comparison was expected") }
      return .exists(path, true)
    }
    skipSpaces()
    let rightIsBare = isBare
    let right = try operand(isLeft: false)
    if case .matches = comparison {
      guard isRegex(left) != isRegex(right) else { throw error("'=~' compares with one /regular expression/") }
    }
    guard comparison.tellsKindsApart else { return .compare(left, comparison, right) }
    return .compare(leftIsBare ? typed(left) : left, comparison, rightIsBare ? typed(right) : right)
  }

  /// What a literal without quotes is: a number, a boolean, null, or else text.
  private func typed(_ operand: Operand) -> Operand {
    guard case .text(let text) = operand, let literal = Literal(json: text) else { return operand }
    return .json(literal)
  }

  private func isRegex(_ operand: Operand) -> Bool {
    if case .regex = operand { true } else { false }
  }

  private func isComparisonByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "!"): true
    default: false
    }
  }

  /// Nil where the filter ends or goes on with another one.
  private mutating func comparisonOperator() throws(JSONPathError) -> Comparison? {
    skipSpaces()
    let begin = at
    if isComparisonByte(byte()) {
      while isComparisonByte(byte()) { at += 1 }
    } else {
      while byte() | 0x20 >= UInt8(ascii: "a") && byte() | 0x20 <= UInt8(ascii: "z") { at += 1 }
    }
    guard at > begin else { return nil }
    guard let comparison = Comparison(rawValue: String(decoding: bytes[begin..<at], as: UTF8.self).uppercased()) else {
      at = begin
      throw error(
        "this is no comparison: == != < <= > >= =~ in nin subsetof anyof noneof all contains size empty type matches exists"
      )
    }
    return comparison
  }

  // MARK: Operands

  /// Whether a literal without quotes begins here.
  private var isBare: Bool {
    switch byte() {
    case UInt8(ascii: "@"), UInt8(ascii: "$"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "/"),
      UInt8(ascii: "["),
      UInt8(ascii: "{"):
      false
    default: true
    }
  }

  private mutating func operand(isLeft: Bool) throws(JSONPathError) -> Operand {
    skipSpaces()
    switch byte() {
    case UInt8(ascii: "@"), UInt8(ascii: "$"): return .path(try path())
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try quoted())
    case UInt8(ascii: "/"): return .regex(try regex())
    case UInt8(ascii: "["), UInt8(ascii: "{"): return .json(try json())
    default: return .text(try bare(isLeft: isLeft))
    }
  }

  /// Ends at a space, a comparison, `&&`, `||` or the parenthesis that is not its own.
  private mutating func path() throws(JSONPathError) -> JSONPath {
    let begin = at
    var parentheses = 0
    loop: while at < end {
      switch byte() {
      case UInt8(ascii: "["):
        try skipBrackets(UInt8(ascii: "["), UInt8(ascii: "]"))
        continue loop
      case UInt8(ascii: "("): parentheses += 1
      case UInt8(ascii: ")"):
        if parentheses == 0 { break loop }
        parentheses -= 1
      case UInt8(ascii: "&") where byte(1) == UInt8(ascii: "&"), UInt8(ascii: "|") where byte(1) == UInt8(ascii: "|"):
        break loop
      case 0x20 where parentheses == 0: break loop
      case let byte where isComparisonByte(byte) && parentheses == 0: break loop
      default: break
      }
      at += 1
    }
    do {
      return try JSONPath(String(decoding: bytes[begin..<at], as: UTF8.self), nesting: nesting + 1)
    } catch {
      throw JSONPathError(error.message, at: begin + error.offset)
    }
  }

  /// From an opening bracket to behind the one that closes it, strings inside not looked into.
  private mutating func skipBrackets(_ open: UInt8, _ close: UInt8) throws(JSONPathError) {
    var depth = 0
    while at < end {
      switch byte() {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): _ = try quoted()
      case open:
        depth += 1
        at += 1
      case close:
        depth -= 1
        at += 1
        if depth == 0 { return }
      default: at += 1
      }
    }
    throw error("a bracket is not closed")
  }

  /// In single quotes `\'` alone is an escape; in double quotes those of JSON are.
  private mutating func quoted() throws(JSONPathError) -> String {
    let quote = byte()
    let begin = at + 1
    at = begin
    while at < end && byte() != quote { at += byte() == UInt8(ascii: "\\") ? 2 : 1 }
    guard at < end else { throw error("a quote is not closed") }
    let contents = bytes[begin..<at]
    at += 1
    if quote == UInt8(ascii: "\"") { return unescape(contents) }
    var text: [UInt8] = []
    for index in contents.indices {
      if bytes[index] == UInt8(ascii: "\\"), index + 1 < contents.endIndex, bytes[index + 1] == quote { continue }
      text.append(bytes[index])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func regex() throws(JSONPathError) -> Regex {
    let begin = at + 1
    at = begin
    while at < end && byte() != UInt8(ascii: "/") { at += byte() == UInt8(ascii: "\\") ? 2 : 1 }
    guard at < end else { throw error("a regular expression is not closed by '/'") }
    let pattern = String(decoding: bytes[begin..<at], as: UTF8.self)
    at += 1
    var options: Regex.Options = []
    while true {
      switch byte() {
      case UInt8(ascii: "i"): options.insert(.ignoresCase)
      case UInt8(ascii: "s"): options.insert(.dotMatchesNewlines)
      case UInt8(ascii: "m"): options.insert(.anchorsMatchLines)
      case UInt8(ascii: "x"): options.insert(.ignoresWhitespace)
      case UInt8(ascii: "u"), UInt8(ascii: "U"), UInt8(ascii: "d"): break
      default:
        do throws(RegexError) {
          return try Regex(pattern, options: options)
        } catch {
          throw JSONPathError(error.message, at: begin + error.offset)
        }
      }
      at += 1
    }
  }

  private mutating func json() throws(JSONPathError) -> Literal {
    let begin = at
    if byte() == UInt8(ascii: "[") {
      try skipBrackets(UInt8(ascii: "["), UInt8(ascii: "]"))
    } else {
      try skipBrackets(UInt8(ascii: "{"), UInt8(ascii: "}"))
    }
    guard let literal = Literal(json: String(decoding: bytes[begin..<at], as: UTF8.self)) else {
      at = begin
      throw error("this is not JSON")
    }
    return literal
  }

  /// Up to what ends a comparison.
  private mutating func bare(isLeft: Bool) throws(JSONPathError) -> String {
    let begin = at
    while at < end {
      let byte = byte()
      if byte == UInt8(ascii: ")") || isLeft && (byte == 0x20 || isComparisonByte(byte)) { break }
      if byte == UInt8(ascii: "&") && self.byte(1) == byte || byte == UInt8(ascii: "|") && self.byte(1) == byte {
        break
      }
      at += 1
    }
    var last = at
    while last > begin && bytes[last - 1] == 0x20 { last -= 1 }
    guard last > begin else { throw error("a value was expected") }
    return String(decoding: bytes[begin..<last], as: UTF8.self)
  }
}
