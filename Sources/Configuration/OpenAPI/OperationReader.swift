import APIModel

/// One operation of a path in, one `Method` out.
struct OperationReader {
  let definition: APIDefinitionReader
  let models: ModelReader
  let security: SecurityReader
  /// The API's settings that an operation refers to.
  let api: RestAPI

  private var findings: Findings { definition.findings }

  private static let plainKeys = [
    "tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses",
    "callbacks", "deprecated", "security", "servers", "consumes", "produces", "schemes",
  ]

  func method(
    _ name: String, path: String, operation: ObjectReader, shared: [DocumentNode], at place: SourceLocation
  ) -> Method {
    ExtensionKeys.check(operation, .operation)
    definition.warnOfMisspelling(operation, Self.plainKeys, "an operation")
    var method = Method(httpMethod: name, location: place)
    method.operationName = operation.string("operationId")
    let modelName = (method.operationName ?? "\(name.capitalized) \(path)") + " "

    let parameters = ParameterReader(definition: definition, models: models)
    parameters.read(shared: shared, own: operation.list("parameters") ?? [], of: operation, modelName, into: &method)
    parameters.readBody(operation, modelName, into: &method)
    parameters.readResponses(operation, modelName, into: &method)
    security.apply(to: &method, operation)
    method.requestValidator = validator(operation)
    if let member = operation.member("x-amazon-apigateway-integration"), !member.value.isNull {
      method.integration = IntegrationReader(definition: definition).read(member.value)
      // What is wrong with it has been said; that the method now has none goes without saying.
      if method.integration == nil { findings.spoil(place) }
    }
    return method
  }

  private func validator(_ operation: ObjectReader) -> String? {
    let key = "x-amazon-apigateway-request-validator"
    guard let node = operation.value(key) ?? definition.root.value(key), let name = node.scalar?.text else {
      return nil
    }
    guard api.requestValidators[name] != nil else {
      findings.error(
        at: node.location, "no request validator is named `\(name)`",
        suggestion: Suggestion.near(name, among: api.requestValidators.keys.sorted())
          ?? "x-amazon-apigateway-request-validators declares them")
      return nil
    }
    return name
  }
}

extension String {
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
