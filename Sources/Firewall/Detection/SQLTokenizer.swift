/// Reads a text as SQL, whatever it is, from any place on: bytes in, tokens out.
///
/// There is no error: what no dialect knows is `.other`. Where dialects differ, the reading that does more is taken (`#` begins a
/// comment, a backslash escapes in a string, `--` needs no space behind it), and the grammar's other attempts make up for it.
struct SQLTokenizer {
  let bytes: UnsafeRawBufferPointer
  private let vocabulary: SQLVocabulary
  private(set) var position: Int
  /// Two hyphens were read as a comment though nothing but MySQL's rule says what they are.
  private(set) var sawTightHyphens = false
  /// MySQL's rule for `--`: a comment only with a space or an end behind.
  let spacedHyphens: Bool

  /// What is known of the ends of comments and strings. A text is read from many places; each end is looked for once.
  struct Ends {
    /// From `blockFrom` on, the next `*/` begins at `block`, which is the text's length where none does.
    var blockFrom = 0
    var block = -1
    var lineFrom = 0
    var line = -1
    /// A string's content that began at `from` ends at `end`, the text's length where nothing ends it.
    struct Content {
      var from = 0
      var end = -1
    }
    var single = Content()
    var double = Content()
  }
  private(set) var ends: Ends
  /// What reading has taken so far, peeks included. Steps, each about a nanosecond.
  private(set) var steps = 0

  init(
    _ bytes: UnsafeRawBufferPointer, from position: Int, vocabulary: SQLVocabulary, spacedHyphens: Bool = false,
    ends: Ends = Ends()
  ) {
    self.bytes = bytes
    self.position = position
    self.vocabulary = vocabulary
    self.spacedHyphens = spacedHyphens
    self.ends = ends
  }

  /// The token that `next` would give.
  mutating func peek() -> SQLToken {
    var ahead = self
    let token = ahead.next()
    ends = ahead.ends
    steps = ahead.steps
    return token
  }

  mutating func next() -> SQLToken {
    let start = position
    let token = read()
    let isWord = token.first &- 0x41 < 62
    steps &+= isWord ? Self.stepsPerWord : Self.stepsPerToken
    switch token.kind {
    // Where they end may be known: whoever looks for it counts.
    case .comment, .conditional, .string, .openString, .variable: break
    default: steps &+= position &- start
    }
    return token
  }

  private static let stepsPerToken = 20
  /// It is looked up in the vocabulary.
  private static let stepsPerWord = 75

  @inline(__always)
  func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  private mutating func read() -> SQLToken {
    while true {
      skipSpace()
      let start = position
      guard start < bytes.count else { return SQLToken(.end, start, start) }
      let first = bytes[start]
      switch Self.start(first) {
      case .letter: return word(start, first)
      case .digit: return number(start)
      case .quote: return string(start, contentFrom: start &+ 1, first)
      case .slash:
        if byte(start &+ 1) == UInt8(ascii: "*") {
          if let token = blockComment(start) { return token }
          continue
        }
        return one(.arithmetic, first)
      case .star:
        // The end of `/*! … */` or of a nested comment; no operator is followed by a slash.
        if byte(start &+ 1) == UInt8(ascii: "/"), byte(start &+ 2) != UInt8(ascii: "*") {
          position = start &+ 2
          continue
        }
        return one(.arithmetic, first)
      case .hyphen:
        if byte(start &+ 1) == UInt8(ascii: "-"), isComment(start) { return lineComment(start) }
        if byte(start &+ 1) == UInt8(ascii: ">") {
          return many(.comparison, byte(start &+ 2) == UInt8(ascii: ">") ? 3 : 2, first)
        }
        return one(.arithmetic, first)
      case .hash:
        let second = byte(start &+ 1)
        if second == UInt8(ascii: ">") || second == UInt8(ascii: "-") {
          let length = second == UInt8(ascii: ">") && byte(start &+ 2) == UInt8(ascii: ">") ? 3 : 2
          if isQuoteAhead(start &+ length) { return many(.comparison, length, first) }
        }
        return lineComment(start)
      case .at: return variable(start)
      case .dot:
        if byte(start &+ 1) &- 0x30 < 10 { return number(start) }
        return one(.dot, first)
      case .symbol: return symbol(start, first)
      case .bracket: return bracketed(start)
      case .dollar: return dollar(start)
      case .space, .other:
        if first == UInt8(ascii: "\\"), byte(start &+ 1) == UInt8(ascii: "N") { return many(.constant, 2, first) }
        return one(.other, first)
      }
    }
  }

