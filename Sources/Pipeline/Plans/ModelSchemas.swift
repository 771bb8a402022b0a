import APIModel
import JSONSchema

/// An API's models, compiled: those that methods validate bodies with, and what is wrong with any of them.
struct ModelSchemas {
  /// By the model's name.
  private var schemas: [String: JSONSchema] = [:]

  /// The models that every API has (spec § 9).
  static let builtIn = [
    "Empty": #"{"$schema":"http://json-schema.org/draft-04/schema#","title":"Empty Schema","type":"object"}"#,
    "Error":
      #"{"$schema":"http://json-schema.org/draft-04/schema#","title":"Error Schema","type":"object","properties":{"message":{"type":"string"}}}"#,
  ]

  init(_ api: RestAPI, diagnostics: inout [Diagnostic]) {
    let names = Self.validating(api)
    guard !names.isEmpty || !api.models.isEmpty else { return }
    let documents = SchemaDocuments()
    for (name, text) in Self.builtIn where api.models[name] == nil {
      try? documents.add(text, at: Model.address(api: api.id, name: name))
    }
    for (name, model) in api.models.sorted(by: { $0.key < $1.key }) {
      do {
        try documents.add(model.schema, at: Model.address(api: api.id, name: name))
      } catch {
        diagnostics.append(Diagnostic(.error, at: model.location, "the model `\(name)` is not JSON: \(error)"))
      }
    }
    let (compiled, problems) = documents.compile(names.map { Model.address(api: api.id, name: $0) })
    for name in names { schemas[name] = compiled[Model.address(api: api.id, name: name)] }
    let models = Dictionary(
      api.models.map { (Model.address(api: api.id, name: $0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    for problem in problems { diagnostics.append(Self.diagnostic(problem, problem.severity == .error, models)) }
    // A model that only documents answers may be what it likes, as long as its author knows.
    let others = api.models.keys.filter { schemas[$0] == nil }.sorted()
    let known = Set(problems)
    for problem in documents.compile(others.map { Model.address(api: api.id, name: $0) }).problems
    where problem.severity == .error && !known.contains(problem) {
      diagnostics.append(Self.diagnostic(problem, false, models))
    }
  }

  /// The models that some method validates bodies with.
  private static func validating(_ api: RestAPI) -> [String] {
    var names: Set<String> = []
    for method in api.resources.flatMap(\.methods.values) where method.validatesBody(in: api) {
      names.formUnion(method.requestModels.values)
    }
    return names.sorted()
  }

  private static func diagnostic(_ problem: SchemaProblem, _ isError: Bool, _ models: [String: Model]) -> Diagnostic {
    let model = models[problem.document]
    return Diagnostic(
      isError ? .error : .warning,
      at: model?.locate(problem.path) ?? SourceLocation(file: problem.document, line: 1, column: 1),
      problem.message, suggestion: problem.suggestion)
  }

  subscript(name: String) -> JSONSchema? { schemas[name] }
}

extension Method {
  /// Whether the method's validator looks at bodies.
  func validatesBody(in api: RestAPI) -> Bool {
    requestValidator.flatMap { api.requestValidators[$0] }?.validateRequestBody ?? false
  }
}
