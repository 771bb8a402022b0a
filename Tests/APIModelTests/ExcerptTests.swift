import APIModel
import Testing

@Suite struct ExcerptTests {
  @Test("the caret must stand below the place, with a wave for the rest of the part")
  func caret() {
    let excerpt = Excerpt(of: "name: { a: b }", column: 9, length: 4)
    #expect(excerpt.text == "name: { a: b }")
    #expect(excerpt.caret == "        ^~~~")
    #expect(Excerpt(of: "a", column: 1).caret == "^")
  }

  @Test("tabs must stay, so that the caret stands right however wide they are")
  func tabs() { #expect(Excerpt(of: "\ta\tb", column: 4).caret == "\t \t^") }

  @Test("characters beyond ASCII must count as one")
  func characters() { #expect(Excerpt(of: "é€😀x", column: 4).caret == "   ^") }

  @Test("of a long line only what stands around the place must be shown")
  func longLine() {
    let line = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
    let excerpt = Excerpt(of: line, column: 501, length: 300)
    #expect(
      excerpt.text == "…" + String(repeating: "a", count: 60) + "X" + String(repeating: "b", count: 59) + "…")
    #expect(excerpt.column == 62)
    #expect(excerpt.length == 60)
    #expect(Array(excerpt.text)[excerpt.column - 1] == "X")
  }

  @Test("a place behind the line's end must be shown at its end")
  func behindTheEnd() {
    let excerpt = Excerpt(of: "abc", column: 9, length: 5)
    #expect(excerpt.caret == "   ^")
    #expect(Excerpt(of: "", column: 0).caret == "^")
  }

  @Test("what a terminal takes for a command must not reach it")
  func controls() {
    #expect(Excerpt(of: "a\u{1B}[31m\u{202E}b\u{7F}", column: 1).text == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}")
  }
}
