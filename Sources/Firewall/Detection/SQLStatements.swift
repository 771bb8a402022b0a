/// Whether a word begins a statement of its own, judged by the words behind it: `DROP TABLE x`, `EXEC xp_cmdshell 'dir'`,
/// `UPDATE users SET a = 1`, and not `drop it`, `update: we moved`.
enum SQLStatements {
  /// `isLoose` where the place already speaks for a statement: behind a quote or a semicolon.
  static func isOne(_ verb: SQLToken, _ tokenizer: inout SQLTokenizer, isLoose: Bool) -> Bool {
    switch verb.word {
    case .drop, .create, .alter, .truncate: return definition(&tokenizer, isLoose)
    case .insert: return insertion(&tokenizer)
    case .merge: return tokenizer.next().word == .into && tokenizer.next().kind == .name
    case .update: return update(&tokenizer)
    case .delete: return deletion(&tokenizer, isLoose)
    case .exec: return execution(&tokenizer, isLoose)
    case .declare:
      let name = tokenizer.next()
      if name.kind == .variable { return name.end > name.start &+ 1 }
      let kind = tokenizer.next()
      return name.kind == .name && isLoose && (kind.word == .type || kind.word == .other)
    case .waitfor:
      guard tokenizer.next().word == .delay else { return false }
      let time = tokenizer.next().kind
      return time == .string || time == .openString || time == .variable
    case .shutdown:
      let next = tokenizer.next()
      return isLoose && (ends(next) || next.word == .other)
    case .if:
      guard isLoose else { return false }
      var next = tokenizer.next()
      while next.kind == .left || next.kind == .not { next = tokenizer.next() }
      switch next.kind {
      case .select, .telling, .function: return true
      case .number, .string, .variable, .constant:
        let sign = tokenizer.next()
        return sign.kind == .comparison && sign.word == .none
      default: return next.word == .exists
      }
    case .begin, .goto:
      guard isLoose else { return false }
      let next = tokenizer.next()
      switch next.kind {
      case .select, .verb, .telling: return true
      case .name where next.word == .goto && verb.word == .begin: return true
      case .name, .word: return next.word == .other && verb.word == .begin || named(&tokenizer, next)
      default: return ends(next) && verb.word == .begin
      }
    case .set:
      let target = tokenizer.next()
      return target.kind == .variable || target.kind == .name && isLoose && tokenizer.next().kind == .comparison
    case .grant:
      _ = tokenizer.next()
      let next = tokenizer.next()
      return isLoose && (next.word == .on || next.kind == .comma)
    case .use:
      guard isLoose, tokenizer.next().kind == .name else { return false }
      let next = tokenizer.next()
      return next.kind == .semicolon || next.kind == .verb || next.kind == .comment
    case .call, .print:
      let name = tokenizer.next()
      if verb.word == .print { return isLoose && name.isLiteral && ends(tokenizer.next()) }
      if name.kind == .left { return isLoose && tokenizer.next().isLiteral && tokenizer.next().kind == .comparison }
      if name.kind == .telling || name.kind == .function { return isLoose }
      return name.kind == .name && isLoose && tokenizer.next().kind == .left
    case .load:
      let name = tokenizer.next()
      if name.word == .object { return tokenizer.next().kind == .name }
      if name.kind == .left { return isLoose && tokenizer.next().kind == .select }
      let next = tokenizer.next()
      if name.kind == .name, next.word == .into || next.kind == .name {
        // LOAD DATA [LOCAL] INFILE 'x'
        let file = tokenizer.next()
        return isLoose
          && (file.kind == .string || file.kind == .openString
            || file.kind == .name && tokenizer.next().kind == .string)
      }
      return isLoose && name.kind == .name && (next.word == .from || next.word == .into)
        && tokenizer.next().kind == .string
    case .handler:
      return tokenizer.next().kind == .name && tokenizer.next().word == .other
    default: return false
    }
  }

  private static func ends(_ token: SQLToken) -> Bool {
    token.kind == .end || token.kind == .semicolon || token.kind == .comment
  }

  private static func named(_ tokenizer: inout SQLTokenizer, _ name: SQLToken) -> Bool {
    let next = tokenizer.next()
    switch next.kind {
    case .select, .verb, .semicolon, .comment: return true
    case .name:
      // GOTO label label: …
      let colon = tokenizer.next()
      return colon.kind == .colon || next.word != .none
    default: return next.word == .declare || next.word == .other
    }
  }

