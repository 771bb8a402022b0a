/// One thing to say about what a person wrote: where, what is wrong, and what to do about it.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Sendable { case error, warning }

  public var severity: Severity
  public var location: SourceLocation
  /// Characters that it is about, from `location` on, in the same line.
  public var length: Int
  public var message: String
  /// What to write instead, where we can tell: ``did you mean `responses`?``
  public var suggestion: String?
  /// The id of the rule that it comes from: `vtl-unknown-function`. Mapping templates have rules.
  public var rule: String?
  /// The line at `location`, where the file could be read.
  public var excerpt: Excerpt?

  public init(
    _ severity: Severity, at location: SourceLocation, length: Int = 1, _ message: String, suggestion: String? = nil,
    rule: String? = nil
  ) {
    self.severity = severity
    self.location = location
    self.length = length
    self.message = message
    self.suggestion = suggestion
    self.rule = rule
  }

  /// `FILE:LINE:COLUMN: error: what is wrong; what to write instead [rule]`.
  public var description: String { "\(location): \(severity.rawValue): \(explanation)" }

  /// `what is wrong; what to write instead [rule]`.
  public var explanation: String {
    message + (suggestion.map { "; \($0)" } ?? "") + (rule.map { " [\($0)]" } ?? "")
  }
}
