/// Cuts a template into tokens: Velocity 1.7's lexer, whose state decides what a character can mean.
///
///     plain text ──$──> reference ──.name──> member ──(──> arguments ──)──> reference …
///         │                 │  └──[──> index ──]──> back
///         │                 └── anything else: back to where the `$` was met
///         └──#──> preDirective ──if, foreach, …──> directive ──)──> back to where the `#` was met
///
/// In each state the longest match wins, and of equally long ones the earlier `TokenKind`. Tokens are made only when the
/// parser asks for them, because the parser moves the lexer to `directive` when it has seen a directive's name.
/// White space: the `)` that closes a directive, `#end` and `#else` swallow blanks and one line end behind them; `#set`
/// swallows blanks before it where they begin a token.
struct Lexer {
  enum State: UInt8 {
    case text, reference, member, arguments, index, preDirective, directive
    case lineComment, formalComment, comment, textBlock
  }

  private struct Saved {
    var open: Int
    var closed: Int
    var state: State
  }

  let source: [UInt8]
  private(set) var at = 0
  private var state = State.text
  private var saved: [Saved] = []
  /// Parentheses opened and closed in this state.
  private var open = 0
  private var closed = 0
  private var inComment = false
  /// Within `#set( … )`, where literals do not end the directive.
  var inSet = false

  init(_ source: [UInt8]) { self.source = source }

  // MARK: What the parser asks and orders

  /// The next token.
  /// - Throws: where no token of the state fits, or the text ends within one (a lone `$` or `#` at its end).
  mutating func next() throws(SyntaxFault) -> Token {
    var specials: [[UInt8]] = []
    var start = at
    while true {
      guard at < source.count else {
        if start < at { throw SyntaxFault(offset: start, message: unfinished(start)) }
        return Token(kind: .endOfText, image: [], offset: at, specials: specials)
      }
      guard let match = longestMatch() else {
        throw SyntaxFault(offset: at, message: "'\(character(at))' cannot stand here")
      }
      at += match.length
      if match.kind.isPart {
        part(match.kind)
        continue
      }
      switch match.kind {
      case .commentFiller:
        start = at
      case .referenceTerminator, .directiveTerminator:
        specials.append(Array(source[start..<at]))
        at -= 1
        pop()
        start = at
      default:
        return token(match.kind, from: start, specials)
      }
    }
  }

  /// After a directive's name: what follows are its arguments.
  mutating func enterDirective() { state = .directive }

  /// The `#name` was no directive after all.
  mutating func leaveDirective() { pop() }

