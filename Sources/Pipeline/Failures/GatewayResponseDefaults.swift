import APIModel

/// What each type of gateway response says by itself (spec § 10).
struct GatewayResponseDefaults {
  let status: Int
  let message: String?
  let errorType: String?
  let fault: GatewayFailure.Fault

  private init(_ status: Int, _ message: String?, _ errorType: String?, _ fault: GatewayFailure.Fault) {
    self.status = status
    self.message = message
    self.errorType = errorType
    self.fault = fault
  }

  init(_ type: GatewayResponseType) {
    self =
      switch type {
      case .accessDenied:
        Self(403, "User is not authorized to access this resource", "AccessDeniedException", .client)
      case .apiConfigurationError:
        Self(500, "Internal server error", "InternalServerErrorException", .configuration)
      case .authorizerConfigurationError:
        Self(500, nil, "AuthorizerConfigurationException", .configuration)
      case .authorizerFailure:
        Self(500, "Internal server error", "AuthorizerFailureException", .upstream)
      case .badRequestParameters: Self(400, "Missing required request parameters", "BadRequestException", .client)
      case .badRequestBody: Self(400, "Invalid request body", "BadRequestException", .client)
      case .expiredToken:
        Self(403, "The security token included in the request is expired", "ExpiredTokenException", .client)
      case .integrationFailure:
        Self(504, "Network error communicating with endpoint", "InternalServerErrorException", .upstream)
      case .integrationTimeout: Self(504, "Endpoint request timed out", "InternalServerErrorException", .upstream)
      case .invalidAPIKey, .wafFiltered: Self(403, "Forbidden", "ForbiddenException", .client)
      case .invalidSignature:
        Self(
          403, "The request signature we calculated does not match the signature you provided.",
          "InvalidSignatureException", .client)
      case .missingAuthenticationToken:
        Self(403, "Missing Authentication Token", "MissingAuthenticationTokenException", .client)
      case .quotaExceeded: Self(429, "Limit Exceeded", "LimitExceededException", .client)
      case .requestTooLarge: Self(413, "Request Too Long", "RequestTooLargeException", .client)
      case .resourceNotFound: Self(404, "Not Found", "ResourceNotFoundException", .client)
      case .throttled: Self(429, "Too Many Requests", "TooManyRequestsException", .client)
      case .unauthorized: Self(401, "Unauthorized", "UnauthorizedException", .client)
      case .unsupportedMediaType: Self(415, "Unsupported Media Type", "BadRequestException", .client)
      case .default4XX: Self(400, "Bad Request", "BadRequestException", .client)
      case .default5XX: Self(500, "Internal server error", "InternalServerErrorException", .configuration)
      }
  }
}

extension GatewayResponseType {
  /// Bodies of failures behind the integration request have a space behind the colon: `{"message": "…"}` (spec,
  /// preface).
  var bodyHasSpace: Bool {
    switch self {
    case .apiConfigurationError, .integrationFailure, .integrationTimeout, .default5XX: true
    default: false
    }
  }

  /// Bodies of denied access write `Message`.
  var key: StaticString { self == .accessDenied ? "Message" : "message" }
}
