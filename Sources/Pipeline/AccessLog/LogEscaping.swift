import Bytes
import HTTPSemantics

/// How a value that somebody else chose is written into a line of a log, so that it stays a value: it cannot end the
/// line, nor the string, element or column that the format puts it in.
enum LogEscaping: Sendable {
  /// `"`, `\` and all that is not printable ASCII as `\xHH`, as nginx writes its log.
  case text
  /// For formats that begin with `{`: as in a string of JSON's (RFC 8259 § 7).
  case json
  /// For formats that begin with `<`: as in character data and attributes; what XML cannot have becomes U+FFFD.
  case xml
  /// For formats with nothing but commas between their variables: quoted where necessary (RFC 4180), control
  /// characters as `\xHH`.
  case csv

  /// What a value may have at most; what is longer is cut there, and ends in three full stops. Bytes.
  static let longestValue = 4096

  init(of format: [UInt8]) {
    self =
      switch format.first(where: { $0 != 32 && $0 != 9 }) {
      case UInt8(ascii: "{"): .json
      case UInt8(ascii: "<"): .xml
      default: Self.isTable(format) ? .csv : .text
      }
  }

  private static func isTable(_ format: [UInt8]) -> Bool {
    let columns = format.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    return columns.count > 1
      && columns.allSatisfy { column in
        column.starts(with: "$context.".utf8)
          && column.dropFirst().allSatisfy { $0 &- 48 < 10 || ($0 | 32) &- 97 < 26 || $0 == 46 || $0 == 95 }
      }
  }

  /// Bytes that mean nothing in any of the formats.
  private static let harmless = ByteSet(
    " !#$%()*+-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~")

  @inline(__always)
  func write(_ value: UnsafeRawBufferPointer, into out: ByteBuffer) {
    if value.count <= Self.longestValue, Self.harmless.containsAll(of: value) { return out.write(value) }
    writeEscaped(value, into: out)
  }

  @inline(never)
  private func writeEscaped(_ value: UnsafeRawBufferPointer, into out: ByteBuffer) {
    var end = value.count
    if end > Self.longestValue {
      end = Self.longestValue
      // Not within a character.
      while end > Self.longestValue &- 4, value[end] & 0xC0 == 0x80 { end &-= 1 }
    }
    let kept = UnsafeRawBufferPointer(rebasing: value[..<end])
    let isQuoted = self == .csv && kept.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }
    if isQuoted { out.write("\"") }
    switch self {
    case .text: for byte in kept { Self.writeText(byte, into: out) }
    case .csv: for byte in kept { Self.writeColumn(byte, into: out) }
    case .json: for scalar in kept.text.unicodeScalars { Self.writeJSON(scalar, into: out) }
    case .xml: for scalar in kept.text.unicodeScalars { Self.writeXML(scalar, into: out) }
    }
    if end < value.count { out.write("...") }
    if isQuoted { out.write("\"") }
  }

  private static func writeText(_ byte: UInt8, into out: ByteBuffer) {
    if byte < 32 || byte > 126 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      writeHexadecimal(byte, into: out)
    } else {
      out.write(byte: byte)
    }
  }

  private static func writeColumn(_ byte: UInt8, into out: ByteBuffer) {
    if byte < 32 || byte > 126 || byte == UInt8(ascii: "\\") {
      writeHexadecimal(byte, into: out)
    } else {
      if byte == UInt8(ascii: "\"") { out.write(byte: byte) }
      out.write(byte: byte)
    }
  }

  private static func writeHexadecimal(_ byte: UInt8, into out: ByteBuffer) {
    out.write("\\x")
    out.write(byte: digit(byte >> 4))
    out.write(byte: digit(byte & 15))
  }

  private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 &+ nibble : 55 &+ nibble }

  private static func writeJSON(_ scalar: Unicode.Scalar, into out: ByteBuffer) {
    switch scalar {
    case "\"": out.write("\\\"")
    case "\\": out.write("\\\\")
    case "\n": out.write("\\n")
    case "\r": out.write("\\r")
    case "\t": out.write("\\t")
    // The two that are line ends to JavaScript, and the controls that are some to terminals.
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
      out.write("\\u")
      for shift in [12, 8, 4, 0] as [UInt32] { out.write(byte: digit(UInt8(scalar.value >> shift & 15))) }
    default: out.write(String(scalar))
    }
  }

  private static func writeXML(_ scalar: Unicode.Scalar, into out: ByteBuffer) {
    switch scalar {
    case "&": out.write("&amp;")
    case "<": out.write("&lt;")
    case ">": out.write("&gt;")
    case "\"": out.write("&quot;")
    case "'": out.write("&apos;")
    case "\t", "\n", "\r": out.write(scalar == "\t" ? "&#9;" : scalar == "\n" ? "&#10;" : "&#13;")
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FFFE}", "\u{FFFF}":
      out.write("\u{FFFD}" as String)
    default: out.write(String(scalar))
    }
  }
}
