/// Which place of a template wrote which bytes, noted while it renders.
final class RenderTrace {
  struct Note {
    /// Where `out` stood when the instruction began.
    var output: Int
    /// Of the instruction, in the template text.
    var offset: Int
    /// Whether it writes template text, so that its lines are the template's lines.
    var isText: Bool
  }

  private(set) var notes: [Note] = []

  /// Called before each instruction. One that writes nothing is forgotten when the next comes.
  func note(output: Int, offset: Int, isText: Bool) {
    if let last = notes.last, last.output == output { notes.removeLast() }
    notes.append(Note(output: output, offset: offset, isText: isText))
  }

  /// The pieces of an output that ends at `end`; text of several lines is one piece for each.
  func pieces(in source: String, output: UnsafeRawBufferPointer, from start: Int) -> [RenderedPiece] {
    var pieces: [RenderedPiece] = []
    for (index, note) in notes.enumerated() {
      let end = index + 1 < notes.count ? notes[index + 1].output : start + output.count
      guard note.output < end else { continue }
      let place = SourcePlace(offset: note.offset, in: source)
      var piece = RenderedPiece(line: place.line, column: place.column, bytes: note.output - start..<end - start)
      if note.isText {
        for at in piece.bytes where output[at] == 10 && at + 1 < end - start {
          pieces.append(RenderedPiece(line: piece.line, column: piece.column, bytes: piece.bytes.lowerBound..<at + 1))
          piece = RenderedPiece(line: piece.line + 1, column: 1, bytes: at + 1..<end - start)
        }
      }
      pieces.append(piece)
    }
    return pieces
  }
}
