/// Finds the places of a text where an injection may begin and has `SQLReading` try each.
///
/// They are: the text's beginning; behind each quote, as the end of the statement's string; and, since a body holds many values,
/// behind each quote and each `name=` of a form, as the beginning of one. A text that goes on like SQL from very many places is
/// read less far from each, once the tokens for reading far are used up: that keeps the time linear.
struct SQLInjectionSearch {
  private let text: UnsafeRawBufferPointer
  private let sensitivity: Sensitivity
  private let vocabulary = SQLVocabulary.shared
  private var ends = SQLTokenizer.Ends()
  /// Tokens that attempts may still take beyond `shortAttempt`.
  private var tokens: Int

  private static let shortAttempt = 8

  init(_ text: UnsafeRawBufferPointer, _ sensitivity: Sensitivity) {
    self.text = text
    self.sensitivity = sensitivity
    tokens = 1024 &+ text.count / 16
  }

  mutating func finding() -> SQLInjection.Finding? {
    if let finding = attempt(0, .value(until: 0)) { return finding }
    var seen: UInt8 = 0
    var fieldStart = 0
    var isField = true
    var index = 0
    while index < text.count {
      let byte = text[index]
      index &+= 1
      switch Self.marks[Int(byte)] {
      case .none: continue
      case .space:
        isField = false
      case .ampersand:
        fieldStart = index
        isField = true
      case .equals:
        if isField, index &- fieldStart > 1, index < text.count, let finding = attempt(index, .value(until: 0)) {
          return finding
        }
        isField = false
      case .single, .double, .backtick:
        isField = false
        let mark = Self.marks[Int(byte)].rawValue
        let isFirst = seen & mark == 0
        seen |= mark
        if let finding = attempt(index, .behind(quote: byte, isFirst: isFirst)) { return finding }
        if byte != UInt8(ascii: "`"), let finding = attempt(index, .value(until: byte)) { return finding }
      }
    }
    return nil
  }

  private mutating func attempt(_ start: Int, _ entry: SQLReading.Entry) -> SQLInjection.Finding? {
    var spacedHyphens = false
    while true {
      var reading = SQLReading(
        text, from: start, entry, sensitivity: sensitivity, vocabulary: vocabulary, spacedHyphens: spacedHyphens,
        tokenLimit: tokens > 0 ? SQLReading.maximumTokens : Self.shortAttempt, ends: ends)
      let technique = reading.technique()
      ends = reading.ends
      tokens &-= max(0, reading.tokens &- Self.shortAttempt)
      if let technique {
        return SQLInjection.Finding(
          technique: technique, fingerprint: reading.fingerprint, range: start..<max(start, reading.end))
      }
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

  private static let marks: [Mark] = (0..<256).map { byte in
    switch UInt8(byte) {
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
