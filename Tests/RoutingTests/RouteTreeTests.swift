import HTTPSemantics
import Routing
import Testing

/// Resources as `METHOD METHOD /path` lines; a target is 100 × the resource's index + the method's place in its line.
private func tree(_ lines: String...) -> RouteTree {
  RouteTree(
    resources: lines.enumerated().map { index, line in
      let words = line.split(separator: " ").map(String.init)
      return (words[words.count - 1], words.dropLast().enumerated().map { ($1, Int32(index * 100 + $0)) })
    })
}

extension RouteTree {
  /// The matched target and the captured texts, or nil.
  fileprivate func find(_ method: String, _ path: String) -> Found? {
    var captures = Captures()
    var path = path
    return path.withUTF8 { bytes in
      let raw = UnsafeRawBufferPointer(bytes)
      guard case .matched(let target, _) = match(method: HTTPMethod(method), path: raw, into: &captures) else {
        return nil
      }
      return Found(target, captures.ranges.map { String(decoding: raw[$0], as: UTF8.self) })
    }
  }

  fileprivate func verdict(_ method: String, _ path: String) -> RouteVerdict {
    var captures = Captures()
    var path = path
    return path.withUTF8 { match(method: HTTPMethod(method), path: UnsafeRawBufferPointer($0), into: &captures) }
  }
}

private struct Found: Equatable {
  var target: Int32
  var captures: [String]
  init(_ target: Int32, _ captures: [String] = []) {
    self.target = target
    self.captures = captures
  }
}

@Suite("1.3 Resource tree rules")
struct RouteTreeTests {
  @Test("A literal must come before {param}, and {param} before {proxy+}")
  func priority() {
    let routes = tree("GET /pets/new", "GET /pets/{id}", "GET /{proxy+}")
    #expect(routes.find("GET", "/pets/new") == Found(0))
    #expect(routes.find("GET", "/pets/7") == Found(100, ["7"]))
    #expect(routes.find("GET", "/pets/7/toys") == Found(200, ["pets/7/toys"]))
    #expect(routes.find("GET", "/dogs") == Found(200, ["dogs"]))
  }

  @Test("A resource without the method must give way to a greedy one above it that has it")
  func methodAware() {
    let routes = tree("POST /test", "OPTIONS /{proxy+}")
    #expect(routes.find("OPTIONS", "/test") == Found(100, ["test"]))
    #expect(routes.find("POST", "/test") == Found(0))
    #expect(routes.verdict("GET", "/test") == .noMethod(resource: 0))
  }

  @Test("The nearest greedy resource with the method must win")
  func nearestGreedy() {
    let routes = tree("POST /a/b/c", "POST /a/b/{x+}", "GET /a/{x+}", "GET /{x+}")
    #expect(routes.find("GET", "/a/b/c") == Found(200, ["b/c"]))
    #expect(routes.find("GET", "/z") == Found(300, ["z"]))
  }

  @Test("A resource without the method must not give way to a {param} beside it")
  func onlyGreedy() {
    let routes = tree("POST /test", "GET /{p}")
    #expect(routes.verdict("GET", "/test") == .noMethod(resource: 0))
    #expect(routes.find("GET", "/other") == Found(100, ["other"]))
  }

  @Test("A resource with ANY must always win over a greedy one")
  func anyWins() {
    let routes = tree("ANY /test", "OPTIONS /{proxy+}")
    #expect(routes.find("OPTIONS", "/test") == Found(0))
  }

  @Test("A way that leads nowhere must be left for the next, with its captures")
  func backtracking() {
    let routes = tree("GET /a/x/c", "GET /{p}/{q}/d", "GET /a/{r+}")
    #expect(routes.find("GET", "/a/x/d") == Found(200, ["x/d"]))
    #expect(routes.find("GET", "/b/x/d") == Found(100, ["b", "x"]))
    #expect(routes.verdict("GET", "/b/x/e") == .noResource)
  }

