import Testing

@testable import Firewall

/// Every field of spec § 15.5, and what becomes of parts that are missing or too large.
struct FieldTests {
  private func expect(
    _ field: FieldToMatch, _ search: String, _ head: String, _ expected: Bool = true, body: String = "",
    bodyIsLonger: Bool = false, constraint: ByteMatch.Constraint = .exactly, _ place: SourceLocation = #_sourceLocation
  ) throws {
    let screened = try Screened(.bytes(field, constraint, search))
    #expect(
      try screened.matches(head, body: body, bodyIsLonger: bodyIsLonger) == expected, "\(search)", sourceLocation: place
    )
  }

  @Test("the path must be as it was sent, without the query")
  func path() throws {
    try expect(.uriPath, "/a/../%41b", "GET /a/../%41b?c HTTP/1.1")
    try expect(.uriPath, "/x", "GET http://example.com/x?y HTTP/1.1")
  }

  @Test("the query must be without its question mark")
  func query() throws {
    try expect(.queryString, "a=1&b=%20", "GET /?a=1&b=%20 HTTP/1.1")
    try expect(.queryString, "", "GET / HTTP/1.1", false)
  }

  @Test("a header must be found whatever its capitals, each of its lines")
  func singleHeader() throws {
    try expect(.singleHeader("User-Agent"), "curl", "GET / HTTP/1.1\nuser-AGENT: curl")
    try expect(.singleHeader("x-thing"), "two", "GET / HTTP/1.1\nX-Thing: one\nX-THING: two")
    try expect(.singleHeader("x-thing"), "", "GET / HTTP/1.1\nX-Thingy: ", false)
    try expect(.singleHeader("host"), "example.com", "GET / HTTP/1.1")
    // What a request is routed by (RFC 9112 § 3.2.2).
    try expect(.singleHeader("host"), "b.example", "GET http://b.example/ HTTP/1.1\nHost: a.example")
    try expect(.singleHeader("host"), "a.example", "GET http://b.example/ HTTP/1.1\nHost: a.example", false)
    try expect(.headers(.all, .value, .proceed), "b.example", "GET http://b.example/ HTTP/1.1\nHost: a.example")
  }

  @Test("an argument must be found whatever the capitals of its name, with all of its values")
  func singleArgument() throws {
    for (head, expected) in [
      ("GET /?ID=7 HTTP/1.1", true), ("GET /?id=1&id=7 HTTP/1.1", true), ("GET /?xid=7 HTTP/1.1", false),
      ("GET /?id HTTP/1.1", false), ("GET /?a&&id=7& HTTP/1.1", true), ("GET /?id=7=8 HTTP/1.1", false),
    ] {
      try expect(.singleQueryArgument("Id", []), "7", head, expected)
    }
    try expect(.singleQueryArgument("id", []), "", "GET /?id HTTP/1.1")
    try expect(.singleQueryArgument("id", []), "a=b", "GET /?id=a=b HTTP/1.1")
  }

  @Test("of all arguments, each value must be looked at by itself, and no name")
  func allArguments() throws {
    try expect(.allQueryArguments([]), "2", "GET /?a=1&b=2 HTTP/1.1")
    try expect(.allQueryArguments([]), "b", "GET /?a=1&b=2 HTTP/1.1", false)
    try expect(.allQueryArguments([]), "1&b", "GET /?a=1&b=2 HTTP/1.1", false, constraint: .contains)
  }

  @Test("a query must be prepared before it is taken apart")
  func preparations() throws {
    try expect(.singleQueryArgument("id", []), "7", "GET /?%69d=7 HTTP/1.1", false)
    try expect(.singleQueryArgument("id", [.urlDecode]), "7", "GET /?%69d=7 HTTP/1.1")
    try expect(.singleQueryArgument("id", [.urlDecodeUnicode]), "7", "GET /?%69d=7 HTTP/1.1")
    try expect(.allQueryArguments([.replaceSemicolons]), "2", "GET /?a=1;b=2 HTTP/1.1")
    try expect(.allQueryArguments([.combineDuplicates]), "1,2,3", "GET /?a=1&b=x&A=2&a=3 HTTP/1.1")
    try expect(.singleQueryArgument("a", [.combineDuplicates]), "1,2", "GET /?a=1&b=x&a=2 HTTP/1.1")
    try expect(.allQueryArguments([.combineDuplicates]), "x", "GET /?a=1&b=x&a=2 HTTP/1.1")
  }

  @Test("the method must be its name", arguments: ["GET", "DELETE", "PROPFIND"])
  func method(_ name: String) throws {
    try expect(.method, name, "\(name) / HTTP/1.1")
  }

  @Test("a body must be what was read of it, and one that is not there match nothing")
  func body() throws {
    try expect(.body(.proceed), "a=1", "POST / HTTP/1.1\nContent-Length: 3", body: "a=1")
    try expect(.body(.proceed), "", "POST / HTTP/1.1", false)
  }

  @Test("what is too large must be inspected as far as it goes, or match, or not")
  func oversizeBody() throws {
    let head = "POST / HTTP/1.1"
    try expect(.body(.proceed), "evil", head, body: "an evil thing", bodyIsLonger: true, constraint: .contains)
    try expect(.body(.match), "evil", head, body: "good", bodyIsLonger: true)
    try expect(.body(.noMatch), "evil", head, false, body: "evil", bodyIsLonger: true)
    try expect(.body(.match), "evil", head, false, body: "good")
  }

  // MARK: Headers and cookies

  @Test("headers must be selected by name and scope")
  func headers() throws {
    let head = "GET / HTTP/1.1\nX-One: alpha\nX-Two: beta"
    try expect(.headers(.all, .all, .proceed), "beta", head)
    try expect(.headers(.all, .all, .proceed), "X-Two", head)
    try expect(.headers(.all, .key, .proceed), "beta", head, false)
    try expect(.headers(.all, .value, .proceed), "X-Two", head, false)
    try expect(.headers(.included(["x-one"]), .value, .proceed), "alpha", head)
    try expect(.headers(.included(["x-one"]), .value, .proceed), "beta", head, false)
    try expect(.headers(.excluded(["X-ONE"]), .value, .proceed), "alpha", head, false)
    try expect(.headers(.excluded(["X-ONE"]), .value, .proceed), "beta", head)
  }

  @Test("of headers, 8 KB and 200 lines must be inspected")
  func oversizeHeaders() throws {
    let many = "GET / HTTP/1.1\n" + (0..<210).map { "x-\($0): v\($0)" }.joined(separator: "\n")
    try expect(.headers(.all, .value, .proceed), "v198", many)
    try expect(.headers(.all, .value, .proceed), "v209", many, false)
    try expect(.headers(.all, .value, .match), "nothing", many)
    try expect(.headers(.all, .value, .noMatch), "v1", many, false)
    let long =
      "GET / HTTP/1.1\nx-long: " + String(repeating: "a", count: 8100) + "END\nx-more: "
      + String(repeating: "b", count: 300) + "LAST"
    try expect(.headers(.all, .value, .proceed), "END", long, constraint: .contains)
    try expect(.headers(.all, .value, .proceed), "LAST", long, false, constraint: .contains)
    try expect(.headers(.all, .value, .proceed), "b", long, constraint: .startsWith)
    try expect(.headers(.all, .value, .match), "nothing", long)
  }

  @Test("cookies must be taken apart, their names with regard to capitals")
  func cookies() throws {
    let head = "GET / HTTP/1.1\nCookie: a=1; Session=x=y ;c\nCookie: d=4"
    try expect(.cookies(.all, .value, .proceed), "x=y", head)
    try expect(.cookies(.all, .key, .proceed), "Session", head)
    try expect(.cookies(.all, .key, .proceed), "c", head)
    try expect(.cookies(.all, .value, .proceed), "4", head)
    try expect(.cookies(.included(["session"]), .value, .proceed), "x=y", head, false)
    try expect(.cookies(.included(["Session"]), .value, .proceed), "x=y", head)
    try expect(.cookies(.excluded(["Session"]), .value, .proceed), "x=y", head, false)
    try expect(.cookies(.all, .all, .proceed), "1", "GET / HTTP/1.1", false)
  }

  @Test("of cookies, 8 KB and 200 must be inspected")
  func oversizeCookies() throws {
    let many = "GET / HTTP/1.1\nCookie: " + (0..<210).map { "c\($0)=v\($0)" }.joined(separator: "; ")
    try expect(.cookies(.all, .value, .proceed), "v199", many)
    try expect(.cookies(.all, .value, .proceed), "v200", many, false)
    try expect(.cookies(.all, .value, .match), "nothing", many)
    try expect(.cookies(.all, .value, .noMatch), "v1", many, false)
  }

  @Test("the header order must be the names with colons between, in small letters [I]")
  func headerOrder() throws {
    try expect(.headerOrder(.proceed), "host:user-agent:accept", "GET / HTTP/1.1\nHost: a\nUser-Agent: b\nAccept: c")
  }

  @Test("a fragment must be found where one was sent, and come to its fallback where not")
  func fragment() throws {
    try expect(.uriFragment(fallbackMatches: true), "x", "GET / HTTP/1.1")
    try expect(.uriFragment(fallbackMatches: false), "x", "GET / HTTP/1.1", false)
  }

  // MARK: JSON

  private func json(
    _ scope: FieldToMatch.Scope, _ paths: [String]? = nil, _ fallback: FieldToMatch.JSONBody.InvalidFallback? = nil,
    _ oversize: FieldToMatch.Oversize = .proceed
  ) -> FieldToMatch {
    .jsonBody(.init(paths: paths, scope: scope, invalidFallback: fallback, oversize: oversize))
  }

  /// What a JSON field comes down to, as the values that are looked at.
  private func parts(_ field: FieldToMatch, _ body: String, _ candidates: [String]) throws -> [String] {
    try candidates.filter { try Screened(.bytes(field, .exactly, $0)).matches("POST / HTTP/1.1", body: body) }
  }

  @Test("a pointer must select what is inside the value that it leads to, by scope")
  func jsonPaths() throws {
    let body = #"{"a":{"c":"d","b":{"e":{"f":"g"}}}}"#
    let all = ["a", "b", "c", "d", "e", "f", "g"]
    #expect(try parts(json(.all, ["/a/b"]), body, all) == ["e", "f", "g"])
    #expect(try parts(json(.key, ["/a/b"]), body, all) == ["e", "f"])
    #expect(try parts(json(.value, ["/a/b"]), body, all) == ["g"])
    #expect(try parts(json(.all), body, all) == all)
    #expect(try parts(json(.value), body, all) == ["d", "g"])
    #expect(try parts(json(.value, ["/a/c"]), body, all) == ["d"])
    #expect(try parts(json(.all, ["/x"]), body, all).isEmpty)
  }

  @Test("a pointer must lead into lists, and its escapes be read")
  func jsonPointers() throws {
    let body = #"{"a/b":["x",{"y~":"z"},["w"]],"0":"v"}"#
    let all = ["x", "y~", "z", "w", "v"]
    #expect(try parts(json(.value, ["/a~1b/0"]), body, all) == ["x"])
    #expect(try parts(json(.value, ["/a~1b/1/y~0"]), body, all) == ["z"])
    #expect(try parts(json(.value, ["/a~1b/2"]), body, all) == ["w"])
    #expect(try parts(json(.all, ["/a~1b"]), body, all) == ["x", "y~", "z", "w"])
    #expect(try parts(json(.value, ["/0", "/a~1b/0"]), body, all) == ["x", "v"])
  }

  @Test("names, texts, numbers and literals must be looked at, decoded")
  func jsonValues() throws {
    let body = #" { "n" : -1.5e3 , "t":true,"u":null, "s":"\u003cscript\u003e\n\ud83d\ude00", "e":{}, "l":[] } "#
    #expect(
      try parts(json(.value), body, ["-1.5e3", "true", "null", "<script>\n😀", "{}", ""])
        == ["-1.5e3", "true", "null", "<script>\n😀"])
    #expect(try parts(json(.value), #""only""#, ["only"]) == ["only"])
  }

  @Test(
    "what is no JSON must be inspected, or come to its fallback",
    arguments: [
      #"{"a":"x","b":}"#, #"{"a":"x""#, #"["x",]"#, #"{"a":"x"} y"#, #"["x", nope]"#, #"["x", "\q"]"#,
      #"["x", "\u00"]"#,
      #"["x"}"#, #"["x"]]"#, #"{"a":"x","b"}"#, #"{"a":1,,"b":"x"}"#, #"{"a":1}{"b":"x"}"#, #"["x"#, #"["x", tru"#,
      #"["x", \#u{0B}1]"#, #"{"a":"x":"y"}"#,
    ])
  func invalidJSON(_ body: String) throws {
    #expect(try parts(json(.value), body, ["x", "nothing"]) == ["x"])
    #expect(try parts(json(.value, nil, .match), body, ["nothing"]) == ["nothing"])
    #expect(try parts(json(.value, nil, .noMatch), body, ["x"]).isEmpty)
    #expect(try parts(json(.value, nil, .evaluateAsString), body, [body, "x"]) == [body])
  }

  @Test(
    "behind a mistake everything must be shown, whatever the scope and the paths, since other readers go on there",
    arguments: [
      #"{"a":1,,"role":"\u0078"}"#, "{'role':'\\u0078'}", #"{role:"\u0078"}"#, #"{"a":"\q","role":"\u0078"}"#,
      #"{"a":NaN,"role":"\u0078"}"#, #"{/* "a" */"role":"\u0078"}"#, #"{"a":1}}{"role":"\u0078"}"#,
      #"{"a":it's,"role":"\u0078"}"#, #"{{"role":"\u0078"}}"#,
    ])
  func behindMistakes(_ body: String) throws {
    #expect(try parts(json(.value, ["/other"]), body, ["x"]) == ["x"])
    #expect(try parts(json(.key), body, ["x"]) == ["x"])
  }

  @Test(
    "commas and colons that are missing, and colons too many, must be read past",
    arguments: [
      #"{"key1":"value1""key2":"value2"}"#, #"{"key1":"value1","key2""value2"}"#,
      #"{"key1"::"value1","key2""value2"}"#, "\u{FEFF}{\"key1\":\"value1\",\"key2\":\"value2\"}",
    ])
  func toleratedJSON(_ body: String) throws {
    let all = ["key1", "value1", "key2", "value2", "nothing"]
    #expect(try parts(json(.value, nil, .match), body, all) == ["value1", "value2"])
    #expect(try parts(json(.all, ["/key2"], .match), body, all) == ["value2"])
  }

  @Test("a text that ends beyond the limit must be inspected as far as it is there")
  func cutJSON() throws {
    for (cut, part) in [
      (#"{"a":"an evil th"#, "an evil th"), (#"{"a":"\u0065vil \u00"#, "evil u00"), (#"{"evil"#, "evil"), ("[tr", "tr"),
      (#"["a\"#, "a\\"),
    ] {
      try expect(json(.all, nil, .match), part, "POST / HTTP/1.1", body: cut, bodyIsLonger: true)
      try expect(json(.all, nil, .match), "nothing", "POST / HTTP/1.1", false, body: cut, bodyIsLonger: true)
    }
    // What is looked at as a text is looked at as JSON, too, as far as it is there.
    let text = FieldToMatch.jsonBody(.init(paths: nil, scope: .all, invalidFallback: .evaluateAsString))
    for part in ["evil", #"["\u0065vil","#] {
      try expect(text, part, "POST / HTTP/1.1", body: #"["\u0065vil","#, bodyIsLonger: true)
    }
    // A mistake is one wherever the text ends.
    try expect(json(.all, nil, .match), "nothing", "POST / HTTP/1.1", body: #"{"a":,"b":"#, bodyIsLonger: true)
  }

  @Test("a JSON body that is too large must come to its oversize handling, not to its fallback")
  func oversizeJSON() throws {
    let cut = #"{"a":"x","b":"y"#
    try expect(json(.value, nil, .match), "x", "POST / HTTP/1.1", body: cut, bodyIsLonger: true)
    try expect(json(.value, nil, .match), "nothing", "POST / HTTP/1.1", false, body: cut, bodyIsLonger: true)
    try expect(json(.value, nil, nil, .match), "nothing", "POST / HTTP/1.1", body: cut, bodyIsLonger: true)
    try expect(json(.value, nil, nil, .noMatch), "x", "POST / HTTP/1.1", false, body: cut, bodyIsLonger: true)
  }

  @Test("nesting beyond any use must count as a mistake, and hide nothing")
  func deepJSON() throws {
    for ends in [0, 200, 8000] {
      let body = String(repeating: "[", count: 8000) + "\"x\"" + String(repeating: "]", count: ends)
      try expect(json(.value, ["/a"]), "x", "POST / HTTP/1.1", body: body)
      try expect(json(.value, nil, .match), "y", "POST / HTTP/1.1", body: body)
    }
    let body = String(repeating: "[", count: 128) + "\"x\"" + String(repeating: "]", count: 128)
    try expect(json(.value, nil, .match), "x", "POST / HTTP/1.1", body: body)
    try expect(json(.value, nil, .match), "y", "POST / HTTP/1.1", false, body: body)
  }

  @Test("every one of many paths must be followed")
  func manyPaths() throws {
    let paths = (0..<200).map { "/list/\($0)" }
    try expect(
      json(.value, paths), "it", "POST / HTTP/1.1", body: #"{"list":[\#(String(repeating: "0,", count: 199))"it"]}"#)
  }

  // MARK: Codings

  @Test("a body must be looked at without its coding, and as it came")
  func decodedBody() throws {
    func matches(_ field: FieldToMatch, _ search: String, _ body: String, _ decoded: String) throws -> Bool {
      try Screened(.bytes(field, .contains, search))("POST / HTTP/1.1", body: body, decodedBody: decoded).action
        == .block
    }
    #expect(try matches(.body(.proceed), "evil", "\u{1F}packed", "evil"))
    #expect(try matches(.body(.proceed), "packed", "\u{1F}packed", "evil"))
    #expect(try matches(json(.value), "evil", "\u{1F}packed", #"["\u0065vil"]"#))
    // Whether it is JSON is asked of the one that is.
    #expect(try !matches(json(.value, nil, .match), "evil", "\u{1F}packed", #"["good"]"#))
    #expect(try matches(json(.value, nil, .match), "evil", "\u{1F}packed", "good"))
    // Deflate may be JSON before and after.
    #expect(try matches(json(.value), "evil", #"{"a":"\u0065vil"}"#, "0"))
  }
}
