/// Where the access log of a stage goes, and what a line of it says.
public struct AccessLogSettings: Hashable, Sendable {
  public enum Destination: Hashable, Sendable {
    case standardOutput
    case file(path: String)
  }

  public var destination: Destination
  /// A template with `$context.…` in it, or the name of one of the standard ones (spec § 11.4).
  public var format: String
  public var location: SourceLocation

  public init(destination: Destination, format: String, location: SourceLocation) {
    self.destination = destination
    self.format = format
    self.location = location
  }
}

extension AccessLogSettings.Destination: CustomStringConvertible {
  /// As gateway.yaml writes it.
  public var description: String {
    switch self {
    case .standardOutput: "stdout"
    case .file(let path): path
    }
  }
}
