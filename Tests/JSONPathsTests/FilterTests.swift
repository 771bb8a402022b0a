import JSON
import JSONPaths
import Testing

@Suite struct FilterTests {
  static let items = #"""
    [{"id":1,"n":5,"s":"abc","b":true,"l":[1,2],"o":{"x":1}},
     {"id":2,"n":10.0,"s":"5","b":false,"l":[],"z":null},
     {"id":3,"n":"5","s":"it's","l":["a","b"],"o":{}},
     {"id":4,"s":"","n":null}]
    """#

  /// The ids of the items that a filter accepts.
  static func accepted(_ filter: String, _ text: String = items) throws -> [Int64] {
    let document = try JSONDocument(parsing: text)
    guard case .list(let nodes) = try JSONPath("$[?(\(filter))]").evaluate(document.root) else { return [-1] }
    return withExtendedLifetime(document) { nodes.compactMap { $0.member("id")?.int64 } }
  }

  @Test(
    "operators for Jayway's own use must compile, and where they are evaluated with what text can say, find nothing",
    arguments: [
      ("@.id type 'number'", [-1]), ("@.id TYPE number", [-1]), ("@.s matches 'abc'", [-1]),
      ("@.s MATCHES /a.*/", [-1]),
      ("@.id exists true", [-1]), ("@.x exists true", [-1]), ("true exists @.id", [-1]),
      ("@.id == 9 && @.id type number", []), ("@.id == 1 || @.id < 9 || @.id matches x", [1, 2, 3, 4]),
      ("@.id < 3 && @.b exists true", [1]), ("@.id < 3 && @.b EXISTS false", [2]), ("true exists true", [1, 2, 3, 4]),
    ])
  func forJavaOnly(filter: String, ids: [Int64]) throws {
    #expect(try Self.accepted(filter) == ids, "\(filter)")
  }

  @Test(
    "comparisons must be those of JsonPath 2.0",
    arguments: [
      ("@.id == 2", [2]), ("@.id==2", [2]), ("@.id != 2", [1, 3, 4]), ("@.id < 3", [1, 2]), ("@.id <= 3", [1, 2, 3]),
      ("@.id > 3", [4]),
      ("@.id >= 3", [3, 4]), ("@.n == 10", [2]), ("@.n == 5", [1, 3]), ("@.n == '5'", [1, 3]), ("@.n == 5.0", [1]),
      ("@.s == 'abc'", [1]), ("@.s == \"abc\"", [1]), ("@.s == abc", [1]), ("@.s == 'it\\'s'", [3]), ("@.s == ''", [4]),
      // Text is ordered as text, whatever it looks like.
      ("@.s < '6'", [2, 4]), ("@.s > 'a'", [1, 3]),
      // A boolean reads the text beside it as one; what is not "true" is false.
      ("@.b == true", [1]), ("@.b == 'true'", [1]), ("@.b == TRUE", [1]), ("@.b == false", [2]), ("@.b != true", [2]),
      // null is equal to null and to the word; a missing member to nothing, and different from nothing either.
      ("@.z == null", [2]), ("@.n == null", [4]), ("@.n == 'null'", [4]), ("@.n != null", [1, 2, 3]),
      ("@.x == null", []),
      ("@.x != 1", []), ("@.n < null", []), ("@.n >= 1", [1, 2, 3]),
      // Lists and objects cannot be compared, but with themselves.
      ("@.l == '[1,2]'", []), ("@.l != 1", []), ("@.o == @.o", [1, 3]),
      // The right side is what is expected: a number there is no text on the left.
      ("1 == @.id", []), ("@.id == @.id", [1, 2, 3, 4]), ("@.id == $[1].id", [2]), ("$[0].n == @.n", [1, 3]),
      ("'a' == 'a'", [1, 2, 3, 4]),
      ("@.id == 2 ", [2]), ("@['id'] == 2", [2]), ("@.l[0] == 1", [1]), ("@.o.x == 1", [1]), ("@.id == 1e0", [1]),
      ("@.id == x", []),
    ] as [(String, [Int64])])
  func comparisons(filter: String, ids: [Int64]) throws {
    #expect(try Self.accepted(filter) == ids)
  }

  @Test(
    "a path alone must ask whether it leads to something that is not null",
    arguments: [
      ("@.o", [1, 3]), ("@.z", []), ("!@.z", [1, 2, 3, 4]), ("!@.o", [2, 4]), ("@.o.x", [1]), ("!@.o.x", [2, 3, 4]),
      ("@.l[1]", [1, 3]),
      ("@.b", [1, 2]), ("@..x", [1, 2, 3, 4]),
    ] as [(String, [Int64])])
  func existence(filter: String, ids: [Int64]) throws {
    #expect(try Self.accepted(filter) == ids)
  }

  @Test(
    "&& must bind closer than ||, and parentheses and ! must be followed",
    arguments: [
      ("@.id == 1 || @.id == 2 && @.b == true", [1]), ("(@.id == 1 || @.id == 2) && @.b == false", [2]),
      ("!(@.id == 1)", [2, 3, 4]),
      ("!(@.id == 1 || @.id == 2)", [3, 4]), ("@.o && @.l", [1, 3]), ("@.id==1||@.id==3", [1, 3]),
      ("@.id>1&&@.id<4", [2, 3]),
      ("((@.id == 1))", [1]), ("!(!(@.id == 1))", [1]), ("@.s == 'a && b' || @.id == 4", [4]),
    ] as [(String, [Int64])])
  func logic(filter: String, ids: [Int64]) throws {
    #expect(try Self.accepted(filter) == ids)
  }

  @Test(
    "regular expressions must match the whole text",
    arguments: [
      ("@.s =~ /a.*/", [1]), ("@.s =~ /a/", []), ("@.s =~ /A.C/i", [1]), ("@.s =~ /\\d/", [2]), ("/a.c/ =~ @.s", [1]),
      ("@.n =~ /1.*/", [2]),
      ("@.s =~ /it's|abc/", [1, 3]), ("@.b =~ /t.*/", [1]), ("@.z =~ /.*/", []), ("@.l =~ /.1,2./", [1]),
      ("@.o =~ /.x=1./", [1]),
      ("@.s =~ /a\\/c|5/", [2]),
    ] as [(String, [Int64])])
  func regularExpressions(filter: String, ids: [Int64]) throws {
    #expect(try Self.accepted(filter) == ids)
  }

  @Test(
    "the word operators must be those of JsonPath 2.9",
    arguments: [
      ("@.id in [1,3]", [1, 3]), ("@.s in ['abc','5']", [1, 2]), ("@.id nin [1,3]", [2, 4]),
      ("@.x nin [1]", [1, 2, 3, 4]), ("@.id IN [1]", [1]),
      ("@.n in ['5']", [1, 3]), ("@.l contains 1", [1]), ("@.l contains 'b'", [3]), ("@.s contains 'b'", [1]),
      ("@.l size 2", [1, 3]),
      ("@.s size 3", [1]), ("@.l empty true", [2]), ("@.l empty false", [1, 3]), ("@.s empty true", [4]),
      ("@.o empty true", [3]),
      ("@.l subsetof [1,2,3]", [1, 2]), ("@.l anyof ['a',1]", [1, 3]), ("@.l noneof ['a']", [1, 2]),
      ("@.l all [1]", [1]), ("@.n === 5", [1]),
      ("@.n === '5'", [3]), ("@.id !== 1", [2, 3, 4]), ("@.b === true", [1]), ("@.id in $..id", [1, 2, 3, 4]),
      ("@.l.length() > 1", [1, 3]),
    ] as [(String, [Int64])])
  func words(filter: String, ids: [Int64]) throws {
    #expect(try Self.accepted(filter) == ids)
  }

  @Test("a filter on an object must take or leave the object itself")
  func onObjects() throws {
    #expect(try EvaluationTests.found("$[?(@.a == 1)]", in: #"{"a":1}"#) == #"[{"a":1}]"#)
    #expect(try EvaluationTests.found("$[?(@.a == 2)]", in: #"{"a":1}"#) == "[]")
    #expect(try EvaluationTests.found("$.a[?(@.a)]", in: #"{"a":1}"#) == "missing")
    #expect(try EvaluationTests.found("$..[?(@.a)].a", in: #"[{"a":1},{"b":{"a":2}}]"#) == "[1,2]")
  }
}
