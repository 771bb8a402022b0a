/// Expressions, from the loosest operator to literals; references with their members; string literals.
extension Parser {
  mutating func expression() throws(SyntaxFault) -> SyntaxNode {
    try deepen()
    defer { depth -= 1 }
    _ = try kind()
    let first = position
    let value = try binary(level: 0)
    return SyntaxNode(.expression, first: first, last: position - 1, children: [value])
  }

  /// Operators by level, the loosest first.
  private static let levels: [[TokenKind: BinaryOperator]] = [
    [.or: .or],
    [.and: .and],
    [.equal: .equal, .notEqual: .notEqual],
    [.less: .less, .greater: .greater, .lessOrEqual: .lessOrEqual, .greaterOrEqual: .greaterOrEqual],
    [.plus: .add, .minus: .subtract],
    [.multiply: .multiply, .divide: .divide, .modulus: .modulus],
  ]

  private mutating func binary(level: Int) throws(SyntaxFault) -> SyntaxNode {
    guard level < Parser.levels.count else { return try unary() }
    var left = try binary(level: level + 1)
    while let operation = Parser.levels[level][try kind()] {
      position += 1
      _ = try kind()
      // In Velocity's tree the tokens of such a node are those of its right operand.
      let first = position
      let right = try binary(level: level + 1)
      left = SyntaxNode(.binary(operation), first: first, last: position - 1, children: [left, right])
    }
    return left
  }

  private mutating func unary() throws(SyntaxFault) -> SyntaxNode {
    let ahead = try kind() == .whitespace ? 1 : 0
    guard try kind(ahead) == .not else { return try primary() }
    try deepen()
    defer { depth -= 1 }
    let first = position
    try skip(.whitespace)
    try consume(.not)
    let operand = try unary()
    return SyntaxNode(.not, first: first, last: position - 1, children: [operand])
  }

  private mutating func primary() throws(SyntaxFault) -> SyntaxNode {
    try skip(.whitespace)
    let node: SyntaxNode
    if try kind() == .leftParenthesis {
      position += 1
      node = try expression()
      try consume(.rightParenthesis)
    } else {
      guard let value = try value() else { throw unexpected("a value") }
      node = value
    }
    try skip(.whitespace)
    return node
  }

  /// A literal or a reference; nil if none begins here.
  mutating func value() throws(SyntaxFault) -> SyntaxNode? {
    switch try kind() {
    case .string: return try stringLiteral()
    case .identifier, .referenceOpen: return try reference()
    case .integer: return try number(.integer)
    case .floatingPoint: return try number(.floatingPoint)
    case .true: return leaf(.true)
    case .false: return leaf(.false)
    case .leftBracket: return try isRange() ? try range() : try list()
    case .leftCurly: return try map()
    default: return nil
    }
  }

  private mutating func number(_ kind: SyntaxNode.Kind) throws(SyntaxFault) -> SyntaxNode {
    // What the lexer took for the beginning of a directive stands in front of the digits.
    guard tokens[position].image.first != UInt8(ascii: "#") else { throw unexpected("a number") }
    return leaf(kind)
  }

  /// A value as an argument, an element or a member of a map: blanks around it.
  private mutating func parameter() throws(SyntaxFault) -> SyntaxNode {
    try skip(.whitespace)
    guard let value = try value() else { throw unexpected("a value") }
    try skip(.whitespace)
    return value
  }

  private mutating func list() throws(SyntaxFault) -> SyntaxNode {
    try deepen()
    defer { depth -= 1 }
    let first = position
    try consume(.leftBracket)
    var elements: [SyntaxNode] = []
    if try kind() != .rightBracket {
      elements.append(try parameter())
      while try kind() == .comma {
        position += 1
        elements.append(try parameter())
      }
    }
    try consume(.rightBracket)
    return SyntaxNode(.list, first: first, last: position - 1, children: elements)
  }

