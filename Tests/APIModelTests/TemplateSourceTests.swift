import APIModel
import Testing

@Suite struct TemplateSourceTests {
  private func source(_ layout: TemplateSource.Layout) -> TemplateSource {
    var source = TemplateSource(
      text: "", location: SourceLocation(file: "f", line: 10, column: 5), isFile: false)
    source.layout = layout
    return source
  }

  @Test("a template with lines of its own must be named line by line, behind the indentation")
  func verbatim() {
    #expect(source(.verbatim).location(line: 1, column: 1).description == "f:10:5")
    #expect(source(.verbatim).location(line: 3, column: 4).description == "f:12:8")
  }

  @Test(
    "a place in a quoted template must be found behind its escapes",
    arguments: [
      (1, 1, "f:10:5"), (1, 3, "f:10:8"), (2, 1, "f:10:11"), (2, 2, "f:10:17"), (2, 3, "f:10:18"), (2, 99, "f:10:30"),
      (3, 1, "f:10:32"), (9, 9, "f:10:33"),
    ])
  func escapes(line: Int, column: Int, place: String) {
    let raw = #"a\"b\n\u00fcc\ud83d\ude00\nd"#
    #expect(source(.quoted(raw: raw, .escapes)).location(line: line, column: column).description == place)
  }

  @Test("a doubled quote must count as one character")
  func doubledQuotes() {
    let place = source(.quoted(raw: "a''b", .doubledQuotes)).location(line: 1, column: 3)
    #expect(place.description == "f:10:8")
  }

  @Test("a folded line break must count as a space, and a blank line as a line break")
  func folds() {
    let folded = source(.quoted(raw: "ab\n    cd\n\n  ef", .plain))
    #expect(folded.location(line: 1, column: 3).description == "f:10:7")
    #expect(folded.location(line: 1, column: 4).description == "f:11:5")
    #expect(folded.location(line: 2, column: 1).description == "f:13:3")
    #expect(folded.location(line: 2, column: 2).description == "f:13:4")
  }
}
