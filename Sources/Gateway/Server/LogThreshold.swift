import Logging
import Synchronization

/// How much the log says. A reload may change it, for every logger that was made by it.
public final class LogThreshold: Sendable {
  /// An index of `levels`.
  private let place: Atomic<Int>
  private static let levels = Logger.Level.allCases

  public init(_ level: Logger.Level) { place = Atomic(Self.levels.firstIndex(of: level) ?? 0) }

  public var level: Logger.Level {
    get { Self.levels[place.load(ordering: .relaxed)] }
    set { place.store(Self.levels.firstIndex(of: newValue) ?? 0, ordering: .relaxed) }
  }

  /// A logger that writes what this lets through to standard error.
  public func logger(_ label: String) -> Logger {
    Logger(label: label) { ThresholdLogHandler(threshold: self, stream: .standardError(label: $0)) }
  }
}

/// Writes to a stream what a threshold lets through.
private struct ThresholdLogHandler: LogHandler {
  let threshold: LogThreshold
  var stream: StreamLogHandler

  /// All loggers share it: who changes it for one changes it for all.
  var logLevel: Logger.Level {
    get { threshold.level }
    set { threshold.level = newValue }
  }

  var metadata: Logger.Metadata {
    get { stream.metadata }
    set { stream.metadata = newValue }
  }

  var metadataProvider: Logger.MetadataProvider? {
    get { stream.metadataProvider }
    set { stream.metadataProvider = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { stream[metadataKey: key] }
    set { stream[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) { stream.log(event: event) }
}
