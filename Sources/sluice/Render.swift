import APIModel
import ArgumentParser
import Bytes
import Foundation
import Velocity

struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Render one mapping template.",
    discussion: """
      Prints what the template makes of a body, as API Gateway would. The context file is one JSON object, every part \
      of which may be left out:

        {
          "params": {
            "path": { "petId": "7" },
            "querystring": { "sort": "name" },
            "header": { "Accept": "application/json" }
          },
          "context": { "requestId": "…", "identity": { "sourceIp": "…" } },
          "stageVariables": { "backend": "…" }
        }

      --params and --stage-variables add to it: name=value, or path.name=value, querystring.name=value, \
      header.name=value.

      --jsonl reads one JSON object from each line of standard input and answers each with one line, in the same order:

        {"id":1, "template":"$input.path('$.a')", "aws":{ "body":"{\\"a\\":1}",
         "params":{"path":{}, "querystring":{}, "header":{}}, "context":{}, "stageVariables":{} }}
        {"id":1,"output":"1"}
        {"id":2,"error":"ParseErrorException: 1:3: …"}

      An error that comes while rendering has what was rendered until then as "partial". "context":{…} beside or instead \
      of "aws" gives variables of any name.
      """)

  @Argument(help: "The template's file, or - for standard input.", completion: .file(extensions: ["vtl"]))
  var template: String?

  @Option(
    help: ArgumentHelp("What $input.body is: a file, or - for standard input.", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(
    help: ArgumentHelp("What $input.params(), $context and $stageVariables are.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var context: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Parameters of the request; one without a place is a query parameter.", valueName: "name=value"))
  var params: [String] = []

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Stage variables.", valueName: "name=value"))
  var stageVariables: [String] = []

  @Flag(help: "Print one JSON document: the output and the overrides that the template set.")
  var json = false

  @Flag(
    help: "Answer JSON lines from standard input, each a template with its values; takes nothing else.")
  var jsonl = false

  func validate() throws {
    if jsonl {
      let others = template != nil || input != nil || context != nil || json || !params.isEmpty
      if others || !stageVariables.isEmpty {
        throw ValidationError("--jsonl takes templates and values from standard input, and nothing else.")
      }
      return
    }
    if template == nil { throw ValidationError("Missing expected argument '<template>'") }
    if template == "-", input == "-" { throw ValidationError("Only one of them can be standard input.") }
  }

  func run() throws {
    guard let template else {
      return try RenderLines(from: .standardInput, to: .standardOutput).run()
    }
    let source = try Input.text(template)
    var values = RenderValues()
    if let context { try values.read(try Input.bytes(context), file: context) }
    for text in params { try values.addParameter(text) }
    for text in stageVariables { try values.addStageVariable(text) }

    let scope = TemplateScope(
      parameters: RenderParameters(values.parameters), context: RenderContext(values.context),
      stageVariables: values.stageVariables)
    if let input {
      let body = ByteBuffer()
      body.write(try Input.bytes(input))
      scope.setBody(body)
    }
    let output = ByteBuffer()
    do throws(TemplateError) {
      let compiled = try Template(source)
      do throws(RenderError) {
        try compiled.render(scope, into: output)
      } catch {
        throw TemplateError(line: error.line, column: error.column, message: error.message)
      }
    } catch {
      let place = SourceLocation(file: template == "-" ? "<stdin>" : template, line: error.line, column: error.column)
      Terminal.error.print([Diagnostic(.error, at: place, error.message, suggestion: error.suggestion)])
      throw ExitCode.badData
    }
    if json {
      try Terminal.output.print(json: RenderReport(output.readable.text, scope))
    } else {
      try? Terminal.output.handle.write(contentsOf: Data(output.readable.text.utf8))
    }
  }
}

/// What `render --json` prints.
struct RenderReport: Encodable {
  struct Field: Encodable {
    let name: String
    let values: [String]
  }
  struct Request: Encodable { let header, querystring, path: [Field] }
  struct Response: Encodable {
    let status: Int?
    let header: [Field]
  }

  let output: String
  let requestOverride: Request
  let responseOverride: Response

  init(_ output: String, _ scope: TemplateScope) {
    self.output = output
    func fields(_ list: [(name: String, values: [String])]) -> [Field] {
      list.map { Field(name: $0.name, values: $0.values) }
    }
    let request = scope.requestOverride
    requestOverride = Request(
      header: fields(request.header), querystring: fields(request.querystring), path: fields(request.path))
    let response = scope.responseOverride
    responseOverride = Response(status: response.status, header: fields(response.headers))
  }
}

/// Files that the user names on the command line.
enum Input {
  static func bytes(_ path: String) throws -> [UInt8] {
    if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    guard let data = FileManager.default.contents(atPath: path) else {
      Terminal.error.print("sluice: the file `\(path)` cannot be read")
      throw ExitCode.missingInput
    }
    return Array(data)
  }

  static func text(_ path: String) throws -> String {
    guard let text = String(validating: try bytes(path), as: UTF8.self) else {
      Terminal.error.print("sluice: the file `\(path)` is not in UTF-8")
      throw ExitCode.badData
    }
    return text
  }
}
