import JSONPaths
import Testing

@Suite struct FunctionCallsTests {
  static let body = #"""
    {"numbers":[1,2,3.5,"4",null],"empty":[],"strings":["a","b",1,"é"],"obj":{"x":1,"y":[1,2]},"s":"text","n":5,
     "items":[{"p":1,"q":[1,2]},{"p":2.5},{"q":[3]}]}
    """#

  @Test(
    "functions must give what JsonPath 2.9 gives",
    arguments: [
      ("$.numbers.length()", "5"), ("$.numbers.size()", "5"), ("$.empty.length()", "0"), ("$.obj.length()", "2"),
      ("$.s.length()", "null"),
      ("$.length()", "7"), ("$.numbers.min()", "1.0"), ("$.numbers.max()", "3.5"),
      ("$.numbers.avg()", "2.1666666666666665"),
      ("$.numbers.sum()", "6.5"), ("$.numbers.stddev()", "1.0274023338281626"), ("$.obj.keys()", #"["x","y"]"#),
      ("$.numbers.keys()", "null"), ("$.strings.concat()", #""abé""#), (#"$.strings.concat("x","y")"#, #""abéxy""#),
      (#"$.concat("a",1,"b")"#, #""a1b""#), (#"$.concat($.s,"-",$.n)"#, #""text-5""#), ("$.sum(1,2,3)", "6.0"),
      ("$.sum($.n,$.numbers)", "11.5"), ("$.min($..p)", "1.0"), ("$..p.sum()", "3.5"), ("$..p.max()", "2.5"),
      ("$..q.length()", "3"),
      ("$.items[*].length()", "[2,1,1]"), ("$.items[*].q.length()", "[2,1]"), ("$.numbers.first()", "1"),
      ("$.numbers.last()", "null"),
      ("$.numbers.index(1)", "2"), ("$.numbers.index(-2)", #""4""#), ("$.numbers.append(7)", #"[1,2,3.5,"4",null,7]"#),
      (#"$.empty.append("x",{"a":[1]})"#, #"["x",{"a":[1]}]"#), ("$.obj.append(1)", #"{"x":1,"y":[1,2]}"#),
      ("$.max($.items[*].p,100)", "100.0"),
      ("$.items[0].q.sum()", "3.0"), ("$.nothing.length()", "missing"),
    ] as [(String, String)])
  func results(path: String, expected: String) throws {
    #expect(try EvaluationTests.found(path, in: Self.body) == expected)
  }

  @Test(
    "where Jayway throws, nothing must be found",
    arguments: [
      "$.empty.sum()", "$.obj.sum()", "$.numbers.index(10)", "$.numbers.index(-5)", "$.empty.first()", "$.obj.first()",
      "$.items[*].p.sum()",
    ])
  func failures(path: String) throws {
    #expect(try EvaluationTests.found(path, in: Self.body) == "missing")
  }
}
