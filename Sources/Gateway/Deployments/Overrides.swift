import Configuration
import Logging

/// What whoever started the gateway has said beside gateway.yaml, by flags and by its environment. It counts before the file for
/// as long as the process lives, whatever is published.
public struct Overrides: Sendable {
  /// Nil: as many as the configuration says, or one for each processor.
  public var workers: Int?
  /// Nil: as the configuration says.
  public var logLevel: LogLevel?
  /// Where operators are listened to; nil: where the configuration says. The token is the configuration's in any case.
  public var admin: AdminSettings?

  public init(workers: Int? = nil, logLevel: LogLevel? = nil, admin: AdminSettings? = nil) {
    self.workers = workers
    self.logLevel = logLevel
    self.admin = admin
  }

  /// How much the log says under this configuration.
  public func logLevel(for snapshot: Snapshot) -> Logger.Level {
    Logger.Level(rawValue: (logLevel ?? snapshot.logLevel ?? .info).rawValue) ?? .info
  }

  /// Where operators are listened to under this configuration, and what they must know.
  public func admin(for snapshot: Snapshot) -> AdminSettings {
    guard var settings = admin else { return snapshot.admin }
    settings.token = snapshot.admin.token
    return settings
  }
}
