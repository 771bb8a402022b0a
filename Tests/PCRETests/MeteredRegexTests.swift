import Testing

@testable import PCRE

struct MeteredRegexTests {
  private func find(_ pattern: String, _ text: String, budget: Int = 100_000) throws -> Regex.MatchResult {
    let regex = try MeteredRegex(pattern)
    let meter = try #require(RegexMeter())
    meter.remaining = budget
    var text = text
    return text.withUTF8 { meter.find(regex.handle, in: UnsafeRawBufferPointer($0)) }
  }

  @Test(
    "a metered pattern must find what the pattern finds",
    arguments: [
      (#"(?i)union\s+select"#, "x UNION   SELECT 1", true),
      (#"(?i)union\s+select"#, "union, select", false),
      (#"^/admin(/|$)"#, "/admin", true),
      (#"^/admin(/|$)"#, "/administrator", false),
      (#"[\w.]+@[\w.]+\.com"#, "mail me@example.com now", true),
      (#"(a|ab)(c|bcd)*d{2,}$"#, "abcccdd", true),
      (#"(?:foo|ba[rz]){3}"#, "foobarbaz", true),
      (#"\Q.*\E"#, "a.*b", true),
      (#"\Q.*\E"#, "ab", false),
      (#"é+x"#, "caféééx", true),
      (#"[]x]+[^]a]"#, "]]b", true),
      (#"[[:alpha:]]{10,}"#, "abcdefghij", true),
      (#"(?<!a)b(?=c)"#, "xbc", true),
      (#"a{2,x}"#, "a{2,x}", true),
      (#"(?#note)a(?i:B)c"#, "abc", true),
      (#"\x41\x{42}\103"#, "ABC", true),
      (#"(?x) a b # rest"#, "ab", true),
      ("", "", true),
    ])
  func finds(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try find(pattern, text) == (expected ? .matched : .notMatched))
  }

  @Test(
    "what AWS does not take must be refused with its reason",
    arguments: [
      #"(a)\1"#, #"(?>a)"#, "a++", "a*+", "a{2}+", "(?R)", "(?1)", "(?(1)a|b)", "(*UTF)a", "(*COMMIT)a", #"\C"#,
      #"a\Kb"#,
      #"\R"#, "(?C1)a", #"\g{1}"#, #"\k<n>"#, "(?P>n)", "[é]",
    ])
  func refused(_ pattern: String) {
    #expect(throws: RegexError.self) { try MeteredRegex(pattern) }
  }

  @Test("what does not parse must be refused at its place", arguments: [("a(b", 3), ("[a", 2), ("a**b)", 2)])
  func malformed(_ pattern: String, _ offset: Int) {
    do {
      _ = try MeteredRegex(pattern)
      Issue.record("taken: \(pattern)")
    } catch {
      #expect(error.offset == offset)
    }
  }

  @Test(
    "a pattern that could run away must be refused when it is loaded",
    arguments: [
      "(a+)+$", "(a|aa)+$", "(a|a?)+$", #"^(\w+\s?)*$"#, ".*.*.*x", #"(x+x+)+y"#, "(.*a){12}b",
      #"(?i)(select\s*\S*)+from"#,
      "(a|ab|b){1,60}c", "(?:(?:a|b)+c?)+d",
    ])
  func runaway(_ pattern: String) {
    do {
      _ = try MeteredRegex(pattern)
      Issue.record("taken: \(pattern)")
    } catch {
      #expect(error.message.contains("run away"))
    }
  }

  @Test(
    "a pattern of the usual kind must be taken",
    arguments: [
      #"(?i)(union(.*?)select(.*?)from)"#, #"select.+from"#, #"\w+@\w+\.\w+"#, #"(?i)<script[^>]*>"#,
      #"^(\d{1,3}\.){3}\d{1,3}$"#,
      #"(?i)\b(select|insert|update|delete|drop)\b"#, #"\.\./|\.\.\\"#, #"^/(?:[^/]+/)*admin"#,
      #"(?i)(?:java|vb)script:"#,
    ])
  func usual(_ pattern: String) throws {
    _ = try MeteredRegex(pattern)
  }

  @Test("a text that takes too much work must be given up, and the rest of the account with it")
  func givenUp() throws {
    let regex = try MeteredRegex(#"\w+@\w+"#)
    let meter = try #require(RegexMeter())
    let hostile = [UInt8](repeating: 97, count: 16_384) + [0, 64]
    meter.remaining = 200_000
    #expect(hostile.withUnsafeBytes { meter.find(regex.handle, in: $0) } == .limitExceeded)
    #expect(meter.remaining <= 0)
    #expect(Array("a@b".utf8).withUnsafeBytes { meter.find(regex.handle, in: $0) } == .limitExceeded)
    meter.remaining = 200_000
    #expect(Array("a@b".utf8).withUnsafeBytes { meter.find(regex.handle, in: $0) } == .matched)
    #expect(meter.lastMatch == 0..<3)
  }
}
