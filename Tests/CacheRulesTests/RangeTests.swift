import Bytes
import HTTPWire
import Testing

@testable import CacheRules

@Suite("Ranges (RFC 9110 § 14, RFC 9111 § 3.3 and § 3.4)")
struct RangeTests {
  private func answer(_ value: String, of length: Int = 11) -> RangeRequest.Answer? {
    withBytes(value) { RangeRequest($0)?.answer(length: length) }
  }

  @Test("a single range must be cut out of the whole")
  func single() {
    #expect(answer("bytes=0-1") == .one(0..<2))
    #expect(answer("bytes=1-") == .one(1..<11))
    #expect(answer("bytes=-1") == .one(10..<11))
    #expect(answer("bytes=-99") == .one(0..<11))
    #expect(answer("Bytes=5-9999999999999") == .one(5..<11))
    #expect(answer("bytes=5-99999999999999999999") == .one(5..<11))
    #expect(answer("bytes=-99999999999999999999") == .one(0..<11))
    #expect(withBytes("bytes=5-99999999999999999999") { RangeRequest($0)?.onlyRange(length: nil) } == nil)
  }

  @Test("a range that the whole does not have must be refused")
  func unsatisfiable() {
    #expect(answer("bytes=11-") == .unsatisfiable)
    #expect(answer("bytes=99999999999999999999-") == .unsatisfiable)
    #expect(answer("bytes=-0") == .unsatisfiable)
    #expect(answer("bytes=0-", of: 0) == .unsatisfiable)
    #expect(answer("bytes=20-30, 5-6") == .one(5..<7))
  }

  @Test("several ranges must be answered in parts, unless they overlap or are too many")
  func several() {
    #expect(answer("bytes=5-6, 0-1") == .several([5..<7, 0..<2]))
    #expect(answer("bytes=0-5, 3-8") == .whole)
    #expect(answer("bytes=" + (0..<17).map { "\($0)-\($0)" }.joined(separator: ","), of: 100) == .whole)
  }

  @Test(
    "what is no range must be as good as absent",
    arguments: [
      "bytes=", "bytes=a-b", "bytes=5", "bytes=3-1", "lines=0-1", "bytes=-", "bytes=1-2-3",
      "bytes 0-1",
    ])
  func malformed(_ value: String) {
    #expect(answer(value) == nil)
  }

  @Test("only a 206 may be taken for a part, whatever another answer says of ranges", arguments: [200, 203, 404, 416])
  func noPart(_ status: Int) {
    let fields = ["Content-Range: bytes 0-99/1000", "Content-Length: 4"]
    #expect(Response(status, fields).record().part == nil)
    #expect(Response(206, fields).record().part == ContentRange(first: 0, last: 99, complete: 1000))
  }

  @Test("Content-Range must be read and written, and be consistent in itself")
  func contentRange() {
    let range = withBytes("bytes 4-9/10") { ContentRange($0) }
    #expect(range == ContentRange(first: 4, last: 9, complete: 10))
    #expect(range.map { range in written { range.write(into: $0) } } == "bytes 4-9/10")
    #expect(withBytes("bytes 0-4/*") { ContentRange($0) } == ContentRange(first: 0, last: 4, complete: nil))
    for text in [
      "bytes 4-3/10", "bytes 4-10/10", "bytes */10", "4-9/10", "bytes 0-9223372036854775807/*", "bytes 1/2-3",
      "bytes -/",
    ] {
      #expect(withBytes(text) { ContentRange($0) } == nil, "\(text)")
    }
  }

