import APIModel
import Testing

@testable import Pipeline

@Suite("2.5 URI templating")
struct URITemplateTests {
  private func line(
    _ uri: String, _ path: String, _ parameters: [String: String] = [:], variables: [String: String] = [:],
    resource: String = "/{proxy+}", fields: String = ""
  ) -> String {
    let bench = Bench("ANY", resource, .httpProxy, uri: uri, variables: variables) {
      $1.requestParameters.merge(parameters) { $1 }
    }
    #expect(bench.errors == [])
    let sent = bench.sent("GET /dev\(path) HTTP/1.1\r\nHost: c\r\n\(fields)\r\n\r\n")
    let lines = sent.split(separator: "\r\n")
    return lines.prefix(2).joined(separator: " | ").replacing(" HTTP/1.1 | Host: ", with: " @ ")
  }

  @Test("A greedy value must be put in byte for byte, its slashes and encodings kept")
  func greedy() {
    #expect(line("http://o.test/{proxy}", "/a//b/%2F%20c;d=1") == "GET /a//b/%2F%20c;d=1 @ o.test")
    #expect(line("http://o.test/v1/{proxy}/z", "/a/b/") == "GET /v1/a/b/z @ o.test")
    #expect(line("http://o.test/{proxy+}", "/a") == "GET /a @ o.test")
    #expect(line("http://o.test/{proxy}", "/[x]|y") == "GET /%5Bx%5D%7Cy @ o.test")
  }

  @Test("Stage variables must be resolved anywhere, a missing one being empty")
  func stageVariables() {
    #expect(
      line(
        "http://${stageVariables.host}:${stageVariables.port}/${stageVariables.base}/{proxy}?k=${stageVariables.k}",
        "/x",
        variables: ["host": "h.test", "port": "81", "base": "b/c", "k": "v"]) == "GET /b/c/x?k=v @ h.test:81")
    #expect(line("http://o.test/${stageVariables.none}x", "/y") == "GET /x @ o.test")
    #expect(line("${stageVariables.backend}/x", "/y", variables: ["backend": "http://[::1]:9"]) == "GET /x @ [::1]:9")
  }

  @Test("`${anything else}` must be left")
  func otherDollars() {
    #expect(line("http://o.test/${context.x}/a", "/y") == "GET /$%7Bcontext.x%7D/a @ o.test")
  }

  @Test("A placeholder that nothing fills must be left, and be warned of")
  func unmapped() {
    #expect(line("http://o.test/{who}/a", "/y") == "GET /%7Bwho%7D/a @ o.test")
    let bench = Bench(uri: "http://o.test/{who}")
    #expect(bench.warnings == ["nothing fills `{who}` in the URI: it is sent as it is written"])
  }

  @Test("A placeholder whose source has no value must be left")
  func missing() {
    #expect(
      line("http://o.test/{who}", "/y", ["integration.request.path.who": "method.request.header.X-Who"])
        == "GET /%7Bwho%7D @ o.test")
  }

  @Test("A value that comes decoded must stay within its segment")
  func encoding() {
    #expect(
      line(
        "http://o.test/a/{who}/b", "/y", ["integration.request.path.who": "method.request.header.X-Who"],
        fields: "X-Who: v/x?y=1#z %41 é") == "GET /a/v%2Fx%3Fy=1%23z%20%2541%20%C3%A9/b @ o.test")
  }

  @Test("A value that leads out of its place must be refused, since a backend may decode its slashes [I]")
  func climbing() {
    let bench = Bench(uri: "http://o.test/a/{who}/b") {
      $1.requestParameters["integration.request.path.who"] = "method.request.header.X-Who"
    }
    for value in ["..", "../x", "x/../.."] {
      #expect(bench.sent("GET /dev/y HTTP/1.1\r\nHost: c\r\nX-Who: \(value)").hasPrefix("400"), "\(value)")
    }
  }

  @Test("A path variable in the query must stay within its value, and not be encoded twice")
  func pathInQuery() {
    #expect(
      line(
        "http://o.test/?p={proxy}&q=1", "/a%20b/c=d&e", ["integration.request.path.proxy": "method.request.path.proxy"])
        == "GET /?p=a%20b%2Fc%3Dd%26e&q=1 @ o.test")
  }

  @Test("Static text in a path must be put in as it is written")
  func staticText() {
    #expect(line("http://o.test/{v}/x", "/y", ["integration.request.path.v": "'v1/beta'"]) == "GET /v1/beta/x @ o.test")
  }

  @Test("A URI without a path must ask for the root; a fragment must be left out")
  func root() {
    #expect(line("http://o.test", "/y") == "GET / @ o.test")
    #expect(line("http://o.test?a=1", "/y") == "GET /?a=1 @ o.test")
    #expect(line("http://o.test/x#frag", "/y") == "GET /x @ o.test")
    #expect(line("HTTP://o.test/a b\"", "/y") == "GET /a%20b%22 @ o.test")
  }

  @Test("A host that depends on the request must be resolved for each, and a bad one be 500")
  func dynamicHost() {
    let mapping = ["integration.request.path.h": "method.request.header.X-Host"]
    #expect(line("http://{h}.o.test/x", "/y", mapping, fields: "X-Host: a") == "GET /x @ a.o.test")
    #expect(line("http://{h}.o.test/x", "/y", mapping, fields: "X-Host: a/b@c").hasPrefix("500"))
    #expect(line("http://{h}:80/x", "/y", mapping, fields: "X-Host: o.test").hasPrefix("GET /x @ o.test"))
  }

  @Test(
    "A URI that no endpoint can be had of must be an error",
    arguments: ["ftp://o.test/", "/x", "http://u@o.test/", "http://o.test:99999/", "http://a b/", "ftp://{proxy}/"])
  func bad(_ uri: String) {
    #expect(Bench(uri: uri).errors.count == 1)
  }

  @Test("A URI that lacks a stage variable must be 500, and be warned of with the variable's name")
  func missingVariable() {
    let bench = Bench(uri: "http://${stageVariables.host}/x", variables: ["other": "x"])
    #expect(bench.errors == [])
    #expect(bench.diagnostics.map(\.suggestion) == ["the stage has no variable `host`"])
    #expect(bench.sent("GET /dev/x HTTP/1.1\r\nHost: c").hasSuffix(#"{"message": "Internal server error"}"#))
  }
}

