import Testing

@testable import Velocity

@Suite("What the templates of an exchange see and leave behind")
struct TemplateScopeTests {
  private func request() -> GivenRequest {
    let request = GivenRequest()
    request.parameters = [
      .path: [("id", "7")], .querystring: [("id", "q"), ("page", "2")], .header: [("page", "h"), ("X-Key", "k")],
    ]
    request.variables = [
      "requestId": "r-1", "stage": "dev", "requestTimeEpoch": "1700000000000", "identity.sourceIp": "127.0.0.1",
      "error.message": "oops", "authorizer.principalId": "me", "authorizer.claims.sub": "s-1", "path": "/dev/x",
    ]
    request.members = ["authorizer": ["principalId", "claims"], "authorizer.claims": ["sub"]]
    return request
  }

  @Test("$input.params(name) must look in path, query string and headers, in this order")
  func parameterOrder() throws {
    #expect(
      try rendered(
        "$input.params('id') $input.params('page') $input.params('X-Key') [$input.params('x-key')] [$input.params('zz')]",
        request())
        == "7 2 k [] []")
  }

  @Test("$input.params() must be a map of three maps")
  func parameterMaps() throws {
    #expect(
      try rendered("$input.params()", request())
        == "{path={id=7}, querystring={id=q, page=2}, header={page=h, X-Key=k}}")
    #expect(
      try rendered(
        "$input.params().querystring.get('page') $input.params().header.page $input.params().path.id", request())
        == "2 h 7")
    #expect(
      try rendered(
        "#foreach($t in $input.params().keySet())$t:#foreach($n in $input.params().get($t).keySet())$n,#end#end",
        request())
        == "path:id,querystring:id,page,header:page,X-Key,")
  }

  @Test("Headers whose names came in small letters must be found whatever the case, and be listed as they came")
  func lowercaseNames() throws {
    let request = GivenRequest()
    request.parameters = [.header: [("x-key", "k"), ("accept", "a")], .querystring: [("page", "2")]]
    #expect(try rendered("[$input.params().header.get('X-Key')]", request) == "[]")
    request.headersHaveLowercaseNames = true
    #expect(
      try rendered(
        "#set($h = $input.params().header)$h.get('X-Key') $h.X-Key $h['Accept'] $h.containsKey('ACCEPT') $h.keySet() "
          + "[$h.get('X-Other')] [$input.params().querystring.Page]", request)
        == "k k a true [x-key, accept] [] []")
  }

  @Test("$context must give its variables, and ask for nothing else")
  func context() throws {
    let request = request()
    #expect(
      try rendered(
        "$context.requestId $context.identity.sourceIp $context.error.message $context.authorizer.principalId $context.authorizer.claims.sub [$context.zz.y]",
        request)
        == "r-1 127.0.0.1 oops me s-1 []")
    #expect(!request.questions.contains("stage"))
  }

  @Test("$context.requestTimeEpoch must be a Long")
  func epoch() throws {
    #expect(
      try rendered("$context.requestTimeEpoch.class.name,#set($s = $context.requestTimeEpoch / 1000)$s", request())
        == "java.lang.Long,1700000000")
  }

  @Test("$context.keySet() must have API Gateway's keys in API Gateway's order")
  func contextKeys() throws {
    #expect(
      try rendered("#foreach($k in $context.keySet())$k #end", request())
        == "resourceId resourcePath httpMethod extendedRequestId requestTime path accountId protocol requestOverride stage domainPrefix requestTimeEpoch requestId identity domainName deploymentId responseOverride apiId "
    )
    #expect(
      try rendered("$context.identity.keySet()", request())
        == "[cognitoIdentityPoolId, accountId, cognitoIdentityId, caller, sourceIp, principalOrgId, accessKey, cognitoAuthenticationType, cognitoAuthenticationProvider, userArn, userAgent, user]"
    )
    #expect(
      try rendered("$context.requestOverride.keySet() $context.responseOverride.keySet()", request())
        == "[path, header, querystring] [header]")
  }

  @Test("groups of $context must print as nothing, and null members too")
  func groups() throws {
    #expect(
      try rendered(
        "[$context.get('identity')][$context.requestOverride][$context.responseOverride][$context.identity.user]",
        request()) == "[][][][]")
  }

  @Test("$stageVariables must be a map")
  func stageVariables() throws {
    let variables = [(name: "url", value: "u"), (name: "x-y", value: "v")]
    #expect(
      try rendered(
        "$stageVariables.url $stageVariables['x-y'] ${stageVariables.url} $stageVariables.get('url') $stageVariables.keySet() [$stageVariables.zz]",
        stageVariables: variables)
        == "u v u u [url, x-y] []")
  }

  @Test("overrides must be taken by dot, by brackets and by put")
  func overrides() throws {
    let scope = scope()
    #expect(!scope.hasOverrides)
    _ = try rendered(
      "#set($context.requestOverride.header.foo = \"x\")#set($context.requestOverride.querystring['q'] = 5)$!context.requestOverride.path.put('p', 'y')"
        + "#set($context.responseOverride.header[\"X-A\"] = ['a', 'b'])#set($context.responseOverride.status = 444)",
      in: scope)
    #expect(scope.hasOverrides)
    #expect(scope.requestOverride.header.map(\.name) == ["foo"])
    #expect(scope.requestOverride.header.first?.values == ["x"])
    #expect(scope.requestOverride.querystring.first?.values == ["5"])
    #expect(scope.requestOverride.path.first?.name == "p")
    #expect(scope.responseOverride.status == 444)
    #expect(scope.responseOverride.headers.first?.values == ["a", "b"])
  }

  @Test(
    "a status must be a number or its digits from 100 to 599",
    arguments: [("201", 201), ("'404'", 404), ("99", nil), ("600", nil), ("'abc'", nil), ("true", nil)])
  func status(literal: String, status: Int?) throws {
    let scope = scope()
    _ = try rendered("#set($context.responseOverride.status = \(literal))", in: scope)
    #expect(scope.responseOverride.status == status)
  }

  @Test("what the request template set must be readable in the response template, whatever body comes between")
  func carriedOver() throws {
    let scope = scope(body: #"{"v": "from the \"request\""}"#)
    _ = try rendered(
      "#set($context.responseOverride.custom = $input.path('$.v'))#set($context.requestOverride.header.a = $input.path('$.v'))",
      in: scope)
    scope.setBody(buffer(#"{"v": "another body altogether, which is longer"}"#))
    #expect(
      try rendered("$context.responseOverride.custom $context.requestOverride.header.a $input.path('$.v')", in: scope)
        == #"from the "request" from the "request" another body altogether, which is longer"#)
  }

  @Test("the same override must not be set twice in one template, but may be set again in the next")
  func twice() throws {
    let scope = scope()
    let once = "#set($context.responseOverride.header.a = 'x')#set($context.responseOverride.status = 201)"
    #expect(try rendered(once + "done", in: scope) == "done")
    #expect(try rendered(once + "again", in: scope) == "again")
    let error = #expect(throws: RenderError.self) { try rendered(once + once, in: scope) }
    #expect(error?.reason == .overriddenTwice)
    #expect(throws: RenderError.self) {
      try rendered("$!context.requestOverride.path.put('a', 1)$!context.requestOverride.path.put('a', 1)", in: scope)
    }
  }

  @Test("what one template did to body, parameters and stage variables must not show in the next")
  func separate() throws {
    let scope = scope(body: #"{"a": [1]}"#, request(), stageVariables: [(name: "v", value: "w")])
    let template =
      "$input.json('$') $input.params().path $stageVariables#set($ok = $input.path('$.a').add($input.path('$')))"
      + "#set($ok = $input.params().path.put('x', $input.path('$')))#set($stageVariables.y = $input.path('$.a'))"
    let first = try rendered(template, in: scope)
    #expect(first == #"{"a":[1]} {id=7} {v=w}"#)
    #expect(try rendered(template, in: scope) == first)
    scope.setBody(buffer(#"{"a": [2]}"#))
    #expect(try rendered(template, in: scope) == #"{"a":[2]} {id=7} {v=w}"#)
  }

  @Test("variables must not outlive their template")
  func fresh() throws {
    let scope = scope()
    _ = try rendered("#set($x = 1)", in: scope)
    #expect(try rendered("[$x]", in: scope) == "[]")
  }

  @Test("a scope that was reset must know nothing of the exchange before")
  func reset() throws {
    let scope = scope(body: #"{"a": 1}"#)
    _ = try rendered("#set($context.responseOverride.status = 201)$input.path('$').put('a', 2)", in: scope)
    scope.reset(stageVariables: [(name: "v", value: "w")])
    #expect(!scope.hasOverrides)
    #expect(try rendered("$input.json('$') $stageVariables.v", in: scope) == "{} w")
  }

  @Test("a scope must be usable again behind an error")
  func afterError() throws {
    let scope = scope(body: "[1]")
    #expect(throws: RenderError.self) {
      try rendered("#foreach($x in [1])#set($s = \"a$x.foo()#include('x')\")#end", in: scope)
    }
    #expect(try rendered("#foreach($x in $input.path('$'))$x$foreach.index#end", in: scope) == "10")
  }
}