  private mutating func one(_ kind: SQLToken.Kind, _ first: UInt8) -> SQLToken { many(kind, 1, first) }

  private mutating func many(_ kind: SQLToken.Kind, _ length: Int, _ first: UInt8) -> SQLToken {
    let start = position
    position = min(bytes.count, start &+ length)
    return SQLToken(kind, start, position, first: first)
  }

  // MARK: - Spaces and comments

  /// MySQL's and Oracle's spaces: control bytes, NUL, and the no-break space in Latin-1 and in UTF-8.
  private mutating func skipSpace() {
    while position < bytes.count {
      let byte = bytes[position]
      if byte <= 0x20 || byte == 0xA0 || byte == 0x7F {
        position &+= 1
      } else if byte == 0xC2, self.byte(position &+ 1) == 0xA0 {
        position &+= 2
      } else {
        return
      }
    }
  }

  private func isQuoteAhead(_ index: Int) -> Bool {
    var index = index
    while index < bytes.count, bytes[index] == 0x20 { index &+= 1 }
    if byte(index) == UInt8(ascii: "/"), byte(index &+ 1) == UInt8(ascii: "*") { return true }
    return byte(index) == UInt8(ascii: "'")
  }

  private mutating func isComment(_ start: Int) -> Bool {
    if start &+ 2 >= bytes.count || bytes[start &+ 2] <= 0x20 { return true }
    sawTightHyphens = true
    return !spacedHyphens
  }

  private mutating func lineComment(_ start: Int) -> SQLToken {
    if start < ends.lineFrom || start > ends.line {
      var index = start
      while index < bytes.count, bytes[index] != 0x0A { index &+= 1 }
      steps &+= index &- start
      ends.lineFrom = start
      ends.line = index
    }
    position = ends.line
    return SQLToken(.comment, start, position, first: bytes[start])
  }

  /// A token where the comment is one to the grammar: it never ends, MySQL executes it, or another stands within.
  private mutating func blockComment(_ start: Int) -> SQLToken? {
    let first = bytes[start]
    if byte(start &+ 2) == UInt8(ascii: "!")
      || (byte(start &+ 2) == UInt8(ascii: "M") && byte(start &+ 3) == UInt8(ascii: "!"))
    {
      var index = start &+ 3
      while index < bytes.count, bytes[index] &- 0x30 < 10 || bytes[index] == UInt8(ascii: "!") { index &+= 1 }
      position = index
      return SQLToken(.conditional, start, index, first: first)
    }
    let content = start &+ 2
    if content < ends.blockFrom || content > ends.block {
      var index = content
      while index < bytes.count, bytes[index] != UInt8(ascii: "*") || byte(index &+ 1) != UInt8(ascii: "/") {
        index &+= 1
      }
      steps &+= index &- content
      ends.blockFrom = content
      ends.block = index
    }
    guard ends.block < bytes.count else {
      position = bytes.count
      return SQLToken(.comment, start, position, first: first)
    }
    position = ends.block &+ 2
    steps &+= Self.stepsPerToken &+ min(Self.nestingLimit, ends.block &- content)
    return isNested(content, min(ends.block, content &+ Self.nestingLimit))
      ? SQLToken(.conditional, start, position, first: first) : nil
  }

  /// Another comment begins within the first bytes of a comment.
  private func isNested(_ start: Int, _ end: Int) -> Bool {
    var index = start
    while index < end {
      if bytes[index] == UInt8(ascii: "/"), byte(index &+ 1) == UInt8(ascii: "*") { return true }
      index &+= 1
    }
    return false
  }

  private static let nestingLimit = 64

  /// Longer strings between dollar signs are not looked for.
  private static let dollarLimit = 256

  // MARK: - Values

  /// A string that began at `start` and whose content begins at `content`. Doubled quotes and backslashes stay inside.
  private mutating func string(_ start: Int, contentFrom content: Int, _ quote: UInt8) -> SQLToken {
    let index = contentEnd(content, quote)
    guard index < bytes.count else {
      position = bytes.count
      return SQLToken(.openString, start, position, first: quote)
    }
    position = index &+ 1
    guard quote == UInt8(ascii: "`") else { return SQLToken(.string, start, position, first: quote) }
    let isTelling = vocabulary.word(bytes, content, index) == .telling
    return SQLToken(isTelling ? .telling : .name, start, position, first: quote)
  }

