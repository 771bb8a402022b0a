import APIModel

/// What an import does with the definition's own base path (spec § 12).
public enum BasePathMode: String, Sendable, CaseIterable {
  /// The paths stay as they are.
  case ignore
  /// The base path comes before every path.
  case prepend
  /// The same without the base path's first segment.
  case split
}

/// An OpenAPI 3.0, 3.1 or Swagger 2.0 document with API Gateway's extensions in, one `RestAPI` out (spec § 12).
struct APIDefinitionReader {
  enum Version { case swagger2, openAPI3 }

  let root: ObjectReader
  let version: Version
  let context: ReadingContext
  let basePathMode: BasePathMode
  /// What an integration waits where its timeoutInMillis does not say. Milliseconds.
  let standardTimeout: Int

  var findings: Findings { context.findings }

  /// Reads the document at `path`, which was named at `place`. Nil when nothing can be made of it, which is then said.
  static func read(
    _ path: String, id: String, basePathMode: BasePathMode, standardTimeout: Int, at place: SourceLocation,
    in context: ReadingContext
  ) -> RestAPI? {
    guard let document = context.library.document(path, at: place),
      let root = ObjectReader(document, "an API definition", in: context),
      let version = version(of: root)
    else { return nil }
    let reader = APIDefinitionReader(
      root: root, version: version, context: context, basePathMode: basePathMode, standardTimeout: standardTimeout)
    return reader.api(id: id)
  }

  private static func version(of root: ObjectReader) -> Version? {
    if let member = root.member("swagger") {
      if member.value.scalar?.text == "2.0" || member.value.scalar?.text == "2" { return .swagger2 }
      root.findings.error(at: member.value.location, "`swagger` must be `\"2.0\"`")
      return nil
    }
    if let member = root.member("openapi") {
      let text = member.value.scalar?.text ?? ""
      if ["3.0", "3.1"].contains(where: { text == $0 || text.hasPrefix($0 + ".") }) { return .openAPI3 }
      root.findings.error(at: member.value.location, "`openapi` must be 3.0 or 3.1, for instance `3.0.1`")
      return nil
    }
    root.findings.error(
      at: root.location, "an API definition begins with `openapi: 3.0.1` (or 3.1.0), or `swagger: \"2.0\"`",
      suggestion: root.members.lazy.compactMap { Suggestion.near("openapi", among: [$0.key]) }.first.map {
        "\($0.dropFirst("did you mean ".count).dropLast()) looks like it"
      })
    return nil
  }

  private static let plainKeys = [
    "openapi", "swagger", "info", "servers", "paths", "webhooks", "components", "security", "tags", "externalDocs",
    "jsonSchemaDialect", "host", "basePath", "schemes", "consumes", "produces", "definitions", "parameters",
    "responses", "securityDefinitions",
  ]

  private func api(id: String) -> RestAPI {
    ExtensionKeys.check(root, .root)
    warnOfMisspelling(root, Self.plainKeys, "the document")
    let info = root.object("info")
    var api = RestAPI(
      id: id, name: info?.string("title") ?? id, version: info?.string("version") ?? "")
    api.description = info?.string("description")
    readSettings(into: &api)

    let models = ModelReader(definition: self, apiID: id)
    models.readDeclared()
    let security = SecurityReader(definition: self)
    let operations = OperationReader(definition: self, models: models, security: security, api: api)
    api.resources = ResourceReader(definition: self, operations: operations, apiID: id).resources()
    api.models = models.models
    api.authorizers = security.authorizers
    return api
  }

  private func readSettings(into api: inout RestAPI) {
    api.requestValidators = requestValidators()
    api.gatewayResponses = GatewayResponseReader(definition: self).responses()
    api.binaryMediaTypes = root.strings("x-amazon-apigateway-binary-media-types") ?? []
    api.minimumCompressionSize = root.integer(
      "x-amazon-apigateway-minimum-compression-size", in: 0...10_485_760, " of bytes")
    api.apiKeySource = root.word("x-amazon-apigateway-api-key-source", APIKeySource.self) ?? .header
    if let policy = root.value("x-amazon-apigateway-policy") {
      api.policy = policy.scalar?.kind == .string ? policy.scalar?.text : JSONText.of(policy)
    }
    let server = root.list("servers")?.first.flatMap { ObjectReader($0, "a server", in: context) }
    if let server { ExtensionKeys.check(server, .server) }
    for holder in [root, server].compactMap({ $0 }) {
      let endpoint = holder.object("x-amazon-apigateway-endpoint-configuration")
      if endpoint?.boolean("disableExecuteApiEndpoint") == true { api.disableExecuteAPIEndpoint = true }
    }
  }

  private func requestValidators() -> [String: RequestValidator] {
    var validators: [String: RequestValidator] = [:]
    for member in root.object("x-amazon-apigateway-request-validators")?.members ?? [] {
      guard let object = ObjectReader(member.value, "a request validator", in: context) else { continue }
      object.refuseKeys(except: ["validateRequestBody", "validateRequestParameters"], "a request validator")
      validators[member.key] = RequestValidator(
        name: member.key, validateRequestBody: object.boolean("validateRequestBody") ?? false,
        validateRequestParameters: object.boolean("validateRequestParameters") ?? false)
    }
    return validators
  }

  /// The document's base path by `basePathMode`: segments that come before every path.
  func basePath() -> (segments: [String], place: SourceLocation)? {
    guard basePathMode != .ignore else { return nil }
    let found: (text: String, place: SourceLocation)?
    switch version {
    case .swagger2:
      found = root.value("basePath").flatMap { node in node.scalar.map { ($0.text, node.location) } }
    case .openAPI3:
      let server = root.list("servers")?.first.flatMap { ObjectReader($0, "a server", in: context) }
      let variable = server?.object("variables")?.object("basePath")?.value("default")
      if let variable, let scalar = variable.scalar {
        found = (scalar.text, variable.location)
      } else {
        found = server?.value("url").flatMap { node in node.scalar.map { (Self.path(ofURL: $0.text), node.location) } }
      }
    }
    guard let found else { return nil }
    let segments = found.text.split(separator: "/").map(String.init)
    return (basePathMode == .split ? Array(segments.dropFirst()) : segments, found.place)
  }

  private static func path(ofURL url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
  }

  /// A plain key that OpenAPI does not have may be somebody's own and is let be, but not without a word where it looks
  /// like a slip.
  func warnOfMisspelling(_ object: ObjectReader, _ known: [String], _ what: String) {
    for member in object.members where !known.contains(member.key) && !member.key.hasPrefix("x-") {
      guard let suggestion = Suggestion.near(member.key, among: known) else { continue }
      findings.warning(
        at: member.keyLocation, "\(what) has no key `\(ObjectReader.excerpt(member.key))`", suggestion: suggestion)
    }
  }
}
