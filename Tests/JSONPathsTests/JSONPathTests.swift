import JSON
import JSONPaths
import Testing

@Suite struct JSONPathTests {
  @Test(
    "a definite path must lead to one value",
    arguments: [
      ("$.a", "1"), ("a", "1"), ("$['a']", "1"), ("$[\"a\"]", "1"), ("$.b[1].c", "3"), ("$.b[-1].c", "3"),
      ("$.b[(@.length-1)].c", "3"), ("$.b.length()", "2"), ("$", #"{"a":1,"b":[{"c":2},{"c":3}]}"#),
    ])
  func definite(path: String, expected: String) throws {
    let document = try JSONDocument(parsing: #"{"a":1,"b":[{"c":2},{"c":3}]}"#)
    let path = try JSONPath(path)
    #expect(path.isDefinite)
    #expect(try Shown.text(path.evaluate(document.root)) == expected)
  }
}
