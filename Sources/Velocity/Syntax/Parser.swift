/// Parses a template: Velocity 1.7's grammar, with its lookahead, so that what is text there is text here.
///
/// Nodes are made from the bottom up. Nesting of blocks, expressions and interpolated strings is limited, since each
/// level is a level of native recursion.
struct Parser {
  /// Levels of blocks, parentheses, arguments, lists and maps within each other, strings within strings included.
  static let deepest = 100

  var lexer: Lexer
  var tokens: [Token] = []
  /// Index of the next token to consume.
  var position = 0
  var depth: Int
  let base: Int
  /// Names of macros defined so far, which may be escaped.
  var macros: Set<[UInt8]> = []
  /// Whether a `[` at a token begins a range, by its index.
  var ranges: [Int: Bool] = [:]

  static func parse(_ source: [UInt8], base: Int = 0, depth: Int = 0) throws(SyntaxFault) -> SyntaxTree {
    var parser = Parser(lexer: Lexer(source), depth: depth, base: base)
    let statements = try parser.statements()
    guard try parser.kind() == .endOfText else { throw parser.unexpected() }
    let root = SyntaxNode(.block, first: 0, last: parser.position - 1, children: statements)
    return SyntaxTree(tokens: parser.tokens, root: root, base: base)
  }

  private init(lexer: Lexer, depth: Int, base: Int) {
    self.lexer = lexer
    self.depth = depth
    self.base = base
  }

  // MARK: Tokens

  /// The kind of a token ahead: 0 is the next. Tokens are read only as far as asked for.
  mutating func kind(_ ahead: Int = 0) throws(SyntaxFault) -> TokenKind {
    while tokens.count <= position + ahead {
      if let last = tokens.last, last.kind == .endOfText { return .endOfText }
      tokens.append(try lexer.next())
    }
    return tokens[position + ahead].kind
  }

  mutating func consume(_ wanted: TokenKind) throws(SyntaxFault) {
    guard try kind() == wanted else { throw unexpected(wanted.name) }
    position += 1
  }

  mutating func skip(_ unwanted: TokenKind) throws(SyntaxFault) {
    if try kind() == unwanted { position += 1 }
  }

  func unexpected(_ wanted: String? = nil) -> SyntaxFault {
    let token = tokens[min(position, tokens.count - 1)]
    let found =
      token.kind == .endOfText ? token.kind.name : "'\(String(decoding: token.image.prefix(40), as: UTF8.self))'"
    let message = wanted.map { "\(found) stands where \($0) is expected" } ?? "\(found) cannot stand here"
    return SyntaxFault(offset: place(of: token), message: message, suggestion: hint(token))
  }

  /// Where to show a token: the text's end behind the last thing that can be seen.
  private func place(of token: Token) -> Int {
    guard token.kind == .endOfText else { return token.offset }
    let text = lexer.source.prefix(token.offset)
    return text.lastIndex { $0 > UInt8(ascii: " ") }.map { $0 + 1 } ?? token.offset
  }

  private func hint(_ token: Token) -> String? {
    switch token.kind {
    case .end: "there is an #end too many, or the directive that it closes is misspelt"
    case .endOfText: "an #end or a closing parenthesis is missing"
    case .integer, .floatingPoint: "write blanks around the minus of a subtraction: 5 - 3"
    default: nil
    }
  }

  mutating func deepen() throws(SyntaxFault) {
    depth += 1
    guard depth <= Parser.deepest else {
      throw SyntaxFault(
        offset: tokens[min(position, tokens.count - 1)].offset,
        message: "blocks and expressions are nested more than \(Parser.deepest) levels deep")
    }
  }

  // MARK: Statements

  mutating func statements() throws(SyntaxFault) -> [SyntaxNode] {
    try deepen()
    defer { depth -= 1 }
    var statements: [SyntaxNode] = []
    while let statement = try statement() { statements.append(statement) }
    return statements
  }

  /// The statements up to what cannot be one.
  mutating func block() throws(SyntaxFault) -> SyntaxNode {
    _ = try kind()
    let first = position
    let children = try statements()
    return SyntaxNode(.block, first: first, last: position - 1, children: children)
  }

