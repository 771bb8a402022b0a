/// A named deployment of an API, with its variables.
public struct Stage: Sendable {
  /// `[A-Za-z0-9_-]{1,128}`.
  public var name: String
  public var variables: [String: String]
  /// Nil: its requests are not logged.
  public var accessLogSettings: AccessLogSettings?
  public var description: String?
  /// Whether the stage has a cache, and of how many gigabytes.
  public var cacheClusterEnabled = false
  public var cacheClusterSize: CacheClusterSize?
  public var canary: CanarySettings?
  /// For all methods and for single ones, each with what it does not say taken from the one for all.
  public var methodSettings: [MethodSettings] = []
  /// The number of the web ACL that screens its requests; nil: none does.
  public var webACL: Int?
  public var location: SourceLocation

  public init(name: String, variables: [String: String] = [:], location: SourceLocation) {
    self.name = name
    self.variables = variables
    self.location = location
  }
}

/// Gigabytes of a stage's cache.
public enum CacheClusterSize: String, Sendable, CaseIterable {
  case half = "0.5"
  case small = "1.6"
  case medium = "6.1"
  case large = "13.5"
  case larger = "28.4"
  case veryLarge = "58.2"
  case huge = "118"
  case hugest = "237"
}

/// A part of a stage's requests that is answered with other variables or by another deployment (spec § 11.3).
public struct CanarySettings: Sendable {
  /// From 0 to 100; decided for each request by chance.
  public var percentTraffic: Double
  /// Laid over the stage's variables; they may also add to them.
  public var stageVariableOverrides: [String: String]
  /// The deployment whose definition of the API answers; nil: the stage's own.
  public var deployment: Int?
  /// Whether the canary shares the stage's cache.
  public var useStageCache: Bool
  public var location: SourceLocation

  public init(
    percentTraffic: Double, stageVariableOverrides: [String: String] = [:], deployment: Int? = nil,
    useStageCache: Bool = false, location: SourceLocation
  ) {
    self.percentTraffic = percentTraffic
    self.stageVariableOverrides = stageVariableOverrides
    self.deployment = deployment
    self.useStageCache = useStageCache
    self.location = location
  }
}

/// A host name of its own, with the APIs that answer under its paths.
public struct DomainName: Sendable {
  /// `api.mysite.io`, or `*.mysite.io` for every name one label below.
  public var name: String
  public var mappings: [BasePathMapping]
  public var location: SourceLocation

  public init(name: String, mappings: [BasePathMapping], location: SourceLocation) {
    self.name = name
    self.mappings = mappings
    self.location = location
  }
}

/// Which API answers below a path of a domain.
public struct BasePathMapping: Sendable {
  /// Without slashes at its ends; empty: the catch-all.
  public var basePath: String
  public var api: String
  /// Nil: the first segment behind the base path names the stage.
  public var stage: String?
  public var location: SourceLocation

  public init(basePath: String, api: String, stage: String?, location: SourceLocation) {
    self.basePath = basePath
    self.api = api
    self.stage = stage
    self.location = location
  }
}
