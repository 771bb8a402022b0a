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
      of which may be left out; one with variables of $context alone is taken for that:

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
      header.name=value; or a file with what "params" or "stageVariables" has there.

      --explain lists which line of the template wrote which bytes instead of the output alone. --watch renders again \
      whenever one of the files is saved, until Ctrl-C; a mistake is shown, and the next save tried.

      --jsonl reads one JSON object from each line of standard input and answers each with one line, in the same order:

        {"id":1, "template":"$input.path('$.a')", "aws":{
          "body":"{\\"a\\":1}", "context":{}, "stageVariables":{},
          "params":{"path":{}, "querystring":{}, "header":{}} }}
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
    help: ArgumentHelp(
      "Parameters of the request, or a file of them; one without a place is a query parameter.", valueName: "name=value"
    ), completion: .file(extensions: ["json"]))
  var params: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Stage variables, or a file of them.", valueName: "name=value"),
    completion: .file(extensions: ["json"]))
  var stageVariables: [String] = []

  @Flag(help: "List which line of the template wrote which bytes.")
  var explain = false

  @Flag(help: "Print one JSON document: the output and the overrides that the template set.")
  var json = false

  @Flag(help: "Render again whenever one of the files is saved.")
  var watch = false

  @Flag(
    help: "Answer JSON lines from standard input, each a template with its values; takes nothing else.")
  var jsonl = false

  func validate() throws {
    if jsonl {
      let others = template != nil || input != nil || context != nil || json || explain || watch
      if others || !params.isEmpty || !stageVariables.isEmpty {
        throw ValidationError("--jsonl takes templates and values from standard input, and nothing else.")
      }
      return
    }
    if template == nil { throw ValidationError("Missing expected argument '<template>'") }
    if template == "-", input == "-" { throw ValidationError("Only one of them can be standard input.") }
    if watch, template == "-" || input == "-" { throw ValidationError("Standard input cannot be watched.") }
    _ = try RenderValues.assignments(params)
    _ = try RenderValues.assignments(stageVariables)
  }

  func run() throws {
    guard let template else {
      return try RenderLines(from: .standardInput, to: .standardOutput).run()
    }
    guard watch else { return try render(template) }
    let files =
      [template, input, context].compactMap { $0 } + RenderValues.files(params) + RenderValues.files(stageVariables)
    let watched = try FileWatch(files)
    signal(SIGINT) { _ in _exit(0) }
    signal(SIGTERM) { _ in _exit(0) }
    Terminal.error.print("sluice: watching \(files.joined(separator: ", ")); Ctrl-C ends it")
    while true {
      // What is wrong has been said; the next save may put it right.
      try? render(template)
      let saved = try watched.next()
      Terminal.error.print("sluice: \(saved.joined(separator: ", ")) saved")
    }
  }

  /// Renders once, and prints what came of it.
  private func render(_ template: String) throws {
    let source = try Input.text(template)
    let scope = try scope()
    let output = ByteBuffer()
    var pieces: [RenderedPiece]?
    do {
      let compiled = try Template(source)
      if explain {
        pieces = try compiled.explain(scope, into: output)
      } else {
        try compiled.render(scope, into: output)
      }
    } catch let error as TemplateError {
      throw said(
        error.message, suggestion: error.suggestion, rule: .syntax, line: error.line, column: error.column, in: source)
    } catch let error as RenderError {
      throw said(error.message, line: error.line, column: error.column, in: source)
    }
    if json {
      try Terminal.output.print(json: RenderReport(output, scope, pieces))
    } else if let pieces {
      RenderListing(output, pieces).print(to: .output)
    } else {
      let isWhole = !watch || output.readable.last == 0x0A
      try? Terminal.output.handle.write(contentsOf: Data(output.readable) + (isWhole ? [] : [0x0A]))
    }
  }

  /// Says what is wrong with the template, and its line.
  private func said(
    _ message: String, suggestion: String? = nil, rule: TemplateFinding.Rule? = nil, line: Int, column: Int,
    in source: String
  ) -> ExitCode {
    let file = template.flatMap { $0 == "-" ? nil : $0 } ?? "<stdin>"
    var diagnostic = Diagnostic(
      .error, at: SourceLocation(file: file, line: line, column: column), message, suggestion: suggestion,
      rule: rule?.rawValue)
    let lines = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    if lines.indices.contains(line - 1), !lines[line - 1].isEmpty {
      diagnostic.excerpt = Excerpt(of: String(lines[line - 1]), column: column)
    }
    Terminal.error.print([diagnostic])
    return .badData
  }

  /// What the template sees, from the files and the command line.
  private func scope() throws -> TemplateScope {
    var values = RenderValues()
    if let context { try values.read(try Input.bytes(context), file: context) }
    for file in RenderValues.files(params) { try values.readParameters(try Input.bytes(file), file: file) }
    for (name, value) in try RenderValues.assignments(params) { values.addParameter(name, value) }
    for file in RenderValues.files(stageVariables) {
      try values.readStageVariables(try Input.bytes(file), file: file)
    }
    for (name, value) in try RenderValues.assignments(stageVariables) { values.addStageVariable(name, value) }
    let scope = TemplateScope(
      parameters: RenderParameters(values.parameters), context: RenderContext(values.context),
      stageVariables: values.stageVariables)
    if let input {
      let body = ByteBuffer()
      body.write(try Input.bytes(input))
      scope.setBody(body)
    }
    return scope
  }
}
