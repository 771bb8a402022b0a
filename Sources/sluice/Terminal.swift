import APIModel
import Foundation

/// Where a command writes, and whether a person is likely to look at it there in colour.
struct Terminal {
  let handle: FileHandle
  let isColoured: Bool

  static let output = Terminal(.standardOutput)
  static let error = Terminal(.standardError)

  init(_ handle: FileHandle) {
    self.handle = handle
    let environment = ProcessInfo.processInfo.environment
    isColoured =
      isatty(handle.fileDescriptor) == 1 && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
  }

  enum Style: String {
    case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", blue = "34", cyan = "36"
  }

  func styled(_ text: String, _ style: Style) -> String {
    isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// A reader that went away (`sluice routes | head`) is no failure.
  func print(_ line: String) { try? handle.write(contentsOf: Data((line + "\n").utf8)) }

  /// Each in one line, and below it the line that it is about, with a caret at the place.
  func print(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics {
      let severity = styled(diagnostic.severity.rawValue, diagnostic.severity == .error ? .red : .yellow)
      print("\(styled(diagnostic.location.description, .bold)): \(severity): \(diagnostic.explanation)")
      if let excerpt = diagnostic.excerpt {
        print("  \(excerpt.text)")
        print("  \(styled(excerpt.caret, .green))")
      }
    }
  }

  /// One document for a machine.
  func print(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
