import Bytes

/// What is done to a part of a request before it is inspected: AWS's transformations, by AWS's names (spec § 15.5).
///
/// Most come from ModSecurity, whose documentation says what AWS's leaves open. Where both are silent the case says `[I]`.
public enum TextTransformation: String, Sendable, CaseIterable, Hashable {
  case none = "NONE"
  case lowercase = "LOWERCASE"
  case uppercase = "UPPERCASE"
  case urlDecode = "URL_DECODE"
  case urlDecodeUnicode = "URL_DECODE_UNI"
  case htmlEntityDecode = "HTML_ENTITY_DECODE"
  case compressWhiteSpace = "COMPRESS_WHITE_SPACE"
  case removeWhiteSpace = "REMOVE_WHITESPACE"
  case trim = "TRIM"
  case trimLeft = "TRIM_LEFT"
  case trimRight = "TRIM_RIGHT"
  case commandLine = "CMD_LINE"
  /// [I] As CMD_LINE, but for what only a Windows shell takes away: `"` and `^`.
  case commandLineWindows = "CMD_LINE_WIN"
  /// [I] As CMD_LINE, but for what only a Unix shell takes away: `\`, `"` and `'`.
  case commandLineUnix = "CMD_LINE_UNIX"
  /// Up to the first byte that is not of the alphabet.
  case base64Decode = "BASE64_DECODE"
  /// Bytes that are not of the alphabet are left out.
  case base64DecodeLenient = "BASE64_DECODE_EXT"
  case hexDecode = "HEX_DECODE"
  case sqlHexDecode = "SQL_HEX_DECODE"
  case md5 = "MD5"
  case sha256 = "SHA256"
  case replaceComments = "REPLACE_COMMENTS"
  case removeCommentsCharacters = "REMOVE_COMMENTS_CHAR"
  case escapeSequenceDecode = "ESCAPE_SEQ_DECODE"
  case cssDecode = "CSS_DECODE"
  case jsDecode = "JS_DECODE"
  /// [I] As JS_DECODE, and `\u{…}` too.
  case jsDecodeExtended = "JS_DECODE_EXT"
  case normalizePath = "NORMALIZE_PATH"
  case normalizePathWindows = "NORMALIZE_PATH_WIN"
  case removeNulls = "REMOVE_NULLS"
  case replaceNulls = "REPLACE_NULLS"
  case utf8ToUnicode = "UTF8_TO_UNICODE"

  /// The longest that a text of `count` bytes can become.
  func bound(_ count: Int) -> Int {
    switch self {
    case .md5, .sha256: 64
    // Two bytes become six.
    case .utf8ToUnicode: count &* 3 &+ 8
    default: count
    }
  }

