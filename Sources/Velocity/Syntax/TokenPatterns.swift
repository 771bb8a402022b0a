/// What each kind of token looks like: how many bytes of the text at a place it would take.
struct TokenPatterns {
  let source: [UInt8]
  let at: Int

  /// Bytes that a token of this kind takes here; nil if none begins here.
  func length(of kind: TokenKind) -> Int? {
    switch kind {
    case .endOfText: nil
    case .indexOpen, .leftBracket: word("[")
    case .indexClose, .rightBracket: word("]")
    case .comma: word(",")
    case .doubleDot: word("..")
    case .colon: word(":")
    case .leftCurly, .referenceOpen: word("{")
    case .rightCurly, .referenceClose: word("}")
    case .leftParenthesis: word("(")
    case .rightParenthesis: word(")").map { $0 + lineEnd(at + $0) }
    case .argumentsEnd: word(")")
    case .escapedDirective: escapedDirective
    case .set: setDirective
    case .dollar: dollar
    case .dollarBang: dollarBang
    case .textBlockStart: word("#[[")
    case .formalCommentStart: word("#**").flatMap { byte(at + $0).map { $0 != UInt8(ascii: "#") } == true ? 4 : nil }
    case .commentStart: word("#*")
    case .hash: word("#")
    case .lineCommentStart: word("##")
    case .doubleEscape: word("\\\\")
    case .escape: word("\\")
    case .text: run(from: at) { $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") }
    case .lineCommentEnd: newline(at)
    case .formalCommentEnd, .commentEnd: word("*#")
    case .textBlock: word("]]#")
    case .commentFiller, .textBlockFiller, .referenceTerminator, .directiveTerminator: byte(at).map { _ in 1 }
    case .whitespace:
      run(from: at) {
        $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
      }
    case .string: string
    case .true: word("true")
    case .false: word("false")
    case .minus: word("-")
    case .plus: word("+")
    case .multiply: word("*")
    case .divide: word("/")
    case .modulus: word("%")
    case .and: word("&&") ?? word("and")
    case .or: word("||") ?? word("or")
    case .less: word("<") ?? word("lt")
    case .lessOrEqual: word("<=") ?? word("le")
    case .greater: word(">") ?? word("gt")
    case .greaterOrEqual: word(">=") ?? word("ge")
    case .equal: word("==") ?? word("eq")
    case .notEqual: word("!=") ?? word("ne")
    case .not: word("!") ?? word("not")
    case .assign: word("=")
    case .end: (word("end") ?? word("{end}")).map { $0 + lineEnd(at + $0) }
    case .if: word("if") ?? word("{if}")
    case .elseif: word("elseif") ?? word("{elseif}")
    case .else: (word("else") ?? word("{else}")).map { $0 + lineEnd(at + $0) }
    case .integer: integer
    case .floatingPoint: floatingPoint
    case .word: directiveName(at, first: { isLetter($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "@") })
    case .bracketedWord: bracketedWord(at)
    case .identifier: identifier
    case .dot: word(".").flatMap { byte(at + $0).map(isLetter) == true ? 2 : nil }
    case .emptyIndex: word("$[") ?? word("$![") ?? word("$\\![") ?? word("$.")
    }
  }

  // MARK: Pieces

  private func byte(_ offset: Int) -> UInt8? { offset < source.count ? source[offset] : nil }

  private func word(_ text: StaticString, at offset: Int? = nil) -> Int? {
    let offset = offset ?? at
    let count = text.utf8CodeUnitCount
    guard offset + count <= source.count else { return nil }
    for index in 0..<count where source[offset + index] != text.utf8Start[index] { return nil }
    return count
  }

  private func run(from offset: Int, _ belongs: (UInt8) -> Bool) -> Int {
    var end = offset
    while end < source.count, belongs(source[end]) { end += 1 }
    return end - offset
  }

  private func newline(_ offset: Int) -> Int? {
    word("\r\n", at: offset) ?? word("\n", at: offset) ?? word("\r", at: offset)
  }

  /// Blanks and one line end, if the line ends there.
  private func lineEnd(_ offset: Int) -> Int {
    let blanks = run(from: offset) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    return newline(offset + blanks).map { blanks + $0 } ?? 0
  }

  private func isLetter(_ byte: UInt8) -> Bool { (byte | 32) &- UInt8(ascii: "a") < 26 }
  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private func digits(_ offset: Int) -> Int { run(from: offset, isDigit) }
  private func backslashes(_ offset: Int) -> Int { run(from: offset) { $0 == UInt8(ascii: "\\") } }

  private func directiveName(_ offset: Int, first: (UInt8) -> Bool) -> Int? {
    guard let initial = byte(offset), first(initial) else { return nil }
    return 1
      + run(from: offset + 1) { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "@") }
  }

