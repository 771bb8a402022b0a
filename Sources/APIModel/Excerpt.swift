/// A line that a person wrote, with the part of it that is spoken of.
///
///     "text": "$util.escapeJavascript($input.path('$.text'))"
///                    ^~~~~~~~~~~~~~~~
///
/// Of a long line it is what stands around the place. What a terminal would take for a command is shown as `�`.
public struct Excerpt: Hashable, Sendable, Codable {
  public let text: String
  /// Where the part begins in `text`, in characters, from 1; one behind the end where nothing stands there.
  public let column: Int
  /// Characters, 1 or more.
  public let length: Int

  /// Characters that are shown before and from the place on.
  public static let before = 60
  public static let behind = 60

  /// - Parameters:
  ///   - line: without its end.
  ///   - column: in characters, from 1.
  public init(of line: String, column: Int, length: Int = 1) {
    let scalars = Array(line.unicodeScalars)
    let place = min(max(column, 1) - 1, scalars.count)
    let start = max(0, place - Excerpt.before)
    let end = place + min(Excerpt.behind, scalars.count - place)
    var text = String.UnicodeScalarView()
    if start > 0 { text.append("…") }
    text.append(contentsOf: scalars[start..<end].lazy.map(Excerpt.shown))
    if end < scalars.count { text.append("…") }
    self.text = String(text)
    self.column = place - start + (start > 0 ? 2 : 1)
    self.length = max(1, min(length, end - place))
  }

  private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.properties.generalCategory {
    case .control: scalar == "\t" ? scalar : "\u{FFFD}"
    // Such as turn the direction of a text round.
    case .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
    default: scalar
    }
  }

  /// The line that goes below `text`: a caret at the place, and a wave for the rest of the part.
  public var caret: String {
    var line = String.UnicodeScalarView()
    // Tabs stay, so that the caret stands where it should however wide they are.
    for scalar in text.unicodeScalars.prefix(column - 1) { line.append(scalar == "\t" ? "\t" : " ") }
    line.append("^")
    line.append(contentsOf: repeatElement("~", count: length - 1))
    return String(line)
  }
}
