/// Something about a template that its author should know before the first request.
public struct TemplateFinding: Sendable, Equatable {
  public enum Severity: String, Sendable, Comparable {
    /// Rendering fails, or cannot give what was meant.
    case error
    /// Rendering goes on, with a result that was hardly meant.
    case warning

    public static func < (left: Severity, right: Severity) -> Bool { left == .error && right == .warning }
  }

  /// What a finding is about. The raw value is its id in reports.
  public enum Rule: String, Sendable, CaseIterable {
    /// The text is not Velocity.
    case syntax = "vtl-syntax"
    /// `#parse` and `#include`, which API Gateway refuses.
    case forbiddenDirective = "vtl-forbidden-directive"
    /// A directive or macro that API Gateway prints instead of running.
    case printedDirective = "vtl-printed-directive"
    /// `$input` or `$util` has no such function.
    case unknownFunction = "vtl-unknown-function"
    /// A function of `$input` or `$util` is given the wrong number of arguments.
    case wrongArguments = "vtl-wrong-arguments"
    /// No object that a template can have has such a method.
    case unknownMethod = "vtl-unknown-method"
    /// Nothing sets the variable.
    case undefinedReference = "vtl-undefined-reference"
    /// `$context` has no such variable, or has it in access logs only.
    case unknownContextVariable = "vtl-unknown-context-variable"
    /// A path or regular expression that cannot be read.
    case badPattern = "vtl-bad-pattern"
    /// A condition that is always false, being a literal.
    case literalCondition = "vtl-literal-condition"
    /// What a client sends goes between the quotes of a JSON string as it is.
    case unescapedJSON = "vtl-unescaped-json"
    /// What a client sends stands in JSON text without quotes.
    case unquotedJSON = "vtl-unquoted-json"
    /// Whatever the references give, the text around them makes no JSON.
    case brokenJSON = "vtl-broken-json"
  }

  public var rule: Rule
  public var severity: Severity
  /// Line in the template text, from 1.
  public var line: Int
  /// Column in that line, from 1, counted in characters.
  public var column: Int
  /// Characters that it is about, from `column` on.
  public var length: Int
  /// The line of the template.
  public var excerpt: String
  /// What is wrong, in one sentence without a full stop.
  public var message: String
  /// What to write instead, if that can be said.
  public var suggestion: String?
}
