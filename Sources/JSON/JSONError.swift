/// Why bytes are no JSON text, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: String, Equatable, Sendable {
    case unexpectedEnd = "the text ends before its value does"
    case unexpectedByte = "a value was expected here"
    case expectedName = "a member's name in double quotes was expected here"
    case expectedColon = "':' was expected behind a member's name"
    case expectedCommaOrBrace = "',' or '}' was expected here"
    case expectedCommaOrBracket = "',' or ']' was expected here"
    case trailingBytes = "nothing but white space may stand behind the value"
    case invalidNumber = "this is not a number as JSON writes it"
    case invalidLiteral = "this is neither true, false nor null"
    case invalidEscape = "this escape does not exist in JSON"
    case controlCharacter = "a control character inside a string must be escaped"
    case invalidUTF8 = "this is not well-formed UTF-8"
    case tooDeep = "values are nested deeper than the limit"
    case tooLong = "the text is longer than the limit"
  }

  public let reason: Reason
  /// In bytes from the beginning of the text.
  public let offset: Int
  /// From 1.
  public let line: Int
  /// In bytes, from 1.
  public let column: Int

  public var description: String { "\(line):\(column): \(reason.rawValue)" }

  init(_ reason: Reason, at offset: Int, in text: UnsafeRawBufferPointer) {
    self.reason = reason
    self.offset = offset
    var line = 1
    var lineStart = 0
    for index in 0..<min(offset, text.count) where text[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    self.line = line
    column = offset - lineStart + 1
  }
}