  /// Where a string's content ends: at its quote, or at the text's end.
  private mutating func contentEnd(_ content: Int, _ quote: UInt8) -> Int {
    // Markup within JSON has all its quotes escaped, and from behind each the same end is seen.
    if quote != UInt8(ascii: "`"), content > 3, bytes[content &- 2] == UInt8(ascii: "\\"),
      bytes[content &- 1] == quote, bytes[content &- 3] != UInt8(ascii: "\\")
    {
      let known = quote == UInt8(ascii: "'") ? ends.single : ends.double
      if known.from <= content &- 2, content <= known.end { return known.end }
    }
    var index = content
    while index < bytes.count {
      let byte = bytes[index]
      if byte == quote {
        guard self.byte(index &+ 1) == quote, index &+ 1 < bytes.count else { break }
        index &+= 2
      } else {
        index &+= byte == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1
      }
    }
    index = min(index, bytes.count)
    steps &+= 2 &* (index &- content)
    switch quote {
    case UInt8(ascii: "'"): ends.single = Ends.Content(from: content, end: index)
    case UInt8(ascii: "\""): ends.double = Ends.Content(from: content, end: index)
    default: break
    }
    return index
  }

  private mutating func number(_ start: Int) -> SQLToken {
    var index = start
    let marker = byte(start &+ 1) | 0x20
    if bytes[start] == 0x30, marker == UInt8(ascii: "x") || marker == UInt8(ascii: "b") {
      index = start &+ 2
      while index < bytes.count, Self.isHexadecimal(bytes[index]) { index &+= 1 }
      // `0x` followed by a word: letters of the word were taken for digits where they are.
      if index > start &+ 2 || Self.isNameByte(byte(index)) == false { return numberEnds(start, index) }
      index = start &+ 1
    }
    while index < bytes.count, bytes[index] &- 0x30 < 10 { index &+= 1 }
    if byte(index) == UInt8(ascii: "."), byte(index &+ 1) != UInt8(ascii: ".") {
      index &+= 1
      while index < bytes.count, bytes[index] &- 0x30 < 10 { index &+= 1 }
    }
    if byte(index) | 0x20 == UInt8(ascii: "e") {
      let sign = byte(index &+ 1) == UInt8(ascii: "+") || byte(index &+ 1) == UInt8(ascii: "-") ? 1 : 0
      if byte(index &+ 1 &+ sign) &- 0x30 < 10 {
        index &+= 1 &+ sign
        while index < bytes.count, bytes[index] &- 0x30 < 10 { index &+= 1 }
      } else if byte(index &- 1) == UInt8(ascii: "."), !Self.isNameByte(byte(index &+ 1)) {
        // MySQL reads `1.e` before a name or a parenthesis and drops it: nobody else writes it.
        return many(.conditional, index &+ 1 &- start, bytes[start])
      }
    }
    return numberEnds(start, index)
  }

  /// A number with letters behind: the number and a word where the letters are one (SQL Server, `1UNION`), else a name as MySQL
  /// has them (`1a`).
  private mutating func numberEnds(_ start: Int, _ index: Int) -> SQLToken {
    position = index
    guard goesOn(index) else {
      return SQLToken(.number, start, index, first: bytes[start])
    }
    var end = index
    while goesOn(end) { end &+= 1 }
    if Self.joinsNumbers(vocabulary.word(bytes, index, end)) {
      return SQLToken(.number, start, index, first: bytes[start])
    }
    let suffix = bytes[index] | 0x20
    if suffix == UInt8(ascii: "f") || suffix == UInt8(ascii: "d") || suffix == UInt8(ascii: "x"),
      Self.joinsNumbers(vocabulary.word(bytes, index &+ 1, end))
    {
      position = index &+ 1
      return SQLToken(.number, start, position, first: bytes[start])
    }
    position = end
    return SQLToken(.name, start, end, first: bytes[start])
  }

  private static func joinsNumbers(_ word: SQLWord) -> Bool {
    switch word {
    case .and, .or, .union, .from, .where, .order, .having, .limit, .into, .comparison, .in, .is, .between, .mod,
      .procedure, .for:
      true
    default: false
    }
  }

