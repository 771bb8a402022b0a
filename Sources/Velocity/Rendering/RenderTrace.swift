/// Which part of a template wrote which bytes, for `sluice render --explain`.
final class RenderTrace {
  /// Pieces of output in order: where they begin, and the offset in the template that wrote them.
  private(set) var pieces: [(output: Int, offset: Int)] = []

  func note(output: Int, offset: Int) {
    if let last = pieces.last, last.offset == offset || last.output == output {
      if last.output == output { pieces[pieces.count - 1].offset = offset }
      return
    }
    pieces.append((output, offset))
  }
}
