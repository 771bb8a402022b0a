import Bytes
import Foundation
import Testing

@testable import Pipeline

@Suite("11.4 Access logs: what a client sends stays a value")
struct LogEscapingTests {
  private func written(_ value: [UInt8], _ escaping: LogEscaping) -> String {
    let out = ByteBuffer()
    value.withUnsafeBytes { escaping.write($0, into: out) }
    return out.readable.text
  }

  private func written(_ value: String, _ escaping: LogEscaping) -> String { written(Array(value.utf8), escaping) }

  @Test("what means nothing in any format must be written as it is")
  func harmless() {
    let value = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 [en] {a|b}~`^_@!#$%*+=?:;."
    for escaping in [LogEscaping.text, .json, .xml, .csv] { #expect(written(value, escaping) == value) }
  }

  @Test("in text, quotes, backslashes and all that is not printable ASCII must be escaped as nginx does")
  func text() {
    #expect(written("a\"b\\c\r\nd\u{7F}é\u{85}<&',", .text) == #"a\x22b\x5Cc\x0D\x0Ad\x7F\xC3\xA9\xC2\x85<&',"#)
  }

  @Test("in JSON, a value must be read back as it was, whatever it is")
  func json() throws {
    let value = "a\"b\\c\r\n\t\u{0}\u{1F}\u{7F}\u{85}\u{2028}é漢😀<&',"
    let text = written(value, .json)
    #expect(!text.unicodeScalars.contains { $0.value < 32 || $0.value == 0x85 || $0.value == 0x2028 })
    let read = try JSONDecoder().decode([String].self, from: Data("[\"\(text)\"]".utf8))
    #expect(read == [value])
  }

  @Test("in JSON, bytes that are not UTF-8 must become U+FFFD")
  func repaired() { #expect(written([0x61, 0xFF, 0x62], .json) == "a\u{FFFD}b") }

  @Test("in XML, markup must be references, and what XML cannot have U+FFFD")
  func xml() {
    #expect(written("<a b='c' d=\"e\">&\n\u{1}", .xml) == "&lt;a b=&apos;c&apos; d=&quot;e&quot;&gt;&amp;&#10;\u{FFFD}")
  }

  @Test("in CSV, a value with commas or quotes must be quoted, and cannot end its line (RFC 4180)")
  func csv() {
    #expect(written("a,b", .csv) == "\"a,b\"")
    #expect(written("say \"hi\"", .csv) == "\"say \"\"hi\"\"\"")
    #expect(written("a\r\nb\\", .csv) == #"a\x0D\x0Ab\x5C"#)
  }

  @Test("a value that is too long must be cut, not within a character")
  func bounded() {
    let limit = LogEscaping.longestValue
    #expect(written(String(repeating: "a", count: limit), .text).count == limit)
    #expect(
      written(String(repeating: "a", count: limit + 1), .text) == String(repeating: "a", count: limit) + "...")
    #expect(
      written("a" + String(repeating: "é", count: limit), .json)
        == "a" + String(repeating: "é", count: (limit - 1) / 2) + "...")
  }

  @Test(
    "the format must say how values are escaped",
    arguments: [
      ("{\"id\":\"$context.requestId\"}", LogEscaping.json), ("  { $context.requestId", .json),
      ("<r id=\"$context.requestId\"/>", .xml), ("$context.requestId,$context.path", .csv),
      ("$context.requestId, $context.path", .text), ("$context.requestId", .text), ("id=$context.requestId,", .text),
    ])
  func chosen(_ format: String, _ expected: LogEscaping) throws {
    #expect(try AccessLogFormat(format).escaping == expected)
  }
}