  private mutating func map() throws(SyntaxFault) -> SyntaxNode {
    try deepen()
    defer { depth -= 1 }
    let first = position
    try consume(.leftCurly)
    var parts: [SyntaxNode] = []
    let afterBlank = try kind() == .whitespace ? 1 : 0
    if Parser.closesMap(try kind(afterBlank)) {
      try skip(.whitespace)
    } else {
      while true {
        parts.append(try parameter())
        try consume(.colon)
        parts.append(try parameter())
        guard try kind() == .comma else { break }
        position += 1
      }
    }
    guard Parser.closesMap(try kind()) else { throw unexpected("}") }
    position += 1
    return SyntaxNode(.map, first: first, last: position - 1, children: parts)
  }

  /// Behind a reference the lexer sees another `}` than elsewhere.
  private static func closesMap(_ kind: TokenKind) -> Bool { kind == .rightCurly || kind == .referenceClose }

  // MARK: Ranges

  private mutating func range() throws(SyntaxFault) -> SyntaxNode {
    try deepen()
    defer { depth -= 1 }
    let first = position
    try consume(.leftBracket)
    let low = try bound()
    try consume(.doubleDot)
    let high = try bound()
    try consume(.rightBracket)
    return SyntaxNode(.range, first: first, last: position - 1, children: [low, high])
  }

  private mutating func bound() throws(SyntaxFault) -> SyntaxNode {
    try skip(.whitespace)
    let bound = try kind() == .integer ? try number(.integer) : try reference()
    try skip(.whitespace)
    return bound
  }

  /// Whether `[ bound ..` stands here. Remembered, since a `[` within a bound is asked about again and again.
  private mutating func isRange() throws(SyntaxFault) -> Bool {
    if let known = ranges[position] { return known }
    let start = position
    let second = try kind(1) == .whitespace ? 2 : 1
    var isRange = false
    switch try kind(second) {
    case .integer:
      let afterBlank = try kind(second + 1) == .whitespace ? second + 2 : second + 1
      isRange = try kind(afterBlank) == .doubleDot
    case .identifier, .referenceOpen:
      // The tokens stay as they are: building a reference takes text off the first token's image.
      var trial = self
      trial.position += 1
      if (try? trial.bound()) != nil { isRange = (try? trial.kind()) == .doubleDot }
      ranges = trial.ranges
    default: break
    }
    ranges[start] = isRange
    return isRange
  }

  // MARK: References

  mutating func reference() throws(SyntaxFault) -> SyntaxNode {
    try deepen()
    defer { depth -= 1 }
    let first = position
    let isFormal = try kind() == .referenceOpen
    if isFormal { position += 1 }
    try consume(.identifier)
    var parts: [SyntaxNode] = []
    try indexes(into: &parts)
    while try kind() == .dot, try kind(1) == .identifier {
      position += 1
      parts.append(try isBeforeArguments() ? try method() : leaf(.member))
      try indexes(into: &parts)
    }
    if isFormal {
      guard try kind() == .referenceClose else { throw unexpected("}") }
      position += 1
    }
    let last = position - 1
    var rest: [UInt8] = []
    if first < last { for index in (first + 1)...last { rest += tokens[index].literal } }
    let form = ReferenceForm(
      image: &tokens[first].image, special: tokens[first].specialText,
      next: first + 1 < tokens.count ? tokens[first + 1].image : [], rest: rest)
    return SyntaxNode(.reference(form), first: first, last: last, children: parts)
  }

  private mutating func indexes(into parts: inout [SyntaxNode]) throws(SyntaxFault) {
    while try kind() == .indexOpen {
      let first = position
      position += 1
      try skip(.whitespace)
      switch try kind() {
      case .string, .integer, .true, .false, .identifier, .referenceOpen: break
      default: throw unexpected("an index")
      }
      guard let index = try value() else { throw unexpected("an index") }
      try skip(.whitespace)
      try consume(.indexClose)
      parts.append(SyntaxNode(.index, first: first, last: position - 1, children: [index]))
    }
  }

