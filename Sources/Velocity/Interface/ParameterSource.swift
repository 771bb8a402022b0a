/// Where a request carries a parameter, named as in `$input.params()`.
public enum ParameterLocation: String, Sendable, CaseIterable {
  case path, querystring, header
}

/// What `$input.params` reads: the method request's parameters, looked up only when a template asks.
public protocol ParameterSource: AnyObject {
  /// The last value of a parameter; nil if the request has none. The name is compared case-sensitively.
  func parameter(_ location: ParameterLocation, _ name: String) -> String?
  /// All parameters of a place in order of arrival, each name once with its last value.
  func parameters(_ location: ParameterLocation) -> [(name: String, value: String)]
}
