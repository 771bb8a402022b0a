import Bytes
import JSON

/// Renders templates given as JSON lines, and answers in JSON lines, in the form of the oracle that this engine is
/// compared with:
///
///     {"id":1,"template":"$input.path('$.a')","aws":{"body":"{\"a\":1}","params":{"path":{},"querystring":{},
///      "header":{}},"context":{},"stageVariables":{}}}
///     {"id":1,"output":"1"}      or      {"id":1,"error":"ParseErrorException: …","partial":"…"}
///
/// `context` and `stageVariables` are plain maps here. `"context":{…}` beside or instead of `"aws"` gives variables of
/// any name; without `"aws"` there is no `$input`.
public struct OracleProtocol {
  /// What one rendering may use. The oracle goes round a loop more often than API Gateway.
  public var limits: RenderLimits

  public init(limits: RenderLimits = .standard) { self.limits = limits }

  /// Answers one line.
  /// - Parameters:
  ///   - line: one JSON object.
  ///   - out: what the answer is written to, with a line end.
  public func answer(_ line: UnsafeRawBufferPointer, into out: ByteBuffer) {
    guard let document = try? JSONDocument(parsing: line), document.root.kind == .object else {
      return out.write("{\"error\":\"IllegalArgumentException: the line is no JSON object\"}\n")
    }
    let request = document.root
    out.write("{")
    if let id = request.member("id") {
      out.write("\"id\":")
      JSONWriter.write(id, style: .standard, into: out)
      out.write(",")
    }
    let source = request.member("template")?.string ?? ""
    let output = ByteBuffer()
    do throws(TemplateError) {
      let template = try Template(source)
      let given = GivenParameters(request.member("aws")?.member("params"))
      let scope = TemplateScope(parameters: given, context: EmptyContext(), stageVariables: [])
      configure(scope, request, given)
      do throws(RenderError) {
        try template.render(scope, into: output, limits: limits)
        write("output", output.readable, into: out)
      } catch {
        write("error", "MethodInvocationException: \(error)", into: out)
        if !output.isEmpty {
          out.write(",")
          write("partial", output.readable, into: out)
        }
      }
    } catch {
      write("error", "ParseErrorException: \(error)", into: out)
    }
    out.write("}\n")
    // The values of `scope` point into the request.
    withExtendedLifetime(document) {}
  }

  private func configure(_ scope: TemplateScope, _ request: JSONNode, _ given: GivenParameters) {
    var variables: [String: Value] = [:]
    if let context = request.member("context") {
      for (name, value) in context.members { variables[name.string] = value.kind == .null ? .emptyText : Value(value) }
    }
    if let aws = request.member("aws") {
      for name in ["context", "stageVariables"] {
        variables[name] = aws.member(name).map { Value($0) } ?? .object(MapObject())
      }
      if let body = aws.member("body"), body.kind == .string {
        let bytes = ByteBuffer()
        body.writeContents(into: bytes)
        scope.setBody(bytes)
      }
      scope.parameterMap = given.map
    }
    scope.given = variables
    scope.hasRoots = request.member("aws") != nil
  }

  private func write(_ name: StaticString, _ contents: UnsafeRawBufferPointer, into out: ByteBuffer) {
    out.write("\"")
    out.write(name)
    out.write("\":")
    JSONWriter.write(string: contents, style: .standard, into: out)
  }

  private func write(_ name: StaticString, _ contents: String, into out: ByteBuffer) {
    var contents = contents
    contents.withUTF8 { write(name, UnsafeRawBufferPointer($0), into: out) }
  }
}

/// Parameters of a line of the protocol.
private final class GivenParameters: ParameterSource {
  let map = MapObject()

  init(_ params: JSONNode?) {
    for location in ParameterLocation.allCases { map.put(MapKey(location.rawValue), .object(MapObject())) }
    guard let params else { return }
    for (name, value) in params.members { map.put(MapKey(name.string), Value(value)) }
  }

  func parameter(_ location: ParameterLocation, _ name: String) -> String? { nil }
  func parameters(_ location: ParameterLocation) -> [(name: String, value: String)] { [] }
}

private final class EmptyContext: ContextSource {
  func variable(_ name: String) -> String? { nil }
  func names(under prefix: String) -> [String] { [] }
}
