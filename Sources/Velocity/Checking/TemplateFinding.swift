/// Something about a template that its author should know before the first request.
public struct TemplateFinding: Sendable, Equatable {
  public enum Severity: String, Sendable { case error, warning }

  public var rule: Rule
  public var severity: Severity { rule.severity }
  /// Line in the template text, from 1.
  public var line: Int
  /// Column in that line, from 1, counted in characters.
  public var column: Int
  /// Characters that it is about, from `column` on.
  public var length: Int
  /// What is wrong, in one sentence without a full stop.
  public var message: String
  /// What to write instead, if that can be said.
  public var suggestion: String?
}
