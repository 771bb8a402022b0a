import Bytes
import HTTPWire
import Testing

@testable import CacheRules

@Suite("Vary (RFC 9111 § 4.1)")
struct VaryTests {
  /// Whether a response with this `Vary`, stored for the first request, answers the second.
  private func matches(_ vary: [String], _ stored: [String], _ presented: [String]) -> Bool {
    let selection = ByteBuffer()
    let scratch = ByteBuffer()
    let response = Response(vary.map { "Vary: \($0)" })
    let selects = response.facts { Vary.write($0.fields, request: request("GET", "/", stored), into: selection) }
    return selects && Vary.matches(selection.readable, request("GET", "/", presented), scratch: scratch)
  }

  @Test("the named fields must be the same, the others may differ")
  func named() {
    #expect(matches(["Foo"], ["Foo: 1", "Other: 2"], ["Foo: 1", "Other: 3"]))
    #expect(!matches(["Foo"], ["Foo: 1"], ["Foo: 2"]))
    #expect(matches(["Foo, Bar, Baz"], ["Foo: 1", "Bar: abc", "Baz: 789"], ["Baz: 789", "Foo: 1", "Bar: abc"]))
    #expect(!matches(["Foo, Bar, Baz"], ["Foo: 1", "Bar: abc", "Baz: 789"], ["Foo: 1", "Baz: 789", "Bar: abcde"]))
    #expect(matches(["Foo", "bar"], ["Foo: 1", "Bar: 2"], ["foo: 1", "BAR: 2"]))
    #expect(matches([], [], ["Foo: 1"]))
  }

  @Test("a field that one request has and the other has not must tell them apart, even an empty one")
  func absent() {
    #expect(!matches(["Foo"], [], ["Foo: 1"]))
    #expect(!matches(["Foo"], ["Foo: 1"], []))
    #expect(!matches(["Foo"], ["Foo:"], []))
    #expect(matches(["Foo, Bar"], ["Foo: 1"], ["Foo: 1"]))
    #expect(!matches(["Cookie"], ["Cookie: a=b"], []))
  }

  @Test("* must match nothing, wherever it stands", arguments: ["*", "*, *", ", *", "*, Foo", "Foo, *"])
  func everything(_ vary: String) {
    #expect(!matches([vary], ["Foo: 1"], ["Foo: 1"]))
  }

  @Test("lines that mean one list must count as one")
  func lists() {
    #expect(matches(["Foo"], ["Foo: 1, 2"], ["Foo: 1", "Foo: 2"]))
    #expect(matches(["Foo"], ["Foo: 1,2"], ["Foo:  1, 2 "]))
    #expect(!matches(["Foo"], ["Foo: 1,2"], ["Foo: 2,1"]))
    #expect(!matches(["Foo"], ["Foo: 1 2"], ["Foo: 12"]))
  }

  @Test("order and case must not count among languages and codings, weights must")
  func preferences() {
    #expect(matches(["Accept-Language"], ["Accept-Language: en, de"], ["Accept-Language: de, en"]))
    #expect(matches(["Accept-Language"], ["Accept-Language: en, de"], ["Accept-Language: eN,   De"]))
    #expect(matches(["Accept-Encoding"], ["Accept-Encoding: gzip, br"], ["Accept-Encoding: br,gzip"]))
    #expect(!matches(["Accept-Encoding"], ["Accept-Encoding: gzip"], ["Accept-Encoding: gzip;q=0"]))
    #expect(!matches(["Accept-Language"], ["Accept-Language: en"], ["Accept-Language: en, de"]))
  }

  @Test("a request's own selection must be written by the names of another's, so that the two can be compared")
  func like() {
    func selection(_ lines: [String]) -> ByteBuffer {
      let out = ByteBuffer()
      _ = Response(["Vary: Accept-Encoding, X, Y"]).facts {
        Vary.write($0.fields, request: request("GET", "/", lines), into: out)
      }
      return out
    }
    for lines in [["Accept-Encoding: gzip, br", "X: 1"], ["Y:", "X: 2"], []] {
      let out = ByteBuffer()
      let (other, own) = (selection(["X: 1"]), selection(lines))
      Vary.write(like: other.readable, request: request("GET", "/", lines), into: out)
      #expect(withExtendedLifetime((other, own)) { out.readable.text == own.readable.text })
    }
  }

  @Test("one field must not pass for two by what is in its value")
  func injection() {
    #expect(!matches(["A, B"], ["A: 1", "B: 2"], ["A: 1b:2"]))
    #expect(!matches(["A"], ["A: x"], ["A: x,"]) || matches(["A"], ["A: x"], ["A: x"]))
  }

  @Test("more names than anybody needs must make a response unusable")
  func bound() {
    let names = (0..<17).map { "N\($0)" }.joined(separator: ",")
    #expect(!matches([names], [], []))
  }
}
