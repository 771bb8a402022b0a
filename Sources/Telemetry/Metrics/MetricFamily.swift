/// What one metric is: its name, what its numbers mean, and how they may be used.
public struct MetricFamily: Sendable, Hashable {
  public enum Kind: String, Sendable {
    /// Only grows while the process lives.
    case counter
    case gauge
    /// How often something was at most so much, for several bounds, and the sum of all.
    case histogram
  }

  public enum Unit: String, Sendable {
    case bytes, seconds
  }

  /// Without the `_total` of a counter's samples.
  public let name: String
  public let kind: Kind
  /// Nil: things are counted.
  public let unit: Unit?
  /// One sentence, and what AWS calls it where it has a name for it.
  public let help: String

  /// - Parameter name: with the unit at its end, where there is one (OpenMetrics 1.0 § Unit).
  public init(_ name: String, _ kind: Kind, _ unit: Unit?, _ help: String) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.help = help
  }

  /// Things are counted.
  public init(_ name: String, _ kind: Kind, _ help: String) { self.init(name, kind, nil, help) }

  /// What its samples are called, and what Prometheus knows it by.
  public var sampleName: String { kind == .counter ? name + "_total" : name }
}

/// What tells one sample of a family from the others. Values come from the configuration or from a list of our own, never from
/// a client: each of them is a time series that somebody has to keep.
public struct MetricLabel: Sendable, Hashable {
  public let name: StaticString
  public let value: String

  public init(_ name: StaticString, _ value: String) {
    self.name = name
    self.value = value
  }

  public static func == (a: MetricLabel, b: MetricLabel) -> Bool {
    a.value == b.value && a.name.description == b.name.description
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name.description)
    hasher.combine(value)
  }
}
