import Bytes

/// A mapping template, compiled once when the configuration loads and rendered for every request: Apache Velocity 1.7
/// as API Gateway runs it.
public final class Template: Sendable {
  /// The text that it was compiled from.
  public let source: String
  /// The whole output in UTF-8, when it depends on nothing that varies by request; else nil.
  public let constant: [UInt8]?

  /// Compiles a template.
  /// - Throws: `TemplateError` where the text is not Velocity.
  public init(_ source: String) throws(TemplateError) {
    self.source = source
    self.constant = nil
    throw TemplateError(line: 1, column: 1, message: "the template engine is not there yet")
  }

  /// Renders into `out`, behind what is readable there. If it throws, `out` keeps what was rendered until then.
  public func render(
    _ scope: TemplateScope, into out: ByteBuffer, limits: RenderLimits = .standard
  ) throws(RenderError) {
  }
}
