/// Behind a value: operators, parentheses, lists, casts, aliases; what else may stand there is told by the other parts.
extension SQLReading {
  mutating func after(_ token: SQLToken) -> Step {
    if token.kind != .end, token.kind != .comment, let technique = settled(by: token) { return .found(technique) }
    switch token.kind {
    case .logic, .pipes:
      operators &+= 1
      if token.kind == .pipes { arithmetic &+= 1 }
      if token.kind == .logic || !hasComparison { conditionLiterals = 0 }
      hasLogic = true
      hasComparison = false
      aliased = false
      return .operand
    case .comparison:
      return comparison(token)
    case .arithmetic:

      operators &+= 1
      arithmetic &+= 1
      return .operand
    case .not:
      // NOT LIKE, NOT IN, ~ of PostgreSQL
      if token.word == .not {
        let next = take()
        guard next.kind == .comparison else { return .no }
        return comparison(next)
      }
      if token.first == UInt8(ascii: "~") { return comparison(token) }
      return .no
    case .right:
      if depth > 0 { depth &-= 1 } else { breakouts &+= 1 }
      return .after
    case .comma:
      commas &+= 1
      // `"a","b"`: a list of strings; what would follow one is found behind its last quote.
      if quote != 0, depth == 0, breakouts == 0, operators == 0, tokenizer.byte(token.end) == quote { return .no }
      if inSelect { selectItems &+= 1 }
      return .operand
    case .dot:
      let next = take()
      if next.kind == .arithmetic, next.first == UInt8(ascii: "-") { return .operand }
      if next.kind == .dot { return take().kind == .name ? .after : .no }
      return next.kind == .name || next.kind == .function || next.kind == .constant || next.kind == .telling
        || (next.kind == .arithmetic && next.first == UInt8(ascii: "*")) ? memberOrCall() : .no
    case .cast:
      return cast()
    case .union:
      return union(token)
    case .semicolon:
      return stacked()
    case .clause:
      return clause(token)
    case .comment:
      return comment(token, .after)
    case .conditional:
      return conditional(.after)
    case .word:
      return wordAfter(token)
    case .verb, .select:
      return verbAfter(token)
    case .left:
      // `x (SELECT …)` is no SQL, but nothing else either.
      let next = peek()
      if next.kind == .union {
        depth &+= 1
        return .after
      }
      return next.kind == .select ? opened() : .no
    case .name, .function, .telling, .constant, .variable:
      return alias(token)
    case .string, .openString:
      return adjacent(token)
    case .end:
      return concluded(.text)
    case .closingBrace:
      return .after
    case .number:
      return hasLogic && calls > 0 && previous.kind == .right || hasTelling && depth > 0 ? .found(.condition) : .no
    case .other where token.first == UInt8(ascii: "["):
      // ARRAY['a', 'b'] and subscripts of PostgreSQL
      return hasLogic || isHigh ? opened() : .no
    case .other where token.first == UInt8(ascii: "]") && depth > 0:
      depth &-= 1
      return .after
    case .colon, .brace, .other:
      return .no
    }
  }

  mutating func opened() -> Step {
    depth &+= 1
    justOpened = true
    return .operand
  }

  mutating func memberOrCall() -> Step {
    // A method of somebody's program as likely as a package's function: no call by itself.
    if peek().kind == .left {
      conditionLiterals &+= 1
      _ = take()
      return opened()
    }
    return .after
  }

  mutating func comparison(_ token: SQLToken) -> Step {
    if quote == 0, operators == 0, names == 1, literals == 0, calls == 0, depth == 0, token.first == UInt8(ascii: "=") {
      isAssignment = true
    }
    operators &+= 1
    hasComparison = true
    switch token.word {
    case .is:
      if peek().word == .not { _ = take() }
      return .operand
    case .sounds:
      guard take().kind == .comparison else { return .no }
      return .operand
    case .in:
      let mode = peek()
      if mode.word == .type || mode.word == .join || mode.kind == .name {
        // MATCH … AGAINST ('x' IN BOOLEAN MODE), LOCK IN SHARE MODE
        _ = take()
        guard peek().word == .mode else { return .after }
        _ = take()
        hasComparison = false
        return .after
      }
      return .operand
    default:
      // `= ALL (…)`, `<> BINARY …`
      return .operand
    }
  }

  /// A name behind a value: an alias, once, and only what the strongest attacks go on with may follow.
  mutating func alias(_ token: SQLToken) -> Step {
    if quote == 0, token.word == .none || token.kind != .name, !aliased, depth == 0, operators == 0 {
      aliased = true
      names &+= 1
      return .after
    }
    if inSelect, token.kind == .telling { return .found(.query) }
    if token.kind == .telling, quote != 0 || literals > 0, peek().kind == .left { return name(token) }
    if isHigh, token.kind == .function || token.kind == .telling, peek().kind == .left {
      isLoose = true
      return name(token)
    }
    if hasLogic, hasComparison, depth > 0 { return .after }
    if inSelect, !aliased || sawFrom {
      aliased = true
      names &+= 1
      return .after
    }
    if let technique = statement(token) { return .found(technique) }
    return .no
  }

  mutating func adjacent(_ token: SQLToken) -> Step {
    // 'a' 'b' is one string
    if previous.kind == .string, token.kind == .string { return .after }
    if hasTelling, quote != 0, token.first == quote { return .found(.call) }
    if inSelect, token.kind == .string, !aliased {
      aliased = true
      return .after
    }
    if token.kind == .openString, token.first == quote, hasLogic && hasComparison || inSelect || breakouts > 0 {
      return concluded(.open)
    }
    return .no
  }

  mutating func cast() -> Step {
    let type = take()
    guard
      type.word == .type || type.word == .name || type.kind == .name && type.word != .none
        || isHigh && type.kind == .name
    else {
      return .no
    }
    conditionLiterals &+= 1
    operators &+= 1
    let next = peek()
    switch next.kind {
    case .end, .comment, .right, .logic, .comparison, .arithmetic, .pipes, .comma, .cast, .semicolon, .union:
      return .found(.cast)
    default: return .after
    }
  }

  mutating func wordAfter(_ token: SQLToken) -> Step {
    switch token.word {
    case .when, .then, .else:
      aliased = false
      if token.word == .then, calls > 0 || literals > 0 || isHigh { return .found(.condition) }
      return .operand
    case .end: return .after
    case .as:
      sawAs = true
      let next = take()
      guard
        next.kind == .name || next.kind == .string || next.kind == .function || next.word == .type
          || next.kind == .constant
      else {
        return .no
      }
      if peek().kind == .left, next.word == .type || next.kind == .function {
        // CAST(x AS CHAR(8))
        _ = take()
        return opened()
      }
      return .after
    case .direction: return .after
    case .by: return .no
    case .distinct where inSelect: return .operand
    default:
      if let technique = statement(token) { return .found(technique) }
      if token.word == .lock, peek().word == .in { return .after }
      // MATCH column AGAINST (…)
      return token.word == .other && hasLogic && peek().kind == .left ? .found(.condition) : .no
    }
  }
}
