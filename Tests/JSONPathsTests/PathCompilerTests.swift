import JSON
import JSONPaths
import Testing

@Suite struct PathCompilerTests {
  @Test(
    "a path must be definite if it can only lead to one value",
    arguments: [
      ("$", true), ("$.a", true), ("a.b", true), ("$.a[0]", true), ("$['a']['b']", true), ("$.a[-1]", true),
      ("$['a','b']", true), ("$.a.length()", true), ("$..a.sum()", true), ("$[(@.length-1)]", true), ("$.*", false),
      ("$[*]", false), ("$..a", false), ("$[0,1]", false), ("$[1:]", false), ("$[?(@.a)]", false),
      ("$['a','b'].c", false),
      ("$.a[*].length()", false),
    ] as [(String, Bool)])
  func definite(path: String, expected: Bool) throws {
    #expect(try JSONPath(path).isDefinite == expected)
  }

  @Test(
    "spellings of one path must mean the same",
    arguments: [
      [
        "$.a.b", "a.b", "$['a']['b']", "$[\"a\"][\"b\"]", "$.a['b']", "$.['a'].['b']", " $.a.b ", "$['a'].b",
        "$[ 'a' ].b",
      ],
      ["$.c[*]", "$.c.*", "$['c'].[*]", "$.c[ * ]", "c[*]"],
      ["$.c[0,2]", "$.c[ 0 , 2 ]", "$['c'][0,2]"], ["$.c[1:]", "$.c[1:9]", "$.c[-2:]", "$.c[1:3:1]"],
    ])
  func spellings(paths: [String]) throws {
    let document = try JSONDocument(parsing: #"{"a":{"b":1},"c":[1,2,3]}"#)
    let results = try paths.map { Shown.text(try JSONPath($0).evaluate(document.root)) }
    #expect(Set(results).count == 1)
    #expect(results[0] != "missing" && results[0] != "[]")
    withExtendedLifetime(document) {}
  }

  @Test(
    "names may be unusual",
    arguments: [
      ("$['two words']", "1"), ("$['it\\'s']", "2"), ("$[\"a]b\"]", "3"), ("$['a.b']", "4"), ("$.é", "5"),
      ("$.a-b", "6"),
      ("$.$id", "7"), ("$['']", "8"), ("$['a\\\\b']", "9"), ("$.a*b", "10"), ("$.@id", "11"), ("$['x','']", "{\"\":8}"),
      ("$['a\\u0062c']", "12"), ("$.foo()", "13"),
    ] as [(String, String)])
  func names(path: String, expected: String) throws {
    let document = try JSONDocument(
      parsing: #"""
        {"two words":1,"it's":2,"a]b":3,"a.b":4,"é":5,"a-b":6,"$id":7,"":8,"a\\b":9,"a*b":10,"@id":11,"abc":12,"foo()":13}
        """#)
    #expect(Shown.text(try JSONPath(path).evaluate(document.root)) == expected)
    withExtendedLifetime(document) {}
  }

  @Test(
    "what is no path must be refused, with the place",
    arguments: [
      ("", 0), ("   ", 3), ("$.", 2), ("$.a.", 4), ("$..", 3), ("$.a..", 5), ("$a", 1), ("$.a b", 3), ("$[", 2),
      ("$[]", 2),
      ("$[abc]", 2), ("$['a", 2), ("$['a'", 5), ("$['a' 'b']", 6), ("$[1,]", 2), ("$[,1]", 2), ("$[:]", 2),
      ("$[1.5]", 2),
      ("$[99999999999]", 2), ("$[+1]", 2), ("$[?]", 3), ("$[?()]", 4), ("$[?(@.a]", 8), ("$[?(@.a ==)]", 10),
      ("$[?(@.a = 1)]", 8), ("$[?(@.a like 'x')]", 8), ("$[?(@.a =~ /(/)]", 13), ("$[?(@.a =~ 'x')]", 14),
      ("$[?(@.a == 1 && )]", 16), ("$[?(@. == 1)]", 6), ("$.a.sum(", 8), ("$.a.sum(1).b", 12), ("$[(@.foo-1)]", 2),
      ("$.a.length().b", 14),
    ] as [(String, Int)])
  func refused(path: String, offset: Int) {
    let error = #expect(throws: JSONPathError.self) { try JSONPath(path) }
    #expect(error?.message.isEmpty == false)
    #expect(error?.offset == offset, "\(String(describing: error))")
  }

  @Test("paths without end must be refused instead of exhausting the stack")
  func limits() {
    #expect(throws: JSONPathError.self) { try JSONPath("$" + String(repeating: ".a", count: 100_000)) }
    #expect(throws: JSONPathError.self) { try JSONPath("$[?" + String(repeating: "(", count: 100_000)) }
    #expect(throws: JSONPathError.self) { try JSONPath("$[?(" + String(repeating: "!", count: 100_000)) }
    var nested = "@.a"
    for _ in 0..<100 { nested = "@[?(\(nested))]" }
    #expect(throws: JSONPathError.self) { try JSONPath(nested) }
    #expect(throws: JSONPathError.self) {
      try JSONPath("$" + String(repeating: ".sum($", count: 1000) + String(repeating: ")", count: 1000))
    }
  }

  @Test("a path cut short anywhere must be refused or compiled, never more")
  func truncated() throws {
    let path = Array(#"$..a['b','c'][0,1][-1:].*[?(@.x == 'y' && !(@.z) || @.q =~ /a.*/i)].concat("x", $.y[0])"#.utf8)
    _ = try JSONPath(String(decoding: path, as: UTF8.self))
    let document = try JSONDocument(parsing: #"{"a":{"b":[1]}}"#)
    for length in 0..<path.count {
      if let path = try? JSONPath(String(decoding: path[..<length], as: UTF8.self)) {
        _ = try path.evaluate(document.root)
      }
    }
    withExtendedLifetime(document) {}
  }
}
