import JSON
import JSONPaths
import Testing

@Suite struct EvaluationTests {
  static let store = #"""
    {"store":{"book":[
      {"category":"reference","author":"Nigel Rees","title":"Sayings of the Century","price":8.95},
      {"category":"fiction","author":"Evelyn Waugh","title":"Sword of Honour","price":12.99},
      {"category":"fiction","author":"Herman Melville","title":"Moby Dick","isbn":"0-553-21311-3","price":8.99}],
      "bicycle":{"color":"red","price":19.95}},"limit":10,"none":null}
    """#

  static func found(_ path: String, in text: String = store) throws -> String {
    let document = try JSONDocument(parsing: text)
    let result = try JSONPath(path).evaluate(document.root)
    return withExtendedLifetime(document) { Shown.text(result) }
  }

  @Test(
    "a definite path must lead to its value, and else be missing",
    arguments: [
      ("$.store.bicycle.color", #""red""#), ("$.store.book[1].title", #""Sword of Honour""#), ("$.limit", "10"),
      ("$.none", "null"), ("$.none.x", "missing"), ("$.x", "missing"), ("$.x.y", "missing"),
      ("$.store.book[3]", "missing"),
      ("$.store.book[-1].price", "8.99"), ("$.store.book[-4]", "missing"), ("$.store.book.title", "missing"),
      ("$.store[0]", "missing"), ("$.limit.x", "missing"), ("$.limit[0]", "missing"),
      ("$.store.book[(@.length-1)].isbn", #""0-553-21311-3""#),
      ("$.store.book[0]['title','price','x']", #"{"title":"Sayings of the Century","price":8.95}"#),
    ] as [(String, String)])
  func definite(path: String, expected: String) throws {
    #expect(try Self.found(path) == expected)
  }

  @Test(
    "an indefinite path must find a list in the order of the document",
    arguments: [
      ("$.store.book[*].price", "[8.95,12.99,8.99]"), ("$..price", "[8.95,12.99,8.99,19.95]"),
      ("$.store.bicycle.*", #"["red",19.95]"#),
      ("$.store.book[0,2].price", "[8.95,8.99]"), ("$.store.book[1:].price", "[12.99,8.99]"),
      ("$.store.book[:2].price", "[8.95,12.99]"), ("$.store.book[-2:].price", "[12.99,8.99]"),
      ("$.store.book[:-2].price", "[8.95]"), ("$.store.book[0:2].price", "[8.95,12.99]"),
      ("$.store.book[1:-1].price", "[]"),
      ("$.store.book[5:].price", "[]"), ("$..bicycle.color", #"["red"]"#), ("$..book[*].isbn", #"["0-553-21311-3"]"#),
      ("$.store.book[*].isbn", #"["0-553-21311-3"]"#), ("$..nothing", "[]"), ("$.store.nothing[*]", "[]"),
      ("$.limit.*", "[]"),
      ("$.store..color", #"["red"]"#),
      ("$..book[0]['price','isbn']", #"[{"price":8.95}]"#),
    ] as [(String, String)])
  func indefinite(path: String, expected: String) throws {
    #expect(try Self.found(path) == expected)
  }

  @Test(
    "where a branch of an indefinite path ends too early, the whole may be missing, as in JsonPath 2.0",
    arguments: [
      // Under a wildcard over elements a branch is just passed over.
      ("$[*].a", #"[{"a":1},{"b":2},3]"#, "[1]"),
      // Under one over members, behind a filter, and in a scan it is an error of the whole.
      ("$.*.a", #"{"x":{"a":1},"y":{"b":2}}"#, "missing"), ("$[?(@.k)].a", #"[{"k":1,"a":1},{"k":2}]"#, "missing"),
      ("$..a.b", #"{"a":{"b":1},"c":{"a":2}}"#, "missing"), ("$..[0]", #"[[1],[]]"#, "missing"),
      ("$[0,5]", "[1,2]", "missing"),
      // A member missing further in front is no error if something behind it is indefinite.
      ("$.a.b[*]", #"{"a":{}}"#, "[]"), ("$.a[*]", "{}", "[]"), ("$.a[*].b", "{}", "[]"),
      // Behind a scan for elements, what follows is tried on every element.
      ("$..[0].a", #"[{"a":1},{"a":2}]"#, "[1,2]"),
    ] as [(String, String, String)])
  func branches(path: String, text: String, expected: String) throws {
    #expect(try Self.found(path, in: text) == expected)
  }

  @Test("seeded paths must find what the oracle has found")
  func goldens() throws {
    for line in try Goldens.lines("oracle.jsonl") {
      let golden = try JSONDocument(parsing: line)
      guard let path = golden.root.member("path")?.string, let body = golden.root.member("body")?.string,
        let expected = golden.root.member("output")?.string
      else { continue }
      let document = try JSONDocument(parsing: body, as: .permissive)
      var found = Shown.text(try JSONPath(path).evaluate(document.root), style: .smartProtectingSlash)
      if found == "missing" || found == "null" { found = #""""# }
      #expect("[\(found)]" == expected, "\(path) in \(body)")
      withExtendedLifetime((golden, document)) {}
    }
  }

  @Test("an evaluation must end at its limits")
  func limits() throws {
    let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
    let document = try JSONDocument(parsing: deep)
    #expect(throws: JSONPathLimitExceeded.self) { try JSONPath("$..*..*..*..*..*").evaluate(document.root) }
    #expect(throws: JSONPathLimitExceeded.self) {
      try JSONPath("$..*").evaluate(document.root, limits: JSONPathLimits(steps: 100))
    }
    #expect(throws: JSONPathLimitExceeded.self) {
      try JSONPath("$..a").evaluate(document.root, limits: JSONPathLimits(depth: 100))
    }
    #expect(throws: JSONPathLimitExceeded.self) {
      try JSONPath("$[?(@..*)]").evaluate(document.root, limits: JSONPathLimits(steps: 100))
    }
    #expect(throws: Never.self) { try JSONPath("$..*").evaluate(document.root) }
    withExtendedLifetime(document) {}
  }

  @Test("comparing every element with every element must end at the limits too")
  func limitsOfComparisons() throws {
    let numbers = (0..<200).map(String.init).joined(separator: ",")
    let document = try JSONDocument(parsing: #"{"all":[\#(numbers)],"items":[{"l":[\#(numbers),-1]},{"l":[-1]}]}"#)
    #expect(throws: JSONPathLimitExceeded.self) {
      try JSONPath("$.items[?(@.l subsetof $.all)]").evaluate(
        document.root, limits: JSONPathLimits(steps: 10_000))
    }
    let backtracking = try JSONDocument(parsing: #"["\#(String(repeating: "a", count: 60))b"]"#)
    #expect(throws: JSONPathLimitExceeded.self) {
      try JSONPath("$[?(@ =~ /(a|aa|a.)+[cd]/)]").evaluate(backtracking.root)
    }
    withExtendedLifetime((document, backtracking)) {}
  }
}
