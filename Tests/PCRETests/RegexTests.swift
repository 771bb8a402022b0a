import PCRE
import Testing

@Suite("Regex")
struct RegexTests {
  @Test("A whole match must cover the whole text, backtracking to do so")
  func whole() throws {
    let regex = try Regex("a|ab")
    #expect(regex.matchesWhole("ab"))
    #expect(!regex.matchesWhole("abc"))
    #expect(!regex.matchesWhole("xab"))
    #expect(try Regex(#"4\d{2}"#).matchesWhole("404"))
    #expect(try !Regex(#"4\d{2}"#).matchesWhole("4040"))
    #expect(try Regex("").matchesWhole(""))
    #expect(try !Regex("").matchesWhole("a"))
  }

  @Test("A dot must not match a line terminator, so that one defeats `.+`")
  func dot() throws {
    #expect(try !Regex(".+").matchesWhole("one\ntwo"))
    #expect(try !Regex(".+").matchesWhole("one\rtwo"))
    #expect(try Regex(".+", options: .dotMatchesNewlines).matchesWhole("one\ntwo"))
  }

  @Test("`find` must look anywhere in the text")
  func find() throws {
    let regex = try Regex("b+", options: .ignoresCase)
    #expect(regex.contains("aBBc"))
    #expect(!regex.contains("ac"))
  }

  @Test("A match must tell the bytes of its groups, and nil for a group that took no part")
  func groups() throws {
    var text = "é key=value"
    let found = try text.withUTF8 { try Regex(#"(\w+)=(\w+)(;)?"#).firstMatch(in: UnsafeRawBufferPointer($0)) }
    #expect(found == [3..<12, 3..<6, 7..<12, nil])
  }

  @Test("A search from a place must not look before it; a place outside the text finds nothing")
  func from() throws {
    var text = "aXbX"
    let regex = try Regex("X")
    text.withUTF8 {
      let bytes = UnsafeRawBufferPointer($0)
      #expect(regex.firstMatch(in: bytes, from: 2) == [3..<4])
      #expect(regex.firstMatch(in: bytes, from: 4) == nil)
      #expect(regex.firstMatch(in: bytes, from: 5) == nil)
      #expect(regex.firstMatch(in: bytes, from: -1) == nil)
    }
  }

  @Test("Characters beyond ASCII must count as one")
  func unicode() throws {
    #expect(try Regex("...").matchesWhole("aé😀"))
    #expect(try Regex(#"\p{L}+"#).matchesWhole("Ünïcode"))
  }

  @Test(
    "Bytes that are not UTF-8 must neither match nor trap",
    arguments: [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80, 0x61]])
  func invalidUTF8(_ bytes: [UInt8]) throws {
    let regex = try Regex(".*")
    bytes.withUnsafeBytes {
      #expect(regex.matchesWhole($0) == .notMatched)
      #expect(regex.find(in: $0) == .matched)  // the empty text at some place
    }
  }

  @Test("A pattern that explodes must be given up, not followed to its end")
  func limits() throws {
    var text = String(repeating: "a", count: 40) + "!"
    let explodes = try Regex("(a|aa)+$")
    #expect(text.withUTF8 { explodes.matchesWhole(UnsafeRawBufferPointer($0)) } == .limitExceeded)
  }

  @Test("A text that needs more stack than machine code has must still be matched")
  func deep() throws {
    let text = String(repeating: "ab", count: 20_000)
    #expect(try Regex("(?:(?:a|x)(b))*").matchesWhole(text))
  }

  @Test("A pattern that does not parse must say what is wrong and where")
  func errors() {
    let error = #expect(throws: RegexError.self) { try Regex("a(b") }
    #expect(error == RegexError(message: "missing closing parenthesis", offset: 3))
    #expect(throws: RegexError.self) { try Regex("*") }
    #expect(throws: RegexError.self) { try Regex(String(repeating: "a", count: Regex.longestPattern + 1)) }
    #expect(throws: RegexError.self) {
      try Regex(String(repeating: "(", count: 300) + String(repeating: ")", count: 300))
    }
  }

  @Test("One regex must serve many threads at once")
  func threads() async throws {
    let regex = try Regex("(a+)(b+)")
    await withTaskGroup(of: Bool.self) { group in
      for count in 1...32 {
        group.addTask {
          (0..<200).allSatisfy { _ in
            regex.matchesWhole(String(repeating: "a", count: count) + "b") && !regex.contains("ccc")
          }
        }
      }
      for await ok in group { #expect(ok) }
    }
  }
}
