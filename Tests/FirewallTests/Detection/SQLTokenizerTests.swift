import Testing

@testable import Firewall

@Suite("SQL's tokens")
struct SQLTokenizerTests {
  /// The letters of the tokens' kinds, as a fingerprint has them.
  private func letters(_ text: String, spacedHyphens: Bool = false) -> String {
    Array(text.utf8).withUnsafeBytes { bytes in
      var tokenizer = SQLTokenizer(bytes, from: 0, vocabulary: .shared, spacedHyphens: spacedHyphens)
      var letters: [UInt8] = []
      while true {
        let token = tokenizer.next()
        if token.kind == .end { return String(decoding: letters, as: UTF8.self) }
        letters.append(token.kind.rawValue)
      }
    }
  }

  @Test(
    "numbers must be read as the dialects write them",
    arguments: [
      ("1", "1"), ("1.5", "1"), (".5", "1"), ("1e9", "1"), ("1.5e-9", "1"), ("0x1F", "1"), ("0b11", "1"),
      ("$5.50", "1"),
      ("1.e(1)", "X(1)"), ("1a", "n"), ("1union", "1U"), ("1.0union", "1U"), ("1e1union", "1U"), ("1fUNION", "1U"),
      ("0xUNION", "1U"),
      ("1D0AA0", "n"),
    ])
  func numbers(_ text: String, _ expected: String) { #expect(letters(text) == expected) }

  @Test(
    "strings must end where their quote stands alone",
    arguments: [
      ("'a'", "s"), ("'a''b'", "s"), (#"'a\'b'"#, "s"), ("'a", "S"), ("\"a\"", "s"), ("`a`", "n"), ("N'a'", "s"),
      ("x'41'", "s"),
      ("_utf8'a'", "s"), ("$$a$$", "s"), ("$t$a$t$", "s"), ("'a' 'b'", "ss"), ("q'a'", "s"),
      ("`information_schema`", "F"),
    ])
  func strings(_ text: String, _ expected: String) { #expect(letters(text) == expected) }

  @Test(
    "words must be told by their groups",
    arguments: [
      ("select", "E"), ("SeLeCt", "E"), ("union", "U"), ("and", "&"), ("or", "&"), ("not", "!"), ("like", "="),
      ("div", "+"),
      ("from", "k"), ("null", "t"), ("sleep", "F"), ("substr", "f"), ("drop", "V"), ("shoe", "n"), ("case", "w"),
      ("[a b]", "n"),
      ("@a", "v"), ("@@a.b", "v"), ("@'a'", "v"), ("@`a`", "v"),
    ])
  func words(_ text: String, _ expected: String) { #expect(letters(text) == expected) }

  @Test(
    "operators must be read whole",
    arguments: [
      ("1<>2", "1=1"), ("1<=>2", "1=1"), ("1!=2", "1=1"), ("1||2", "1|1"), ("1&&2", "1&1"), ("1<<2", "1+1"),
      ("a::int", "n?n"),
      ("a->>'b'", "n=s"), ("a @> 'b'", "n=s"), ("a #> 'b'", "n=s"), ("!a", "!n"), ("a:=1", "n=1"),
    ])
  func operators(_ text: String, _ expected: String) { #expect(letters(text) == expected) }

  @Test(
    "comments must be what they are to most dialects",
    arguments: [
      ("1/*x*/2", "11"), ("1/*x", "1c"), ("1--x", "1c"), ("1--x\n2", "1c1"), ("1#x\n2", "1c1"), ("1/*!2*/3", "1X1"),
      ("1/*!50000union*/", "1XU"),
      ("1/*/**/2", "1X1"), ("1*/2", "11"),
    ])
  func comments(_ text: String, _ expected: String) { #expect(letters(text) == expected) }

  @Test("two hyphens with nothing behind must be two signs where they need a space")
  func hyphens() {
    #expect(letters("1--1") == "1c")
    #expect(letters("1--1", spacedHyphens: true) == "1++1")
    #expect(letters("1-- 1", spacedHyphens: true) == "1c")
  }

  @Test("spaces of all dialects must separate and say nothing")
  func spaces() {
    #expect(letters("1 \t\n\u{0B}\u{0C}\r\0\u{A0}2") == "11")
  }

  @Test("a word must be known in any case, and a longer one not")
  func vocabulary() {
    func word(_ text: String) -> SQLWord {
      Array(text.utf8).withUnsafeBytes { SQLVocabulary.shared.word($0, 0, $0.count) }
    }
    #expect(word("SELECT") == .select)
    #expect(word("selected") == .none)
    #expect(word("s") == .none)
    #expect(word("Pg_Sleep") == .telling)
    #expect(word(String(repeating: "a", count: 60)) == .none)
  }
}
