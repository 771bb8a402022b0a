import Bytes
import JSON
import Testing

@testable import Velocity

/// Parameters and context of a test, given as values.
final class GivenRequest: ParameterSource, ContextSource {
  var parameters: [ParameterLocation: [(name: String, value: String)]] = [:]
  var variables: [String: String] = [:]
  var members: [String: [String]] = [:]
  var headersHaveLowercaseNames = false
  private(set) var questions: [String] = []

  func parameter(_ location: ParameterLocation, _ name: String) -> String? {
    parameters[location]?.last { $0.name == name }?.value
  }

  func parameters(_ location: ParameterLocation) -> [(name: String, value: String)] { parameters[location] ?? [] }

  func variable(_ name: String) -> String? {
    questions.append(name)
    return variables[name]
  }

  func names(under prefix: String) -> [String] { members[prefix] ?? [] }
}

/// A scope of its own for a test.
func scope(
  body: String? = nil, _ request: GivenRequest = GivenRequest(), stageVariables: [(name: String, value: String)] = []
) -> TemplateScope {
  let scope = TemplateScope(parameters: request, context: request, stageVariables: stageVariables)
  if let body { scope.setBody(buffer(body)) }
  return scope
}

func buffer(_ text: String) -> ByteBuffer {
  let buffer = ByteBuffer()
  buffer.write(text)
  return buffer
}

/// What a template renders.
func rendered(
  _ template: String, body: String? = nil, _ request: GivenRequest = GivenRequest(),
  stageVariables: [(name: String, value: String)] = [], limits: RenderLimits = .standard
) throws -> String {
  try rendered(template, in: scope(body: body, request, stageVariables: stageVariables), limits: limits)
}

func rendered(_ template: String, in scope: TemplateScope, limits: RenderLimits = .standard) throws -> String {
  let out = ByteBuffer()
  try Template(template).render(scope, into: out, limits: limits)
  return out.readable.text
}

/// The error that rendering a template ends with.
func failure(
  _ template: String, body: String? = nil, limits: RenderLimits = .standard,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> RenderError {
  let error = #expect(throws: RenderError.self, sourceLocation: sourceLocation) {
    try rendered(template, body: body, limits: limits)
  }
  return try #require(error, sourceLocation: sourceLocation)
}

/// The error that compiling a template ends with.
func refusal(_ template: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> TemplateError {
  let error = #expect(throws: TemplateError.self, sourceLocation: sourceLocation) { try Template(template) }
  return try #require(error, sourceLocation: sourceLocation)
}
