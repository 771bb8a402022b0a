import Bytes
import StaticFiles
import Testing

@Suite struct ByteRangesTests {
  private func read(_ value: String, size: Int = 1000) -> ByteRanges { withBytes(value) { ByteRanges($0, size: size) } }

  @Test(
    "a range must be cut to the file",
    arguments: [
      ("bytes=0-0", 0..<1), ("bytes=0-499", 0..<500), ("bytes=500-", 500..<1000), ("bytes=-1", 999..<1000),
      ("bytes=-5000", 0..<1000), ("bytes=990-5000", 990..<1000), ("Bytes=1-1", 1..<2), ("bytes= 1-2 ", 1..<3),
      ("bytes=0-99999999999999999999999", 0..<1000), ("bytes=,,1-2,,", 1..<3), ("bytes=5000-,0-1", 0..<2),
    ])
  func one(value: String, range: Range<Int>) { #expect(read(value) == .one(range)) }

  @Test("several must keep the order in which they were asked for")
  func several() {
    #expect(read("bytes=500-599, 0-9,-1") == .several([500..<600, 0..<10, 999..<1000]))
  }

  @Test(
    "a range behind the end must not be satisfiable",
    arguments: ["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=99999999999999999999-"])
  func unsatisfiable(value: String) { #expect(read(value) == .unsatisfiable) }

  @Test(
    "what is malformed must get the whole",
    arguments: [
      "bytes", "bytes=", "bytes=a-b", "bytes=1", "bytes=2-1", "bytes=--1", "items=0-1", "bytes=0-1,x", "bytes=1-2-3",
      "bytes=-", "0-1", "",
    ])
  func malformed(value: String) { #expect(read(value) == .whole) }

  @Test("a short request must not make a long answer: many ranges, or the same bytes twice, get the whole")
  func bombs() {
    #expect(read("bytes=" + (0..<17).map { "\($0 * 10)-\($0 * 10)" }.joined(separator: ",")) == .whole)
    #expect(read("bytes=0-,0-") == .whole)
    #expect(read("bytes=0-10,5-20") == .whole)
    #expect(read("bytes=" + String(repeating: "0-,", count: 100_000)) == .whole)
  }

  @Test("an empty file must be sent whole")
  func empty() { #expect(read("bytes=0-0", size: 0) == .whole) }

  private func text(_ write: (ByteBuffer) -> Void) -> String {
    let out = ByteBuffer()
    write(out)
    return out.readable.text
  }

  @Test("Content-Range must be as RFC 9110 § 14.4 has it")
  func contentRange() {
    #expect(text { ByteRanges.writeContentRange(10..<20, of: 100, into: $0) } == "Content-Range: bytes 10-19/100\r\n")
    #expect(text { ByteRanges.writeUnsatisfied(size: 100, into: $0) } == "Content-Range: bytes */100\r\n")
  }

  @Test("the length of several parts must be what is written of them")
  func multipart() {
    let parts = MultipartRanges([0..<2, 5..<9], of: representation(), random: (0xAB, 0xCD))
    let body = text { out in
      for range in parts.ranges {
        parts.writeHead(of: range, into: out)
        out.write(String(repeating: "x", count: range.count))
      }
      parts.writeEnd(into: out)
    }
    #expect(
      body == """
        \r\n--sluice-abcd\r
        Content-Type: text/plain\r
        Content-Range: bytes 0-1/1000\r
        \r
        xx\r
        --sluice-abcd\r
        Content-Type: text/plain\r
        Content-Range: bytes 5-8/1000\r
        \r
        xxxx\r
        --sluice-abcd--\r\n
        """)
    #expect(parts.byteCount == body.utf8.count)
    #expect(
      text { parts.writeContentType(into: $0) } == "Content-Type: multipart/byteranges; boundary=sluice-abcd\r\n")
    // Where nobody knows the type, none is claimed.
    let untyped = MultipartRanges([0..<2], contentType: [], size: 10, random: (1, 2))
    #expect(text { untyped.writeHead(of: 0..<2, into: $0) } == "\r\n--sluice-12\r\nContent-Range: bytes 0-1/10\r\n\r\n")
  }
}