  /// DROP TABLE [IF EXISTS] name
  private static func definition(_ tokenizer: inout SQLTokenizer, _ isLoose: Bool) -> Bool {
    var object = tokenizer.next()
    if object.word == .or {  // CREATE OR REPLACE
      _ = tokenizer.next()
      object = tokenizer.next()
    }
    if isLoose, object.kind == .name, object.word == .none { return tokenizer.next().kind == .comment }
    guard object.word == .object || object.word == .procedure else { return false }
    var name = tokenizer.next()
    if name.word == .object { name = tokenizer.next() }
    if name.word == .if {
      while name.word == .if || name.word == .not || name.word == .exists { name = tokenizer.next() }
      return name.kind == .name
    }
    guard
      name.kind == .name || name.kind == .function || name.kind == .telling || name.kind == .string
        || name.kind == .constant
    else {
      return isLoose && ends(name)
    }
    if isLoose { return true }
    let next = tokenizer.next()
    switch next.kind {
    case .left, .semicolon, .comment, .dot, .comma, .verb: return true
    case .name: return next.first == UInt8(ascii: "`") || name.first == UInt8(ascii: "`")
    default: return next.word == .as || next.word == .set || name.first == UInt8(ascii: "`")
    }
  }

  /// INSERT INTO name [(columns)] VALUES | SELECT | SET
  private static func insertion(_ tokenizer: inout SQLTokenizer) -> Bool {
    var name = tokenizer.next()
    let isInto = name.word == .into
    if isInto { name = tokenizer.next() }
    guard name.kind == .name || name.kind == .function || name.kind == .constant else { return false }
    var next = tokenizer.next()
    while next.kind == .dot {
      _ = tokenizer.next()
      next = tokenizer.next()
    }
    switch next.kind {
    case .left:
      let column = tokenizer.next()
      let separator = tokenizer.next()
      return column.kind == .select || separator.kind == .comma || separator.kind == .right || separator.kind == .end
    case .select: return true
    default: return next.word == .set || next.word == .values && (isInto || tokenizer.next().kind == .left)
    }
  }

  /// UPDATE name SET column =
  private static func update(_ tokenizer: inout SQLTokenizer) -> Bool {
    guard tokenizer.next().kind == .name else { return false }
    var next = tokenizer.next()
    while next.kind == .dot {
      _ = tokenizer.next()
      next = tokenizer.next()
    }
    guard next.word == .set else { return false }
    let column = tokenizer.next()
    guard column.kind == .name || column.kind == .variable || column.kind == .function || column.kind == .telling else {
      return false
    }
    next = tokenizer.next()
    while next.kind == .dot {
      _ = tokenizer.next()
      next = tokenizer.next()
    }
    return next.kind == .comparison
  }

  /// DELETE FROM name [WHERE …]
  private static func deletion(_ tokenizer: inout SQLTokenizer, _ isLoose: Bool) -> Bool {
    var from = tokenizer.next()
    if from.kind == .name { from = tokenizer.next() }  // DELETE QUICK FROM
    guard from.word == .from, tokenizer.next().kind == .name else { return false }
    var next = tokenizer.next()
    while next.kind == .dot {
      _ = tokenizer.next()
      next = tokenizer.next()
    }
    if next.kind == .end { return isLoose }
    return ends(next) || next.word == .where
  }

  /// EXEC [@result =] name | 'text' | @name | (expression)
  private static func execution(_ tokenizer: inout SQLTokenizer, _ isLoose: Bool) -> Bool {
    var name = tokenizer.next()
    if name.word == .immediate {
      let text = tokenizer.next().kind
      return text == .string || text == .openString || isLoose
    }
    if name.word == .as { return isLoose && tokenizer.next().word == .object }
    switch name.kind {
    case .variable: return true
    case .telling: return true
    case .left:
      let inner = tokenizer.next().kind
      return inner == .variable || inner == .string || inner == .telling || inner == .function || isLoose
    case .string: return isLoose
    case .name:
      var dots = 0
      var next = tokenizer.next()
      while next.kind == .dot {
        dots &+= 1
        next = tokenizer.next()
        if next.kind == .name || next.kind == .telling || next.word != .none {
          name = next
          next = tokenizer.next()
        }
      }
      if dots > 0 { return isLoose || name.kind == .telling || next.kind == .string || next.kind == .variable }
      switch next.kind {
      case .string, .variable: return true
      case .end, .semicolon, .comment, .number: return isLoose
      default: return false
      }
    default: return false
    }
  }
}
