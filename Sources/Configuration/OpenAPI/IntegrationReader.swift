import APIModel

/// `x-amazon-apigateway-integration` in, one `Integration` out (spec §§ 5.1, 12).
struct IntegrationReader {
  let definition: APIDefinitionReader

  private var findings: Findings { definition.findings }
  private var templates: TemplateReader { TemplateReader(context: definition.context) }

  private static let name = "x-amazon-apigateway-integration"
  /// The first line is REST APIs'; the second belongs to HTTP APIs and is read past.
  private static let keys = [
    "type", "httpMethod", "uri", "credentials", "connectionType", "connectionId", "requestParameters",
    "requestTemplates", "passthroughBehavior", "contentHandling", "cacheNamespace", "cacheKeyParameters",
    "timeoutInMillis", "tlsConfig", "responses", "responseTransferMode",
  ]
  private static let otherKeys = [
    "payloadFormatVersion", "integrationSubtype", "responseParameters", "integrationTarget", "passThroughBehavior",
    "$ref",
  ]

  private enum BackendMethod: String, CaseIterable {
    case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE", head = "HEAD"
    case options = "OPTIONS", any = "ANY"
  }
  private enum ConnectionType: String, CaseIterable { case internet = "INTERNET", vpcLink = "VPC_LINK" }

  func read(_ node: DocumentNode) -> Integration? {
    guard let object = ObjectReader(node, Self.name, in: definition.context) else { return nil }
    checkKeys(object)
    guard object.requiredString("type", of: Self.name) != nil, let kind = object.word("type", Integration.Kind.self)
    else { return nil }
    var integration = Integration(kind: kind, location: object.location)
    integration.httpMethod = object.word("httpMethod", BackendMethod.self)?.rawValue
    integration.uri = object.string("uri")
    integration.credentials = object.string("credentials")
    integration.connectionType = object.word("connectionType", ConnectionType.self)?.rawValue
    integration.connectionID = object.string("connectionId")
    integration.requestParameters = templates.expressions(object, "requestParameters")
    integration.keyLocations = templates.locations(object, "requestParameters")
    integration.keyLocations["cacheKeyParameters"] = object.value("cacheKeyParameters")?.location
    integration.keyLocations["uri"] = object.value("uri")?.location
    integration.requestTemplates = templates.templates(object, "requestTemplates")
    let passthrough = object.member("passthroughBehavior") == nil ? "passThroughBehavior" : "passthroughBehavior"
    integration.passthroughBehavior = object.word(passthrough, Integration.PassthroughBehavior.self) ?? .whenNoMatch
    integration.contentHandling = object.word("contentHandling", Integration.ContentHandling.self)
    integration.cacheNamespace = object.string("cacheNamespace")
    integration.cacheKeyParameters = object.strings("cacheKeyParameters") ?? []
    integration.timeoutInMillis =
      object.integer("timeoutInMillis", in: 50...3_600_000, " of milliseconds") ?? definition.standardTimeout
    let tls = object.object("tlsConfig")
    tls?.refuseKeys(except: ["insecureSkipVerification", "serverNameToVerify"], "`tlsConfig`", as: .warning)
    integration.tlsConfig.insecureSkipVerification = tls?.boolean("insecureSkipVerification") ?? false
    integration.tlsConfig.serverNameToVerify = tls?.string("serverNameToVerify")
    integration.responses = responses(object)
    checkEndpoint(integration, object)
    return integration
  }

  private func checkKeys(_ object: ObjectReader) {
    for member in object.members where !(Self.keys + Self.otherKeys).contains(member.key) {
      guard !member.key.hasPrefix("x-") else { continue }
      findings.error(
        at: member.keyLocation, "\(Self.name) has no key `\(ObjectReader.excerpt(member.key))`",
        suggestion: Suggestion.near(member.key, among: Self.keys))
    }
  }

  // MARK: Responses

  /// By ascending status code, which is the order in which they are tried; then as they are written.
  private func responses(_ object: ObjectReader) -> [IntegrationResponse] {
    var responses: [IntegrationResponse] = []
    for member in object.object("responses")?.members ?? [] {
      guard let response = ObjectReader(member.value, "the response `\(member.key)`", in: definition.context) else {
        continue
      }
      response.refuseKeys(
        except: ["statusCode", "responseParameters", "responseTemplates", "contentHandling", "selectionPattern"],
        "an integration's response")
      guard response.requiredString("statusCode", of: "the response `\(member.key)`") != nil,
        let code = response.integer("statusCode", in: 100...599)
      else { continue }
      var result = IntegrationResponse(
        selectionPattern: member.key == "default" || member.key.isEmpty ? nil : member.key, statusCode: code,
        location: member.keyLocation)
      result.responseParameters = templates.expressions(response, "responseParameters")
      result.responseTemplates = templates.templates(response, "responseTemplates")
      result.keyLocations = templates.locations(response, "responseParameters")
      result.keyLocations["statusCode"] = response.member("statusCode")?.value.location
      result.contentHandling = response.word("contentHandling", Integration.ContentHandling.self)
      responses.append(result)
    }
    return responses.enumerated().sorted {
      ($0.element.statusCode, $0.offset) < ($1.element.statusCode, $1.offset)
    }.map(\.element)
  }

  // MARK: Endpoint

  private func checkEndpoint(_ integration: Integration, _ object: ObjectReader) {
    let kind = integration.kind
    guard kind != .mock else { return }
    for key in ["httpMethod", "uri"] where object.member(key)?.value.isNull != false {
      object.missing(key, of: "an integration of type \(kind.rawValue)")
    }
    guard let uri = object.value("uri"), let text = integration.uri else {
      findings.spoil(object.location)
      return
    }
    switch kind {
    case .http, .httpProxy:
      let lowered = text.lowercased()
      guard ["http://", "https://", "${stagevariables."].contains(where: lowered.hasPrefix) else {
        findings.error(
          at: uri.location, "Invalid HTTP endpoint specified for URI: `\(ObjectReader.excerpt(text))`",
          suggestion: "it begins with `http://`, `https://` or `${stageVariables.NAME}`")
        findings.spoil(uri.location)
        return
      }
    case .aws, .awsProxy:
      guard text.hasPrefix("arn:") || text.hasPrefix("${stageVariables.") else {
        findings.error(
          at: uri.location, "Invalid ARN specified in the request: `\(ObjectReader.excerpt(text))`",
          suggestion: "it begins with `arn:aws:apigateway:`")
        findings.spoil(uri.location)
        return
      }
    case .mock: break
    }
  }
}
