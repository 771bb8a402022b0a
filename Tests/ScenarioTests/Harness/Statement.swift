/// One statement of a scenario: a line of words, with what is written below it.
///
///     send "GET / HTTP/1.1\r\n"      words: send, "GET …"
///       | Host: example.org          margin: the lines behind the bars
///     client c1 {                    body: the statements up to the closing brace
///     }
struct Statement: Sendable {
  /// Counted from 1.
  var line: Int
  var words: [Word]
  var margin: [[UInt8]] = []
  var body: [Statement]?

  var verb: String { words.first?.keyword ?? "" }

  /// The statement as it is named in a failure.
  var summary: String { words.map(\.shown).joined(separator: " ") }
}

/// A word of a statement: bare, or a text in quotation marks.
struct Word: Sendable {
  var bytes: [UInt8]
  var isQuoted: Bool

  /// The word itself, unless it is a quoted text.
  var keyword: String? { isQuoted ? nil : String(decoding: bytes, as: UTF8.self) }

  var shown: String { isQuoted ? "\"\(escaped(bytes, limit: 60))\"" : String(decoding: bytes, as: UTF8.self) }
}

/// A scenario that could not be read, or that did not go as written.
struct ScenarioFailure: Error {
  /// Of the scenario file, counted from 1.
  var line: Int
  var message: String
}

/// Bytes as a person can read them: line ends and bytes outside ASCII as escapes.
func escaped(_ bytes: some Collection<UInt8>, limit: Int = 2_000) -> String {
  var text = ""
  for byte in bytes.prefix(limit) {
    switch byte {
    case 10: text += "\\n"
    case 13: text += "\\r"
    case 9: text += "\\t"
    case 34: text += "\\\""
    case 92: text += "\\\\"
    case 32..<127: text.unicodeScalars.append(Unicode.Scalar(byte))
    default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
  return bytes.count > limit ? text + "… (\(bytes.count) bytes)" : text
}
