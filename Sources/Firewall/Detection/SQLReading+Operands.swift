/// Where a value is expected: literals, names, calls, parentheses, CASE, and queries in their place.
extension SQLReading {
  mutating func operand(_ token: SQLToken, _ wasOpened: Bool) -> Step {
    switch token.kind {
    case .number, .string, .constant, .variable:
      literals &+= 1
      conditionLiterals &+= 1
      if token.kind == .variable, inSelect || calls > 0 { hasTelling = true }
      if token.kind == .constant || token.kind == .variable, peek().kind == .left { return call() }
      return .after
    case .openString:
      return reopened(token)
    case .name, .function, .telling:
      return name(token)
    case .left:
      return opened()
    case .right:
      // `f()`
      if wasOpened, depth > 0 {
        depth &-= 1
        return .after
      }
      return .no
    case .not:
      unaries &+= 1
      return .operand
    case .arithmetic:
      if token.word == .mod { return peek().kind == .left ? call() : .no }
      switch token.first {
      case UInt8(ascii: "+"), UInt8(ascii: "-"):
        unaries &+= 1
        return .operand
      case UInt8(ascii: "*"):
        guard inSelect || wasOpened || previous.word == .select || previous.word == .distinct else { return .no }
        literals &+= 1
        return .after
      default: return .no
      }
    case .select:
      return select(token)
    case .conditional:
      return conditional(.operand)
    case .comment:
      return comment(token, .operand)
    case .brace:
      // ODBC's and MySQL's `{name value}`
      let name = take()
      return name.kind == .name || name.word != .none ? .operand : .no
    case .verb, .clause, .union, .logic, .comparison, .word:
      return wordAsOperand(token)
    case .end:
      return unfinished()
    case .other:
      return token.first == UInt8(ascii: "\\") && quote == 0 ? .operand : .no
    case .pipes, .comma, .semicolon, .dot, .colon, .cast, .closingBrace:
      return .no
    }
  }

  mutating func name(_ token: SQLToken) -> Step {
    let next = peek()
    if next.kind == .left {
      if token.kind == .telling { hasTelling = true }
      if token.word == .none || token.word == .type {
        conditionLiterals &+= 1
        _ = take()
        return opened()
      }
      return call()
    }
    if token.kind == .telling {
      if inSelect { return .found(.query) }
      if next.kind == .dot { hasTelling = true }
      if isHigh, next.kind == .end || next.kind == .dot { return .found(.call) }
    }
    if token.word == .type, next.kind == .string || next.kind == .number { return .operand }  // DATE '2026-01-01'
    if token.word != .none, token.kind == .name, let technique = statement(token) { return .found(technique) }
    names &+= 1
    return .after
  }

  /// A call of a function that SQL knows: its parenthesis is next.
  mutating func call() -> Step {
    calls &+= 1
    conditionLiterals &+= 1
    _ = take()
    if hasLogic, calls > 1, depth > 0 { return .found(.condition) }
    return opened()
  }

  mutating func wordAsOperand(_ token: SQLToken) -> Step {
    switch token.word {
    case .union
    where tokens <= 3 && (previous.kind == .arithmetic || previous.kind == .left || previous.kind == .comment):
      return union(token)
    case .union where previous.word == .select:
      return peek().kind == .number ? .found(.subquery) : union(token)
    case .case:
      return .operand
    case .when where previous.word == .case || calls > 0 || literals > 0:
      return .operand
    case .exists, .distinct:
      return .operand
    case .if:
      if peek().kind == .left { return call() }
      if let technique = statement(token) { return .found(technique) }
      return .no
    case .other:
      // ROW(…), CHARSET(…); by itself a name like any other
      if peek().kind == .left { return call() }
      names &+= 1
      return .after
    case .mod, .insert, .values, .is, .comparison:
      // functions of the same name: MOD(…), INSERT(…), LIKE(…)
      if peek().kind == .left { return call() }
      if token.kind == .verb, let technique = statement(token) { return .found(technique) }
      return .no
    default:
      if token.kind == .verb, tokens <= 2 || previous.kind == .left || previous.kind == .semicolon,
        let technique = statement(token)
      {
        return .found(technique)
      }
      return .no
    }
  }
}
