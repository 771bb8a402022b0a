import Foundation
import Testing

@Suite struct CheckTests {
  private let wrong = Sample.files.merging(["api.yaml": "openapi: 3.0.1\npath: {}\n"]) { $1 }
  private let odd = Sample.files.merging(["api.yaml": "openapi: 3.0.1\npaths: { /a: { get: {} } }\n"]) { $1 }

  @Test("a good configuration must be said to be good, with what is in it")
  func good() throws {
    let outcome = try Command(files: Sample.files)("check", "--config", "gateway.yaml")
    #expect(outcome.code == 0)
    #expect(outcome.output == "gateway.yaml is good: 1 API, 1 stage, 5 resources, 4 methods\n")
    #expect(outcome.error == "")
  }

  @Test("mistakes must be listed on standard output and end the command with 1")
  func mistakes() throws {
    let outcome = try Command(files: wrong)("check", "--config", "gateway.yaml")
    #expect(outcome.code == 1)
    #expect(
      outcome.output == """
        api.yaml:1:1: error: an API definition needs the key `paths`
          openapi: 3.0.1
          ^
        api.yaml:2:1: warning: the document has no key `path`; did you mean `paths`?
          path: {}
          ^
        1 error, 1 warning: the configuration is not usable

        """)
  }

  private let templates = Sample.files.merging([
    "api.yaml": """
    openapi: 3.0.1
    paths:
      /a:
        get:
          responses: { "200": { description: good } }
          x-amazon-apigateway-integration:
            type: mock
            requestTemplates: { application/json: '{"statusCode": 200}' }
            responses:
              default:
                statusCode: "200"
                responseTemplates:
                  application/json: |-
                    {
                    \t"a": "$input.params('a')"
                    }
                  text/plain: { $ref: t.vtl }
                  text/html: "<p>\\n$input.getBdy()</p>"

    """, "t.vtl": "ok\n#if($x",
  ]) { $1 }

  @Test("a mistake in a template must be listed with its rule, its line in the file and a caret, and what to write")
  func templateMistakes() throws {
    let outcome = try Command(files: templates)("check", "--config", "gateway.yaml")
    #expect(outcome.code == 1)
    #expect(
      outcome.output == """
        api.yaml:15:24: warning: a quote or a backslash in $input.params('a') breaks the JSON string around it; write \
        $util.escapeJavaScript($input.params('a')) [vtl-unescaped-json]
                          \t"a": "$input.params('a')"
                          \t      ^~~~~~~~~~~~~~~~~~
        api.yaml:18:39: error: $input has no function getBdy, so the reference renders as nothing; did you mean \
        $input.getBody()? [vtl-unknown-function]
                        text/html: "<p>\\n$input.getBdy()</p>"
                                                ^~~~~~
        t.vtl:2:7: error: the end of the template stands where ) is expected; an #end or a closing parenthesis is \
        missing [vtl-syntax]
          #if($x
                ^
        2 errors, 1 warning: the configuration is not usable

        """)
  }

  @Test("--json must have the rule, the line and the place in it")
  func templateMistakesAsJSON() throws {
    let outcome = try Command(files: templates)("check", "--config", "gateway.yaml", "--json")
    struct Report: Decodable {
      struct Entry: Decodable {
        struct Excerpt: Decodable { let text: String, column, length: Int }
        let rule: String?
        let length: Int
        let excerpt: Excerpt?
      }
      let diagnostics: [Entry]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(report.diagnostics.map(\.rule) == ["vtl-unescaped-json", "vtl-unknown-function", "vtl-syntax"])
    #expect(report.diagnostics.map(\.length) == [18, 6, 1])
    #expect(report.diagnostics.last?.excerpt?.text == "#if($x")
    #expect(report.diagnostics.last?.excerpt?.column == 7)
    #expect(report.diagnostics.first?.excerpt?.length == 18)
  }

  @Test("the help must list every rule")
  func rules() throws {
    let help = try Command()("help", "check").output
    #expect(help.contains("vtl-syntax") && help.contains("vtl-broken-json"))
  }

  @Test("warnings alone must end the command with 0, and with 1 where --strict is given")
  func warnings() throws {
    let command = try Command(files: odd)
    let outcome = try command("check", "--config", "gateway.yaml")
    #expect(outcome.code == 0)
    #expect(outcome.output.hasSuffix("gateway.yaml is good: 1 API, 1 stage, 2 resources, 1 method; 1 warning\n"))
    #expect(try command("check", "--config", "gateway.yaml", "--strict").code == 1)
  }

  @Test("--json must print one document with every diagnostic")
  func json() throws {
    let outcome = try Command(files: wrong)("check", "--config", "gateway.yaml", "--json")
    #expect(outcome.code == 1)
    struct Report: Decodable {
      struct Entry: Decodable {
        let severity, file, message: String
        let line, column: Int
        let suggestion: String?
      }
      let ok: Bool
      let errors, warnings: Int
      let diagnostics: [Entry]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    #expect(!report.ok)
    #expect(report.errors == 1)
    #expect(report.warnings == 1)
    #expect(report.diagnostics.map(\.file) == ["api.yaml", "api.yaml"])
    #expect(report.diagnostics.map(\.line) == [1, 2])
    #expect(report.diagnostics.last?.suggestion == "did you mean `paths`?")
  }

  @Test("a configuration that does not exist must end the command with 66")
  func missing() throws {
    let outcome = try Command()("check")
    #expect(outcome.code == 66)
    #expect(outcome.output.hasPrefix("Routes/gateway.yaml:1:1: error: the file `Routes/gateway.yaml` does not exist\n"))
  }

  @Test("the flag must count before SLUICE_CONFIG, and that before the default")
  func precedence() throws {
    let command = try Command(files: Sample.files.merging(["Routes/gateway.yaml": ""]) { $1 })
    #expect(try command("check").code == 1)
    #expect(try command("check", environment: ["SLUICE_CONFIG": "gateway.yaml"]).code == 0)
    #expect(
      try command("check", "--config", "gateway.yaml", environment: ["SLUICE_CONFIG": "nowhere.yaml"]).code == 0)
    #expect(try command("check", environment: ["SLUICE_CONFIG": ""]).code == 1)
  }
}