  @Test("{proxy+} must not match the root, which needs its own method")
  func root() {
    #expect(tree("ANY /{proxy+}").verdict("GET", "/") == .noResource)
    #expect(tree("ANY /{proxy+}").verdict("GET", "") == .noResource)
    #expect(tree("ANY /{proxy+}").verdict("GET", "///") == .noResource)
    #expect(tree("GET /", "ANY /{proxy+}").find("GET", "") == Found(0))
    #expect(tree("GET /", "ANY /{proxy+}").find("GET", "/") == Found(0))
  }

  @Test("A greedy variable below a segment must not match that segment alone")
  func greedyNeedsSegment() {
    let routes = tree("ANY /a/{proxy+}")
    #expect(routes.verdict("GET", "/a") == .noResource)
    #expect(routes.verdict("GET", "/a/") == .noResource)
    #expect(routes.find("GET", "/a/b") == Found(0, ["b"]))
  }

  @Test("One slash at the end must be ignored, and be dropped from a greedy value")
  func trailingSlash() {
    let routes = tree("GET /pets", "GET /{proxy+}", "GET /pets/{id}")
    #expect(routes.find("GET", "/pets/") == Found(0))
    #expect(routes.find("GET", "/proxy-value/") == Found(100, ["proxy-value"]))
    #expect(routes.find("GET", "/pets/7/") == Found(200, ["7"]))
    #expect(routes.find("GET", "/pets//") == Found(100, ["pets/"]))
  }

  @Test("Doubled slashes inside a greedy value must be kept")
  func interiorSlashes() {
    let routes = tree("GET /{proxy+}", "GET /a/b")
    #expect(routes.find("GET", "/a//b") == Found(0, ["a//b"]))
    #expect(routes.find("GET", "/x//y///z") == Found(0, ["x//y///z"]))
  }

  @Test("Doubled slashes at the start must count as one")
  func leadingSlashes() {
    #expect(tree("GET /{proxy+}").find("GET", "//proxy-value") == Found(0, ["proxy-value"]))
    #expect(tree("GET /pets").find("GET", "///pets") == Found(0))
  }

  @Test("{param} must not match an empty segment")
  func emptySegment() {
    #expect(tree("GET /a/{p}/c").verdict("GET", "/a//c") == .noResource)
  }

  @Test("Values must not be percent-decoded, and an encoded slash must not split")
  func noDecoding() {
    let routes = tree("GET /users/{email}")
    #expect(routes.find("GET", "/users/test%2Balias@gmail.com") == Found(0, ["test%2Balias@gmail.com"]))
    #expect(routes.find("GET", "/users/Summer%20Sale") == Found(0, ["Summer%20Sale"]))
    #expect(routes.find("GET", "/users/a%2Fb") == Found(0, ["a%2Fb"]))
    #expect(tree("GET /pets").verdict("GET", "/p%65ts") == .noResource)
  }

  @Test("A literal must be matched case-sensitively")
  func caseSensitive() {
    #expect(tree("GET /Pets").verdict("GET", "/pets") == .noResource)
  }

  @Test("Resources of the same shape under other names must each keep their own")
  func names() {
    let routes = tree("GET /pets/{id}", "GET /pets/{id}/toys/{toy}")
    #expect(routes.parameterNames(of: 0) == ["id"])
    #expect(routes.parameterNames(of: 1) == ["id", "toy"])
    #expect(routes.parameterNames(of: 2) == [])
    #expect(routes.find("GET", "/pets/1/toys/2") == Found(100, ["1", "2"]))
    #expect(routes.verdict("GET", "/pets/1/toys") == .noResource)
  }

  @Test("A literal longer than a machine word must be told from its neighbours")
  func longLiterals() {
    let routes = tree("GET /get_comments_by_post_id", "GET /get_comments_by_post_ie", "GET /get_comments_by_post_i")
    #expect(routes.find("GET", "/get_comments_by_post_ie") == Found(100))
    #expect(routes.verdict("GET", "/get_comments_by_post_if") == .noResource)
  }

