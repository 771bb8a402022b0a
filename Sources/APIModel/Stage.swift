/// A named deployment of an API, with its variables.
public struct Stage: Sendable {
  /// `[A-Za-z0-9_-]{1,128}`.
  public var name: String
  public var variables: [String: String]
  /// Nil: its requests are not logged.
  public var accessLogSettings: AccessLogSettings?
  public var location: SourceLocation

  public init(name: String, variables: [String: String] = [:], location: SourceLocation) {
    self.name = name
    self.variables = variables
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
