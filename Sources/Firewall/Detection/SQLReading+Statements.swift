/// Where the statement ends and another begins, or a comment.
extension SQLReading {
  // MARK: - Statements
  mutating func stacked() -> Step {
    previous = SQLToken(.semicolon, end, end)
    var next = take()
    while next.kind == .semicolon { next = take() }
    if next.kind == .name, quote != 0, peek().kind == .colon {
      // label: GOTO label
      _ = take()
      next = take()
    }
    if next.kind == .end {
      if hasTelling || calls > 0 && (inSelect || hasLogic) { return .found(inSelect ? .query : .call) }
      // `x';` ends the statement: nothing more is done.
      return isHigh && quote != 0 && isFirstQuote ? .found(.comment) : .no
    }
    if next.kind == .comment {
      return quote != 0 && isFirstQuote || operators > 0 || breakouts > 0 ? .found(.comment) : .no
    }
    if next.kind == .conditional { return conditional(.operand) }
    if next.kind == .select {
      let item = peek()
      switch item.kind {
      case .name, .end:
        return quote != 0 || breakouts > 0 || isHigh ? .found(.stacked) : select(next)
      case .colon, .dot, .closingBrace, .other, .clause, .word: return .no
      default: return .found(.stacked)
      }
    }
    if next.kind == .telling, peek().kind == .left { return .found(.stacked) }
    if next.kind == .left, peek().kind == .select { return .found(.stacked) }
    if let technique = statement(next) { return .found(technique) }
    return .no
  }

  mutating func verbAfter(_ token: SQLToken) -> Step {
    if token.kind == .select {
      // 'x' SELECT: SQL Server needs no semicolon
      guard quote != 0 || literals > 0 || breakouts > 0 else { return .no }
      let item = peek()
      switch item.kind {
      case .number, .string, .variable, .function, .telling, .left, .conditional, .constant, .union:
        return .found(.stacked)
      case .arithmetic: return item.first == UInt8(ascii: "*") ? .found(.stacked) : .no
      case .name:
        inSelect = true
        return .operand
      default: return .no
      }
    }
    if let technique = statement(token) { return .found(technique) }
    return .no
  }

  /// A whole statement begins with `token`: its first words are taken as far as they show that it is one.
  mutating func statement(_ token: SQLToken) -> SQLInjection.Technique? {
    SQLStatements.isOne(token, &tokenizer, isLoose: isHigh || previous.kind == .semicolon || quote != 0)
      ? .stacked : nil
  }

  // MARK: - Comments
  mutating func conditional(_ place: Step) -> Step {
    let next = peek()
    switch next.kind {
    case .union, .select, .logic, .verb, .clause, .function, .telling, .number, .constant, .variable, .left:
      return .found(.conditionalComment)
    case .dot: return SQLTokenizer.isNameByte(tokenizer.byte(next.end)) ? .found(.conditionalComment) : .no
    case .end, .comment: return isHigh || operators > 0 ? .found(.conditionalComment) : place
    default: return place
    }
  }

  mutating func comment(_ token: SQLToken, _ place: Step) -> Step {
    let next = peek()
    if next.kind == .end {
      if case .after = place { return concluded(.comment, token) }
      return hasLogic || operators > 0 && quote != 0 ? unfinished() : .no
    }
    
    return place
  }
}