  /// Whether `name (` and what can begin an argument, or `)`, come next.
  private mutating func isBeforeArguments() throws(SyntaxFault) -> Bool {
    guard try kind(1) == .leftParenthesis else { return false }
    switch try kind(2) {
    case .whitespace, .string, .integer, .floatingPoint, .leftBracket, .leftCurly, .true, .false, .identifier,
      .referenceOpen, .argumentsEnd:
      return true
    default: return false
    }
  }

  private mutating func method() throws(SyntaxFault) -> SyntaxNode {
    let first = position
    position += 2
    var arguments: [SyntaxNode] = []
    if try kind() != .argumentsEnd {
      arguments.append(try parameter())
      while try kind() == .comma {
        position += 1
        arguments.append(try parameter())
      }
    }
    try consume(.argumentsEnd)
    return SyntaxNode(.method, first: first, last: position - 1, children: arguments)
  }

  // MARK: Strings

  private mutating func stringLiteral() throws(SyntaxFault) -> SyntaxNode {
    let token = tokens[position]
    let image = token.image
    // What stood in front of the quote in the same token is no part of it.
    guard image.count >= 2, let quote = image.first else { throw unexpected() }
    var text = Array(image[1..<(image.count - 1)])
    let isDouble = quote == UInt8(ascii: "\"")
    if isDouble { text = try unescaped(text, offset: token.offset + 1) }
    if text.contains(quote) { text = singled(text, quote) }
    guard isDouble, image.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "#") }) else {
      return leaf(.string(StringForm(text: text, template: nil, isPadded: false)))
    }
    try deepen()
    defer { depth -= 1 }
    let isPadded = !contains(text, "##")
    let source = isPadded ? text + [UInt8(ascii: " ")] : text
    let tree: SyntaxTree
    do {
      tree = try Parser.parse(source, base: base + token.offset + 1, depth: depth)
    } catch {
      throw SyntaxFault(
        offset: token.offset + 1 + min(error.offset, text.count), message: "in the string: " + error.message,
        suggestion: error.suggestion)
    }
    return leaf(.string(StringForm(text: text, template: tree, isPadded: isPadded)))
  }

  private func contains(_ text: [UInt8], _ mark: StaticString) -> Bool {
    let second = mark.utf8Start[1]
    for index in text.indices.dropLast() where text[index] == mark.utf8Start[0] && text[index + 1] == second {
      return true
    }
    return false
  }

  private func singled(_ text: [UInt8], _ quote: UInt8) -> [UInt8] {
    var result: [UInt8] = []
    var at = 0
    while at < text.count {
      result.append(text[at])
      at += text[at] == quote && at + 1 < text.count && text[at + 1] == quote ? 2 : 1
    }
    return result
  }

  /// `\uXXXX` in a `"…"`, the one escape that Velocity decodes.
  private func unescaped(_ text: [UInt8], offset: Int) throws(SyntaxFault) -> [UInt8] {
    guard contains(text, "\\u") else { return text }
    var units: [UInt16] = []
    var result: [UInt8] = []
    var at = 0
    func flush(_ units: inout [UInt16], _ result: inout [UInt8]) {
      guard !units.isEmpty else { return }
      result += Text(utf16: units).bytes
      units = []
    }
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count, text[at + 1] == UInt8(ascii: "u") else {
        flush(&units, &result)
        result.append(text[at])
        at += 1
        continue
      }
      let digits = text[(at + 2)...].prefix(4)
      guard digits.count == 4, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
        throw SyntaxFault(
          offset: offset + at, message: "\\u must be followed by four hexadecimal digits",
          suggestion: "write the character itself, or '…' for a string without escapes")
      }
      units.append(unit)
      at += 6
    }
    flush(&units, &result)
    return result
  }
}
