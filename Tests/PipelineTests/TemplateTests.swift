import APIModel
import Bytes
import HTTPWire
import Testing

@testable import Pipeline

extension Bench {
  /// An API whose integration has these templates; a MOCK's or HTTP's default response is 200.
  fileprivate init(
    _ kind: Integration.Kind, request: [String: String] = [:], response: [String: String] = [:],
    path: String = "/a/{id}", _ build: (inout Integration) -> Void = { _ in }
  ) {
    self.init("ANY", path, kind, uri: "http://o.test/x") { _, integration in
      integration.requestTemplates = request.mapValues(source)
      var answer = APIModel.IntegrationResponse(selectionPattern: nil, statusCode: 200, location: here)
      answer.responseTemplates = response.mapValues(source)
      integration.responses = [answer]
      build(&integration)
    }
  }
}

private func post(_ type: String?, _ body: String, _ fields: String = "") -> String {
  "POST /dev/a/7?q=1 HTTP/1.1\r\nHost: c\r\n\(fields)" + (type.map { "Content-Type: \($0)\r\n" } ?? "")
    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

extension String {
  /// What stands behind the empty line.
  fileprivate var behindHead: String {
    guard let place = self[...].range(of: "\r\n\r\n") else { return "" }
    return String(self[place.upperBound...])
  }
}

@Suite("3.1 Request templates")
struct RequestTemplateTests {
  @Test(
    "The template must be chosen by the media type alone, an absent type being JSON",
    arguments: [
      ("application/json", "json"), ("application/json; charset=utf-8", "json"), ("APPLICATION/JSON", "json"),
      ("application/json ;x", "json"), (nil, "json"), ("text/plain", "plain"), ("text/html", "default"),
      ("", "default"),
    ])
  func choice(_ type: String?, _ expected: String) {
    let bench = Bench(
      .http, request: ["application/json": "json", "text/plain": "plain", "$default": "default"])
    #expect(bench.sent(post(type, "x")).behindHead == expected)
  }

  @Test("Without a match: the table of passthrough behaviours", arguments: [Integration.Kind.http, .mock])
  func passthrough(_ kind: Integration.Kind) {
    func answer(_ behavior: Integration.PassthroughBehavior, _ type: String) -> String {
      let sent = Bench(kind, request: ["application/json": "{statusCode:201}"]) { $0.passthroughBehavior = behavior }
        .sent(post(type, "{statusCode:202}"))
      if sent.hasPrefix("mock") { return String(sent.dropFirst(5)) }
      return sent.hasPrefix("POST") ? String(sent.behindHead.dropFirst(12).prefix(3)) : String(sent.prefix(3))
    }
    for behavior in [Integration.PassthroughBehavior.whenNoMatch, .whenNoTemplates, .never] {
      #expect(answer(behavior, "application/json") == "201")
    }
    #expect(answer(.whenNoMatch, "text/plain") == "202")
    #expect(answer(.whenNoTemplates, "text/plain") == "415")
    #expect(answer(.never, "text/plain") == "415")
  }

  @Test("A template must see body, parameters, context and stage variables")
  func scope() {
    let template = #"""
      {"name": $input.json('$.name'), "id": "$input.params('id')", "q": "$input.params().querystring.q",
       "stage": "$context.stage", "ip": "$context.identity.sourceIp", "method": "$context.httpMethod",
       "h": "$input.params('X-H')", "expect": "$input.params('Expect')", "host": "$input.params('Host')"}
      """#
    #expect(
      Bench(.http, request: ["application/json": template])
        .sent(post(nil, #"{"name": "Ann"}"#, "X-H: one\r\nExpect: 100-continue\r\nX-H: two\r\n")).behindHead == #"""
          {"name": "Ann", "id": "7", "q": "1",
           "stage": "dev", "ip": "203.0.113.7", "method": "POST",
           "h": "two", "expect": "", "host": "c"}
          """#)
  }

  @Test("A template that throws must be 500")
  func throwing() {
    #expect(
      Bench(.http, request: ["application/json": ##"#foreach($i in [1..1001])x#end"##]).sent(post(nil, "{}"))
        .hasSuffix(#"{"message": "Internal server error"}"#))
  }

  @Test("A template that does not parse must be an error where it is wrong")
  func mistakes() {
    let bench = Bench(.http, request: ["application/json": "line one\n  #if(true) never ended"])
    #expect(bench.errors.count == 1)
    #expect(bench.diagnostics.first.map { $0.location.line } == 2)
  }

  @Test("A binary payload cannot be read by a template: 500; turned to text it can")
  func binary() {
    func sent(_ handling: Integration.ContentHandling?) -> String {
      let bench = Bench("POST", "/a/{id}", .http, uri: "http://o.test/x") { _, integration in
        integration.requestTemplates = ["image/png": source("[$input.body]")]
        integration.contentHandling = handling
      } api: {
        $0.binaryMediaTypes = ["image/png"]
      }
      return bench.sent(post("image/png", "abc"))
    }
    #expect(sent(nil).hasPrefix("500"))
    #expect(sent(.convertToBinary).hasPrefix("500"))
    #expect(sent(.convertToText).behindHead == "[YWJj]")
  }
}

@Suite("3.2 Response templates")
struct ResponseTemplateTests {
  private func body(_ accept: String?, _ templates: [String: String]) -> String {
    let fields = accept.map { "Accept: \($0)\r\n" } ?? ""
    return Bench(.http, response: templates)
      .response(post(nil, "", fields), origin: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{\"a\":1}").behindHead
  }

  @Test(
    "The template must be chosen by the request's Accept, then JSON, then the first",
    arguments: [
      (nil, "json"), ("text/html", "html"), ("text/html;q=0.5, a/b", "html"), ("a/b, text/html", "json"),
      ("*/*", "json"),
    ])
  func choice(_ accept: String?, _ expected: String) {
    #expect(body(accept, ["application/json": "json", "text/html": "html"]) == expected)
  }

  @Test("Without a JSON template the first must be taken; without any the body pass unchanged")
  func others() {
    #expect(body(nil, ["text/html": "html", "text/plain": "plain"]) == "html")
    #expect(body("a/b", ["text/plain": "plain"]) == "plain")
    #expect(body(nil, [:]) == #"{"a":1}"#)
  }

  @Test("A template's key must not become the content type")
  func contentType() {
    #expect(
      Bench(.http, response: ["text/html": "<p>"]).response(post(nil, ""))
        .contains("\r\nContent-Type: application/json\r\n"))
  }

  @Test("A template must see the integration's body, and the method request's parameters")
  func scope() {
    let bench = Bench(.http, response: ["application/json": "$input.json('$.a')/$input.params('id')/$input.body"])
    #expect(
      bench.response(post(nil, #"{"a":"request"}"#), origin: "HTTP/1.1 200 OK\r\n\r\n{\"a\":[1]}").behindHead
        == "[1]/7/{\"a\":[1]}")
    #expect(bench.response(post(nil, "x"), origin: "HTTP/1.1 200 OK\r\n\r\n").behindHead == "\"\"/7/{}")
  }

  @Test("A template that throws must be 500")
  func throwing() {
    #expect(
      Bench(.http, response: ["application/json": "#foreach($i in [1..1001])x#end"]).response(post(nil, "")).hasPrefix(
        "500"))
  }

  @Test("Comments of the modern origin must become those of the legacy contract")
  func legacy() {
    let template = ##"""
      [#foreach($comment in $input.path('$'))
        {"comment_id": $comment.id, "name": "$util.escapeJavaScript($comment.name)", "user": {"email": "$comment.email"}}#if($foreach.hasNext),#end

      #end]
      """##
    let origin = #"[{"id":1,"name":"a","email":"a@x"},{"id":2,"name":"b \"q\"","email":"b@x"}]"#
    #expect(
      Bench(.http, response: ["application/json": template])
        .response(post(nil, ""), origin: "HTTP/1.1 200 OK\r\n\r\n\(origin)").behindHead == ##"""
          [  {"comment_id": 1, "name": "a", "user": {"email": "a@x"}},
            {"comment_id": 2, "name": "b \"q\"", "user": {"email": "b@x"}}
          ]
          """##)
  }
}

@Suite("3.5 Overrides")
struct OverrideTests {
  @Test("A request template must be able to replace and add headers, query and path of the integration's request")
  func request() {
    let template = ##"""
      #set($context.requestOverride.header.X-Mapped = "new")#set($context.requestOverride.header.X-Added = "1")
      #set($context.requestOverride.querystring.q = "a b")#set($context.requestOverride.path.id = "9/9")
      """##
    let bench = Bench("ANY", "/a/{id}", .http, uri: "http://o.test/{id}") { method, integration in
      method.requestParameters["method.request.querystring.q"] = false
      integration.requestTemplates = ["application/json": source(template)]
      integration.requestParameters = [
        "integration.request.header.X-Mapped": "'old'",
        "integration.request.querystring.q": "method.request.querystring.q",
        "integration.request.querystring.kept": "'k'", "integration.request.path.id": "method.request.path.id",
      ]
    }
    let sent = bench.sent(post(nil, "{}"))
    #expect(sent.hasPrefix("POST /9%2F9?kept=k&q=a%20b HTTP/1.1\r\n"))
    #expect(sent.contains("\r\nX-Mapped: new\r\n") && sent.contains("\r\nX-Added: 1\r\n") && !sent.contains("old"))
  }

  @Test("A path override must fill a placeholder that has a static value, or that nothing maps, as text of its part")
  func unmappedPath() {
    let bench = Bench("ANY", "/a/{id}", .http, uri: "http://o.test/{static}/{none}/{kept}?q={none}&k={kept}") {
      $1.requestTemplates = [
        "application/json": source(
          ##"#set($context.requestOverride.path.static = "a b")#set($context.requestOverride.path.none = "1&2/3%20")"##)
      ]
      $1.requestParameters = [
        "integration.request.path.static": "'s/t'", "integration.request.path.kept": "'u/v'",
      ]
    }
    #expect(bench.sent(post(nil, "{}")).hasPrefix("POST /a%20b/1&2%2F3%2520/u/v?q=1%262%2F3%2520&k=u/v HTTP/1.1\r\n"))
    #expect(bench.warnings == [])
  }

  @Test("A path variable in a query must be overridden with decoded text, too")
  func overriddenPathVariableInQuery() {
    let bench = Bench("ANY", "/a/{id}", .http, uri: "http://o.test/x?id={id}") {
      $1.requestTemplates = ["application/json": source(##"#set($context.requestOverride.path.id = "5%20&6")"##)]
      $1.requestParameters = ["integration.request.path.id": "method.request.path.id"]
    }
    #expect(
      bench.sent("POST /dev/a/7%208 HTTP/1.1\r\nHost: c\r\n\r\n").hasPrefix("POST /x?id=5%2520%266 HTTP/1.1\r\n"))
  }

  @Test("A response template must be able to replace status and headers, a list being joined")
  func response() {
    let template = ##"""
      #set($context.responseOverride.status = 418)#set($context.responseOverride.header["X-A"] = ["1", "2"])\##
      #set($context.responseOverride.header.Content-Type = "text/html")body
      """##
    let text = Bench(.http, response: ["application/json": template]) {
      $0.responses[0].responseParameters["method.response.header.x-a"] = "'old'"
    }.response(post(nil, ""))
    #expect(text.hasPrefix("418\r\nX-A: 1,2\r\nContent-Type: text/html\r\n"))
  }

  @Test("What a MOCK's request template overrides must be carried over, even without a response template")
  func carried() {
    let request = ##"""
      #set($context.responseOverride.status = 444)#set($context.responseOverride.header.foo = "bar")\##
      #set($context.requestOverride.header.custom = "is also passed around"){"statusCode": 200}
      """##
    #expect(
      Bench(.mock, request: ["application/json": request]).response(post(nil, ""))
        == "444\r\nfoo: bar\r\nContent-Type: application/json\r\n\r\n")
    #expect(
      Bench(
        .mock, request: ["application/json": request],
        response: ["application/json": "$context.requestOverride.header.custom"]
      )
      .response(post(nil, "")).behindHead == "is also passed around")
  }

  @Test(
    "A status may be digits; outside of 200 to 599 it must be ignored",
    arguments: [("\"404\"", "404"), ("99", "200"), ("600", "200"), ("101", "200"), ("\"x\"", "200")])
  func status(_ written: String, _ status: String) {
    #expect(
      Bench(.mock, request: ["application/json": "#set($context.responseOverride.status = \(written)){statusCode:200}"])
        .response(post(nil, "")).hasPrefix(status))
  }

  @Test("An override must not be able to begin another field, nor to set one that is the connection's")
  func hostile() {
    let request = ##"""
      #set($context.responseOverride.header["a b"] = "1")#set($context.responseOverride.header["Transfer-Encoding"] = "chunked")\##
      #set($context.responseOverride.header["X"] = $input.params('id'))#set($context.responseOverride.header["Connection"] = "close"){statusCode:200}
      """##
    #expect(
      Bench(.mock, request: ["application/json": request]).response(post(nil, ""))
        == "200\r\nX: 7\r\nx-amzn-Remapped-Connection: close\r\nContent-Type: application/json\r\n\r\n")
  }
}

@Suite("Templates of one exchange after the other")
struct ExchangeScopeTests {
  @Test("A request must know nothing of what templates did to the one before it on the connection")
  func forgets() throws {
    let template = ##"""
      #if($input.params("first") == "1")#set($context.responseOverride.status = 418)#set($stageVariables.kind = "changed")\##
      #set($ignored = $input.params().path.put("id", "x"))#set($kept = 1)#set($context.mine = "left")#end\##
      $stageVariables.kind $input.params("id") $input.path("$.a") [$kept] [$context.mine]
      """##
    let bench = Bench("POST", "/p/{id}", .http, uri: "http://o.test/", variables: ["kind": "own"]) { _, integration in
      integration.responses[0].responseTemplates = ["application/json": source(template)]
    }
    #expect(bench.errors == [])
    let first = bench.exchange("POST /dev/p/7?first=1 HTTP/1.1\r\nHost: a").head
    let second = bench.exchange("POST /dev/p/8 HTTP/1.1\r\nHost: a").head
    let exchange = Exchange(head: first)
    func answer(_ head: RequestHead, _ body: String) throws -> String {
      let answer = ByteBuffer()
      answer.write(body)
      let out = ByteBuffer()
      exchange.begin(head: head, facts: Bench.facts)
      let plan = try exchange.route(in: bench.plan, from: 4)
      _ = try IntegrationRequest.run(plan, exchange, into: ByteBuffer())
      let status = try Pipeline.IntegrationResponse.run(
        plan, exchange, status: 200, head: nil, body: answer, fields: ByteBuffer(), into: out)
      exchange.end()
      return "\(status) \(out.readable.text)"
    }
    #expect(try answer(first, #"{"a": 1}"#) == "418 changed x 1 [1] [left]")
    #expect(try answer(second, #"{"a": 2}"#) == "200 own 8 2 [] []")
    #expect(try answer(first, #"{"a": 3}"#) == "418 changed x 3 [1] [left]")
  }
}

@Suite("5.3 MOCK with templates")
struct MockTemplateTests {
  @Test("The request template must choose the response; its template see {} as body and the request's parameters")
  func whole() {
    let bench = Bench(
      .mock, request: ["application/json": #"{"statusCode": #if($input.params('id') == "7")200#{else}500#end}"#],
      response: ["application/json": "$input.body $input.params('q') $input.json('$.a')"])
    #expect(bench.response(post(nil, #"{"a":1}"#)) == "200\r\nContent-Type: application/json\r\n\r\n{} 1 \"\"")
    #expect(bench.method.preparedResponse(for: bench.exchange(post(nil, ""))) == nil)
  }

  @Test("A MOCK that no request changes must be prepared, and be the same as through the stages")
  func prepared() {
    let bench = Bench(
      .mock, request: ["application/json": #"{"statusCode": 200}"#], response: ["application/json": #"{"ok":true}"#]
    ) {
      $0.responses[0].responseParameters["method.response.header.X-A"] = "'1'"
    }
    let expected = "200\r\nX-A: 1\r\nContent-Type: application/json\r\n\r\n{\"ok\":true}"
    #expect(bench.method.preparedResponse(for: bench.exchange(post(nil, ""))) != nil)
    #expect(bench.method.preparedResponse(for: bench.exchange(post("application/json;x", ""))) != nil)
    #expect(bench.response(post(nil, "")) == expected)
    // Another content type chooses no template, and the body passes through.
    #expect(bench.method.needsBody)
    #expect(bench.method.preparedResponse(for: bench.exchange(post("text/plain", ""))) == nil)
    #expect(bench.response(post("text/plain", "{statusCode:404}")) == expected)
    #expect(bench.response(post("text/plain", "x")).hasPrefix("500"))
  }

  @Test("A MOCK must not be prepared where anything in it depends on the request")
  func notPrepared() {
    let constant = ["application/json": "{statusCode:200}"]
    func isPrepared(_ bench: Bench) -> Bool { bench.method.preparedResponse(for: bench.exchange(post(nil, ""))) != nil }
    #expect(isPrepared(Bench(.mock, request: constant)))
    #expect(!isPrepared(Bench(.mock, request: constant, response: ["application/json": "$context.requestId"])))
    #expect(!isPrepared(Bench(.mock, request: constant, response: ["application/json": "a", "text/html": "b"])))
    #expect(!isPrepared(Bench(.mock, request: ["application/json": "{statusCode:$input.params('id')}"])))
    #expect(!isPrepared(Bench(.mock, request: ["application/json": "{}"])))
    #expect(
      !isPrepared(
        Bench(.mock, request: constant) {
          $0.responses[0].responseParameters["method.response.header.X"] = "context.requestId"
        }))
    #expect(!isPrepared(Bench(.mock, request: constant) { $0.responses[0].selectionPattern = "404" }))
  }
}
