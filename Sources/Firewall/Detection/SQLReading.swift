/// One attempt to read a text, from one place on, as the rest of a statement that somebody else began: the grammar of an injection.
///
/// The text is taken to stand in a statement's value. Without quotes (`quote` 0) it begins where a value is expected, or behind
/// one; behind a quote the value has just ended. From there the tokens have to go on as SQL goes on, and what they add up to is
/// weighed: a condition that compares, a second query, a call, another statement, a comment that cuts the rest off. The first
/// token that cannot stand where it stands ends the attempt, which is what happens to prose within two or three words.
///
///             value               operator, logic, NOT
///     ┌──► operand ──► after ──────────────┐
///     │        ▲         │ ) , AS name     │
///     │        └─────────┴─────────────────┘
///     └─ SELECT, (, call          │
///                                 ├─ UNION … SELECT, ; statement, clause, comment: judged at once
///                                 └─ end of the text, an open quote: judged by what was gathered
struct SQLReading {
  var tokenizer: SQLTokenizer
  let quote: UInt8
  let until: UInt8
  let isFirstQuote: Bool
  let isHigh: Bool
  /// From the text's first byte on.
  let isWhole: Bool

  /// Where the text stands in the statement, and what ends it there.
  enum Entry {
    /// A value without quotes. `until` is a quote that stands around the value in a larger text (JSON, XML), 0 for none.
    case value(until: UInt8)
    /// Behind a quote that ends the statement's string; the first of its kind in the text, or a later one.
    case behind(quote: UInt8, isFirst: Bool)
  }

  var fingerprint = SQLFingerprint()
  /// Where the last token that was looked at ends.
  var end: Int
  var sawTightHyphens: Bool { tokenizer.sawTightHyphens }
  var ends: SQLTokenizer.Ends { tokenizer.ends }
  /// What the attempt has taken.
  var steps: Int { Self.stepsPerAttempt &+ tokenizer.steps }
  private static let stepsPerAttempt = 60

  /// No attack needs as many to show itself; a text that goes on and on is let go.
  static let maximumTokens = 96
  static let fewTokens = 10
  /// The bytes go on behind those that are seen here.
  let isCut: Bool

  // What was gathered.
  var tokens = 0
  /// Parentheses that the text opened and has not closed.
  var depth = 0
  /// Parentheses that it closed without having opened them.
  var breakouts = 0
  var operators = 0
  /// Of the operators those that neither compare nor are logical.
  var arithmetic = 0
  var unaries = 0
  var commas = 0
  var hasLogic = false
  /// A comparison stands behind the last AND or OR, or behind the value itself.
  var hasComparison = false
  /// Calls of functions that SQL knows.
  var calls = 0
  /// Something stood there that only an attack has.
  var hasTelling = false
  var literals = 0
  var names = 0
  /// Of the condition behind the last AND or OR: values that are no bare names.
  var conditionLiterals = 0
  var inSelect = false
  var selectItems = 0
  var sawFrom = false
  /// The text begins with what stands behind a value.
  var isHeadless = false
  var aliased = false
  var sawAs = false
  /// `name = …`: a line of somebody's program as likely as a condition.
  var isAssignment = false
  /// `high` has read something as a call that is none to `low`, and may have ended at what `low` reads on from.
  var isLoose = false
  /// The last token opened a parenthesis.
  var justOpened = false
  /// Up to here the text is a list of values, as a file of data has it.
  private var isList: Bool
  /// Behind which of its strings the list goes on, as far as they are between the same quotes.
  private(set) var listEnds = ListEnds()
  var previous: SQLToken

  init(
    _ bytes: UnsafeRawBufferPointer, from start: Int, _ entry: Entry, isCut: Bool, sensitivity: Sensitivity,
    vocabulary: SQLVocabulary, spacedHyphens: Bool, ends: SQLTokenizer.Ends
  ) {
    tokenizer = SQLTokenizer(
      bytes, from: start, vocabulary: vocabulary, spacedHyphens: spacedHyphens, ends: isCut ? SQLTokenizer.Ends() : ends
    )
    self.isCut = isCut
    switch entry {
    case .value(let until):
      quote = 0
      isFirstQuote = true
      self.until = until
    case .behind(let quote, let isFirst):
      self.quote = quote
      isFirstQuote = isFirst
      until = 0
    }
    isHigh = sensitivity == .high
    isList = quote != 0
    end = start
    isWhole = start == 0
    previous = SQLToken(.other, start, start)
    if quote != 0 { fingerprint.append(.string) }
  }

