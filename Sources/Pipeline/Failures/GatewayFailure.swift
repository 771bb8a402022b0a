import APIModel

/// Why the gateway answers by itself: what the client is told, and what the log says.
///
/// `GatewayResponses.write` is the one place where it becomes a response.
public struct GatewayFailure: Error, Sendable {
  public enum Fault: String, Sendable { case client, configuration, upstream }

  /// Nil: a failure of the protocol below the gateway (a malformed request, say), which no API can customise.
  public var type: GatewayResponseType?
  /// What the client gets unless the API says otherwise.
  public var status: Int
  /// The message in the body; nil is JSON's null.
  public var message: String?
  /// `x-amzn-ErrorType`; nil: none.
  public var errorType: String?
  /// For the log, never for the client.
  public var reason: String
  public var fault: Fault
  /// `$context.error.validationErrorString`.
  public var validationErrors: String?

  init(
    _ type: GatewayResponseType?, status: Int, _ message: String?, errorType: String?, fault: Fault, reason: String
  ) {
    self.type = type
    self.status = status
    self.message = message
    self.errorType = errorType
    self.fault = fault
    self.reason = reason
  }

  /// A failure of a type of spec § 10, with what that table says of it.
  /// - Parameter message: nil: the type's own.
  public init(_ type: GatewayResponseType, message: String? = nil, reason: String) {
    let defaults = GatewayResponseDefaults(type)
    self.init(
      type, status: defaults.status, message ?? defaults.message, errorType: defaults.errorType,
      fault: defaults.fault, reason: reason)
  }
}

extension GatewayFailure {
  /// 403 `Missing Authentication Token`: no resource has this path, or the resource not this method.
  public static func noRoute(_ reason: String) -> GatewayFailure {
    GatewayFailure(.missingAuthenticationToken, reason: reason)
  }

  /// 403 `Forbidden`: the address leads to no stage.
  public static func forbidden(_ reason: String) -> GatewayFailure {
    var failure = GatewayFailure(.wafFiltered, reason: reason)
    failure.type = nil
    return failure
  }

  /// 504 `Endpoint request timed out`.
  public static func timeout(_ reason: String) -> GatewayFailure {
    GatewayFailure(.integrationTimeout, reason: reason)
  }

  /// 504 `Network error communicating with endpoint`: refused, reset, no such host, no TLS.
  public static func networkError(_ reason: String) -> GatewayFailure {
    GatewayFailure(.integrationFailure, reason: reason)
  }

  /// 502 `Internal server error`: the backend answered with what is no answer. Only DEFAULT_5XX customises it (spec § 5.4).
  public static func malformedResponse(_ reason: String) -> GatewayFailure {
    GatewayFailure(
      .default5XX, status: 502, "Internal server error", errorType: "InternalServerErrorException", fault: .upstream,
      reason: reason)
  }

  /// 500 `Internal server error`: a template that throws, an illegal header, an endpoint that is none, no integration
  /// response that matches.
  public static func configuration(_ reason: String) -> GatewayFailure {
    GatewayFailure(.apiConfigurationError, reason: reason)
  }

  /// 413 `Request Too Long`.
  public static func tooLarge(_ reason: String) -> GatewayFailure {
    GatewayFailure(.requestTooLarge, reason: reason)
  }

  /// 415 `Unsupported Media Type`.
  public static func unsupportedMediaType(_ reason: String) -> GatewayFailure {
    GatewayFailure(.unsupportedMediaType, reason: reason)
  }

  /// A failure of the protocol: the client gets `{"message":"…"}` with this status and no `x-amzn-ErrorType`.
  public static func wire(status: Int, message: String, reason: String) -> GatewayFailure {
    GatewayFailure(nil, status: status, message, errorType: nil, fault: .client, reason: reason)
  }
}