  private mutating func variable(_ start: Int) -> SQLToken {
    var index = start &+ 1
    if byte(index) == UInt8(ascii: ">") || byte(index) == UInt8(ascii: "?") {
      return many(.comparison, 2, bytes[start])
    }
    if byte(index) == UInt8(ascii: "@") {
      index &+= 1
      if isQuoteAhead(index), byte(index) != UInt8(ascii: "'") { return many(.comparison, 2, bytes[start]) }
    }
    switch byte(index) {
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
      let inner = string(start, contentFrom: index &+ 1, bytes[index])
      return inner.kind == .openString ? inner : SQLToken(.variable, start, inner.end, first: bytes[start])
    default: break
    }
    while goesOn(index) || byte(index) == UInt8(ascii: ".") || byte(index) == UInt8(ascii: "#") {
      index &+= 1
    }
    position = index
    return SQLToken(.variable, start, index, first: bytes[start])
  }

  /// `[name]` of SQL Server; any other bracket is none of SQL's.
  private mutating func bracketed(_ start: Int) -> SQLToken {
    var index = start &+ 1
    let limit = min(bytes.count, start &+ 66)
    while index < limit {
      if bytes[index] == UInt8(ascii: "]"), index > start &+ 1 {
        position = index &+ 1
        return SQLToken(.name, start, position, first: bytes[start])
      }
      guard Self.isNameByte(bytes[index]) || bytes[index] == 0x20 else { break }
      index &+= 1
    }
    return one(.other, bytes[start])
  }

  /// `$tag$ … $tag$` of PostgreSQL, or an amount of money of SQL Server.
  private mutating func dollar(_ start: Int) -> SQLToken {
    if byte(start &+ 1) &- 0x30 < 10 {
      position = start &+ 1
      let amount = number(position)
      return SQLToken(amount.kind, start, amount.end, first: bytes[start])
    }
    var tagEnd = start &+ 1
    while tagEnd < bytes.count, tagEnd < start &+ 34, bytes[tagEnd] != UInt8(ascii: "$"), Self.isNameByte(bytes[tagEnd])
    { tagEnd &+= 1 }
    guard byte(tagEnd) == UInt8(ascii: "$"), tagEnd < bytes.count else { return one(.other, bytes[start]) }
    let length = tagEnd &+ 1 &- start
    var index = tagEnd &+ 1
    let limit = min(bytes.count, index &+ Self.dollarLimit)
    while index &+ length <= limit {
      if bytes[index] == UInt8(ascii: "$"), (0..<length).allSatisfy({ bytes[index &+ $0] == bytes[start &+ $0] }) {
        position = index &+ length
        return SQLToken(.string, start, position, first: bytes[start])
      }
      index &+= 1
    }
    steps &+= index &- start
    return one(.other, bytes[start])
  }

  // MARK: - Words

  private mutating func word(_ start: Int, _ first: UInt8) -> SQLToken {
    var index = start &+ 1
    while goesOn(index) { index &+= 1 }
    position = index
    // N'…', E'…', X'…', B'…', Q'[…]', U&'…' and MySQL's _utf8'…': one string with what stands before it.
    let follower = byte(index)
    if follower == UInt8(ascii: "'") || follower == UInt8(ascii: "\"") {
      if first == UInt8(ascii: "_"), index &- start > 2 { return string(start, contentFrom: index &+ 1, follower) }
      if index &- start == 1, follower == UInt8(ascii: "'"), Self.isStringPrefix(first | 0x20) {
        return string(start, contentFrom: index &+ 1, follower)
      }
    }
    let word = vocabulary.word(bytes, start, index)
    return SQLToken(kind(of: word), start, index, first: first, word: word)
  }

  private func kind(of word: SQLWord) -> SQLToken.Kind {
    switch word {
    case .none, .type, .name, .object, .delay, .handler, .call, .load, .goto, .print, .merge, .begin, .immediate, .use:
      .name
    case .constant: .constant
    case .function: .function
    case .telling: .telling
    case .and, .or: .logic
    case .not, .prefix: .not
    case .comparison, .in, .is, .between, .sounds: .comparison
    case .mod: .arithmetic
    case .union: .union
    case .select: .select
    case .insert, .update, .delete, .drop, .create, .alter, .truncate, .exec, .declare, .shutdown, .waitfor, .grant:
      .verb
    case .from, .where, .order, .having, .limit, .offset, .into, .procedure, .using, .join, .on, .set, .values, .for,
      .collate,
      .escape, .outfile:
      .clause
    case .distinct, .by, .as, .direction, .exists, .case, .when, .then, .else, .end, .if, .lock, .mode, .other: .word
    }
  }

