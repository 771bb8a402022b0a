import Bytes
import Testing

@testable import CacheRules

@Suite("Stored fields (RFC 9111 § 3.1 and § 3.2)")
struct StoredFieldsTests {
  @Test("fields of the connection must not be stored, nor those that Connection names")
  func connection() {
    let stored = Response([
      "Connection: a, b", "a: 1", "B: 2", "c: 3", "Keep-Alive: timeout=5", "Proxy-Authenticate: x",
      "Proxy-Authentication-Info: x", "Proxy-Authorization: x", "Proxy-Connection: x", "TE: x",
      "Transfer-Encoding: chunked",
      "Upgrade: x", "Age: 5", "Content-Length: 3", "Date: x",
    ]).storedFields
    #expect(stored == "c: 3\r\nDate: x\r\n")
  }

  @Test("which part it is must not be stored with a part, and what a 416 says of the whole must be")
  func parts() {
    let response = Response(206, ["Content-Range: bytes 0-4/10", "ETag: \"x\""])
    #expect(response.storedFields == "ETag: \"x\"\r\n")
    let refusal = Response(416, ["Content-Range: bytes */10"])
    let kept = written { out in refusal.facts { StoredFields.write($0.fields, keepsRange: true, into: out) } }
    #expect(kept == "Content-Range: bytes */10\r\n")
  }

  @Test("fields that no-cache and private name must not be stored")
  func restricted() {
    #expect(
      Response(["Cache-Control: no-cache=\"a, b\", private=\"d\"", "a: 1", "b: 2", "c: 3", "D: 4"]).storedFields
        == "Cache-Control: no-cache=\"a, b\", private=\"d\"\r\nc: 3\r\n")
    #expect(
      Response(["Cache-Control: no-cache=a", "Cache-Control: max-age=3600", "a: 1", "b: 2"]).storedFields.hasSuffix(
        "=3600\r\nb: 2\r\n"))
  }

  @Test("a newer response must replace every line of a name that it has, and leave the others")
  func update() {
    func updated(_ stored: [String], _ newer: [String]) -> String {
      written { out in
        Response(stored).facts { old in
          Response(newer).facts { new in StoredFields.write(old.fields, updatedBy: new.fields, into: out) }
        }
      }
    }
    #expect(updated(["A: 1", "A: 2", "B: 3"], ["a: 4"]) == "B: 3\r\na: 4\r\n")
    #expect(
      updated(["Cache-Control: max-age=1", "X: y"], ["Cache-Control: max-age=3600", "Date: z"])
        == "X: y\r\nCache-Control: max-age=3600\r\nDate: z\r\n")
    #expect(
      updated(
        ["Content-Encoding: gzip", "Content-Range: bytes 0-1/2"],
        ["Content-Encoding: br", "Content-Range: x", "Content-Length: 10", "Connection: q", "Q: 1"])
        == "Content-Encoding: gzip\r\nContent-Range: bytes 0-1/2\r\n")
  }

  @Test("a block must end where a line does not look like one")
  func malformed() {
    for text in ["", "A", "A: 1", "A: 1\r", ": x\r\n", "A 1\r\nB: 2\r\n"] {
      #expect(withBytes(text) { Array(FieldBlock($0)).count } == 0, "\(text.debugDescription)")
    }
    #expect(
      withBytes("A:1\r\nB:  2 \r\n\r\nC: 3\r\n") { block in FieldBlock(block).map { $0.value.text } } == ["1", "2"])
  }
}
