/// What a stage says about one of its methods, or about all (spec § 11.1). What nobody says is as on AWS.
public struct MethodSettings: Sendable, Equatable {
  /// How much is written of what happens to a request.
  public enum LoggingLevel: String, Sendable, CaseIterable {
    case off = "OFF"
    case error = "ERROR"
    case info = "INFO"
  }

  /// What becomes of a client's `Cache-Control: max-age=0` that it may not send.
  public enum UnauthorizedCacheControl: String, Sendable, CaseIterable {
    case failWith403 = "FAIL_WITH_403"
    case succeedWithResponseHeader = "SUCCEED_WITH_RESPONSE_HEADER"
    case succeedWithoutResponseHeader = "SUCCEED_WITHOUT_RESPONSE_HEADER"
  }

  /// `/pets/{petId}`; nil: every resource's.
  public var resourcePath: String?
  /// In capitals, or `ANY`; nil: every method.
  public var httpMethod: String?
  public var location: SourceLocation

  public var metricsEnabled = false
  public var loggingLevel = LoggingLevel.off
  public var dataTraceEnabled = false
  /// Requests at once.
  public var throttlingBurstLimit = 5000
  /// Requests a second.
  public var throttlingRateLimit = 10_000.0
  public var cachingEnabled = false
  /// From 0 to 3600.
  public var cacheTtlInSeconds = 300
  public var cacheDataEncrypted = false
  public var requireAuthorizationForCacheControl = true
  public var unauthorizedCacheControlHeaderStrategy = UnauthorizedCacheControl.succeedWithResponseHeader

  public init(resourcePath: String? = nil, httpMethod: String? = nil, location: SourceLocation) {
    self.resourcePath = resourcePath
    self.httpMethod = httpMethod
    self.location = location
  }

  /// Whether they are every method's: the key `*/*`.
  public var isForAll: Bool { resourcePath == nil }
}

extension Stage {
  /// What the stage says about a method: its own settings, or else those of all; nil where it says nothing.
  public func settings(of resourcePath: String, _ httpMethod: String) -> MethodSettings? {
    methodSettings.first { $0.resourcePath == resourcePath && $0.httpMethod == httpMethod }
      ?? methodSettings.first(where: \.isForAll)
  }
}
