/// Reads the text of a scenario into statements. The grammar is three kinds of line and comments:
///
///     word "text with \r\n escapes" 'text as it stands' {     a statement; the brace opens its body
///     | text                                                 a line of the margin of the statement above
///     }                                                      ends a body
///     # …                                                    a comment; empty lines count as one
struct ScenarioParser {
  private var lines: ArraySlice<Substring>
  private var number = 0

  static func parse(_ text: String) throws -> [Statement] {
    // Unicode scalars, since "\r\n" would be one Character.
    var parser = ScenarioParser(text)
    return try parser.block(openedAt: nil)
  }

  private init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
  }

  private mutating func block(openedAt opening: Int?) throws -> [Statement] {
    var statements: [Statement] = []
    while let raw = lines.popFirst() {
      number += 1
      let line = raw.drop { $0 == " " || $0 == "\t" }
      if line.isEmpty || line.first == "#" { continue }
      if line.first == "|" {
        guard !statements.isEmpty else { throw failure("a margin line without a statement above it") }
        let text = line.dropFirst()
        statements[statements.count - 1].margin.append(Array((text.first == " " ? text.dropFirst() : text).utf8))
        continue
      }
      if line.first == "}" {
        guard opening != nil else { throw failure("a closing brace without an opening one") }
        guard line.dropFirst().allSatisfy(\.isWhitespace) else {
          throw failure("a closing brace stands alone on its line")
        }
        return statements
      }
      var statement = Statement(line: number, words: try words(of: line))
      if statement.words.last?.keyword == "{" {
        statement.words.removeLast()
        guard !statement.words.isEmpty else { throw failure("a brace without a statement before it") }
        statement.body = try block(openedAt: statement.line)
      }
      statements.append(statement)
    }
    if let opening { throw ScenarioFailure(line: opening, message: "this block is never closed") }
    return statements
  }

  private func words(of line: Substring) throws -> [Word] {
    var words: [Word] = []
    var rest = Array(line.utf8)[...]
    while let first = rest.first {
      switch first {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): rest.removeFirst()
      case UInt8(ascii: "#"): return words
      case UInt8(ascii: "\""): words.append(Word(bytes: try escapedText(&rest), isQuoted: true))
      case UInt8(ascii: "'"):
        rest.removeFirst()
        guard let end = rest.firstIndex(of: UInt8(ascii: "'")) else { throw failure("a text without its closing '") }
        words.append(Word(bytes: Array(rest[..<end]), isQuoted: true))
        rest = rest[(end + 1)...]
      default:
        let end = rest.firstIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } ?? rest.endIndex
        words.append(Word(bytes: Array(rest[..<end]), isQuoted: false))
        rest = rest[end...]
      }
    }
    return words
  }

  /// A text in double quotation marks: `\r \n \t \0 \" \\` and `\xHH` are escapes.
  private func escapedText(_ rest: inout ArraySlice<UInt8>) throws -> [UInt8] {
    rest.removeFirst()
    var text: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"):
        switch rest.popFirst() {
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "0"): text.append(0)
        case UInt8(ascii: "\""): text.append(34)
        case UInt8(ascii: "\\"): text.append(92)
        case UInt8(ascii: "x"):
          let digits = String(decoding: rest.prefix(2), as: UTF8.self)
          guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
            throw failure("\\x takes two digits")
          }
          text.append(value)
          rest = rest.dropFirst(2)
        default: throw failure("an escape that is none of \\r \\n \\t \\0 \\\" \\\\ \\xHH")
        }
      default: text.append(byte)
      }
    }
    throw failure("a text without its closing \"")
  }

  private func failure(_ message: String) -> ScenarioFailure { ScenarioFailure(line: number, message: message) }
}
