/// What has been gathered is weighed: behind a condition that is complete, and where the text, a comment or the string ends it.
extension SQLReading {
  enum Ending { case text, comment, open }

  /// A condition is complete and `token` goes on behind it.
  func settled(by token: SQLToken) -> SQLInjection.Technique? {
    guard hasComparison else { return nil }
    // `1=1 AND …`
    if !hasLogic { return token.kind == .logic && conditionLiterals >= 2 && names == 0 ? .condition : nil }
    if conditionLiterals >= 2 { return .condition }
    switch token.kind {
    case .logic, .pipes, .right, .union, .semicolon, .conditional: return conditionLiterals > 0 ? .condition : nil
    case .clause: return token.word == .order || token.word == .limit || token.word == .having ? .condition : nil
    default: return nil
    }
  }

  mutating func concluded(_ ending: Ending, _ comment: SQLToken? = nil) -> Step {
    // A remark of some words is no comment that cuts something off.
    if let comment, comment.end &- comment.start > 32, !isBlank(comment),
      !hasLogic || !hasComparison || conditionLiterals == 0
    {
      return concluded(.text)
    }
    if hasLogic, hasComparison {
      if conditionLiterals > 0 || ending != .text || quote != 0 && names > 0 { return .found(.condition) }
      return isHigh || quote != 0 ? .found(.condition) : .no
    }
    if hasTelling { return .found(inSelect ? .query : .call) }
    if inSelect {
      if calls > 0 || selectItems > 0 && literals > 0 || ending == .comment || tokens > 3 && literals > 0 && quote != 0
      {
        return .found(.query)
      }
      return isHigh ? .found(.query) : .no
    }
    if calls > 1, !isAssignment && (literals > 0 || names == 0) || isHigh { return .found(.call) }
    if hasLogic {
      if calls > 0 && (!isAssignment || isHigh) || conditionLiterals > 0 && ending != .text {
        return .found(.condition)
      }
      if ending != .text && (quote != 0 || literals > 0) { return .found(.condition) }
      if quote != 0, conditionLiterals > 0, arithmetic > 0 { return .found(.condition) }
      return isHigh && quote != 0 && isFirstQuote && conditionLiterals > 0 ? .found(.condition) : .no
    }
    switch ending {
    case .comment:
      guard let comment else { return .no }
      if calls > 0 || breakouts > 0 && quote != 0 { return .found(.comment) }
      if operators > 0, literals > 0, names == 0 || isShort(comment) && comment.start > previous.end {
        return .found(.comment)
      }
      if quote != 0, isFirstQuote || operators > 0, isShort(comment) { return .found(.comment) }
      if hidesFromLog(comment) { return .found(.comment) }
      if isWhole, literals > 0, names == 0, commas == 0, comment.first != UInt8(ascii: "#"), isBlank(comment) {
        return .found(.comment)
      }
      return .no
    case .open:
      return operators > 0 && isFirstQuote ? .found(.reopened) : .no
    case .text where hasTelling:
      return .found(.call)
    case .text:
      if quote != 0, hasComparison, conditionLiterals > 0, isFirstQuote,
        previous.kind != .string || previous.first != quote || isHigh
      {
        return .found(.condition)
      }
      if isHigh, hasComparison, literals > 1, names == 0 { return .found(.condition) }
      if calls > 0 { return isHigh || quote != 0 || operators > 0 && names == 0 ? .found(.call) : .no }
      return .no
    }
  }

  /// The text ends where a value is expected.
  mutating func unfinished() -> Step {
    if hasTelling || calls > 1 && (!isAssignment || isHigh) { return .found(.call) }
    if isHigh, hasComparison, breakouts > 0 || quote != 0 && previous.word == .comparison { return .found(.condition) }
    if calls > 0, isHigh || hasLogic || quote != 0 { return .found(.call) }
    if inSelect, selectItems > 0 && literals > 0 || depth > 0 && tokens > 3 { return .found(.query) }
    return .no
  }

  mutating func reopened(_ token: SQLToken) -> Step {
    guard quote != 0, token.first == quote else {
      if isHigh, hasComparison, literals > 0, names == 0 { return .found(.condition) }
      return hasLogic && (conditionLiterals > 0 || hasTelling) ? .found(.condition) : .no
    }
    if hasLogic, hasComparison { return .found(.condition) }
    if hasLogic, conditionLiterals > 0 { return .found(.condition) }
    guard operators > 0, isFirstQuote else { return .no }
    // Prose has inches and words between double quotes; between single ones an operator does its work without a value.
    let hasValue =
      literals > 0 && names == 0 || calls > 0 || unaries > 0 && names == 0 && (hasLogic || hasComparison)
      || hasLogic && arithmetic > 0
    if hasValue { return .found(.reopened) }
    // `'+'`: no value needed. But prose has operators between quotes, too, and goes on behind them.
    return quote == UInt8(ascii: "'") && token.end &- token.start <= 9 ? .found(.reopened) : .no
  }

  /// What cuts a statement off is empty or hardly a word; what people write behind a dash is not.
  func isShort(_ comment: SQLToken) -> Bool {
    let length = comment.end &- comment.start
    if comment.first == UInt8(ascii: "#") { return length == 1 && comment.start == previous.end }
    // `"--help"`
    if comment.first == UInt8(ascii: "-"), SQLTokenizer.isNameByte(tokenizer.byte(comment.start &+ 2)) { return false }
    return length <= 10
  }

  /// SQL Server leaves a statement that ends in `sp_password` out of its trace.
  func hidesFromLog(_ comment: SQLToken) -> Bool {
    let start = comment.end &- 11
    return start > comment.start && SQLVocabulary.isPasswordProcedure(tokenizer.bytes, start)
  }

  /// Whether no word stands where people would write one. How a comment goes on is not looked at: it may be the text's whole rest.
  func isBlank(_ comment: SQLToken) -> Bool {
    for index in comment.start..<min(comment.end, comment.start &+ 64)
    where SQLTokenizer.isNameByte(tokenizer.bytes[index]) { return false }
    return true
  }
}
