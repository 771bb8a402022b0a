import Testing

@testable import PCRE

@Suite("Patterns that are their own text")
struct LiteralPatternTests {
  private static let texts = ["", "a", "404", "4040", "x404y404", "it's", "a.b", "axb", "é", "[]", "a\\b", "{}", "A"]

  @Test(
    "They must find exactly what PCRE2 finds",
    arguments: ["a", "404", "\\'", "'", "a\\.b", "é", "\\[\\]", "]", "}", "\\{\\}", "a\\\\b", "b"])
  func same(_ pattern: String) throws {
    let literal = try #require(LiteralPattern(pattern, options: []))
    let whole = try CompiledPattern(
      pattern, options: 0x8000_0000 | 0x2000_0000 | 0x0008_0000, justInTime: false)  // ANCHORED, ENDANCHORED, UTF
    let search = try CompiledPattern(pattern, options: 0x0008_0000, justInTime: false)
    for text in Self.texts {
      var text = text
      text.withUTF8 { bytes in
        let subject = UnsafeRawBufferPointer(bytes)
        #expect(literal.isWhole(subject) == (whole.match(subject, from: 0, pairs: 1) >= 0))
        var found: Range<Int>?
        _ = search.match(subject, from: 0, pairs: 1) { found = $0[0]..<$0[1] }
        #expect(literal.firstRange(in: subject, from: 0) == found)
      }
    }
  }

  @Test(
    "A pattern that is more than its text must not be taken for one",
    arguments: [
      "", "a.", "^a", "a$", "a|b", "a?", "a*", "a+", "(a)", "[a]", "a{2}", "\\d", "\\1", "\\Qa\\E", "a\\", "\\é",
    ])
  func more(_ pattern: String) {
    #expect(LiteralPattern(pattern, options: []) == nil)
  }

  @Test("Options that change what a character stands for must keep it from being taken for one")
  func options() {
    #expect(LiteralPattern("a", options: .ignoresCase) == nil)
    #expect(LiteralPattern("a b", options: .ignoresWhitespace) == nil)
    #expect(LiteralPattern("a.b", options: .literal)?.isWhole(UnsafeRawBufferPointer(start: nil, count: 0)) == false)
  }

  @Test("A search must begin at its place and give groups as PCRE2 would")
  func from() throws {
    let regex = try Regex("ab")
    var text = "abxab"
    text.withUTF8 {
      let bytes = UnsafeRawBufferPointer($0)
      #expect(regex.firstMatch(in: bytes, from: 1) == [3..<5])
      #expect(regex.firstMatch(in: bytes, from: 4) == nil)
      #expect(regex.firstMatch(in: bytes, from: 5) == nil)
    }
  }
}
