/// What the lexer can find. The order is that of Velocity's own grammar: of two equally long matches the earlier kind wins.
enum TokenKind: UInt8 {
  case endOfText
  case indexOpen, indexClose
  case leftBracket, rightBracket, comma
  case doubleDot
  case colon
  case leftCurly, rightCurly
  case leftParenthesis
  case rightParenthesis
  case argumentsEnd
  case escapedDirective
  case set
  // Parts of a longer token: the match goes on behind them, often in another state.
  case dollar, dollarBang, textBlockStart, formalCommentStart, commentStart, hash
  case lineCommentStart
  case doubleEscape, escape, text
  case lineCommentEnd
  case formalCommentEnd
  case commentEnd
  case textBlock
  case commentFiller
  case textBlockFiller
  case whitespace
  case string
  case `true`, `false`
  case minus, plus, multiply, divide, modulus
  case and, or, less, lessOrEqual, greater, greaterOrEqual, equal, notEqual, not, assign
  case end, `if`, `elseif`, `else`
  case integer
  case floatingPoint
  case word, bracketedWord
  case identifier, dot
  case referenceOpen, referenceClose
  case referenceTerminator
  case directiveTerminator
  case emptyIndex

  /// Whether the match goes on behind this part.
  var isPart: Bool {
    switch self {
    case .dollar, .dollarBang, .textBlockStart, .formalCommentStart, .commentStart, .hash, .textBlockFiller: true
    default: false
    }
  }

  /// What a message calls it.
  var name: String {
    switch self {
    case .endOfText: "the end of the template"
    case .indexOpen, .leftBracket: "["
    case .indexClose, .rightBracket: "]"
    case .comma: ","
    case .doubleDot: ".."
    case .colon: ":"
    case .leftCurly, .referenceOpen: "{"
    case .rightCurly, .referenceClose: "}"
    case .leftParenthesis: "("
    case .rightParenthesis, .argumentsEnd: ")"
    case .end: "#end"
    case .assign: "="
    case .identifier: "a name"
    default: "\(self)"
    }
  }
}

/// A piece of template text.
struct Token {
  var kind: TokenKind
  /// Its text, with what led up to it (`\\$`, `#`) in front.
  var image: [UInt8]
  /// Offset of its first byte in the template text.
  var offset: Int
  /// Texts of the zero-width pieces passed over before it: ends of references and of `#` that began no directive.
  var specials: [[UInt8]] = []

  /// What of the passed-over pieces is to be kept as text: `#`, `$`, and backslashes that lead to a `$`.
  var specialText: [UInt8] {
    guard let last = specials.last, !last.starts(with: "##".utf8) else { return [] }
    var kept: [UInt8] = []
    for image in specials {
      var at = 0
      while at < image.count {
        let byte = image[at]
        if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "$") { kept.append(byte) }
        if byte == UInt8(ascii: "\\") {
          var end = at
          while end < image.count, image[end] == UInt8(ascii: "\\") { end += 1 }
          if end < image.count, image[end] == UInt8(ascii: "$") {
            kept += image[at...end]
            // The character behind the `$` is skipped too, as Velocity does.
            at = end + 1
          }
        }
        at += 1
      }
    }
    return kept
  }

  /// The text that it stands for in the template.
  var literal: [UInt8] { kind == .commentEnd ? [] : specialText + image }
}
