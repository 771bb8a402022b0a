/// What templates put into `$context.requestOverride`: replaces or adds parameters of the integration request after the
/// usual mapping.
public struct RequestOverride {
  /// Fields in the order in which they were first set. A list value gives several values.
  public var header: [(name: String, values: [String])] = []
  public var querystring: [(name: String, values: [String])] = []
  public var path: [(name: String, values: [String])] = []

  public init() {}
}

/// What templates put into `$context.responseOverride`: replaces status and fields of the response to the client. What
/// a request template puts here counts too, even if no response template runs.
public struct ResponseOverride {
  /// A whole number from 100 to 599, written as a number or as digits; nil if none was set, or something else.
  public var status: Int?
  /// Fields in the order in which they were first set. A list value gives several values.
  public var headers: [(name: String, values: [String])] = []

  public init() {}
}
