/// Why a text is not a mapping template: what is wrong, where, and what to write instead.
///
/// Thrown when a template is compiled, so a mistake is found when the configuration loads. API Gateway finds it when the
/// first request arrives and answers that with 500.
public struct TemplateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Line in the template text, from 1.
  public var line: Int
  /// Column in that line, from 1, counted in characters.
  public var column: Int
  /// What is wrong, in one sentence without a full stop.
  public var message: String
  /// What to write instead, if that can be said.
  public var suggestion: String?

  public init(line: Int, column: Int, message: String, suggestion: String? = nil) {
    self.line = line
    self.column = column
    self.message = message
    self.suggestion = suggestion
  }

  public var description: String {
    "\(line):\(column): \(message)" + (suggestion.map { "; \($0)" } ?? "")
  }
}
