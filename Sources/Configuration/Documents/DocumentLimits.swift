/// How much of a person's file is read. What lies beyond is an error with a place, never a trap or a long wait.
enum DocumentLimits {
  /// Bytes of one file. AWS takes 6 MB.
  static let bytes = 16 * 1024 * 1024
  /// Lists and objects inside one another.
  static let depth = 200
  /// Values in one document, with every YAML alias written out.
  static let values = 1_000_000
  /// `$ref`s that lead to one another.
  static let references = 64
  /// Things that are said about one configuration.
  static let findings = 10_000
  /// Files that one configuration may consist of.
  static let files = 10_000
}
