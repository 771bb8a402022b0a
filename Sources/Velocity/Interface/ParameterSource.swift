/// Where a request carries a parameter, named as in `$input.params()`.
public enum ParameterLocation: String, Sendable, CaseIterable {
  case path, querystring, header
}

/// What `$input.params` reads: the method request's parameters, looked up only when a template asks.
public protocol ParameterSource: AnyObject {
  /// The last value of a parameter; nil if the request has none. The name is compared case-sensitively, but for
  /// headers that have lost their case.
  func parameter(_ location: ParameterLocation, _ name: String) -> String?
  /// Whether the request came with the names of its headers in small letters, as all of HTTP/2's do: they are found whatever the
  /// case then.
  var headersHaveLowercaseNames: Bool { get }
  /// All parameters of a place in order of arrival, each name once with its last value.
  func parameters(_ location: ParameterLocation) -> [(name: String, value: String)]
}

extension ParameterSource {
  public var headersHaveLowercaseNames: Bool { false }
}
