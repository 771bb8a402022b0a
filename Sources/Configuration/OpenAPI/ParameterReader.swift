import APIModel

/// What a method takes and answers, by its declarations: parameters, body models, method responses.
struct ParameterReader {
  let definition: APIDefinitionReader
  let models: ModelReader

  private var findings: Findings { definition.findings }
  private var context: ReadingContext { definition.context }

  private struct Declared {
    var kind: String
    var isRequired: Bool
    var isOwn: Bool
    var place: SourceLocation
  }

  private static let kinds = ["query", "header", "path", "cookie", "body", "formData"]

  /// The path's parameters and the operation's own; of two with one name and place the operation's counts.
  func read(
    shared: [DocumentNode], own: [DocumentNode], of operation: ObjectReader, _ modelName: String,
    into method: inout Method
  ) {
    var declared: [String: Declared] = [:]
    for (node, isOwn) in shared.map({ ($0, false) }) + own.map({ ($0, true) }) {
      guard let parameter = ObjectReader(node, "a parameter", in: context),
        let name = parameter.requiredString("name", of: "a parameter"),
        let kind = parameter.requiredString("in", of: "the parameter `\(name)`")
      else { continue }
      let isRequired = parameter.boolean("required") ?? false
      switch kind {
      case "query", "header", "path":
        let entry = Declared(
          kind: kind == "query" ? "querystring" : kind, isRequired: isRequired, isOwn: isOwn,
          place: parameter.location)
        if let other = declared[name] { check(name, entry, against: other) }
        declared[name] = entry
      case "body":
        guard let schema = parameter.member("schema")?.value else { continue }
        let model = models.model(for: schema, called: modelName + "Request")
        for type in mediaTypes("consumes", operation) { method.requestModels[type] = model }
      case "cookie", "formData": break  // AWS has no use for them either
      default:
        findings.error(
          at: parameter.member("in")?.value.location ?? parameter.location,
          "`\(kind)` is no place for a parameter: it is one of \(Self.kinds.joined(separator: ", "))",
          suggestion: Suggestion.near(kind == "querystring" ? "query" : kind, among: Self.kinds))
      }
    }
    for (name, entry) in declared {
      method.requestParameters["method.request.\(entry.kind).\(name)"] = entry.isRequired
    }
  }

  /// Says why two parameters with one name cannot both be there; the operation's may replace the path's.
  private func check(_ name: String, _ entry: Declared, against other: Declared) {
    if other.kind != entry.kind {
      findings.error(
        at: entry.place,
        "Parameter names must be unique across querystring, header and path: "
          + "`\(name)` is a \(other.kind) parameter at \(other.place)")
    } else if other.isOwn == entry.isOwn {
      findings.error(at: entry.place, "the \(entry.kind) parameter `\(name)` is declared twice")
    }
  }

  /// Swagger 2's `consumes` and `produces`, of the operation or of the document.
  private func mediaTypes(_ key: String, _ operation: ObjectReader) -> [String] {
    let types = operation.strings(key) ?? definition.root.strings(key) ?? []
    return types.isEmpty ? ["application/json"] : types
  }

  /// OpenAPI 3's `requestBody`.
  func readBody(_ operation: ObjectReader, _ modelName: String, into method: inout Method) {
    guard definition.version == .openAPI3, let body = operation.object("requestBody") else { return }
    for (type, schema) in schemas(body) {
      method.requestModels[type] = models.model(for: schema, called: modelName + "Request")
    }
  }

  func readResponses(_ operation: ObjectReader, _ modelName: String, into method: inout Method) {
    for member in operation.object("responses")?.members ?? [] where !member.key.hasPrefix("x-") {
      guard let response = ObjectReader(member.value, "the response `\(member.key)`", in: context) else { continue }
      // `default` and `2XX` are OpenAPI's; API Gateway knows single codes only.
      guard let code = Int(member.key), member.key.count == 3, (100...599).contains(code) else {
        if member.key != "default", member.key.wholeMatch(of: /[1-5][xX][xX]/) == nil {
          findings.error(
            at: member.keyLocation, "a response's key must be a status code such as 200, not `\(member.key)`")
        }
        continue
      }
      var methodResponse = MethodResponse(statusCode: code)
      for header in response.object("headers")?.members ?? [] {
        methodResponse.responseParameters["method.response.header.\(header.key)"] = false
      }
      switch definition.version {
      case .openAPI3:
        for (type, schema) in schemas(response) {
          methodResponse.responseModels[type] = models.model(for: schema, called: modelName + "Response\(code)")
        }
      case .swagger2:
        if let schema = response.member("schema")?.value, !schema.isNull,
          let model = models.model(for: schema, called: modelName + "Response\(code)")
        {
          for type in mediaTypes("produces", operation) { methodResponse.responseModels[type] = model }
        }
      }
      method.methodResponses[code] = methodResponse
    }
  }

  /// The schema for each media type of a `content`.
  private func schemas(_ holder: ObjectReader) -> [(type: String, schema: DocumentNode)] {
    (holder.object("content")?.members ?? []).compactMap { member in
      guard !member.value.isNull, let media = ObjectReader(member.value, "`\(member.key)`", in: context),
        let schema = media.member("schema")?.value, !schema.isNull
      else { return nil }
      return (member.key, schema)
    }
  }
}
