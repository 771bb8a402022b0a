import Testing

struct PatternTests {
  @Test(
    "a text must be matched byte for byte, and its holes by their regular expressions",
    arguments: [
      ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "ab", false), ("a.c", "abc", false),
      ("a{{.}}c", "abc", true), ("a{{.}}c", "abbc", false), ("{{[0-9]{4}}}", "1234", true),
      ("{{[0-9]{4}}}", "123", false), (#"{"a":{{"[a-z]+"}}}"#, #"{"a":"bc"}"#, true), ("{{a|ab}}", "ab", true),
      ("{{a}}{{b}}", "ab", true), ("{{.*}}", "a\nb", false), ("{{(?s).*}}", "a\r\nb", true), ("{{", "{{", true),
      ("x{{.*}}", "x\r\n", false),
    ])
  func whole(_ expected: String, _ received: String, _ matches: Bool) throws {
    #expect(try Pattern(Array(expected.utf8)).matches(Array(received.utf8)) == matches)
  }

  @Test("bytes that are no UTF-8 must be matched as they are")
  func bytes() throws {
    #expect(try Pattern([0xff, 0x80]).matches([0xff, 0x80]))
    #expect(try Pattern(Array("{{.}}".utf8) + [0x80]).matches([0xff, 0x80]))
    #expect(try !Pattern([0xff, 0x80]).matches([0xff, 0x81]))
  }

  @Test("a part must be found anywhere")
  func part() throws {
    #expect(try Pattern(Array("b{{.}}d".utf8)).isFound(in: Array("abcde".utf8)))
    #expect(try Pattern(Array("bcd".utf8)).isFound(in: Array("abcde".utf8)))
    #expect(try !Pattern(Array("{{^}}b".utf8)).isFound(in: Array("abcde".utf8)))
    #expect(try !Pattern(Array("x".utf8)).isFound(in: Array("abcde".utf8)))
  }
}
