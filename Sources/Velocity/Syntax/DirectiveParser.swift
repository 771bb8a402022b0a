/// `#name`, `#name( … )` and `#name( … ) … #end`.
extension Parser {
  mutating func directive() throws(SyntaxFault) -> SyntaxNode {
    let first = position
    let token = tokens[position]
    position += 1
    var name = token.image.dropFirst()
    if token.kind == .bracketedWord { name = name.dropFirst().dropLast() }
    let text = String(decoding: name, as: UTF8.self)
    lexer.enterDirective()
    guard lexer.isBeforeParenthesis() else {
      if text == "macro" {
        throw SyntaxFault(
          offset: token.offset, message: "#macro needs the macro's name", suggestion: "write #macro(name $argument)")
      }
      lexer.leaveDirective()
      return try checked(SyntaxNode(.directive(name: text, form: .bare), first: first, last: first), token)
    }
    try skip(.whitespace)
    try consume(.leftParenthesis)
    var children = try arguments(of: text, token)
    guard isBlock(text) else {
      let node = SyntaxNode(.directive(name: text, form: .line), first: first, last: position - 1, children: children)
      return try checked(node, token)
    }
    children.append(try block())
    guard try kind() == .end else {
      throw SyntaxFault(offset: token.offset, message: "#\(text) is not closed", suggestion: "an #end is missing")
    }
    position += 1
    if text == "macro" {
      guard children.count > 1 else {
        throw SyntaxFault(
          offset: token.offset, message: "#macro needs the macro's name", suggestion: "write #macro(name $argument)")
      }
      macros.insert(tokens[children[0].first].image)
    }
    let node = SyntaxNode(.directive(name: text, form: .block), first: first, last: position - 1, children: children)
    return try checked(node, token)
  }

  private func isBlock(_ name: String) -> Bool {
    ["foreach", "macro", "literal", "define"].contains(name) || name.hasPrefix("@")
  }

  /// The arguments and the `)`. Commas between them may be missing.
  private mutating func arguments(of name: String, _ directive: Token) throws(SyntaxFault) -> [SyntaxNode] {
    var arguments: [SyntaxNode] = []
    while try isBeforeArgument() {
      try skip(.whitespace)
      if try kind() == .comma {
        position += 1
        try skip(.whitespace)
      }
      let isWord = try kind() == .word
      let at = tokens[position].offset
      if isWord, Parser.directives.contains(name) {
        let isAllowed = name == "macro" && arguments.isEmpty || name == "foreach" && arguments.count == 1
        guard isAllowed else {
          throw SyntaxFault(
            offset: at,
            message:
              "'\(String(decoding: tokens[position].image, as: UTF8.self))' cannot be an argument of #\(name)",
            suggestion: "put it in quotes, or $ before a variable's name")
        }
      } else if name == "macro", arguments.isEmpty {
        throw SyntaxFault(offset: at, message: "the first argument of #macro must be a bare name")
      }
      arguments.append(try argument())
    }
    try skip(.whitespace)
    try consume(.rightParenthesis)
    return arguments
  }

  private mutating func isBeforeArgument() throws(SyntaxFault) -> Bool {
    switch try kind() {
    case .whitespace:
      let second = try kind(1)
      return second == .comma || isArgumentStart(second)
    case .comma:
      let second = try kind(1)
      return second == .whitespace || isArgumentStart(second)
    default: return isArgumentStart(try kind())
    }
  }

  private func isArgumentStart(_ kind: TokenKind) -> Bool {
    switch kind {
    case .identifier, .referenceOpen, .word, .string, .integer, .floatingPoint, .leftBracket, .leftCurly, .true, .false:
      true
    default: false
    }
  }

  private mutating func argument() throws(SyntaxFault) -> SyntaxNode {
    if try kind() == .word { return leaf(.word) }
    guard let value = try value() else { throw unexpected("an argument") }
    return value
  }

  /// What Velocity finds only when it prepares a parsed directive.
  private func checked(_ node: SyntaxNode, _ token: Token) throws(SyntaxFault) -> SyntaxNode {
    guard case .directive(let name, let form) = node.kind else { return node }
    func fault(_ message: String, _ suggestion: String? = nil) -> SyntaxFault {
      SyntaxFault(offset: token.offset, message: message, suggestion: suggestion)
    }
    switch name {
    case "foreach" where form == .bare:
      throw fault("#foreach needs what to go through", "write #foreach($item in $list)")
    case "literal" where form == .bare:
      throw fault("#literal needs parentheses", "write #literal() … #end, or #[[ … ]]#")
    case "literal" where node.children.last.map { $0.last < $0.first } == true:
      throw fault("#literal has nothing in it", "leave it out")
    case "define" where node.children.count != 2:
      throw fault("#define needs the name of one block", "write #define($name) … #end")
    case "break" where node.children.count > 1:
      throw fault("#break takes one loop at most", "write #break or #break($foreach)")
    case "stop" where node.children.count > 1:
      throw fault("#stop takes one message at most", "write #stop")
    default: return node
    }
  }
}