  /// Whether `(` comes next, behind white space at most.
  func isBeforeParenthesis() -> Bool {
    var ahead = at
    while ahead < source.count {
      switch source[ahead] {
      case UInt8(ascii: "("): return true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): ahead += 1
      default: return false
      }
    }
    return false
  }

  // MARK: States

  private mutating func push(_ next: State) {
    saved.append(Saved(open: open, closed: closed, state: state))
    open = 0
    state = next
  }

  private mutating func pop() {
    guard let last = saved.popLast() else {
      open = 0
      state = .text
      return
    }
    (open, closed, state) = (last.open, last.closed, last.state)
  }

  private mutating func part(_ kind: TokenKind) {
    guard !inComment else { return }
    switch kind {
    case .dollar, .dollarBang:
      if state == .reference { pop() }
      push(.reference)
    case .hash:
      if state == .reference || state == .member { pop() }
      push(.preDirective)
    case .textBlockStart: enterComment(.textBlock)
    case .commentStart: enterComment(.comment)
    case .formalCommentStart:
      at -= 1
      enterComment(.formalComment)
    default: break
    }
  }

  private mutating func enterComment(_ next: State) {
    inComment = true
    push(next)
  }

  private mutating func token(_ kind: TokenKind, from start: Int, _ specials: [[UInt8]]) -> Token {
    var token = Token(kind: kind, image: Array(source[start..<at]), offset: start, specials: specials)
    switch kind {
    case .indexOpen: push(.index)
    case .indexClose, .referenceClose, .end, .else: pop()
    case .leftParenthesis:
      open += 1
      if state == .member { state = .arguments }
    case .rightParenthesis: closeParenthesis()
    case .argumentsEnd: state = .reference
    case .set:
      push(.directive)
      inSet = true
      open += 1
    case .lineCommentStart:
      if !inComment {
        if state == .reference { pop() }
        enterComment(.lineComment)
      }
    case .lineCommentEnd, .formalCommentEnd, .commentEnd, .textBlock:
      inComment = false
      pop()
    case .string:
      if state == .directive, !inSet, open == 0 { pop() }
    case .if, .elseif: state = .directive
    case .integer:
      if token.image.count > 2, token.image.suffix(2).elementsEqual("..".utf8) {
        at -= 2
        token.image.removeLast(2)
      }
      if open == 0, !inSet, state != .arguments, state != .index { pop() }
    case .floatingPoint:
      if open == 0, !inSet, state != .arguments { pop() }
    case .dot:
      at -= 1
      token.image = [UInt8(ascii: ".")]
      state = .member
    default: break
    }
    return token
  }

  /// A `)` closes the innermost state that has a `(` of its own.
  private mutating func closeParenthesis() {
    while true {
      if open > 0 {
        if open == closed + 1 { pop() } else { closed += 1 }
        return
      }
      let bottom = saved.isEmpty
      pop()
      if bottom { return }
    }
  }

  // MARK: Matching

  private struct Match {
    var kind: TokenKind
    var length: Int
  }

  private func longestMatch() -> Match? {
    var best: Match?
    let text = TokenPatterns(source: source, at: at)
    func consider(_ kind: TokenKind, _ length: Int?) {
      guard let length, length > 0 else { return }
      if let found = best {
        if length < found.length { return }
        if length == found.length, kind.rawValue > found.kind.rawValue { return }
      }
      best = Match(kind: kind, length: length)
    }
    for kind in Lexer.candidates[Int(state.rawValue)] { consider(kind, text.length(of: kind)) }
    return best
  }

  private static let everywhere: [TokenKind] = [
    .dollar, .dollarBang, .textBlockStart, .formalCommentStart, .commentStart, .hash,
  ]

  /// The kinds that each state knows, by its raw value.
  private static let candidates: [[TokenKind]] = [
    /* text */ everywhere + [
      .escapedDirective, .set, .lineCommentStart, .doubleEscape, .escape, .text, .emptyIndex,
    ],
    /* reference */ everywhere + [
      .indexOpen, .set, .lineCommentStart, .true, .false, .identifier, .dot, .referenceOpen, .referenceClose,
      .referenceTerminator, .emptyIndex,
    ],
    /* member */ everywhere + [
      .indexOpen, .leftParenthesis, .set, .true, .false, .identifier, .dot, .referenceOpen, .referenceClose,
      .referenceTerminator,
    ],
    /* arguments */ everywhere + [
      .leftBracket, .rightBracket, .comma, .doubleDot, .colon, .leftCurly, .rightCurly, .argumentsEnd, .set,
      .whitespace,
      .string, .true, .false, .integer, .floatingPoint, .identifier, .dot,
    ],
    /* index */ everywhere + [.indexClose, .whitespace, .string, .true, .false, .integer, .floatingPoint],
    /* preDirective */ everywhere + [
      .lineCommentStart, .end, .if, .elseif, .else, .integer, .floatingPoint, .word, .bracketedWord,
      .directiveTerminator,
    ],
    /* directive */ everywhere + [
      .leftBracket, .rightBracket, .comma, .doubleDot, .colon, .leftCurly, .rightCurly, .leftParenthesis,
      .rightParenthesis, .lineCommentStart, .whitespace, .string, .true, .false, .minus, .plus, .multiply, .divide,
      .modulus, .and, .or, .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .not, .assign, .integer,
      .floatingPoint, .word, .bracketedWord,
    ],
    /* lineComment */ everywhere + [.lineCommentEnd, .commentFiller],
    /* formalComment */ everywhere + [.formalCommentEnd, .commentFiller],
    /* comment */ everywhere + [.commentEnd, .commentFiller],
    /* textBlock */ everywhere + [.textBlock, .textBlockFiller],
  ]

  // MARK: Messages

  private func character(_ offset: Int) -> String {
    String(String(decoding: source[offset..<min(offset + 4, source.count)], as: UTF8.self).prefix(1))
  }

  private func unfinished(_ start: Int) -> String {
    switch state {
    case .textBlock: "#[[ is not closed by ]]#"
    case .reference: "the template ends with a lone $"
    case .preDirective: "the template ends with a lone #"
    default: "the template ends within '\(String(decoding: source[start...].prefix(20), as: UTF8.self))'"
    }
  }
}

/// A fault in template text, by offset; becomes a `TemplateError` where lines are known.
struct SyntaxFault: Error {
  var offset: Int
  var message: String
  var suggestion: String?
}
