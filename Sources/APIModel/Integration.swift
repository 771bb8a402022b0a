/// What answers a method: how the request is turned into the backend's, and its answer into ours.
public struct Integration: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case http = "HTTP", httpProxy = "HTTP_PROXY", aws = "AWS", awsProxy = "AWS_PROXY", mock = "MOCK"
  }
  public enum PassthroughBehavior: String, Sendable, CaseIterable {
    case whenNoMatch = "WHEN_NO_MATCH", whenNoTemplates = "WHEN_NO_TEMPLATES", never = "NEVER"
  }
  public enum ContentHandling: String, Sendable, CaseIterable {
    case convertToBinary = "CONVERT_TO_BINARY", convertToText = "CONVERT_TO_TEXT"
  }

  /// `tlsConfig` (spec § 12).
  public struct TLSConfig: Hashable, Sendable {
    /// Whether the backend's certificate may be of any authority; its name and its time are looked at all the same.
    public var insecureSkipVerification = false
    /// The name that the certificate must be for; nil: the URI's host.
    public var serverNameToVerify: String?

    public init(insecureSkipVerification: Bool = false, serverNameToVerify: String? = nil) {
      self.insecureSkipVerification = insecureSkipVerification
      self.serverNameToVerify = serverNameToVerify
    }
  }

  public var kind: Kind
  /// The backend's method in capitals; `ANY` sends the client's own. Nil for MOCK.
  public var httpMethod: String?
  /// Absolute URL with `{name}` and `${stageVariables.name}` in it, or an ARN. Nil for MOCK.
  public var uri: String?
  public var credentials: String?
  public var connectionType: String?
  public var connectionID: String?
  /// `integration.request.{path|querystring|header}.NAME` to a source expression (spec § 2.1).
  public var requestParameters: [String: String] = [:]
  /// Media type or `$default`, to a mapping template.
  public var requestTemplates: [String: TemplateSource] = [:]
  public var passthroughBehavior: PassthroughBehavior = .whenNoMatch
  public var contentHandling: ContentHandling?
  public var cacheNamespace: String?
  public var cacheKeyParameters: [String] = []
  /// How long the backend may take to answer. Milliseconds, 50 or more; 29,000 unless said.
  public var timeoutInMillis = 29_000
  /// What is special about TLS with an `https` backend.
  public var tlsConfig = TLSConfig()
  /// In the order of ascending status code, which is the order in which they are tried (spec § 5.2).
  public var responses: [IntegrationResponse] = []
  public var location: SourceLocation
  /// Where single keys are written: `uri`, `cacheKeyParameters`, and each key of `requestParameters`.
  public var keyLocations: [String: SourceLocation] = [:]

  public init(kind: Kind, location: SourceLocation) {
    self.kind = kind
    self.location = location
  }

  /// Where to say something about a key: at its own place, if that is known.
  public func location(of key: String) -> SourceLocation { keyLocations[key] ?? location }
}

/// One way in which a backend's answer becomes ours.
public struct IntegrationResponse: Sendable {
  /// Matched against the whole selection value; nil: the default response.
  public var selectionPattern: String?
  public var statusCode: Int
  /// `method.response.header.NAME` to a source expression (spec § 2.1).
  public var responseParameters: [String: String] = [:]
  /// Media type, to a mapping template.
  public var responseTemplates: [String: TemplateSource] = [:]
  public var contentHandling: Integration.ContentHandling?
  public var location: SourceLocation
  /// Where single keys are written: `statusCode`, and each key of `responseParameters`.
  public var keyLocations: [String: SourceLocation] = [:]

  public init(selectionPattern: String?, statusCode: Int, location: SourceLocation) {
    self.selectionPattern = selectionPattern
    self.statusCode = statusCode
    self.location = location
  }

  /// Where to say something about a key: at its own place, if that is known.
  public func location(of key: String) -> SourceLocation { keyLocations[key] ?? location }
}
