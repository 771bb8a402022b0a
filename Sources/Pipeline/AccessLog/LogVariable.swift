/// A variable of an access log: those that lines usually have, each read in its own way, and the rest by name.
enum LogVariable: UInt8 {
  case requestID, extendedRequestID, requestTime, requestTimeEpoch
  case status, responseLength, responseLatency
  case integrationStatus, integrationLatency, integrationError
  case httpMethod, path, resourcePath, version
  case sourceIP, userAgent
  /// `error.messageString`: the message with quotes around it, as JSON has it.
  case messageString
  case traceID
  /// Whatever else templates may see, by its name.
  case named
  /// Part of what is not built yet, or of what there is not here: `-`.
  case absent

  /// - Returns: nil for what API Gateway does not have either.
  init?(_ name: String) {
    if let known = Self.own[name] {
      self = known
    } else if Self.shared.contains(name) {
      self = .named
    } else if Self.missing.contains(name) || name.hasPrefix("authorizer.") {
      self = .absent
    } else {
      return nil
    }
  }

  /// Whether a client may choose its text, or a part of it.
  var isFreeText: Bool {
    switch self {
    case .path, .userAgent, .httpMethod, .named: true
    default: false
    }
  }

  private static let own: [String: LogVariable] = [
    "requestId": .requestID, "extendedRequestId": .extendedRequestID,
    "requestTime": .requestTime, "requestTimeEpoch": .requestTimeEpoch,
    "status": .status, "responseLength": .responseLength, "responseLatency": .responseLatency,
    "integration.status": .integrationStatus, "integration.integrationStatus": .integrationStatus,
    "integrationStatus": .integrationStatus,
    "integration.latency": .integrationLatency, "integrationLatency": .integrationLatency,
    "integration.error": .integrationError, "integrationErrorMessage": .integrationError,
    "httpMethod": .httpMethod, "path": .path, "resourcePath": .resourcePath, "protocol": .version,
    "identity.sourceIp": .sourceIP, "identity.userAgent": .userAgent,
    "error.messageString": .messageString, "xrayTraceId": .traceID,
  ]

  /// What `$context` of templates has, too (`ContextVariables`).
  private static let shared: Set = [
    "accountId", "apiId", "stage", "deploymentId", "resourceId", "domainName", "domainPrefix", "error.message",
    "error.responseType", "error.validationErrorString", "isCanaryRequest", "customDomain.basePathMatched",
    "wafResponseCode", "webaclArn", "waf.status", "waf.latency",
  ]

  private static let missing: Set = [
    "awsEndpointRequestId", "awsEndpointRequestId2", "waf.error", "authorize.error", "authorize.latency", "authorize.status", "authenticate.error",
    "authenticate.latency", "authenticate.status", "integration.requestId", "endpointType", "tlsVersion",
    "cipherSuite", "identity.accountId", "identity.apiKey", "identity.apiKeyId", "identity.caller",
    "identity.cognitoAuthenticationProvider", "identity.cognitoAuthenticationType", "identity.cognitoIdentityId",
    "identity.cognitoIdentityPoolId", "identity.principalOrgId", "identity.accessKey", "identity.user",
    "identity.userArn", "identity.vpcId", "identity.vpceId", "identity.clientCert.clientCertPem",
    "identity.clientCert.subjectDN", "identity.clientCert.issuerDN", "identity.clientCert.serialNumber",
    "identity.clientCert.validity.notBefore", "identity.clientCert.validity.notAfter",
  ]

  /// Every name that means something, for whoever looks for the one that was meant.
  static var names: [String] { (Array(own.keys) + shared + missing).sorted() }
}

extension AccessLogFormat {
  /// Every `$context.` name that means something, without those of authorizers.
  public static var variableNames: [String] { LogVariable.names }
}
