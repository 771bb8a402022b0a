import APIModel
import Bytes
import HTTPSemantics

/// The parameter mappings of an integration's request, compiled (spec § 2.1, § 2.3).
struct RequestMapping: Sendable {
  struct Header: Sendable {
    let name: [UInt8]
    let id: FieldID
    let source: MappingSource
    /// Whether a value for it makes the exchange fail.
    let isIllegal: Bool
  }
  struct Query: Sendable {
    /// Percent-encoded.
    let name: [UInt8]
    let source: MappingSource
  }

  private(set) var headers: [Header] = []
  private(set) var query: [Query] = []
  /// By the name of the placeholder.
  private(set) var path: [String: MappingSource] = [:]

  /// Whether any of them reads the request's body.
  private(set) var readsBody = false

  init(_ integration: Integration, _ context: CompileContext, diagnostics: inout [Diagnostic]) {
    for (key, expression) in integration.requestParameters.sorted(by: { $0.key < $1.key }) {
      let place = integration.location(of: key)
      guard let rest = key[...].behind("integration.request."), let dot = rest.firstIndex(of: "."),
        case let name = rest[rest.index(after: dot)...], !name.isEmpty
      else {
        diagnostics.append(
          Diagnostic(
            .error, at: place, "`\(key)` is not a destination of a request mapping",
            suggestion: "write integration.request.header.NAME, .querystring.NAME or .path.NAME"))
        continue
      }
      guard let source = context.source(expression, for: .request, at: place, &diagnostics) else {
        continue
      }
      switch source {
      case .body, .bodyPath: readsBody = true
      default: break
      }
      switch rest[..<dot] {
      case "header": addHeader(String(name), source, at: place, &diagnostics)
      case "querystring": query.append(Query(name: Self.encoded(name), source: source))
      case "path": path[String(name)] = source
      default:
        diagnostics.append(
          Diagnostic(
            .error, at: place, "`\(rest[..<dot])` is no place of a request to put a parameter in",
            suggestion: "write header, querystring or path"))
      }
    }
  }

  private mutating func addHeader(
    _ name: String, _ source: MappingSource, at place: SourceLocation, _ diagnostics: inout [Diagnostic]
  ) {
    let bytes = Array(name.utf8)
    let id = FieldRules.id(of: name)
    guard bytes.withUnsafeBytes(\.isToken) else {
      diagnostics.append(Diagnostic(.error, at: place, "`\(name)` is not the name of a header"))
      return
    }
    if FieldRules.droppedDestinations.contains(id) {
      diagnostics.append(
        Diagnostic(.warning, at: place, "the header `\(name)` is never sent to an integration"))
      return
    }
    let isIllegal = FieldRules.illegalDestinations.contains(id)
    if isIllegal {
      diagnostics.append(
        Diagnostic(
          .warning, at: place,
          "the header `\(name)` cannot be mapped: every request with a value for it is answered with 500, as on AWS"))
    }
    headers.append(Header(name: bytes, id: id, source: source, isIllegal: isIllegal))
  }

  static func encoded(_ name: Substring) -> [UInt8] {
    let buffer = ByteBuffer(capacity: 64)
    var name = name
    name.withUTF8 { TargetEncoding.value.write(UnsafeRawBufferPointer($0), into: buffer) }
    return Array(buffer.readable)
  }
}

/// The parameter mappings of an integration response, compiled (spec § 2.1, § 2.4).
struct ResponseMapping: Sendable {
  struct Header: Sendable {
    /// As it is sent, `x-amzn-Remapped-` in front where the name asks for that.
    let name: [UInt8]
    let id: FieldID
    let source: MappingSource
  }

  private(set) var headers: [Header] = []

  init(
    _ response: APIModel.IntegrationResponse, _ declared: APIModel.MethodResponse?, _ context: CompileContext,
    diagnostics: inout [Diagnostic]
  ) {
    for (key, expression) in response.responseParameters.sorted(by: { $0.key < $1.key }) {
      let place = response.location(of: key)
      guard let name = key[...].behind("method.response.header."), Array(name.utf8).withUnsafeBytes(\.isToken) else {
        diagnostics.append(
          Diagnostic(
            .error, at: place, "`\(key)` is not a destination of a response mapping",
            suggestion: "write method.response.header.NAME"))
        continue
      }
      if let declared, declared.responseParameters[key] == nil {
        diagnostics.append(
          Diagnostic(
            .warning, at: place,
            "the header `\(name)` is not declared by the response \(response.statusCode)",
            suggestion: "add it to the headers of that response: API Gateway would refuse the mapping"))
      }
      guard let source = context.source(expression, for: .response, at: place, &diagnostics) else {
        continue
      }
      let id = FieldRules.id(of: String(name))
      if FieldRules.droppedWhenMapped.contains(id) { continue }
      let prefix = FieldRules.remappedWhenMapped.contains(id) ? "x-amzn-Remapped-" : ""
      headers.append(Header(name: Array((prefix + name).utf8), id: prefix.isEmpty ? id : .other, source: source))
    }
  }
}

/// What the mappings of one method are compiled against.
struct CompileContext {
  let stage: Stage
  let pathVariables: [String]
  /// `method.request.…` keys that the method declares.
  let declared: Set<String>

  func source(
    _ expression: String, for side: MappingSide, at location: SourceLocation, _ diagnostics: inout [Diagnostic]
  ) -> MappingSource? {
    do {
      let source = try MappingSource(expression, for: side, stage: stage, variables: pathVariables)
      if let undeclared = undeclared(expression) {
        diagnostics.append(
          Diagnostic(
            .warning, at: location, "`\(expression)` is not a parameter that the method declares",
            suggestion: "declare \(undeclared): API Gateway would refuse the mapping"))
      }
      return source
    } catch {
      diagnostics.append(Diagnostic(.error, at: location, error.message, suggestion: error.suggestion))
      return nil
    }
  }

  /// The parameter that an expression names and the method does not.
  private func undeclared(_ expression: String) -> String? {
    guard let rest = expression[...].behind("method.request."), let dot = rest.firstIndex(of: ".") else { return nil }
    let name = String(rest[rest.index(after: dot)...])
    let place: String
    switch rest[..<dot] {
    case "path": place = "path"
    case "querystring", "multivaluequerystring": place = "querystring"
    case "header", "multivalueheader": place = "header"
    default: return nil
    }
    if place == "path", pathVariables.contains(name) { return nil }
    return declared.contains("method.request.\(place).\(name)") ? nil : "the \(place) parameter `\(name)`"
  }
}
