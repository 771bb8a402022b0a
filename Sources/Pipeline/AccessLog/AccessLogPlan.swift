import APIModel

/// Where the lines of a stage's access log go, and what they say.
public final class AccessLogPlan: Sendable {
  public let destination: AccessLogSettings.Destination
  public let format: AccessLogFormat
  public let location: SourceLocation

  /// - Returns: nil for a format that is none, which whoever read the settings has said.
  public init?(_ settings: AccessLogSettings) {
    guard let format = try? AccessLogFormat(settings.format) else { return nil }
    destination = settings.destination
    self.format = format
    location = settings.location
  }
}