  private mutating func statement() throws(SyntaxFault) -> SyntaxNode? {
    switch try kind() {
    case .if: return try ifStatement()
    case .identifier: return try reference()
    case .referenceOpen:
      if try kind(1) == .identifier { return try reference() }
      return leaf(.text)
    case .lineCommentStart:
      let first = position
      position += 1
      try skip(.lineCommentEnd)
      return SyntaxNode(.comment, first: first, last: position - 1)
    case .commentEnd, .formalCommentEnd: return leaf(.comment)
    case .textBlock: return leaf(.textBlock)
    case .set: return try setDirective()
    case .escapedDirective:
      // The token itself changes: what prints a whole directive as text prints it without the backslash too.
      tokens[position].image = escapedDirective(tokens[position].image)
      return leaf(.escapedDirective(tokens[position].image))
    case .doubleEscape: return try escape()
    case .word, .bracketedWord: return try directive()
    case .text, .dot, .rightParenthesis, .leftParenthesis, .integer, .floatingPoint, .string, .escape, .referenceClose,
      .emptyIndex:
      return leaf(.text)
    default: return nil
    }
  }

  mutating func leaf(_ kind: SyntaxNode.Kind) -> SyntaxNode {
    position += 1
    return SyntaxNode(kind, first: position - 1, last: position - 1)
  }

  private mutating func ifStatement() throws(SyntaxFault) -> SyntaxNode {
    let first = position
    position += 1
    var children = try conditionAndBlock()
    while try kind() == .elseif {
      let start = position
      position += 1
      let parts = try conditionAndBlock()
      children.append(SyntaxNode(.elseif, first: start, last: position - 1, children: parts))
    }
    if try kind() == .else {
      let start = position
      position += 1
      let body = try block()
      children.append(SyntaxNode(.else, first: start, last: position - 1, children: [body]))
    }
    try consume(.end)
    return SyntaxNode(.if, first: first, last: position - 1, children: children)
  }

  private mutating func conditionAndBlock() throws(SyntaxFault) -> [SyntaxNode] {
    try skip(.whitespace)
    try consume(.leftParenthesis)
    let condition = try expression()
    try consume(.rightParenthesis)
    return [condition, try block()]
  }

  private mutating func setDirective() throws(SyntaxFault) -> SyntaxNode {
    let first = position
    position += 1
    try skip(.whitespace)
    let target = try reference()
    try skip(.whitespace)
    try consume(.assign)
    let value = try expression()
    try consume(.rightParenthesis)
    lexer.inSet = false
    return SyntaxNode(.set, first: first, last: position - 1, children: [target, value])
  }

  // MARK: Escapes

  /// Directives that API Gateway's Velocity knows, beside `#set`, `#if` and its parts.
  static let directives: Set<String> = ["foreach", "include", "parse", "macro", "literal", "break", "define", "stop"]

  private func isDirective(_ name: some Sequence<UInt8>) -> Bool {
    Parser.directives.contains(String(decoding: Array(name), as: UTF8.self)) || macros.contains(Array(name))
  }

  /// `\#name`: of the backslashes one half stays, if `name` is a directive; else all.
  private func escapedDirective(_ image: [UInt8]) -> [UInt8] {
    guard let last = image.lastIndex(of: UInt8(ascii: "\\")) else { return image }
    var name = image[(last + 2)...]
    if name.first == UInt8(ascii: "{") { name = name.dropFirst().dropLast() }
    let isKnown = isDirective(name) || ["if", "end", "set", "else", "elseif"].contains { name.elementsEqual($0.utf8) }
    return isKnown ? Array(image[..<(last / 2)]) + Array(image[(last + 1)...]) : image
  }

  /// `\\`, once or more: each is one backslash before a directive, and stays two elsewhere.
  private mutating func escape() throws(SyntaxFault) -> SyntaxNode {
    let first = position
    while try kind() == .doubleEscape { position += 1 }
    let next = tokens[position]
    let isBeforeDirective =
      switch next.kind {
      case .if, .else, .elseif, .end: true
      default: isDirective(next.image.dropFirst())
      }
    let text = [UInt8](repeating: UInt8(ascii: "\\"), count: (position - first) * (isBeforeDirective ? 1 : 2))
    return SyntaxNode(.escape(text), first: first, last: position - 1)
  }
}
