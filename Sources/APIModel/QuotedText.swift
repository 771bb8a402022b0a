/// Follows what a document says and the text that it writes side by side, to find where a place of the text stands.
struct QuotedText {
  private let raw: [Unicode.Scalar]
  private let quoting: TemplateSource.Quoting
  private var index = 0
  /// Where `raw[index]` stands in the document.
  private var place: SourceLocation
  /// Where the character that it writes stands in the text.
  private var line = 1
  private var column = 1

  init(_ raw: String, _ quoting: TemplateSource.Quoting, at start: SourceLocation) {
    self.raw = Array(raw.unicodeScalars)
    self.quoting = quoting
    place = start
  }

  /// Where the text's `line` and `column` stand in the document; the line's end where it is shorter.
  mutating func location(line targetLine: Int, column targetColumn: Int) -> SourceLocation {
    while index < raw.count, line < targetLine || (line == targetLine && column < targetColumn) {
      switch (quoting, raw[index]) {
      case (_, "\n"):
        guard fold(toLine: targetLine) else { return place }
      case (.escapes, "\\") where scalar(1) == "\n":  // a line that goes on without a space
        pass(1)
        _ = lineBreaks()
      case (.escapes, "\\") where scalar(1) == "n":
        if line == targetLine { return place }
        pass(2)
        line += 1
        column = 1
      case (.escapes, "\\"):
        pass(escapeLength)
        column += 1
      case (.doubledQuotes, "'"):
        pass(2)
        column += 1
      default:
        pass(1)
        column += 1
      }
    }
    return place
  }

  private func scalar(_ offset: Int) -> Unicode.Scalar? { index + offset < raw.count ? raw[index + offset] : nil }

  private mutating func pass(_ count: Int) {
    let end = min(index + count, raw.count)
    place.column += end - index
    index = end
  }

  /// The length of the escape that begins here; a surrogate pair writes one character with two.
  private var escapeLength: Int {
    switch scalar(1) {
    case "x": return 4
    case "U": return 10
    case "u":
      let isHigh = ["d", "D"].contains(scalar(2)) && scalar(3).map { "89abAB".unicodeScalars.contains($0) } == true
      return isHigh && scalar(6) == "\\" && scalar(7) == "u" ? 12 : 6
    default: return 2
    }
  }

  /// Passes line breaks and the indentation behind them, which is no part of the text. How many breaks there were.
  private mutating func lineBreaks() -> Int {
    var breaks = 0
    while let next = scalar(0), next == " " || next == "\n" || next == "\t" || next == "\r" {
      if next == "\n" {
        breaks += 1
        place.line += 1
        place.column = 1
      } else {
        place.column += 1
      }
      index += 1
    }
    return breaks
  }

  /// One line break is written for a space, and each further one for a line break. False when the line that is looked
  /// for ends here.
  private mutating func fold(toLine target: Int) -> Bool {
    let before = self
    let breaks = lineBreaks()
    if breaks == 1 {
      column += 1
    } else if line == target {
      self = before
      return false
    } else {
      line += breaks - 1
      column = 1
    }
    return true
  }
}
