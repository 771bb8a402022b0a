/// A place in a file that a person wrote, as errors name it.
public struct SourceLocation: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The path as the user would type it, relative to the working directory where that is possible.
  public var file: String
  /// From 1.
  public var line: Int
  /// In characters, from 1.
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String { "\(file):\(line):\(column)" }

  public static func < (a: SourceLocation, b: SourceLocation) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }
}

/// One thing to say about what a person wrote: where, what is wrong, and what to do about it.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Sendable { case error, warning }

  public var severity: Severity
  public var location: SourceLocation
  public var message: String
  /// What to write instead, where we can tell: ``did you mean `responses`?``
  public var suggestion: String?

  public init(_ severity: Severity, at location: SourceLocation, _ message: String, suggestion: String? = nil) {
    self.severity = severity
    self.location = location
    self.message = message
    self.suggestion = suggestion
  }

  public var description: String {
    "\(location): \(severity.rawValue): \(message)" + (suggestion.map { "; \($0)" } ?? "")
  }
}
