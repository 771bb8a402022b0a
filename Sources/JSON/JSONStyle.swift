/// How strings and numbers are written.
public enum JSONStyle: Sendable {
  /// json-smart's `LT_COMPRESS`, what `$input.json` of an object or array writes: control characters, U+007F–U+009F and
  /// U+2000–U+20FF are escaped, `/` is not; numbers as Java's.
  case smart
  /// json-smart's `NO_COMPRESS`, what `JSONArray.toString()` and `$input.json` of a string write: as `smart`, and `/`
  /// becomes `\/`.
  case smartProtectingSlash
  /// RFC 8259 with as few escapes as it allows; numbers as they stand in the text.
  case standard

  @inlinable var escapesMore: Bool { self != .standard }
  @inlinable var escapesSlash: Bool { self == .smartProtectingSlash }
}