  static func isStringPrefix(_ letter: UInt8) -> Bool {
    switch letter {
    case UInt8(ascii: "n"), UInt8(ascii: "e"), UInt8(ascii: "x"), UInt8(ascii: "b"), UInt8(ascii: "q"): true
    default: false
    }
  }

  // MARK: - Symbols

  private mutating func symbol(_ start: Int, _ first: UInt8) -> SQLToken {
    let second = byte(start &+ 1)
    let third = byte(start &+ 2)
    switch first {
    case UInt8(ascii: "("): return one(.left, first)
    case UInt8(ascii: ")"): return one(.right, first)
    case UInt8(ascii: ","): return one(.comma, first)
    case UInt8(ascii: ";"): return one(.semicolon, first)
    case UInt8(ascii: "{"): return one(.brace, first)
    case UInt8(ascii: "}"): return one(.closingBrace, first)
    case UInt8(ascii: "="): return many(.comparison, second == first ? 2 : 1, first)
    case UInt8(ascii: "<"):
      if second == UInt8(ascii: "="), third == UInt8(ascii: ">") { return many(.comparison, 3, first) }
      if second == UInt8(ascii: "<") { return many(.arithmetic, 2, first) }
      return many(
        .comparison, second == UInt8(ascii: "=") || second == UInt8(ascii: ">") || second == UInt8(ascii: "@") ? 2 : 1,
        first)
    case UInt8(ascii: ">"):
      if second == UInt8(ascii: ">") { return many(.arithmetic, 2, first) }
      return many(.comparison, second == UInt8(ascii: "=") ? 2 : 1, first)
    case UInt8(ascii: "!"):
      if second == UInt8(ascii: "=") || second == UInt8(ascii: "<") || second == UInt8(ascii: ">") {
        return many(.comparison, 2, first)
      }
      if second == UInt8(ascii: "~") { return many(.comparison, third == UInt8(ascii: "*") ? 3 : 2, first) }
      return one(.not, first)
    case UInt8(ascii: "~"): return many(.not, second == UInt8(ascii: "*") ? 2 : 1, first)
    case UInt8(ascii: "|"): return second == first ? many(.pipes, 2, first) : one(.arithmetic, first)
    case UInt8(ascii: "&"): return second == first ? many(.logic, 2, first) : one(.arithmetic, first)
    case UInt8(ascii: ":"):
      if second == UInt8(ascii: "=") { return many(.comparison, 2, first) }
      return second == first ? many(.cast, 2, first) : one(.colon, first)
    case UInt8(ascii: "?"):
      if second == UInt8(ascii: "|") || second == UInt8(ascii: "&") { return many(.comparison, 2, first) }
      return one(isQuoteAhead(start &+ 1) ? .comparison : .other, first)
    default: return one(.arithmetic, first)  // + % ^
    }
  }

  // MARK: - Bytes

  private enum Start: UInt8 {
    case space, letter, digit, quote, slash, star, hyphen, hash, at, dot, symbol, bracket, dollar, other
  }

  @inline(__always)
  private static func start(_ byte: UInt8) -> Start {

    switch byte {
    case 0x30...0x39: return .digit
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...0xFF:
      return .letter
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): return .quote
    case UInt8(ascii: "/"): return .slash
    case UInt8(ascii: "*"): return .star
    case UInt8(ascii: "-"): return .hyphen
    case UInt8(ascii: "#"): return .hash
    case UInt8(ascii: "@"): return .at
    case UInt8(ascii: "."): return .dot
    case UInt8(ascii: "["): return .bracket
    case UInt8(ascii: "$"): return .dollar
    case 0...0x20, 0x7F: return .space
    case UInt8(ascii: "\\"), UInt8(ascii: "]"): return .other
    default: return .symbol
    }
  }

  /// A name goes on at `index`, behind at least one byte of it. The no-break space ends it.
  @inline(__always)
  private func goesOn(_ index: Int) -> Bool {
    guard index < bytes.count else { return false }
    let byte = bytes[index]
    if byte == 0xA0, bytes[index &- 1] < 0x80 { return false }
    if byte == 0xC2, self.byte(index &+ 1) == 0xA0 { return false }
    return Self.isNameByte(byte)
  }

  @inline(__always)
  static func isNameByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
      || byte >= 0x80
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
  }
}
