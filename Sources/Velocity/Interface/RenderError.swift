/// Why a template that compiled could not be rendered for one request. The client gets 500 `Internal server error`.
public struct RenderError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What stopped the rendering.
  public enum Reason: Sendable, Equatable {
    /// A `#foreach` went round more than `RenderLimits.iterations` times.
    case tooManyIterations
    /// The output grew beyond `RenderLimits.outputBytes`.
    case outputTooLarge
    /// The template did more than `RenderLimits.steps` steps.
    case tooManySteps
    /// Calls of `#define` blocks or values inside values went deeper than `RenderLimits.depth`.
    case tooDeep
    /// A method threw where Java throws: an index out of range, a bad regular expression, text that is no number…
    case methodFailed
    /// The template set the same override twice, which API Gateway answers with an error.
    case overriddenTwice
    /// `#parse` or `#include`, which API Gateway has not.
    case forbiddenDirective
  }

  public var reason: Reason
  /// Line in the template text, from 1.
  public var line: Int
  /// Column in that line, from 1.
  public var column: Int
  /// What went wrong, in one sentence without a full stop.
  public var message: String

  public init(_ reason: Reason, line: Int, column: Int, message: String) {
    self.reason = reason
    self.line = line
    self.column = column
    self.message = message
  }

  public var description: String { "\(line):\(column): \(message)" }
}
