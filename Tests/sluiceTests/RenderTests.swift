import Foundation
import Testing

@Suite struct RenderTests {
  private let context = """
    {
      "params": { "path": { "id": "7" }, "querystring": { "sort": "name", "page": 2 }, "header": { "Accept": "text/html" } },
      "context": { "requestId": "r-1", "identity": { "sourceIp": "192.0.2.1" }, "authorizer": { "claims": { "sub": "me" } } },
      "stageVariables": { "backend": "b.example" }
    }
    """

  @Test("a template must be rendered with the body, parameters, context and stage variables")
  func renders() throws {
    let template = """
      $input.json('$.name') $input.params('id') $input.params().querystring.page $input.params().header.get('Accept')
      $context.requestId $context.identity.sourceIp $context.authorizer.claims.sub $stageVariables.backend

      """
    let command = try Command(files: ["t.vtl": template, "b.json": #"{"name": "x"}"#, "c.json": context])
    let outcome = try command("render", "t.vtl", "--input", "b.json", "--context", "c.json")
    #expect(outcome.code == 0)
    #expect(outcome.output == "\"x\" 7 2 text/html\nr-1 192.0.2.1 me b.example\n")
    #expect(outcome.error == "")
  }

  @Test("parameters and stage variables given as flags must be seen too, the later value of a name first")
  func flags() throws {
    let command = try Command(files: [
      "t.vtl": "$input.params('a')|$input.params().path.b|$stageVariables.s", "c.json": context,
    ])
    let outcome = try command(
      "render", "t.vtl", "--context", "c.json", "--params", "a=1", "a=x=y", "path.b=2", "--stage-variables", "s=3")
    #expect(outcome.output == "x=y|2|3")
  }

  @Test("the body and the template may come from standard input")
  func standardInput() throws {
    let command = try Command(files: ["t.vtl": "$input.json('$')", "b.json": "[1]"])
    #expect(try command("render", "t.vtl", "--input", "-", input: "[2]").output == "[2]")
    #expect(try command("render", "-", "--input", "b.json", input: "<$input.body>").output == "<[1]>")
    #expect(try command("render", "-", "--input", "-").code == 64)
    #expect(try command("render", "t.vtl").output == "{}")
  }

  @Test("--json must print the output and what the template overrides")
  func json() throws {
    let template = """
      #set($context.responseOverride.status = 404)#set($context.responseOverride.header.X = "y")done
      """
    let outcome = try Command(files: ["t.vtl": template])("render", "t.vtl", "--json")
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect(document?["output"] as? String == "done")
    let response = try #require(document?["responseOverride"] as? [String: Any])
    #expect(response["status"] as? Int == 404)
  }

  @Test("--explain must list which line wrote which bytes, what a line wrote in one go together")
  func explain() throws {
    let template = "#set($x = $input.path('$'))\n[\n#foreach($i in $x)\n\t<$i>\n#end\n]"
    let command = try Command(files: ["t.vtl": template, "b.json": #"["é\"", 2]"#])
    #expect(
      try command("render", "t.vtl", "--input", "b.json", "--explain").output == #"""
        line  bytes  output
           2  0-1    "[\n"
           4  2-8    "\t<é\">\n"
           4  9-13   "\t<2>\n"
           6  14-14  "]"

        """#)
    #expect(try command("render", "-", "--explain", input: "").output == "line  bytes  output\n")
  }

  @Test("--explain --json must give each piece with its line, column, bytes and text")
  func explainAsJSON() throws {
    let command = try Command(files: ["t.vtl": "a\n$input.json('$')é"])
    let outcome = try command("render", "t.vtl", "--explain", "--json")
    struct Report: Decodable {
      struct Piece: Decodable, Equatable {
        let line, column, start, end: Int
        let output: String
      }
      let output: String
      let pieces: [Piece]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(report.output == "a\n{}é")
    #expect(
      report.pieces == [
        Report.Piece(line: 1, column: 1, start: 0, end: 2, output: "a\n"),
        Report.Piece(line: 2, column: 1, start: 2, end: 4, output: "{}"),
        Report.Piece(line: 2, column: 17, start: 4, end: 6, output: "é"),
      ])
  }

  @Test("parameters and stage variables may come from files of their own, and the context from one with it alone")
  func files() throws {
    let command = try Command(files: [
      "t.vtl":
        "$input.params('id') $input.params('a') $input.params('Accept') $context.identity.sourceIp $stageVariables.s",
      "p.json": #"{"path": {"id": 7}, "header": {"Accept": "text/html"}}"#, "s.json": #"{"s": "t"}"#,
      "c.json": #"{"identity": {"sourceIp": "::1"}, "requestId": "r"}"#, "bad.json": #"{"query": {}}"#,
    ])
    let outcome = try command(
      "render", "t.vtl", "--context", "c.json", "--params", "p.json", "a=b", "--stage-variables", "s.json")
    #expect(outcome.output == "7 b text/html ::1 t")
    #expect(try command("render", "t.vtl", "--params", "bad.json").code == 65)
    #expect(try command("render", "t.vtl", "--params", "missing.json").code == 66)
    #expect(try command("render", "t.vtl", "--stage-variables", "missing.json").code == 66)
  }

  @Test("--watch must refuse what cannot be watched")
  func watchUsage() throws {
    let command = try Command(files: ["t.vtl": ""])
    #expect(try command("render", "-", "--watch").code == 64)
    #expect(try command("render", "t.vtl", "--input", "-", "--watch").code == 64)
    #expect(try command("render", "nowhere/t.vtl", "--watch").code == 66)
  }

  @Test("a template that does not parse must be named at its place and end the command with 65")
  func doesNotParse() throws {
    let command = try Command(files: ["t.vtl": "a\n  #set($x = )\n"])
    let outcome = try command("render", "t.vtl")
    #expect(outcome.code == 65)
    #expect(outcome.output == "")
    #expect(outcome.error.hasPrefix("t.vtl:2:13: error: "))
    #expect(outcome.error.hasSuffix(" [vtl-syntax]\n    #set($x = )\n              ^\n"))
    #expect(try command("render", "-", input: "#end").error.hasPrefix("<stdin>:1:1: error: "))
  }

  @Test("a file that is missing must end the command with 66, one that cannot be used with 65")
  func badInput() throws {
    let command = try Command(files: ["t.vtl": "x", "bad.json": "{\"params\": ", "odd.json": "{\"parms\": {}}"])
    #expect(try command("render", "missing.vtl").code == 66)
    #expect(try command("render", "t.vtl", "--input", "missing.json").code == 66)
    #expect(try command("render", "t.vtl", "--context", "bad.json").code == 65)
    let odd = try command("render", "t.vtl", "--context", "odd.json")
    #expect(odd.code == 65)
    #expect(
      odd.error == "odd.json: error: a context file has no key `parms`; its keys are params, context, stageVariables\n")
    #expect(try command("render", "t.vtl", "--params", "=x").code == 64)
  }
}
