/// A mapping template's text and where it was written.
public struct TemplateSource: Sendable, Hashable {
  public var text: String
  /// Where the template's first character stands: in its own file, or in the document that holds it inline.
  public var location: SourceLocation
  /// Whether it has a file of its own, so that line L of the template is line L of that file.
  public var isFile: Bool
  public var layout: Layout = .verbatim

  public init(text: String, location: SourceLocation, isFile: Bool) {
    self.text = text
    self.location = location
    self.isFile = isFile
  }

  /// How the text lies in its document.
  public enum Layout: Sendable, Hashable {
    /// Each line of the template is one line of the document, and all of them begin in the column of the first: a file
    /// of its own, or a YAML block scalar.
    case verbatim
    /// A quoted or folded scalar. `raw` is what the document says from the template's first character on.
    case quoted(raw: String, Quoting)
  }

  /// How a scalar's characters are written down.
  public enum Quoting: Sendable, Hashable {
    /// JSON, or YAML between double quotes: backslash escapes.
    case escapes
    /// YAML between single quotes: a doubled quote is one.
    case doubledQuotes
    /// YAML without quotes, or folded (`>`).
    case plain
  }

  /// Where the character in `line` and `column` of the template, both from 1, stands in the file that holds it.
  public func location(line: Int, column: Int) -> SourceLocation {
    switch layout {
    case .verbatim:
      SourceLocation(
        file: location.file, line: location.line + max(0, line - 1), column: location.column + max(0, column - 1))
    case .quoted(let raw, let quoting):
      Self.walk(raw, quoting, from: location, toLine: line, column: column)
    }
  }

  /// Follows `raw` and the text that it writes side by side, until the text has come to `line` and `column`.
  private static func walk(
    _ raw: String, _ quoting: Quoting, from start: SourceLocation, toLine line: Int, column: Int
  ) -> SourceLocation {
    var place = start
    var textLine = 1
    var textColumn = 1
    let scalars = Array(raw.unicodeScalars)
    var index = 0
    func scalar(_ offset: Int) -> Unicode.Scalar? { index + offset < scalars.count ? scalars[index + offset] : nil }
    while index < scalars.count, textLine < line || (textLine == line && textColumn < column) {
      var length = 1
      var isNewline = false
      switch (quoting, scalars[index]) {
      case (.escapes, "\\"):
        switch scalar(1) {
        case "u": length = 6
        case "U": length = 10
        case "x": length = 4
        case "n":
          length = 2
          isNewline = true
        default: length = 2
        }
        // A surrogate pair writes one character with two escapes.
        if length == 6, scalar(2).map({ "dD".unicodeScalars.contains($0) }) == true, scalar(6) == "\\",
          scalar(3).map({ "89abAB".unicodeScalars.contains($0) }) == true
        {
          length = 12
        }
      case (.doubledQuotes, "'"): length = scalar(1) == "'" ? 2 : 1
      case (_, "\n"):
        place.line += 1
        place.column = 1
        index += 1
        // A fold: one line break is a space, each further one a newline; the indentation behind it is not text.
        var breaks = 1
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
        if breaks > 1 {
          textLine += breaks - 1
          textColumn = 1
        } else {
          textColumn += 1
        }
        continue
      default: break
      }
      index = min(index + length, scalars.count)
      place.column += length
      if isNewline {
        if textLine == line { return place }  // the line is shorter than the column asked for
        textLine += 1
        textColumn = 1
      } else {
        textColumn += 1
      }
    }
    return place
  }
}