  /// Writes the text transformed; `out` has room for `bound` bytes and does not overlap it.
  /// - Returns: the bytes that were written.
  func apply(_ text: UnsafeRawBufferPointer, into out: UnsafeMutablePointer<UInt8>) -> Int {
    var to = Output(out)
    switch self {
    case .none: to.put(text)
    case .lowercase: for byte in text { to.put(byte &- 65 < 26 ? byte | 32 : byte) }
    case .uppercase: for byte in text { to.put(byte &- 97 < 26 ? byte & 0xDF : byte) }
    case .urlDecode: URLDecoding.run(text, decodesUnicode: false, into: &to)
    case .urlDecodeUnicode: URLDecoding.run(text, decodesUnicode: true, into: &to)
    case .htmlEntityDecode: EntityDecoding.run(text, into: &to)
    case .compressWhiteSpace: WhiteSpace.compress(text, into: &to)
    case .removeWhiteSpace: for byte in text where !WhiteSpace.contains(byte) { to.put(byte) }
    case .trim: to.put(WhiteSpace.trimmed(text, left: true, right: true))
    case .trimLeft: to.put(WhiteSpace.trimmed(text, left: true, right: false))
    case .trimRight: to.put(WhiteSpace.trimmed(text, left: false, right: true))
    case .commandLine: CommandLine.run(text, removing: .both, into: &to)
    case .commandLineWindows: CommandLine.run(text, removing: .windows, into: &to)
    case .commandLineUnix: CommandLine.run(text, removing: .unix, into: &to)
    case .base64Decode: BinaryDecoding.base64(text, isLenient: false, into: &to)
    case .base64DecodeLenient: BinaryDecoding.base64(text, isLenient: true, into: &to)
    case .hexDecode: BinaryDecoding.hexadecimal(text, into: &to)
    case .sqlHexDecode: BinaryDecoding.sqlHexadecimal(text, into: &to)
    case .md5: return MessageDigest.md5(text, into: out)
    case .sha256: return MessageDigest.sha256(text, into: out)
    case .replaceComments: Comments.replace(text, into: &to)
    case .removeCommentsCharacters: Comments.removeCharacters(text, into: &to)
    case .escapeSequenceDecode: EscapeDecoding.ansiC(text, into: &to)
    case .cssDecode: EscapeDecoding.css(text, into: &to)
    case .jsDecode: EscapeDecoding.javaScript(text, hasBraces: false, into: &to)
    case .jsDecodeExtended: EscapeDecoding.javaScript(text, hasBraces: true, into: &to)
    case .normalizePath: PathNormalization.run(text, isWindows: false, into: &to)
    case .normalizePathWindows: PathNormalization.run(text, isWindows: true, into: &to)
    case .removeNulls: for byte in text where byte != 0 { to.put(byte) }
    case .replaceNulls: for byte in text { to.put(byte == 0 ? 32 : byte) }
    case .utf8ToUnicode: UnicodeWriting.run(text, into: &to)
    }
    return to.count
  }
}

/// Where a transformation writes: never more than was asked for by `bound`.
struct Output {
  let start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0

  init(_ start: UnsafeMutablePointer<UInt8>) { self.start = start }

  @inline(__always) mutating func put(_ byte: UInt8) {
    start[count] = byte
    count &+= 1
  }

  @inline(__always) mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    UnsafeMutableRawPointer(start + count).copyMemory(from: source, byteCount: bytes.count)
    count &+= bytes.count
  }

  /// The byte that was written last.
  @inline(__always) var last: UInt8? { count > 0 ? start[count &- 1] : nil }

  @inline(__always) mutating func removeLast(_ number: Int) { count &-= min(number, count) }

  /// A character in UTF-8; what is none is left out.
  mutating func put(scalar: UInt32) {
    guard let scalar = Unicode.Scalar(scalar), let units = UTF8.encode(scalar) else { return }
    for unit in units { put(unit) }
  }
}

extension UnsafeRawBufferPointer {
  /// The number that `count` hexadecimal digits from `at` on say; nil where they are not all there.
  @inline(__always) func hexadecimal(at: Int, count digits: Int) -> UInt32? {
    guard at >= 0, at &+ digits <= count else { return nil }
    var value: UInt32 = 0
    for index in at..<at &+ digits {
      guard let digit = self[index].hexValue else { return nil }
      value = value &<< 4 | UInt32(digit)
    }
    return value
  }
}

extension UInt8 {
  @inline(__always) var hexValue: UInt8? {
    let digit = self &- 48
    if digit < 10 { return digit }
    let letter = (self | 32) &- 97
    return letter < 6 ? letter &+ 10 : nil
  }
}

extension UInt32 {
  /// The byte that a code of two bytes is taken for: full-width forms of ASCII (U+FF01 to U+FF5E) are the ASCII that they
  /// look like, of others the lower byte counts (ModSecurity, `urlDecodeUni`).
  @inline(__always) var narrowed: UInt8 {
    let byte = UInt8(truncatingIfNeeded: self)
    return (0xFF01...0xFF5E).contains(self) ? byte &+ 0x20 : byte
  }
}
