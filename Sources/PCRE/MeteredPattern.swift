/// A pattern on its way to `MeteredRegex`: read once, for what is not allowed in it, and for the places where matching it can
/// take more than one look at each byte. There it gets callouts (pcre2callout), by which the work is counted.
///
///     [a-z]+@        (?C1)[a-z]+@          how far the run goes that begins here
///     (a|b)*c        (a|b(?C0))*c          once for every turn of a group that repeats or has alternatives
///
/// What does not repeat and has no alternatives looks at a bounded number of bytes from each place, and needs none.
struct MeteredPattern {
  /// A repeated atom: what is written, and how often it may repeat.
  struct Run: Equatable {
    var atom: String
    var most: Int
  }

  private let source: [UInt8]
  private var at = 0
  private var output: [UInt8] = []
  /// By callout number from 1 on.
  private(set) var runs: [Run] = []
  /// Every run of characters that stand for themselves, as probes need them.
  private(set) var literals: [[UInt8]] = []
  /// The characters that stand for themselves.
  private(set) var marks: Set<UInt8> = []
  private var literal: [UInt8] = []
  private var ignoresWhiteSpace = false

  /// PCRE2's callouts are numbered from 0 to 255.
  static let mostRuns = 255

  /// What is compiled.
  var instrumented: String { String(decoding: output, as: UTF8.self) }

  /// - Throws: what AWS does not take either, and so could not be moved there (spec § 15.5): backreferences, recursion,
  ///   conditions, verbs, atomic groups and possessive quantifiers, callouts, `\C`, `\R`, `\K`.
  init(_ pattern: String) throws(RegexError) {
    source = Array(pattern.utf8)
    try run()
  }

  private func peek(_ offset: Int = 0) -> UInt8? { at + offset < source.count ? source[at + offset] : nil }

  private mutating func skip(to end: UInt8) {
    while at < source.count, source[at] != end { at += 1 }
  }

  private func refuse(_ what: String) -> RegexError {
    RegexError(message: "\(what) is not supported in a rule's pattern", offset: at)
  }

  private func starts(_ text: StaticString) -> Bool {
    guard at + text.utf8CodeUnitCount <= source.count else { return false }
    for index in 0..<text.utf8CodeUnitCount where source[at + index] != text.utf8Start[index] { return false }
    return true
  }

  private struct Group { var hasAlternatives = false }

  private mutating func endLiteral() {
    if literal.count >= 2, literals.count < 16 { literals.append(literal) }
    literal = []
  }

