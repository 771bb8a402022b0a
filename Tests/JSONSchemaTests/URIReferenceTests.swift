import Testing

@testable import JSONSchema

@Suite("Addresses (RFC 3986 § 5.4)")
struct URIReferenceTests {
  private func resolved(_ reference: String, _ base: String = "http://a/b/c/d;p?q") -> String {
    URIReference(reference).resolved(against: URIReference(base)).text
  }

  @Test(
    "a reference must be resolved as the RFC's examples are",
    arguments: [
      ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
      ("/g", "http://a/g"), ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
      ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"), (";x", "http://a/b/c/;x"),
      ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"),
      ("../..", "http://a/"), ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("g;x=1/../y", "http://a/b/c/y"),
    ])
  func examples(_ reference: String, _ expected: String) { #expect(resolved(reference) == expected) }

  @Test("a base without a hierarchy must do too")
  func opaque() {
    #expect(resolved("#/a", "test:schema") == "test:schema#/a")
    #expect(resolved("b", "http://a") == "http://a/b")
    #expect(resolved("x.json", "") == "x.json")
  }

  @Test("a fragment must be read as a pointer, its escapes undone")
  func pointers() {
    #expect(URIReference.pointer("/a~1b/c~0d/e%25f//") ?? [] == ["a/b", "c~d", "e%f", "", ""])
    #expect(URIReference.pointer("") == [] && URIReference.pointer("name") == nil)
    #expect(URIReference.pointer("/%zz%4") ?? [] == ["%zz%4"])
  }
}
