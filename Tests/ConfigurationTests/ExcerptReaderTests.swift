import APIModel
import Testing

@testable import Configuration

@Suite struct ExcerptReaderTests {
  private func excerpt(_ text: String, _ line: Int, _ column: Int) -> String? {
    var reader = ExcerptReader(Array(text.utf8))
    let place = SourceLocation(file: "f", line: line, column: column)
    return reader.excerpt(at: place, length: 1).map { "\($0.text)|\($0.caret)" }
  }

  @Test(
    "a line must be found by its number, whatever ends lines",
    arguments: ["a\nbc\nd", "a\rbc\rd", "a\r\nbc\r\nd", "\u{FEFF}a\nbc\nd"])
  func lines(text: String) {
    #expect(excerpt(text, 1, 1) == "a|^")
    #expect(excerpt(text, 2, 2) == "bc| ^")
    #expect(excerpt(text, 3, 1) == "d|^")
    #expect(excerpt(text, 3, 9) == "d| ^")
    #expect(excerpt(text, 4, 1) == nil)
  }

  @Test("a line with nothing in it must have no excerpt")
  func blank() {
    #expect(excerpt("a\n \t\nb", 2, 1) == nil)
    #expect(excerpt("", 1, 1) == nil)
  }

  @Test("places must be found one behind the other, several in a line too, and in a long line quickly")
  func manyPlaces() {
    let line = String(repeating: "é", count: 200_000)
    var reader = ExcerptReader(Array("x\n\(line)\ny".utf8))
    for column in stride(from: 1, through: 200_000, by: 10) {
      let found = reader.excerpt(at: SourceLocation(file: "f", line: 2, column: column), length: 1)
      #expect(found?.column == min(column, 62))
    }
    #expect(reader.excerpt(at: SourceLocation(file: "f", line: 3, column: 1), length: 1)?.text == "y")
  }

  @Test("a file that is not in UTF-8 must have excerpts all the same")
  func invalid() {
    var reader = ExcerptReader([0xFF, 0x61, 0x80, 0x80, 0x0A, 0xC3])
    #expect(reader.excerpt(at: SourceLocation(file: "f", line: 1, column: 2), length: 1) != nil)
    #expect(reader.excerpt(at: SourceLocation(file: "f", line: 2, column: 7), length: 1) != nil)
  }
}