  private mutating func run() throws(RegexError) {
    var groups: [Group] = []
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "("):
        endLiteral()
        groups.append(try open())
      case UInt8(ascii: ")"):
        endLiteral()
        guard let group = groups.popLast() else {
          throw RegexError(message: "unmatched closing parenthesis", offset: at)
        }
        at += 1
        let quantifier = try quantifier()
        let repeats = quantifier.map { $0.most > 1 } ?? false
        if repeats || group.hasAlternatives { output.append(contentsOf: "(?C0)".utf8) }
        output.append(UInt8(ascii: ")"))
        output.append(contentsOf: quantifier?.text ?? [])
      case UInt8(ascii: "|"):
        endLiteral()
        if !groups.isEmpty {
          groups[groups.count - 1].hasAlternatives = true
          // The turn of each alternative counts, not only that of the last.
          output.append(contentsOf: "(?C0)".utf8)
        }
        output.append(byte)
        at += 1
      case UInt8(ascii: "^"), UInt8(ascii: "$"):
        endLiteral()
        output.append(byte)
        at += 1
      case UInt8(ascii: "#") where ignoresWhiteSpace:
        while let next = peek(), next != 10 { output.append(next); at += 1 }
      case UInt8(ascii: "\\") where starts("\\Q"): try quote()
      default: try atom()
      }
    }
    endLiteral()
  }

  /// What stands behind an opening parenthesis up to where its content begins.
  private mutating func open() throws(RegexError) -> Group {
    if starts("(*") { throw refuse("a verb `(*…)`") }
    let group = Group()
    var end = at + 1
    if peek(1) == UInt8(ascii: "?") {
      switch peek(2) {
      case UInt8(ascii: ":"): end = at + 3
      case UInt8(ascii: "="), UInt8(ascii: "!"): end = at + 3
      case UInt8(ascii: "<") where peek(3) == UInt8(ascii: "=") || peek(3) == UInt8(ascii: "!"): end = at + 4
      case UInt8(ascii: "P") where peek(3) == UInt8(ascii: "<"), UInt8(ascii: "<"), UInt8(ascii: "'"):
        let close = peek(2) == UInt8(ascii: "'") ? UInt8(ascii: "'") : UInt8(ascii: ">")
        end = at + 3
        while end < source.count, source[end] != close || end == at + 3 { end += 1 }
        end += 1
      case UInt8(ascii: "#"):
        // A comment is no group: it is left out, and an empty one takes its place.
        skip(to: UInt8(ascii: ")"))
        output.append(contentsOf: "(?:".utf8)
        return group
      case UInt8(ascii: ">"): throw refuse("an atomic group `(?>…)`")
      case UInt8(ascii: "("): throw refuse("a condition `(?(…)…)`")
      case UInt8(ascii: "C"): throw refuse("a callout `(?C…)`")
      case UInt8(ascii: "R"), UInt8(ascii: "&"), UInt8(ascii: "P"), UInt8(ascii: "+"):
        throw refuse("a recursion or backreference")
      case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): throw refuse("a recursion")
      case UInt8(ascii: "|"): end = at + 3
      case UInt8(ascii: "-") where peek(3).map({ $0 &- 48 < 10 }) ?? false: throw refuse("a recursion")
      default:
        // Options: `(?i)`, or `(?i:…)`.
        end = at + 2
        while end < source.count, source[end] != UInt8(ascii: ":"), source[end] != UInt8(ascii: ")") {
          if source[end] == UInt8(ascii: "x") { ignoresWhiteSpace = true }
          end += 1
        }
        if end < source.count, source[end] == UInt8(ascii: ":") { end += 1 }
      }
    }
    end = min(end, source.count)
    output.append(contentsOf: source[at..<end])
    at = end
    return group
  }

  /// `\Q…\E`: characters that stand for themselves.
  private mutating func quote() throws(RegexError) {
    at += 2
    while at < source.count, !starts("\\E") {
      literal.append(source[at])
      if !isWord(source[at]) && source[at] < 0x80 { output.append(UInt8(ascii: "\\")) }
      output.append(source[at])
      at += 1
    }
    if at < source.count { at += 2 }
    if let quantifier = try quantifier() {
      guard quantifier.most <= 8 else { throw refuse("a repetition behind `\\Q…\\E`") }
      endLiteral()
      output.append(contentsOf: quantifier.text)
    }
  }

  private func isWord(_ byte: UInt8) -> Bool { byte &- 48 < 10 || (byte | 32) &- 97 < 26 || byte == 95 }

  /// One character or class, with its quantifier.
  private mutating func atom() throws(RegexError) {
    if source[at] >= 0x80 { return try character() }
    let begin = at
    var stands: UInt8?
    switch source[at] {
    case UInt8(ascii: "\\"): stands = try escape()
    case UInt8(ascii: "["): try bracket()
    default:
      if source[at] != UInt8(ascii: ".") { stands = source[at] }
      at += 1
    }
    let text = Array(source[begin..<at])
    guard let quantifier = try quantifier() else {
      if let stands {
        literal.append(stands)
        marks.insert(stands)
      } else {
        endLiteral()
      }
      output.append(contentsOf: text)
      return
    }
    endLiteral()
    if quantifier.most > 8 {
      guard runs.count < Self.mostRuns else { throw refuse("more than \(Self.mostRuns) repetitions") }
      runs.append(Run(atom: String(decoding: text, as: UTF8.self), most: quantifier.most))
      output.append(contentsOf: "(?C\(runs.count))".utf8)
    }
    output.append(contentsOf: text)
    output.append(contentsOf: quantifier.text)
  }

  /// A character of several bytes, which a quantifier takes as one.
  private mutating func character() throws(RegexError) {
    let begin = at
    at += 1
    while let next = peek(), next & 0xC0 == 0x80 { at += 1 }
    let text = source[begin..<at]
    guard let quantifier = try quantifier() else {
      literal.append(contentsOf: text)
      return output.append(contentsOf: text)
    }
    endLiteral()
    output.append(contentsOf: "(?:".utf8)
    output.append(contentsOf: text)
    output.append(contentsOf: "(?C0))".utf8)
    output.append(contentsOf: quantifier.text)
  }

  /// - Returns: the character that it stands for, if it is one.
  private mutating func escape() throws(RegexError) -> UInt8? {
    guard let letter = peek(1) else { throw RegexError(message: "\\ at end of pattern", offset: at) }
    switch letter {
    case UInt8(ascii: "1")...UInt8(ascii: "3") where isOctal(2) && isOctal(3): at += 4
    case UInt8(ascii: "1")...UInt8(ascii: "9"), UInt8(ascii: "k"), UInt8(ascii: "g"): throw refuse("a backreference")
    case UInt8(ascii: "C"), UInt8(ascii: "R"), UInt8(ascii: "K"), UInt8(ascii: "X"):
      throw refuse("`\\\(Character(UnicodeScalar(letter)))`")
    case UInt8(ascii: "x"):
      if peek(2) == UInt8(ascii: "{") {
        at += 3
        skip(to: UInt8(ascii: "}"))
        at = min(at + 1, source.count)
      } else {
        at += 2
        for _ in 0..<2 where peek().map({ isHexadecimal($0) }) ?? false { at += 1 }
      }
    case UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: "o"):
      at += 2
      if peek() == UInt8(ascii: "{") {
        skip(to: UInt8(ascii: "}"))
      }
      at = min(at + 1, source.count)
    case UInt8(ascii: "0"):
      at += 2
      for _ in 0..<2 where peek().map({ $0 &- 48 < 8 }) ?? false { at += 1 }
    case UInt8(ascii: "c"): at = min(at + 3, source.count)
    default:
      at += 2
      return isWord(letter) ? nil : letter
    }
    return nil
  }

  private func isOctal(_ offset: Int) -> Bool { peek(offset).map { $0 &- 48 < 8 } ?? false }

  private func isHexadecimal(_ byte: UInt8) -> Bool { byte &- 48 < 10 || (byte | 32) &- 97 < 6 }

  /// `[…]`, in which `]` first, escapes and `[:alpha:]` do not end it.
  private mutating func bracket() throws(RegexError) {
    let begin = at
    at += 1
    if peek() == UInt8(ascii: "^") { at += 1 }
    if peek() == UInt8(ascii: "]") { at += 1 }
    while let byte = peek() {
      if byte == UInt8(ascii: "]") {
        at += 1
        return
      }
      if byte >= 0x80 { throw refuse("a character beyond ASCII in a class, since bytes are matched: an alternative") }
      if byte == UInt8(ascii: "\\") {
        at = min(at + 2, source.count)
      } else if byte == UInt8(ascii: "["), peek(1) == UInt8(ascii: ":"), let end = posixEnd() {
        at = end
      } else {
        at += 1
      }
    }
    throw RegexError(message: "missing terminating ] for character class", offset: begin)
  }

  private func posixEnd() -> Int? {
    var end = at + 2
    while end + 1 < source.count, isWord(source[end]) || source[end] == UInt8(ascii: "^") { end += 1 }
    return end + 1 < source.count && source[end] == UInt8(ascii: ":") && source[end + 1] == UInt8(ascii: "]")
      ? end + 2 : nil
  }

  /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, each also lazy; nil where none stands here.
  private mutating func quantifier() throws(RegexError) -> (text: [UInt8], most: Int)? {
    let begin = at
    let most: Int
    switch peek() {
    case UInt8(ascii: "*"), UInt8(ascii: "+"):
      most = .max
      at += 1
    case UInt8(ascii: "?"):
      most = 1
      at += 1
    case UInt8(ascii: "{"):
      guard let (end, upper) = bounds() else { return nil }
      most = upper
      at = end
    default: return nil
    }
    if peek() == UInt8(ascii: "?") {
      at += 1
    } else if peek() == UInt8(ascii: "+") {
      throw refuse("a possessive quantifier")
    }
    return (Array(source[begin..<at]), most)
  }

  /// `{n}`, `{n,}`, `{n,m}` and `{,m}`; anything else is a brace that stands for itself.
  private func bounds() -> (end: Int, most: Int)? {
    var index = at + 1
    var numbers: [Int?] = [nil]
    while index < source.count, source[index] != UInt8(ascii: "}") {
      let digit = source[index] &- 48
      if digit < 10 {
        let value = (numbers[numbers.count - 1] ?? 0) &* 10 &+ Int(digit)
        guard value <= 65_535 else { return nil }
        numbers[numbers.count - 1] = value
      } else if source[index] == UInt8(ascii: ","), numbers.count == 1 {
        numbers.append(nil)
      } else {
        return nil
      }
      index += 1
    }
    guard index < source.count else { return nil }
    if numbers.count == 1 { return numbers[0].map { (index + 1, $0) } }
    guard numbers[0] != nil else { return nil }
    return (index + 1, numbers[1] ?? .max)
  }
}
