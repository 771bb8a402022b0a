import APIModel

/// Security schemes in, authorizers out; and what an operation's `security` asks of a method (spec §§ 7, 12).
final class SecurityReader {
  private(set) var authorizers: [String: Authorizer] = [:]
  private let definition: APIDefinitionReader
  private var schemes: [String: Scheme] = [:]

  private enum Scheme {
    case authorizer(Authorizer)
    case apiKey
    case iam
    /// Nothing that API Gateway enforces.
    case other
  }

  private var findings: Findings { definition.findings }

  init(definition: APIDefinitionReader) {
    self.definition = definition
    let holder = definition.version == .swagger2 ? definition.root : definition.root.object("components")
    let key = definition.version == .swagger2 ? "securityDefinitions" : "securitySchemes"
    for member in holder?.object(key)?.members ?? [] {
      guard let object = ObjectReader(member.value, "the security scheme `\(member.key)`", in: definition.context)
      else { continue }
      ExtensionKeys.check(object, .securityScheme)
      let scheme = scheme(member.key, object, at: member.keyLocation)
      schemes[member.key] = scheme
      if case .authorizer(let authorizer) = scheme { authorizers[member.key] = authorizer }
    }
  }

  private func scheme(_ name: String, _ object: ObjectReader, at place: SourceLocation) -> Scheme {
    let parameter = object.string("name")
    let isHeader = object.string("in") == "header"
    if let extensionObject = object.object("x-amazon-apigateway-authorizer") {
      return authorizer(name, extensionObject, header: isHeader ? parameter : nil, at: place).map(Scheme.authorizer)
        ?? .other
    }
    let authtype = object.string("x-amazon-apigateway-authtype")
    if authtype?.lowercased() == "awssigv4" { return .iam }
    if object.string("type") == "apiKey", isHeader, parameter?.lowercased() == "x-api-key" { return .apiKey }
    return .other
  }

  private static let authorizerKeys = [
    "type", "authorizerUri", "authorizerCredentials", "identitySource", "identityValidationExpression",
    "authorizerResultTtlInSeconds", "providerARNs", "authorizerPayloadFormatVersion", "enableSimpleResponses",
    "jwtConfiguration",
  ]

  private func authorizer(
    _ name: String, _ object: ObjectReader, header: String?, at place: SourceLocation
  ) -> Authorizer? {
    object.refuseKeys(except: Self.authorizerKeys, "x-amazon-apigateway-authorizer")
    guard object.requiredString("type", of: "x-amazon-apigateway-authorizer") != nil,
      let kind = object.word("type", Authorizer.Kind.self)
    else { return nil }
    var authorizer = Authorizer(name: name, kind: kind, location: place)
    authorizer.authorizerURI = object.string("authorizerUri")
    authorizer.authorizerCredentials = object.string("authorizerCredentials")
    authorizer.identitySource = object.string("identitySource")
    authorizer.identityValidationExpression = object.string("identityValidationExpression")
    authorizer.resultTTL = object.integer("authorizerResultTtlInSeconds", in: 0...3600, " of seconds") ?? 300
    authorizer.providerARNs = object.strings("providerARNs") ?? []
    switch kind {
    case .token, .cognito:
      if authorizer.identitySource == nil, let header, header.lowercased() != "unused" {
        authorizer.identitySource = "method.request.header.\(header)"
      }
    case .request: break
    }
    if kind == .cognito, authorizer.providerARNs.isEmpty {
      findings.error(at: object.location, "a COGNITO_USER_POOLS authorizer needs `providerARNs`")
    }
    if kind != .cognito, authorizer.authorizerURI == nil {
      findings.error(at: object.location, "a \(kind.rawValue) authorizer needs `authorizerUri`")
    }
    return authorizer
  }

  /// The operation's own `security`, or the document's: recorded imports apply it to every method that has none.
  func apply(to method: inout Method, _ operation: ObjectReader) {
    if operation.object("x-amazon-apigateway-auth")?.string("type")?.uppercased() == "AWS_IAM" {
      method.authorizationType = .iam
    }
    for requirement in operation.list("security") ?? definition.root.list("security") ?? [] {
      guard let object = ObjectReader(requirement, "a security requirement", in: definition.context) else { continue }
      for member in object.members {
        switch schemes[member.key] {
        case .apiKey: method.apiKeyRequired = true
        case .iam: method.authorizationType = .iam
        case .authorizer(let authorizer):
          if let first = method.authorizer, first != member.key {
            findings.warning(
              at: member.keyLocation, "a method has one authorizer: `\(first)` is used, and `\(member.key)` is not")
            continue
          }
          method.authorizer = member.key
          method.authorizationType = authorizer.kind == .cognito ? .cognito : .custom
          method.authorizationScopes = object.strings(member.key) ?? []
        case .other:
          findings.warning(
            at: member.keyLocation,
            "the security scheme `\(member.key)` protects nothing: it has no x-amazon-apigateway-authorizer")
        case nil:
          findings.error(
            at: member.keyLocation, "no security scheme is named `\(member.key)`",
            suggestion: Suggestion.near(member.key, among: schemes.keys.sorted()))
        }
      }
    }
  }
}
