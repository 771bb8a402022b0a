import PCRE
import Testing

@Suite("Java's dialect")
struct JavaPatternTests {
  @Test(
    "A spelling that only Java knows must mean what it means there",
    arguments: [
      (#"\u00e9"#, "é"), (#"\ud83d\ude00"#, "😀"), (#"[\u0041-\u0043]+"#, "ABC"), (#"\p{Alpha}+"#, "abcXYZ"),
      (#"[\p{Digit}_]+"#, "1_2"), (#"\P{Digit}+"#, "abc"), (#"\p{IsGreek}"#, "λ"), (#"\p{javaLetterOrDigit}+"#, "é1"),
      (#"\p{Punct}+"#, ##"!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"##), (#"\Qa[b\E."#, "a[bc"), (#"\p{L}\p{Lu}"#, "aB"),
      (#"[^\]a]+"#, "bc["), (#"\\u0041"#, #"\u0041"#), (#"a\[b"#, "a[b"), (#"\Q\u0041"#, #"\u0041"#),
      (#"\0101\x42\x{43}"#, "ABC"), (#"\ca"#, "!"), (#"(?iu)É"#, "é"), (#"(?u)(?i:a)b"#, "Ab"),
      (#"(?<n1>a)\k<n1>\1"#, "aaa"),
      (#"a{2}b{1,}c{1,2}"#, "aabc"), (#"\{a}"#, "{a}"), (#"[{(]+"#, "{("), (#"(?<=a)?b(?!c)"#, "b"),
      (#"(?x)a b [c]"#, "abc"),
      (#"(?s-m)."#, "\n"),
    ])
  func spelling(_ pattern: String, _ text: String) throws {
    #expect(try Regex(pattern).matchesWhole(text))
  }

  @Test("ASCII classes must not match letters beyond ASCII")
  func ascii() throws {
    #expect(try !Regex(#"\p{Alpha}"#).matchesWhole("é"))
    #expect(try !Regex(#"\w"#).matchesWhole("é"))
    #expect(try !Regex(#"\d"#).matchesWhole("٣"))
  }

  @Test("What is no digit, word or space must be found beyond ASCII too", arguments: [#"\D"#, #"\W"#, #"\S"#])
  func negated(_ pattern: String) throws {
    for text in ["é", "߀", "💩"] {
      #expect(try Regex(pattern).matchesWhole(text) && Regex(pattern).contains(text), "\(text)")
      #expect(try Regex("[\(pattern)]").matchesWhole(text) && Regex("^\(pattern)+$").contains(text + text))
    }
    #expect(try !Regex(pattern).contains(pattern == #"\D"# ? "1" : pattern == #"\W"# ? "a" : " "))
  }

  @Test(
    "A part of the dialect without a counterpart must be an error, not another meaning",
    arguments: [
      ("[a-z&&[^b]]", 4), ("[a[b]]", 2), (#"\u12"#, 0), ("x[abc", 1), ("a(?U)b", 1),
      ("a(?R)", 1), ("(?1)", 0), ("(?(1)a)", 0), ("(?#a)", 0), ("(?|a)", 0), ("(?P<n>a)", 0), ("(?'n'a)", 0),
      ("(?J)", 0),
      ("(*SKIP)", 0), ("(?<a_b>x)", 0), (#"a\K"#, 1), (#"\g1"#, 0), (#"\N"#, 0), (#"\Ga"#, 0), (#"\o{1}"#, 0),
      (#"\k{n}"#, 0),
      (#"[\b]"#, 1), (#"\b{g}"#, 0), (#"\x4"#, 0), (#"\08"#, 0), (#"(a)\12"#, 3), (#"[\1]"#, 1), ("a{", 1), ("{a}", 0),
      ("a{,2}", 1), ("(?i)é", 4), ("(?x)[a b]", 6), ("(?", 0), ("(?<", 0), ("(?i", 0),
    ])
  func refused(_ pattern: String, _ offset: Int) {
    let error = #expect(throws: RegexError.self) { try Regex(pattern) }
    #expect(error?.offset == offset)
  }

  @Test("Patterns cut off anywhere must be read or refused, never trap")
  func cut() {
    let pattern = #"[^]\p{Alpha}\Qx\E\u0041]\P{IsL}(?<n>a)(?iu-s:b{2,3})\012\x41\ca\"#
    for end in 0...pattern.utf8.count {
      _ = try? Regex(String(decoding: pattern.utf8.prefix(end), as: UTF8.self))
    }
    #expect(throws: RegexError.self) { try Regex(pattern) }
  }

  @Test("Perl's dialect may be asked for, and is then not rewritten")
  func perl() throws {
    #expect(try Regex("[[:alpha:]]+", options: .perlDialect).matchesWhole("ab"))
    #expect(try Regex("a[b", options: .literal).matchesWhole("a[b"))
  }
}