  @Test("If-Range must hold for the same strong tag or the same old date, and for nothing else")
  func ifRange() {
    func holds(_ condition: String, _ fields: [String]) -> Bool {
      let response = Response(["Date: \(date(noon))"] + fields)
      return response.bytes.withUnsafeBytes {
        RangeCondition.holds(
          request("GET", "/", ["Range: bytes=0-1"] + (condition.isEmpty ? [] : ["If-Range: \(condition)"])),
          for: response.record(), fields: $0,
          now: noonMilliseconds)
      }
    }
    #expect(holds("", []))
    #expect(holds("\"a\"", ["ETag: \"a\""]))
    #expect(!holds("\"b\"", ["ETag: \"a\""]))
    #expect(!holds("W/\"a\"", ["ETag: W/\"a\""]))
    #expect(holds(date(noon - 60), ["Last-Modified: \(date(noon - 60))"]))
    #expect(!holds(date(noon - 59), ["Last-Modified: \(date(noon - 60))"]))
    #expect(!holds(date(noon), ["Last-Modified: \(date(noon))"]))
    #expect(!holds("nonsense", ["ETag: \"a\""]))
  }

  @Test("a stored part must serve what lies within it, and be completed where it is the beginning")
  func parts() {
    func use(_ first: Int, _ last: Int, _ range: String?, strong: Bool = true) -> PartialContent.Use {
      let part = ContentRange(first: first, last: last, complete: 10)
      guard let range else { return PartialContent.use(of: part, for: nil, isStronglyValidated: strong) }
      return withBytes(range) { PartialContent.use(of: part, for: RangeRequest($0), isStronglyValidated: strong) }
    }
    #expect(use(4, 9, "bytes=6-8") == .serve(2..<5, ContentRange(first: 6, last: 8, complete: 10)))
    #expect(use(4, 9, "bytes=6-") == .serve(2..<6, ContentRange(first: 6, last: 9, complete: 10)))
    #expect(use(4, 9, "bytes=-1") == .serve(5..<6, ContentRange(first: 9, last: 9, complete: 10)))
    #expect(use(4, 9, "bytes=3-5") == .useless)
    #expect(use(0, 4, "bytes=0-9") == .useless)
    #expect(use(0, 4, nil) == .complete(from: 5))
    #expect(use(0, 4, nil, strong: false) == .useless)
    #expect(use(4, 9, nil) == .useless)
    #expect(use(0, 9, nil) == .serve(0..<10, ContentRange(first: 0, last: 9, complete: 10)))
  }

  @Test("a request must be told to ask for one range or for several")
  func one() {
    for (text, isOne) in [("bytes=0-1", true), ("bytes=-5", true), ("bytes=0-1, 3-4", false), ("bytes=,0-", true)] {
      #expect(withBytes(text) { RangeRequest($0)?.isOne } == isOne, "\(text)")
    }
  }

  @Test("the rest of a part must be asked for by its strong tag")
  func rest() {
    let part = Response(206, ["ETag: \"x\"", "Content-Range: bytes 0-4/10"])
    #expect(
      written { out in part.bytes.withUnsafeBytes { Validators.writeRest(of: part.record(), fields: $0, into: out) } }
        == "Range: bytes=5-\r\nIf-Range: \"x\"\r\n")
    let whole = Response(["ETag: \"x\""])
    #expect(
      written { out in whole.bytes.withUnsafeBytes { Validators.writeRest(of: whole.record(), fields: $0, into: out) } }
        == "")
  }

  @Test("parts must be joined only under one strong tag, end to end")
  func joining() {
    func continues(_ stored: String, _ newer: String, first: Int = 5, complete: Int? = 10) -> Bool {
      withBytes(stored) { stored in
        withBytes(newer) { newer in
          PartialContent.continues(
            ContentRange(first: 0, last: 4, complete: 10), ContentRange(first: first, last: 9, complete: complete),
            stored: EntityTag(stored), newer: EntityTag(newer))
        }
      }
    }
    #expect(continues("\"a\"", "\"a\""))
    #expect(!continues("W/\"a\"", "W/\"a\""))
    #expect(!continues("\"a\"", "\"b\""))
    #expect(!continues("\"a\"", "\"a\"", first: 6))
    #expect(!continues("\"a\"", "\"a\"", complete: nil))
  }
}