  enum Place { case operand, after }

  mutating func take() -> SQLToken {
    var token = tokenizer.next()
    if isEnd(token) || isFieldSign(token) { token = SQLToken(.end, token.start, token.start) }
    tokens &+= 1
    end = token.end
    if token.kind != .end { fingerprint.append(token.kind) }
    return token
  }

  mutating func peek() -> SQLToken {
    let token = tokenizer.peek()
    return isEnd(token) || isFieldSign(token) ? SQLToken(.end, token.start, token.start) : token
  }

  /// The quote around a value in a larger text ends it.
  @inline(__always)
  func isEnd(_ token: SQLToken) -> Bool {
    until != 0 && token.first == until && (token.kind == .string || token.kind == .openString || token.kind == .name)
  }

  /// `&name=`: the next field of a form ends a value; it is no AND of bits.
  @inline(__always)
  func isFieldSign(_ token: SQLToken) -> Bool {
    guard token.kind == .arithmetic, token.first == UInt8(ascii: "&") else { return false }
    var index = token.end
    while SQLTokenizer.isNameByte(tokenizer.byte(index)) || tokenizer.byte(index) == UInt8(ascii: ".") { index &+= 1 }
    return index > token.end && tokenizer.byte(index) == UInt8(ascii: "=")
  }

  /// What the text does to the statement, nil where nothing was found.
  mutating func technique() -> SQLInjection.Technique? {
    var place: Place = quote == 0 ? .operand : .after
    while true {
      // A list that long in a condition is there to find out how many columns a row has.
      if tokens >= (isCut ? Self.fewTokens : Self.maximumTokens) { return hasLogic && literals > 32 ? .condition : nil }
      let token = take()
      if tokens == 1, quote == 0, opensBehindValue(token) {
        place = .after
        isHeadless = true
      }
      if isList { isList = goesOn(token) }
      let wasOpened = justOpened
      justOpened = false
      let step = place == .operand ? operand(token, wasOpened) : after(token)
      previous = token
      switch step {
      case .found(let technique):
        if isCut, end >= tokenizer.bytes.count { return nil }
        // Texts have their code between backticks; few statements have a name of the peer's there.
        if quote == UInt8(ascii: "`"), !isHigh {
          switch technique {
          case .union, .subquery, .stacked, .conditionalComment: return technique
          default: return nil
          }
        }
        return technique
      case .no: return nil
      case .operand: place = .operand
      case .after: place = .after
      }
    }
  }

  /// Places in a list, of which there are as many as an attempt has tokens for.
  struct ListEnds {
    private var places: InlineArray<48, Int32> = .init(repeating: 0)
    private(set) var count = 0

    subscript(_ index: Int) -> Int { Int(places[index]) }

    mutating func append(_ place: Int) {
      guard count < 48 else { return }
      places[count] = Int32(truncatingIfNeeded: place)
      count &+= 1
    }
  }

  /// Whether the list goes on with this token: a sign between values, or a value where one is expected.
  private mutating func goesOn(_ token: SQLToken) -> Bool {
    switch token.kind {
    case .comma, .left, .right, .number: return true
    case .string where previous.kind == .comma || previous.kind == .left || previous.kind == .string || tokens == 1:
      if token.first == quote { listEnds.append(token.end) }
      return true
    default: return false
    }
  }

  enum Step {
    case operand
    case after
    case found(SQLInjection.Technique)
    case no
  }

  /// A text that begins with what stands behind a value: `OR 1=1`, `) UNION …`, `; DROP …`.
  func opensBehindValue(_ token: SQLToken) -> Bool {
    switch token.kind {
    case .logic, .union, .right, .semicolon, .clause, .comma, .pipes, .comment: true
    // `<select …>` is HTML.
    case .comparison: token.first != UInt8(ascii: "<") || !SQLTokenizer.isNameByte(tokenizer.byte(token.end))
    case .arithmetic: token.first != UInt8(ascii: "-") && token.first != UInt8(ascii: "+") && token.word == .none
    case .word: token.word == .direction
    default: false
    }
  }
}