  @Test("Ten thousand routes must each be found")
  func many() {
    let routes = RouteTree(
      resources: (0..<10_000).map { ("/service\($0 % 100)/item\($0)/{id}", [("GET", Int32($0))]) })
    for index in stride(from: 0, to: 10_000, by: 37) {
      #expect(routes.find("GET", "/service\(index % 100)/item\(index)/x") == Found(Int32(index), ["x"]))
    }
    #expect(routes.verdict("GET", "/service1/item2/x") == .noResource)
  }

  @Test("A path of a million slashes or segments must be answered")
  func hostilePaths() {
    let routes = tree("GET /a/{b}/c", "GET /x/{proxy+}")
    #expect(routes.verdict("GET", String(repeating: "/", count: 1_000_000)) == .noResource)
    #expect(routes.verdict("GET", String(repeating: "/a", count: 500_000)) == .noResource)
    #expect(routes.find("GET", "/x" + String(repeating: "/a", count: 500_000))?.captures.first?.utf8.count == 999_999)
  }
}

@Suite("1.4 Methods")
struct RouteMethodTests {
  @Test("ANY must stand for the seven methods and for no other")
  func any() {
    let routes = tree("ANY /x")
    for method in ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] {
      #expect(routes.find(method, "/x") == Found(0))
    }
    for method in ["TRACE", "CONNECT", "PROPFIND", "get"] {
      #expect(routes.verdict(method, "/x") == .noMethod(resource: 0))
    }
  }

  @Test("A method of its own must beat ANY, wherever it is written")
  func specific() {
    #expect(tree("GET ANY /x").find("GET", "/x") == Found(0))
    #expect(tree("GET ANY /x").find("PUT", "/x") == Found(1))
    #expect(tree("ANY GET /x").find("GET", "/x") == Found(1))
  }

  @Test("HEAD must not be served by GET, nor OPTIONS by itself")
  func head() {
    #expect(tree("GET /x").verdict("HEAD", "/x") == .noMethod(resource: 0))
    #expect(tree("GET /x").verdict("OPTIONS", "/x") == .noMethod(resource: 0))
  }
}

@Suite("What a tree refuses")
struct RouteProblemTests {
  @Test("What API Gateway refuses must be a problem of the resource that it is found in")
  func problems() {
    #expect(tree("GET /{a}", "GET /{b+}").problems == [RouteProblem(resource: 1, kind: .siblingVariables("{a}"))])
    #expect(tree("GET /{a}/x", "GET /{b}/y").problems == [RouteProblem(resource: 1, kind: .siblingVariables("{a}"))])
    #expect(tree("GET /{p+}/x").problems == [RouteProblem(resource: 0, kind: .childOfGreedy("p"))])
    #expect(tree("GET /x{p}").problems == [RouteProblem(resource: 0, kind: .badSegment("x{p}"))])
    #expect(tree("GET /{}").problems == [RouteProblem(resource: 0, kind: .badSegment("{}"))])
    #expect(tree("GET /{a}/{a}").problems == [RouteProblem(resource: 0, kind: .repeatedName)])
    #expect(tree("GET /a", "GET /a/").problems == [RouteProblem(resource: 1, kind: .duplicate(of: 0))])
    #expect(tree("TRACE /a").problems == [RouteProblem(resource: 0, kind: .unknownMethod("TRACE"))])
    let deep = "GET " + String(repeating: "/a", count: RouteTree.deepest + 1)
    #expect(tree(deep).problems == [RouteProblem(resource: 0, kind: .tooDeep)])
    #expect(tree("GET /a/{b}", "GET /a/{b}/c", "ANY /").problems.isEmpty)
  }

  @Test("The sibling and child problems must be told in the words that AWS uses")
  func words() {
    #expect(
      tree("GET /{proxy+}", "GET /{id}").problems.first?.description
        == "a sibling ({proxy+}) of this resource already has a variable path part; only one is allowed")
    #expect(
      tree("GET /{proxy+}/x").problems.first?.description
        == "cannot create a child of a resource with a greedy path variable: {proxy+}")
  }
}
