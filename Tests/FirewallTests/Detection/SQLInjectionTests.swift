import Testing

@testable import Firewall

@Suite("SQL injection")
struct SQLInjectionTests {
  private func finding(_ text: String, _ sensitivity: Sensitivity = .low) -> SQLInjection.Finding? {
    Array(text.utf8).withUnsafeBytes { SQLInjection.finding(in: $0, sensitivity: sensitivity) }
  }

  @Test("an attack must be found at either sensitivity", arguments: DetectionGoldens.lines("sql-attacks"))
  func attack(_ line: DetectionGoldens.Line) {
    line.bytes.withUnsafeBytes { text in
      #expect(SQLInjection.isFound(in: text, sensitivity: .low))
      #expect(SQLInjection.isFound(in: text, sensitivity: .high))
    }
  }

  @Test("an ordinary value must not be called an attack", arguments: DetectionGoldens.lines("sql-benign"))
  func ordinary(_ line: DetectionGoldens.Line) {
    line.bytes.withUnsafeBytes { #expect(SQLInjection.finding(in: $0, sensitivity: .low) == nil) }
  }

  @Test("markup must not be called an attack on a database", arguments: DetectionGoldens.lines("markup-benign"))
  func markup(_ line: DetectionGoldens.Line) {
    line.bytes.withUnsafeBytes { #expect(SQLInjection.finding(in: $0, sensitivity: .low) == nil) }
  }

  @Test("both lists must be as long as they were written")
  func goldens() {
    #expect(DetectionGoldens.lines("sql-attacks").count > 240)
    #expect(DetectionGoldens.lines("sql-benign").count > 270)
  }

  @Test(
    "a finding must say what the text would do",
    arguments: [
      ("1 or 1=1", SQLInjection.Technique.condition), ("1 union select 2", .union), ("1-(select 1)", .subquery),
      ("select @@version", .query), ("1; drop table x", .stacked), ("sleep(9)", .call), ("1' order by 9#", .clause),
      ("admin'--", .comment), ("'+'", .reopened), ("1 /*!union*/ select 1", .conditionalComment),
      ("password::int", .cast),
    ])
  func technique(_ text: String, _ technique: SQLInjection.Technique) {
    #expect(finding(text)?.technique == technique)
  }

  @Test("a finding must show its tokens and its place in the text")
  func reason() throws {
    let condition = try #require(finding("shoe' or 1=1--"))
    #expect(condition.fingerprint.description == "s&1=1c")
    #expect(condition.range == 5..<14)
    let union = try #require(finding("7 union select 1"))
    #expect(union.fingerprint.description == "1UE")
    #expect(union.range == 0..<14)
  }

  @Test("a fingerprint must hold the first sixteen tokens and no more")
  func longFingerprint() throws {
    let found = try #require(finding("1+1+1+1+1+1+1+1+1+1+1 or 1=1"))
    #expect(found.fingerprint.count == SQLFingerprint.longest)
    #expect(found.fingerprint.description == "1+1+1+1+1+1+1+1+")
  }

  @Test(
    "fragments must be found at high sensitivity only",
    arguments: [
      "substr(", "information_schema", "pg_catalog", "' or 5", "union select", "x';", ") like (", "md5(x)",
    ])
  func fragment(_ text: String) {
    #expect(finding(text, .low) == nil)
    #expect(finding(text, .high) != nil)
  }

  @Test("an attack must be found within a body of many values, wherever it stands")
  func bodies() {
    #expect(finding(#"{"a":"b","c":["d","e"],"id":"1 or 1=1","f":"g"}"#) != nil)
    #expect(finding(#"{"a":"it's","b":"don't","id":"1' or '1'='1"}"#) != nil)
    #expect(finding("a=b&c=d&id=1 or 1=1&f=g") != nil)
    #expect(finding("a=it's&c=d&id=-1 union select 1,2") != nil)
    #expect(finding("<a b=\"c\" d='e' f=\"1; drop table x\"/>") != nil)
  }

  @Test("a long text in front must not hide an attack")
  func padding() {
    let quotes = String(repeating: "'a' ", count: 5_000)
    #expect(finding(quotes + "1' or 1=1--") != nil)
    let list = "[" + String(repeating: "\"a\",", count: 5_000) + "\"1' or 1=1--\"]"
    #expect(finding(list) != nil)
    #expect(finding("x/*" + String(repeating: "a", count: 60_000) + "*/' union/**/select 1") != nil)
  }

  @Test(
    "a text that is made to be read again and again must be given up, which is no acquittal, and no ordinary one may be"
  )
  func givenUp() {
    func verdict(_ text: String, _ steps: inout Int) -> DetectionVerdict {
      Array(text.utf8).withUnsafeBytes { SQLInjection.verdict(on: $0, sensitivity: .high, steps: &steps) }
    }
    for unit in ["'+", "`>", "'a'+", "*//*'", "select a()/*!distinct &a=''", "'-'", "\"<"] {
      let text = String(repeating: unit, count: 64_000 / unit.count)
      var steps = 100_000_000
      #expect(verdict(text, &steps) != .harmless, "\(unit)")
      // 64 KB by some forty steps a byte: that a step is a nanosecond is measured elsewhere.
      #expect(100_000_000 - steps < 50 * 64_000, "\(unit)")
      // What has not enough for the whole is given up sooner.
      steps = 20_000
      #expect(verdict(text, &steps) == .givenUp, "\(unit)")
    }
    for unit in [
      "\"ab\",", "'ab', ", "('ab', 'cd'),\n", "{\"a\":\"b\"},", "<p class=\\\"a\\\" id=\\\"b\\\">it's</p>",
      "a=1&b=xyz&c[]=2&", "name=some+words&x=1.5&",
      "it's not what it's called; \"so\", he said. ",
    ] {
      var steps = 100_000_000
      #expect(verdict("[" + String(repeating: unit, count: 64_000 / unit.count), &steps) == .harmless, "\(unit)")
    }
  }

  @Test("an attack at any place of a list must be found, behind how many values it may stand")
  func lists() {
    for count in [0, 1, 2, 3, 47, 48, 49, 50, 95, 96, 97, 200] {
      for attack in [
        "' or 1=1--", "', 'x'); drop table y--", "' union select 1,2--", "', (select 1 from x where 1=1)) -- ",
      ] {
        let before = String(repeating: "'a', ", count: count)
        let after = String(repeating: ", 'b'", count: count)
        #expect(finding(before + "'z" + attack) != nil, "\(count) \(attack)")
        #expect(finding(before + "'z" + attack + after) != nil, "\(count) \(attack)")
        #expect(finding(String(repeating: "('a'), ", count: count) + "('z" + attack) != nil, "\(count) \(attack)")
      }
    }
  }

  // MARK: - What must not change a verdict

  private static let plain = [
    "1 or 1=1", "1' or '1'='1", "1 union select 1,2", "1; drop table x", "1 and sleep(9)", "x' and 2=2 -- ",
    "1 order by 9 -- ",
  ]

  @Test("the case of letters must not matter", arguments: plain)
  func letters(_ text: String) {
    #expect(finding(text.uppercased()) != nil)
    let mixed = String(
      text.enumerated().map { $0.offset.isMultiple(of: 2) ? Character($0.element.uppercased()) : $0.element })
    #expect(finding(mixed) != nil)
  }

  @Test("any white space and a comment must do for a space", arguments: plain)
  func spaces(_ text: String) {
    for space in ["\t", "\n", "\r\n", "\u{0B}", "\u{0C}", "\u{A0}", "/**/", "/* x */", "/*\n*/", "  \t "] {
      // `--` in front of a comment is one of its own to none but MySQL
      let head = text.hasSuffix("-- ") ? String(text.dropLast(4)) + space + "-- " : text
      #expect(finding(head.replacing(" or ", with: "\(space)or\(space)")) != nil)
      let changed =
        head.hasSuffix("-- ") ? head.dropLast(3).replacing(" ", with: space) + "-- " : head.replacing(" ", with: space)
      #expect(finding(changed) != nil, "\(changed.debugDescription)")
    }
  }

  // MARK: - Hostile texts

  @Test("no bytes may trap, and a verdict must depend on nothing but them")
  func anyBytes() {
    var state: UInt64 = 7
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let pieces = [
      "'", "\"", "`", "/*", "*/", "--", "#", "\\", "(", ")", ",", ";", "=", "&a=", "@", "@@", "$$", "$a$", "[", "]",
      "{", "0x", "1e", "1.e",
      "select ", "union ", "or ", "and ", "sleep(", " x ", "1", ".", "::", "\0", "\u{A0}", "case ", "then ",
      "drop table ", "from ", "\n",
    ].map { Array($0.utf8) }
    for _ in 0..<3_000 {
      var bytes: [UInt8] = []
      for _ in 0..<next() % 24 {
        if next() % 4 == 0 {
          bytes.append(UInt8(truncatingIfNeeded: next()))
        } else {
          bytes += pieces[Int(next()) % pieces.count]
        }
      }
      let first = bytes.withUnsafeBytes { SQLInjection.finding(in: $0, sensitivity: .high) }
      let second = (bytes + [0x41]).withUnsafeBytes {
        SQLInjection.finding(in: UnsafeRawBufferPointer(rebasing: $0[..<bytes.count]), sensitivity: .high)
      }
      #expect(first == second)
      if let first { #expect(first.range.upperBound <= bytes.count) }
    }
    #expect(SQLInjection.isFound(in: UnsafeRawBufferPointer(start: nil, count: 0), sensitivity: .high) == false)
  }
}
