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

  mutating func number(_ kind: SyntaxNode.Kind) throws(SyntaxFault) -> SyntaxNode {
    // What the lexer took for the beginning of a directive stands in front of the digits.
    guard tokens[position].image.first != UInt8(ascii: "#") else { throw unexpected("a number") }
    return leaf(kind)
  }

  /// A value as an argument, an element or a member of a map: blanks around it.
  mutating func parameter() throws(SyntaxFault) -> SyntaxNode {
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
  static func closesMap(_ kind: TokenKind) -> Bool { kind == .rightCurly || kind == .referenceClose }

}
