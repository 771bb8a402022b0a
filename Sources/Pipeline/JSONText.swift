import JSON

/// Text as a JSON string (RFC 8259 § 7).
enum JSONText {
  static func quoted(_ text: String) -> String { JSONWriter.quoted(text) }
}
