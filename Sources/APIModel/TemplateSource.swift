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
      return SourceLocation(
        file: location.file, line: location.line + max(0, line - 1), column: location.column + max(0, column - 1))
    case .quoted(let raw, let quoting):
      var text = QuotedText(raw, quoting, at: location)
      return text.location(line: line, column: column)
    }
  }
}
