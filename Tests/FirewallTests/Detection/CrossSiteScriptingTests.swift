import Testing

@testable import Firewall

@Suite("Cross-site scripting")
struct CrossSiteScriptingTests {
  private func finding(_ text: String) -> CrossSiteScripting.Finding? {
    Array(text.utf8).withUnsafeBytes { CrossSiteScripting.finding(in: $0) }
  }

  @Test("an attack must be found", arguments: DetectionGoldens.lines("markup-attacks"))
  func attack(_ line: DetectionGoldens.Line) {
    line.bytes.withUnsafeBytes { #expect(CrossSiteScripting.isFound(in: $0)) }
  }

  @Test("an ordinary value must not be called an attack", arguments: DetectionGoldens.lines("markup-benign"))
  func ordinary(_ line: DetectionGoldens.Line) {
    line.bytes.withUnsafeBytes { #expect(CrossSiteScripting.finding(in: $0) == nil) }
  }

  @Test("what is ordinary to a database must be to a page", arguments: DetectionGoldens.lines("sql-benign"))
  func texts(_ line: DetectionGoldens.Line) {
    line.bytes.withUnsafeBytes { #expect(CrossSiteScripting.finding(in: $0) == nil) }
  }

  @Test("both lists must be as long as they were written")
  func goldens() {
    #expect(DetectionGoldens.lines("markup-attacks").count > 160)
    #expect(DetectionGoldens.lines("markup-benign").count > 140)
  }

  @Test(
    "a finding must say what would run",
    arguments: [
      ("<script>x", CrossSiteScripting.Means.element, 0..<7), ("a <img src=x onerror=y>", .handler, 13..<22),
      ("<button formaction=x>", .attribute, 8..<20), ("<p style=\"x:expression(y)\">", .style, 3..<25),
      ("<a href=\"javascript:x\">", .address, 3..<21), ("<!--[if IE]>x-->", .declaration, 4..<13),
      ("x=document.cookie", .script, 2..<17),
    ])
  func means(_ text: String, _ means: CrossSiteScripting.Means, _ range: Range<Int>) throws {
    let found = try #require(finding(text))
    #expect(found.means == means)
    #expect(found.range == range)
  }

  @Test("the case of letters and NULs in names must not matter")
  func disguises() {
    for text in ["<script>", "<img src=x onerror=y>", "<iframe src=x>", "<svg onload=x>"] {
      #expect(finding(text.uppercased()) != nil)
      #expect(finding(text.replacing("r", with: "\0r")) != nil)
      #expect(finding(text.replacing(" ", with: "\n")) != nil)
      #expect(finding("hello, world " + text) != nil)
      #expect(finding("</p>" + text) != nil)
      #expect(finding("<a title='" + text + "'>") != nil)
      #expect(finding("<!-- " + text + " -->") != nil)
    }
  }

  @Test("a long text in front must not hide an attack")
  func padding() {
    #expect(finding(String(repeating: "<b>x</b> ", count: 5_000) + "<script>") != nil)
    #expect(finding(String(repeating: "\"a\" ", count: 5_000) + "\" onload=x ") != nil)
    #expect(finding(String(repeating: "a ", count: 5_000) + "onload=x") != nil)
  }

  @Test("a text that is made to be read again and again must be given up, which is no acquittal")
  func givenUp() {
    for unit in ["<a<", "<s<a x=", "\" on=", "<a style=((((", "`on='"] {
      let text = Array(String(repeating: unit, count: 64_000 / unit.count).utf8)
      var steps = 100_000_000
      _ = text.withUnsafeBytes { CrossSiteScripting.verdict(on: $0, steps: &steps) }
      #expect(100_000_000 - steps < 50 * 64_000, "\(unit)")
      steps = 30_000
      #expect(text.withUnsafeBytes { CrossSiteScripting.verdict(on: $0, steps: &steps) } != .harmless, "\(unit)")
    }
  }

  @Test("no bytes may trap")
  func anyBytes() {
    var state: UInt64 = 11
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let pieces = [
      "<", ">", "/", "!", "--", "?", "%", "=", "'", "\"", "`", "&#", "&#x6a;", "&colon;", "script", "on", "onload",
      "style", "href", "javascript:",
      "data:", "url(", "document", ".", "[", "]", "(", "\\", "\0", " ", "\n", "＜", "[if", "![CDATA[", "svg",
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
      let found = bytes.withUnsafeBytes { CrossSiteScripting.finding(in: $0) }
      if let found {
        #expect(found.range.lowerBound <= found.range.upperBound && found.range.upperBound <= bytes.count)
      }
    }
    #expect(CrossSiteScripting.isFound(in: UnsafeRawBufferPointer(start: nil, count: 0)) == false)
  }
}
