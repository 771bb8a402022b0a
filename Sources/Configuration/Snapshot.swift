import APIModel

/// A whole good configuration, compiled and immutable. The gateway hands each worker a reference to it; a request that
/// started on one snapshot finishes on it.
public final class Snapshot: Sendable {
  public let listeners: [Listener]
  /// Nil: one worker for each core.
  public let workers: Int?
  /// Nil: the log level of the command line, or `info`.
  public let logLevel: String?
  public let limits: Limits
  public let apis: [RestAPI]
  /// Every stage of every API.
  public let deployments: [Deployment]
  public let domains: [DomainName]
  /// What is worth saying about a configuration that is good all the same.
  public let warnings: [Diagnostic]

  init(
    listeners: [Listener], workers: Int?, logLevel: String?, limits: Limits, apis: [RestAPI],
    deployments: [Deployment], domains: [DomainName], warnings: [Diagnostic]
  ) {
    self.listeners = listeners
    self.workers = workers
    self.logLevel = logLevel
    self.limits = limits
    self.apis = apis
    self.deployments = deployments
    self.domains = domains
    self.warnings = warnings
  }
}

/// One API in one stage, ready to answer.
public struct Deployment: Sendable {
  /// An index of `Snapshot.apis`.
  public let api: Int
  public let stage: Stage
}
