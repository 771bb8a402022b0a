/// A REST API in API Gateway's terms: a tree of resources, their methods, and what answers when a request fails.
public struct RestAPI: Sendable {
  /// The key that gateway.yaml gives it; also what `$context.apiId` says.
  public var id: String
  /// `info.title`.
  public var name: String
  public var version: String
  public var description: String?
  /// Ordered by path; the root `/` is always among them, with or without methods.
  public var resources: [Resource]
  /// By name.
  public var models: [String: Model] = [:]
  /// By name.
  public var requestValidators: [String: RequestValidator] = [:]
  /// By name.
  public var authorizers: [String: Authorizer] = [:]
  public var gatewayResponses: [GatewayResponseType: GatewayResponse] = [:]
  /// Media types whose payloads are bytes rather than text (spec § 3.3).
  public var binaryMediaTypes: [String] = []
  /// Bytes, 0–10,485,760; nil: responses are not compressed.
  public var minimumCompressionSize: Int?
  public var apiKeySource: APIKeySource = .header
  /// The resource policy, as JSON text.
  public var policy: String?
  public var disableExecuteAPIEndpoint = false
  /// Nil: pages of other origins are told nothing but what the definition says.
  public var cors: CORSSettings?

  public init(id: String, name: String, version: String = "", resources: [Resource] = []) {
    self.id = id
    self.name = name
    self.version = version
    self.resources = resources
  }
}

/// Where an API key is taken from.
public enum APIKeySource: String, Sendable, CaseIterable { case header = "HEADER", authorizer = "AUTHORIZER" }

/// A node of the resource tree.
public struct Resource: Sendable {
  /// Stable for a given API and path; what `$context.resourceId` says.
  public var id: String
  /// The whole path from the root, with its parameters in braces: `/pets/{petId}`, `/{proxy+}`.
  public var path: String
  /// By HTTP method name in capitals; `ANY` for x-amazon-apigateway-any-method.
  public var methods: [String: Method]
  public var location: SourceLocation

  public init(id: String, path: String, methods: [String: Method] = [:], location: SourceLocation) {
    self.id = id
    self.path = path
    self.methods = methods
    self.location = location
  }
}

/// One method of a resource: its contract towards the client, and its integration.
public struct Method: Sendable {
  /// In capitals, or `ANY`.
  public var httpMethod: String
  /// `operationId`.
  public var operationName: String?
  public var authorizationType: AuthorizationType = .none
  /// A key of `RestAPI.authorizers`.
  public var authorizer: String?
  public var authorizationScopes: [String] = []
  public var apiKeyRequired = false
  /// A key of `RestAPI.requestValidators`.
  public var requestValidator: String?
  /// `method.request.{path|querystring|header}.NAME` and whether it is required.
  public var requestParameters: [String: Bool] = [:]
  /// Media type, to a key of `RestAPI.models`.
  public var requestModels: [String: String] = [:]
  /// By status code.
  public var methodResponses: [Int: MethodResponse] = [:]
  /// A method without one answers 500, as on AWS; `check` reports it.
  public var integration: Integration?
  /// Whether gateway.yaml has it made, rather than the definition.
  public var isGenerated = false
  public var location: SourceLocation

  public init(httpMethod: String, integration: Integration? = nil, location: SourceLocation) {
    self.httpMethod = httpMethod
    self.integration = integration
    self.location = location
  }
}

public enum AuthorizationType: String, Sendable {
  case none = "NONE", iam = "AWS_IAM", custom = "CUSTOM", cognito = "COGNITO_USER_POOLS"
}

/// What the client may be answered with under one status code.
public struct MethodResponse: Sendable {
  public var statusCode: Int
  /// `method.response.header.NAME` and whether it is required.
  public var responseParameters: [String: Bool] = [:]
  /// Media type, to a key of `RestAPI.models`.
  public var responseModels: [String: String] = [:]

  public init(statusCode: Int) { self.statusCode = statusCode }
}

/// A JSON Schema (draft-04) by name.
public struct Model: Sendable {
  public var name: String
  public var contentType: String
  /// JSON text. References to other models are their addresses.
  public var schema: String
  public var location: SourceLocation
  /// Where a value of the schema is written: the way to it, names and indexes, from the schema's root.
  public var locate: @Sendable ([String]) -> SourceLocation

  public init(name: String, contentType: String = "application/json", schema: String, location: SourceLocation) {
    self.name = name
    self.contentType = contentType
    self.schema = schema
    self.location = location
    locate = { _ in location }
  }

  /// Lets go of what `locate` needs, which may be the whole document: from now on it knows the model's own place only.
  public mutating func forgetPlaces() {
    let place = location
    locate = { _ in place }
  }

  /// How other schemas refer to a model (spec § 9). What is not a letter or digit of the name is percent-encoded.
  public static func address(api: String, name: String) -> String {
    let encoded = name.utf8.map { byte in
      let isPlain = byte &- 48 < 10 || (byte | 32) &- 97 < 26 || "-._~".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "\(addresses)\(api)/models/\(encoded.joined())"
  }

  /// What the addresses of all models begin with.
  public static let addresses = "https://apigateway.amazonaws.com/restapis/"
}

public struct RequestValidator: Sendable {
  public var name: String
  public var validateRequestBody: Bool
  public var validateRequestParameters: Bool

  public init(name: String, validateRequestBody: Bool, validateRequestParameters: Bool) {
    self.name = name
    self.validateRequestBody = validateRequestBody
    self.validateRequestParameters = validateRequestParameters
  }
}

public struct Authorizer: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case token = "TOKEN", request = "REQUEST", cognito = "COGNITO_USER_POOLS"
  }

  public var name: String
  public var kind: Kind
  public var authorizerURI: String?
  public var authorizerCredentials: String?
  /// `method.request.header.Authorization`, several joined by commas.
  public var identitySource: String?
  public var identityValidationExpression: String?
  /// Seconds, 0–3600.
  public var resultTTL: Int = 300
  public var providerARNs: [String] = []
  public var location: SourceLocation

  public init(name: String, kind: Kind, location: SourceLocation) {
    self.name = name
    self.kind = kind
    self.location = location
  }
}
