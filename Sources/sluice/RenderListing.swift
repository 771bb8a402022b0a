import Bytes
import Velocity

/// What `render --explain` prints: the output in its order, each run of it with the template's line that wrote it.
///
///     line  bytes   output
///        2  0-6     "[\\n  {\\n"
///        4  7-19    "\\"id\\": 7,\\n"
struct RenderListing {
  private struct Row {
    var line: Int
    /// Of the last piece.
    var column: Int
    var bytes: Range<Int>
  }

  private let output: ByteBuffer
  private var rows: [Row] = []

  init(_ output: ByteBuffer, _ pieces: [RenderedPiece]) {
    self.output = output
    for piece in pieces {
      // A column that is not further on begins another round of a loop.
      if let last = rows.last, last.line == piece.line, last.column < piece.column {
        rows[rows.count - 1].column = piece.column
        rows[rows.count - 1].bytes = last.bytes.lowerBound..<piece.bytes.upperBound
      } else {
        rows.append(Row(line: piece.line, column: piece.column, bytes: piece.bytes))
      }
    }
  }

  func print(to terminal: Terminal) {
    let ranges = rows.map { "\($0.bytes.lowerBound)-\($0.bytes.upperBound - 1)" }
    let width = max("bytes".count, ranges.map(\.count).max() ?? 0)
    func cell(_ text: String) -> String { text + String(repeating: " ", count: width - text.count) }
    terminal.print(terminal.styled("line  \(cell("bytes"))  output", .dim))
    for (row, range) in zip(rows, ranges) {
      let line = "\(row.line)"
      let indented = String(repeating: " ", count: max(0, 4 - line.count)) + line
      let text = UnsafeRawBufferPointer(rebasing: output.readable[row.bytes]).text
      terminal.print("\(terminal.styled(indented, .bold))  \(cell(range))  \(Self.quoted(text))")
    }
  }

  /// As a string of Swift or JSON is written, so that white space and line ends are seen.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        let isShown = ![.control, .format, .lineSeparator, .paragraphSeparator].contains(
          scalar.properties.generalCategory)
        if isShown { result.unicodeScalars.append(scalar) } else { result += "\\u{\(String(scalar.value, radix: 16))}" }
      }
    }
    return result + "\""
  }
}