@Suite("Endpoints")
struct EndpointTests {
  @Test("`Host` must have the port only where it is not the scheme's own")
  func hostField() {
    #expect(Endpoint(scheme: "http", authority: "o.test")?.hostField == "o.test")
    #expect(Endpoint(scheme: "http", authority: "o.test:80")?.hostField == "o.test")
    #expect(Endpoint(scheme: "https", authority: "o.test:443")?.hostField == "o.test")
    #expect(Endpoint(scheme: "https", authority: "o.test:80")?.hostField == "o.test:80")
    #expect(Endpoint(scheme: "http", authority: "o.test:")?.port == 80)
    #expect(
      Endpoint(scheme: "https", authority: "[::1]:8443")
        == Endpoint(host: "::1", port: 8443, hostField: "[::1]:8443", tls: Integration.TLSConfig()))
  }

  @Test("A Unix-domain socket may be called")
  func unix() {
    #expect(
      Endpoint(scheme: "http+unix", authority: "%2Frun%2Fapp.sock")
        == Endpoint(host: "localhost", port: 0, hostField: "localhost", unixPath: "/run/app.sock"))
  }

  @Test(
    "What is no endpoint must be none",
    arguments: ["", ":80", "a:b", "a:0", "a:65536", "a@b", "[::1", "[]", "[g]", "a:1:2", "ü", "a/b", "[::1]x", "a%20b"])
  func none(_ authority: String) {
    #expect(Endpoint(scheme: "http", authority: authority) == nil)
    #expect(Endpoint(scheme: "ftp", authority: "o.test") == nil)
    #expect(Endpoint(scheme: "http+unix", authority: "relative") == nil)
  }
}
