/// What the gateway answers by itself, by the reason (spec § 10).
public enum GatewayResponseType: String, Sendable, CaseIterable {
  case accessDenied = "ACCESS_DENIED"
  case apiConfigurationError = "API_CONFIGURATION_ERROR"
  case authorizerConfigurationError = "AUTHORIZER_CONFIGURATION_ERROR"
  case authorizerFailure = "AUTHORIZER_FAILURE"
  case badRequestParameters = "BAD_REQUEST_PARAMETERS"
  case badRequestBody = "BAD_REQUEST_BODY"
  case expiredToken = "EXPIRED_TOKEN"
  case integrationFailure = "INTEGRATION_FAILURE"
  case integrationTimeout = "INTEGRATION_TIMEOUT"
  case invalidAPIKey = "INVALID_API_KEY"
  case invalidSignature = "INVALID_SIGNATURE"
  case missingAuthenticationToken = "MISSING_AUTHENTICATION_TOKEN"
  case quotaExceeded = "QUOTA_EXCEEDED"
  case requestTooLarge = "REQUEST_TOO_LARGE"
  case resourceNotFound = "RESOURCE_NOT_FOUND"
  case throttled = "THROTTLED"
  case unauthorized = "UNAUTHORIZED"
  case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
  case wafFiltered = "WAF_FILTERED"
  case default4XX = "DEFAULT_4XX"
  case default5XX = "DEFAULT_5XX"
}

/// A customisation of one gateway response.
public struct GatewayResponse: Sendable {
  /// Nil: the type's own status.
  public var statusCode: Int?
  /// `gatewayresponse.header.NAME` to a source expression.
  public var responseParameters: [String: String] = [:]
  /// Media type, to a substitution template (not VTL).
  public var responseTemplates: [String: TemplateSource] = [:]
  public var location: SourceLocation
  /// Where single keys are written: `statusCode`, and each key of `responseParameters`.
  public var keyLocations: [String: SourceLocation] = [:]

  public init(location: SourceLocation) { self.location = location }

  /// Where to say something about a key: at its own place, if that is known.
  public func location(of key: String) -> SourceLocation { keyLocations[key] ?? location }
}
