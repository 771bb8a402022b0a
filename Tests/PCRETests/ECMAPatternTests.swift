import Testing

@testable import PCRE

@Suite("Patterns in ECMA 262's dialect")
struct ECMAPatternTests {
  private func finds(_ pattern: String, _ text: String) throws -> Bool {
    try Regex(pattern, options: .ecmaDialect).contains(text)
  }

  @Test("`$` must be the very end, `.` no line terminator")
  func anchors() throws {
    #expect(try finds("^abc$", "abc") && !finds("^abc$", "abc\n"))
    for terminator in ["\n", "\r", "\u{2028}", "\u{2029}"] { #expect(try !finds("^a.b$", "a\(terminator)b")) }
    #expect(try finds("^a.b$", "a\u{85}b") && finds("^[$.]+$", "$."))
  }

  @Test("`\\d` and `\\w` must be ASCII's, `\\s` Unicode's")
  func classes() throws {
    #expect(try finds(#"^\d$"#, "0") && !finds(#"^\d$"#, "߀") && finds(#"^\D$"#, "߀") && !finds(#"^\D$"#, "0"))
    #expect(try !finds(#"^\w$"#, "é") && finds(#"^\W$"#, "é") && finds(#"^[\W]$"#, "é"))
    for space in [" ", "\t", "\u{B}", "\u{C}", "\u{A0}", "\u{FEFF}", "\n", "\u{2029}", "\u{2003}"] {
      #expect(try finds(#"^\s$"#, space) && !finds(#"^\S$"#, space))
      #expect(try finds(#"^[\s]$"#, space) && !finds(#"^[\S]$"#, space) && finds(#"^[\s\S]$"#, space))
    }
    for other in ["\u{1}", "\u{2013}", "a", "💩", "\u{FFFD}"] {
      #expect(try !finds(#"^\s$"#, other) && finds(#"^\S$"#, other) && finds(#"^[\s\S]$"#, other))
    }
  }

  @Test("a hyphen beside a class of characters must stand for itself")
  func hyphens() throws {
    for pattern in [#"^[\w-.]+$"#, #"^[.-\w]+$"#, #"^[\s-a\w.]+$"#, #"^[\w.-]+$"#] {
      #expect(try finds(pattern, "a-b.c"), "\(pattern)")
    }
    #expect(try finds(#"^[a-c]$"#, "b") && !finds(#"^[a\-c]$"#, "b"))
  }

  @Test("escapes must be ECMA's, and others stand for their letter")
  func escapes() throws {
    #expect(try finds(#"^\cC\cc$"#, "\u{3}\u{3}") && finds(#"^\t\v\0$"#, "\t\u{B}\0"))
    #expect(try finds(#"^\u00e9\x41\u{1F4A9}$"#, "éA💩") && finds(#"^\ud83d\udca9$"#, "💩"))
    #expect(try finds(#"^\z\A\Q\h$"#, "zAQh") && finds(#"^\x\u$"#, "xu"))
    #expect(try finds(#"^\/\.\-\[$"#, "/.-["))
    #expect(try !finds(#"^\ud83d$"#, "💩"))
  }

  @Test("brackets inside a class, and empty classes, must be ECMA's")
  func brackets() throws {
    #expect(try finds("^[[:alpha:]]$", "a]") && finds("^[[]$", "["))
    #expect(try !finds("[]", "a") && finds("^[^]$", "\n"))
  }

  @Test("a property must be known by its long name too")
  func properties() throws {
    #expect(try finds(#"^\p{Letter}\p{L}\p{Lu}$"#, "éaÉ") && finds(#"^\p{digit}+$"#, "৪২"))
    #expect(try finds(#"^\p{Script=Greek}[\p{Letter}]\P{Letter}$"#, "αß1"))
  }

  @Test("a reference to a group that took no part must match nothing, and succeed")
  func backReferences() throws { #expect(try finds(#"^(?:(a)|b)\1$"#, "b")) }

  @Test("what is no pattern must be an error", arguments: ["(", "[a", "a**", #"\"#, "a{2,1}", #"\p{Nonsense}"#])
  func mistakes(_ pattern: String) {
    #expect(throws: RegexError.self) { try Regex(pattern, options: .ecmaDialect) }
  }

  @Test("an attempt may be made with little effort, which gives up early")
  func effort() throws {
    let regex = try Regex("^(a+)+$", options: .ecmaDialect)
    let text = Array((String(repeating: "a", count: 18) + "!").utf8)
    #expect(text.withUnsafeBytes { regex.find(in: $0, effort: .little) } == .limitExceeded)
    #expect(Array("aaa".utf8).withUnsafeBytes { regex.find(in: $0, effort: .little) } == .matched)
  }
}
