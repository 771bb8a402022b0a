import Bytes
import Testing

@testable import CacheRules

@Suite("Invalidation (spec § 14.11)")
struct InvalidationPatternTests {
  @Test(
    "a path must match itself, and a wildcard everything that begins so",
    arguments: [
      ("/i.jpg", "/i.jpg", true), ("/i.jpg", "/i.jpg?a=1", false), ("/i.jpg?a=1", "/i.jpg?a=1", true),
      ("/i.jpg*", "/i.jpg?a=1", true), ("/dir/*", "/dir/x/y", true), ("/dir/*", "/dir", false),
      ("/dir*", "/dirs", true),
      ("/*", "/", true), ("/A", "/a", false), ("/dir", "/dir/", false), ("/dir/*", "/dir/", true),
    ])
  func matching(_ pattern: String, _ target: String, _ isMatch: Bool) throws {
    let pattern = try InvalidationPattern(pattern)
    #expect(withBytes(target) { pattern.matches($0) } == isMatch)
  }

  @Test(
    "what is stored for `/` under another name must be known by `/`, with its query, and by nothing else",
    arguments: [
      ("/", "/index.html"), ("/?a=1", "/index.html?a=1"), ("/?*", "/index.html?*"), ("/*", nil), ("/i", nil),
      ("/index.html", nil),
    ])
  func root(_ pattern: String, _ expected: String?) throws {
    #expect(try InvalidationPattern(pattern).forRoot(Array("/index.html".utf8))?.text == expected)
  }

  @Test("what is no pattern must say why")
  func mistakes() {
    func mistake(_ text: String) -> InvalidationPattern.Mistake? {
      do {
        _ = try InvalidationPattern(text)
        return nil
      } catch { return error }
    }
    #expect(mistake("") == .empty)
    #expect(mistake("x") == .noSlash && mistake("*") == .noSlash)
    #expect(mistake("/a*b") == .innerWildcard && mistake("/a**") == .innerWildcard)
    #expect(mistake("/a b") == .control)
    #expect(mistake("/" + String(repeating: "a", count: 4000)) == .tooLong)
    #expect(mistake("/" + String(repeating: "a", count: 3999)) == nil)
  }

  @Test("a pattern must be written as it was read")
  func text() throws {
    #expect(try InvalidationPattern("/a/*").text == "/a/*")
    #expect(try InvalidationPattern("/bücher%2f*").text == "/b%C3%BCcher%2f*")
    #expect(try InvalidationPattern("/*").isEverything)
    #expect(try !InvalidationPattern("/a*").isEverything)
  }

  @Test("tags must be read from every field that carries them")
  func tags() {
    func tags(_ fields: [String]) -> [String] {
      var found: [String] = []
      Response(fields).facts { ObjectTags.read($0.fields) { found.append($0.text) } }
      return found
    }
    #expect(tags(["Cache-Tag: a, b c ,d"]) == ["a", "b c", "d"])
    #expect(tags(["Surrogate-Key: a  b\tc"]) == ["a", "b", "c"])
    #expect(tags(["Cache-Groups: \"a\", \"b\";x=1, token"]) == ["a", "b"])
    #expect(tags(["Cache-Groups: \"a\", \"b"]) == [])
    #expect(tags(["X: a"]) == [])
    #expect(tags(["Cache-Tag: " + (0..<300).map(String.init).joined(separator: ",")]).count == ObjectTags.most)
  }

  @Test("the groups that an answer invalidates must be read (RFC 9875 § 3)")
  func groups() {
    var found: [String] = []
    Response(["Cache-Group-Invalidation: \"x\", \"y\""]).facts {
      ObjectTags.readInvalidated($0.fields) { found.append($0.text) }
    }
    #expect(found == ["x", "y"])
  }
}