  private func bracketedWord(_ offset: Int) -> Int? {
    guard word("{", at: offset) != nil,
      let name = directiveName(offset + 1, first: { isLetter($0) || $0 == UInt8(ascii: "_") }),
      word("}", at: offset + 1 + name) != nil
    else { return nil }
    return name + 2
  }

  private var identifier: Int? {
    guard let initial = byte(at), isLetter(initial) || initial == UInt8(ascii: "_") else { return nil }
    return 1
      + run(from: at + 1) { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
  }

  private var dollar: Int? {
    let escapes = backslashes(at)
    return word("$", at: at + escapes).map { escapes + $0 }
  }

  private var dollarBang: Int? {
    guard let dollar else { return nil }
    let escapes = backslashes(at + dollar)
    return word("!", at: at + dollar + escapes).map { dollar + escapes + $0 }
  }

  /// An odd number of backslashes, `#`, and a directive's name.
  private var escapedDirective: Int? {
    let escapes = backslashes(at)
    guard escapes % 2 == 1, word("#", at: at + escapes) != nil else { return nil }
    let name = at + escapes + 1
    let plain = directiveName(name) { isLetter($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "@") }
    return (plain ?? bracketedWord(name)).map { escapes + 1 + $0 }
  }

  private var setDirective: Int? {
    let blanks = run(from: at) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let name = word("#set", at: at + blanks) ?? word("#{set}", at: at + blanks) else { return nil }
    let spaces = run(from: at + blanks + name) { $0 == UInt8(ascii: " ") }
    return word("(", at: at + blanks + name + spaces).map { blanks + name + spaces + $0 }
  }

  /// Digits, and the `..` behind them, which the lexer gives back: so `1..3` is not `1.` and `.3`.
  private var integer: Int? {
    let sign = word("-") ?? 0
    let count = digits(at + sign)
    guard count > 0 else { return nil }
    return sign + count + (word("..", at: at + sign + count) ?? 0)
  }

  private var floatingPoint: Int? {
    let sign = word("-") ?? 0
    let whole = digits(at + sign)
    var end = at + sign + whole
    var isFraction = false
    if word(".", at: end) != nil {
      let fraction = digits(end + 1)
      guard whole > 0 || fraction > 0 else { return nil }
      end += 1 + fraction
      isFraction = true
    }
    guard whole > 0 || isFraction else { return nil }
    if let exponent = exponent(end) { return end + exponent - at }
    return isFraction ? end - at : nil
  }

  private func exponent(_ offset: Int) -> Int? {
    guard let mark = byte(offset), mark | 32 == UInt8(ascii: "e") else { return nil }
    let sign = byte(offset + 1).map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } == true ? 1 : 0
    let count = digits(offset + 1 + sign)
    return count > 0 ? 1 + sign + count : nil
  }

  /// To the quote that closes it, a doubled quote standing for one. Nothing is escaped by `\`. Where doubled quotes run
  /// into the end of the text, the last of them closes the string after all.
  private var string: Int? {
    guard let quote = byte(at), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    var end = at + 1
    var length: Int?
    while end < source.count {
      if source[end] == quote {
        length = end + 1 - at
        guard byte(end + 1) == quote else { return length }
        end += 2
      } else {
        end += 1
      }
    }
    return length
  }
}
