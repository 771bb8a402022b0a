import Bytes

/// A mapping template, compiled once when the configuration loads and rendered for every request: Apache Velocity 1.7
/// as API Gateway runs it.
public final class Template: Sendable {
  /// The text that it was compiled from.
  public let source: String
  let program: Program

  /// The whole output in UTF-8, when it depends on nothing that varies by request; else nil.
  public var constant: [UInt8]? { program.constant }

  /// Compiles a template.
  /// - Throws: `TemplateError` where the text is not Velocity.
  public init(_ source: String) throws(TemplateError) {
    self.source = source
    do {
      program = try Compiler.compile(try Parser.parse(Array(source.utf8)))
    } catch {
      let place = SourcePlace(offset: error.offset, in: source)
      throw TemplateError(
        line: place.line, column: place.column, message: error.message, suggestion: error.suggestion)
    }
  }

  /// Renders into `out`, behind what is readable there. If it throws, `out` keeps what was rendered until then.
  public func render(
    _ scope: TemplateScope, into out: ByteBuffer, limits: RenderLimits = .standard
  ) throws(RenderError) {
    if let constant = program.constant { return out.write(constant) }
    try scope.render(program, source, into: out, limits)
  }

  /// Renders as `render` does, and tells which line wrote which bytes, in the order of the output. Slower.
  public func explain(
    _ scope: TemplateScope, into out: ByteBuffer, limits: RenderLimits = .standard
  ) throws(RenderError) -> [RenderedPiece] {
    // Texts of their own for each place, where a program for use has them joined.
    guard let tree = try? Parser.parse(Array(source.utf8)),
      let separate = try? Compiler.compile(tree, joiningTexts: false)
    else { return [] }
    let trace = RenderTrace()
    let start = out.count
    let base = out.writeIndex
    try scope.render(separate, source, into: out, limits, trace)
    let output = UnsafeRawBufferPointer(rebasing: out.readable[start...])
    return trace.pieces(in: source, output: output, from: base)
  }
}
