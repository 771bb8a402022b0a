/// What is appended to a statement: UNION, clauses, and whole queries.
extension SQLReading {
  mutating func union(_ token: SQLToken) -> Step {
    var next = take()
    while next.word == .distinct { next = take() }
    while next.kind == .left || next.kind == .conditional || next.kind == .comment || next.kind == .arithmetic {
      if next.kind == .conditional { return .found(.union) }
      next = take()
    }
    if next.kind == .end { return literals > 0 && names == 0 ? .found(.union) : .no }
    if next.kind == .number { return literals > 0 && peek().kind == .comma ? .found(.union) : .no }
    if next.kind == .verb, literals > 0, let technique = statement(next) { return .found(technique) }
    guard next.kind == .select || next.word == .values || next.word == .object else { return .no }
    if next.word == .object { return peek().kind == .name ? .found(.union) : .no }
    let item = peek()
    switch item.kind {
    case .end: return isHigh || !isHeadless || quote != 0 ? .found(.union) : .no
    case .name:
      // Committees are selected, too: a name has to go on like a column.
      guard names > 0 || isHeadless || quote != 0 else { return .found(.union) }
      _ = take()
      switch peek().kind {
      case .comma, .clause, .left, .dot, .comment, .right, .comparison, .arithmetic, .pipes, .semicolon, .conditional:
        return .found(.union)
      case .end: return !isHeadless || isHigh ? .found(.union) : .no
      default: return .no
      }
    case .dot: return tokenizer.byte(item.end) == UInt8(ascii: "`") ? .found(.union) : .no
    case .colon, .closingBrace: return .no
    default: return .found(.union)
    }
  }

  mutating func select(_ token: SQLToken) -> Step {
    // `<select …>` is HTML.
    if previous.first == UInt8(ascii: "<"), previous.end == token.start, previous.kind == .comparison { return .no }
    // `q=select one from each`: a field's value is no query within another.
    let isNested = (tokens > 1 || quote != 0) && !(isAssignment && operators == 1)
    inSelect = true
    aliased = false
    guard isNested else { return selectWord() }
    let item = peek()
    switch item.kind {
    case .name:
      _ = take()
      previous = item
      switch peek().kind {
      case .comma, .clause, .left, .dot, .comment, .end, .right, .comparison, .arithmetic, .pipes, .semicolon,
        .conditional:
        return .found(.subquery)
      case .name:
        return .after
      default: return .no
      }
    case .colon, .dot, .closingBrace, .other, .comma, .clause: return .no
    case .arithmetic: return item.first == UInt8(ascii: "*") ? .found(.subquery) : .no
    case .end: return isHigh ? .found(.subquery) : .no
    default: return .found(.subquery)
    }
  }

  mutating func selectWord() -> Step {
    while peek().word == .distinct {
      _ = take()
      if peek().kind == .number { _ = take() }
    }
    previous = SQLToken(.select, end, end, word: .select)
    return .operand
  }

  /// `FROM`, `WHERE`, `ORDER BY`, `LIMIT`, `INTO OUTFILE`: appended to a statement.
  mutating func clause(_ token: SQLToken) -> Step {
    switch token.word {
    case .order:
      let by = take()
      guard by.word == .by else { return .no }
      previous = by
      if hasLogic, conditionLiterals > 0 { return .found(.condition) }
      return clauseOperand()
    case .having, .where:
      previous = token
      return clauseOperand()
    case .from:
      if inSelect {
        sawFrom = true
        aliased = false
        return from()
      }
      if depth == 0 {
        let table = take()
        if table.kind == .telling || sawAs && (table.kind == .name || table.kind == .end && quote != 0) {
          return .found(.clause)
        }
        if breakouts > 0, table.kind == .name, peek().word == .where { return .found(.clause) }
        return isHeadless && table.kind == .name ? .after : .no
      }
      return .operand
    case .limit:
      let next = peek()
      if next.kind == .number || next.kind == .variable {
        _ = take()
        switch peek().kind {
        case .comma where isHeadless:
          _ = take()
          _ = take()
          return peek().kind == .comment ? .found(.clause) : .after
        case .comma, .comment, .semicolon, .end:
          return quote != 0 || inSelect || isHigh || operators > 0 ? .found(.clause) : .after
        case .clause, .union, .right: return .found(.clause)
        default: return .after
        }
      }
      return .no
    case .into:
      let next = take()
      if next.word == .outfile || next.kind == .variable { return .found(.clause) }
      return inSelect && next.kind == .name ? .after : .no
    case .procedure:
      let name = take()
      guard name.kind == .name || name.word != .none else { return .no }
      return peek().kind == .left ? .found(.clause) : .no
    case .using, .collate:
      let name = take()
      return name.kind == .name || name.kind == .string || name.word != .none ? .after : .no
    case .for:
      if peek().word == .update {
        _ = take()
        return .after
      }
      return depth > 0 ? .operand : .no
    case .escape: return .operand
    case .join, .on, .values, .offset, .set:
      if token.word == .join, !inSelect { return .no }
      return inSelect || depth > 0 ? .operand : .no
    default: return .no
    }
  }

  mutating func from() -> Step {
    let next = peek()
    if next.kind == .name || next.kind == .constant || next.kind == .function || next.kind == .clause {
      _ = take()
      names &+= 1
      previous = next
      let follower = peek()
      switch follower.kind {
      case .clause
      where follower.word == .limit || follower.word == .where || follower.word == .order || follower.word == .having:
        return literals > 0 || calls > 0 || selectItems > 0 || isHigh ? .found(.query) : .after
      case .comment, .semicolon, .dot, .comma, .union, .conditional: return .found(.query)
      case .end: return literals > 0 || calls > 0 || selectItems > 0 || isHigh ? .found(.query) : .no
      default: return .after
      }
    }
    return .operand
  }

  mutating func clauseOperand() -> Step {
    let next = peek()
    switch next.kind {
    case .function, .telling: return clauseNames()
    case .number, .left, .constant, .variable, .not:
      if quote != 0 || isHeadless || operators > 0 || literals > 0 || inSelect || isHigh { return .found(.clause) }
      if next.kind == .left {
        hasLogic = true
        hasComparison = true
        return .operand
      }
      return clauseNames()
    case .openString: return .no
    case .string where next.first == quote: return .no
    case .string:
      return quote != 0 || operators > 0 || literals > 0 ? .found(.clause) : .no
    case .name:
      return clauseNames()
    default:
      guard quote != 0 || isHeadless || operators > 0 || literals > 0 || isHigh else { return .no }
      return next.word == .if || next.word == .case || next.kind == .arithmetic ? .found(.clause) : .no
    }
  }

  mutating func clauseNames() -> Step {
    let isOrder = previous.word == .by || previous.word == .having
    _ = take()
    let next = peek()
    switch next.kind {
    case .comparison: return next.word == .none ? .found(.clause) : .no
    case .dot, .left, .arithmetic, .semicolon:
      return quote != 0 || breakouts > 0 || operators > 0 || calls > 0 || isOrder || isHigh ? .found(.clause) : .no
    case .comment: return isOrder || quote != 0 || isHigh ? .found(.clause) : .no
    case .comma: return isOrder && names == 0 || isHigh ? .found(.clause) : .no
    case .clause, .union: return .found(.clause)
    case .end: return quote != 0 && isHigh ? .found(.clause) : .no
    default: return next.word == .direction ? .found(.clause) : .no
    }
  }
}
