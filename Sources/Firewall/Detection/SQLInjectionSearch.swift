/// Finds the places of a text where an injection may begin and has `SQLReading` try each.
///
/// They are: the text's beginning; behind each quote, as the end of the statement's string; and, since a body holds many values,
/// behind each quote and each `name=` of a form, as the beginning of one.
///
/// A list of strings, which is what data looks like, is read from behind its first one and from behind its last: from those between
/// there is nothing else to see.
///
/// Attempts may read far, and overlap: they have an allowance. Where it has become narrow, an attempt sees only the next `window`
/// bytes, and quotes are taken for ends only.
struct SQLInjectionSearch {
  private let text: UnsafeRawBufferPointer
  private let sensitivity: Sensitivity
  private let vocabulary = SQLVocabulary.shared
  private var ends = SQLTokenizer.Ends()
  private(set) var allowance: DetectionAllowance
  /// Behind these strings of a list an attempt is superfluous; those before `passed` lie behind.
  private var list = SQLReading.ListEnds()
  private var passed = 0

  private static let window = 24

  init(_ text: UnsafeRawBufferPointer, _ sensitivity: Sensitivity, _ allowance: DetectionAllowance) {
    self.text = text
    self.sensitivity = sensitivity
    self.allowance = allowance
  }

  /// What a text is allowed. Of ordinary ones, a page of quotations in HTML takes the most.
  static func allowance(for text: UnsafeRawBufferPointer, of steps: Int) -> DetectionAllowance {
    DetectionAllowance(text.count, freely: 28, narrowly: 12, of: steps)
  }

  mutating func finding() -> SQLInjection.Finding? {
    if let finding = attempt(0, .value(until: 0)) { return finding }
    var seen: UInt8 = 0
    var fieldStart = 0
    var isField = true
    var index = 0
    while index < text.count, !allowance.isSpent {
      let mark = Self.mark(text[index])
      index &+= 1
      switch mark {
      case .none: continue
      case .space:
        isField = false
      case .ampersand:
        fieldStart = index
        isField = true
      case .equals:
        if isField, index &- fieldStart > 1, !isPlainField(index), let finding = attempt(index, .value(until: 0)) {
          return finding
        }
        isField = false
      case .single, .double, .backtick:
        isField = false
        let quote = text[index &- 1]
        let isFirst = seen & mark.rawValue == 0
        seen |= mark.rawValue
        // Of a run of quotes the first and the last are tried.
        if !isFirst, index >= 2, text[index &- 2] == quote, index < text.count, text[index] == quote { continue }
        if canGoOn(index), !isInList(index), let finding = attempt(index, .behind(quote: quote, isFirst: isFirst)) {
          return finding
        }
        if mark != .backtick, !allowance.isNarrow, canBegin(index, quote),
          let finding = attempt(index, .value(until: quote))
        {
          return finding
        }
      }
    }
    return nil
  }

  /// Whether the value of a form's field is one number or word, or empty, as most are.
  private func isPlainField(_ start: Int) -> Bool {
    var index = start
    while index < text.count, text[index] < 0x80, SQLTokenizer.isNameByte(text[index]) || text[index] == 0x2E {
      index &+= 1
    }
    return index == text.count || text[index] == UInt8(ascii: "&")
  }

  /// Whether SQL could go on behind a quote: not with a number, nor with a word that it does not know. What most quotes of an
  /// ordinary text are followed by is told here, without an attempt.
  private func canGoOn(_ start: Int) -> Bool {
    var index = start
    while index < text.count, text[index] <= 0x20 { index &+= 1 }
    guard index < text.count else { return false }
    let first = text[index]
    if first &- 0x30 < 10
      || first == UInt8(ascii: ":") && (index &+ 1 >= text.count || text[index &+ 1] != UInt8(ascii: ":"))
    {
      // `':'`: a colon between two strings is JSON's; a label of a statement begins with a name.
      return false
    }
    guard HTMLTokenizer.isLetter(first) else { return true }
    var end = index &+ 1
    while end < text.count, SQLTokenizer.isNameByte(text[end]) { end &+= 1 }
    if vocabulary.word(text, index, end) != .none { return true }
    guard end < text.count else { return false }
    // N'…' and _utf8'…'
    if text[end] == UInt8(ascii: "'") {
      return first == UInt8(ascii: "_") || end == index &+ 1 && SQLTokenizer.isStringPrefix(first | 0x20)
    }
    return text[end] == 0xA0
  }

  /// Whether behind a quote a value begins that is more than one word up to the next such quote; signs between values do not.
  private func canBegin(_ start: Int, _ quote: UInt8) -> Bool {
    var index = start
    while index < text.count, text[index] <= 0x20 { index &+= 1 }
    guard index < text.count else { return false }
    switch text[index] {
    case UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ">"): return false
    case UInt8(ascii: ","):
      index &+= 1
      while index < text.count, text[index] <= 0x20 { index &+= 1 }
      return index < text.count && text[index] != quote && text[index] != UInt8(ascii: "{")
    default:
      while index < text.count, SQLTokenizer.isNameByte(text[index]) { index &+= 1 }
      return index < text.count && text[index] != quote
    }
  }

  /// Whether an attempt has been here, and found a list that goes on.
  private mutating func isInList(_ index: Int) -> Bool {
    // The last one that was seen is where the list may go on as something else.
    while passed &+ 1 < list.count, list[passed] < index { passed &+= 1 }
    return passed &+ 1 < list.count && list[passed] == index
  }

  private mutating func attempt(_ start: Int, _ entry: SQLReading.Entry) -> SQLInjection.Finding? {
    var spacedHyphens = false
    var sensitivity = sensitivity
    let limit = allowance.isNarrow ? min(text.count, start &+ Self.window) : text.count
    let seen = UnsafeRawBufferPointer(rebasing: text[..<limit])
    while true {
      var reading = SQLReading(
        seen, from: start, entry, isCut: limit < text.count, sensitivity: sensitivity, vocabulary: vocabulary,
        spacedHyphens: spacedHyphens, ends: ends)
      let technique = reading.technique()
      if limit == text.count { ends = reading.ends }
      allowance.spend(reading.steps)
      if reading.listEnds.count > 1 {
        list = reading.listEnds
        passed = 0
      }
      if let technique {
        return SQLInjection.Finding(
          technique: technique, fingerprint: reading.fingerprint, range: start..<max(start, reading.end))
      }
      // All that is found at `low` is found at `high`.
      if reading.isLoose {
        sensitivity = .low
        continue
      }
      sensitivity = self.sensitivity
      // `--` with nothing behind is a comment to all but MySQL, which subtracts twice.
      guard reading.sawTightHyphens, !spacedHyphens else { return nil }
      spacedHyphens = true
    }
  }

  private enum Mark: UInt8 {
    case none = 0
    case single = 1
    case double = 2
    case backtick = 4
    case equals = 8
    case ampersand = 16
    case space = 32
  }

  @inline(__always)
  private static func mark(_ byte: UInt8) -> Mark {
    switch byte {
    case UInt8(ascii: "'"): .single
    case UInt8(ascii: "\""): .double
    case UInt8(ascii: "`"): .backtick
    case UInt8(ascii: "="): .equals
    case UInt8(ascii: "&"): .ampersand
    case 0...0x20: .space
    default: .none
    }
  }
}
