/// A part of a request (spec § 15.5).
public enum FieldToMatch: Sendable, Hashable {
  /// Every line with this name, whatever its capitals.
  case singleHeader(String)
  /// Every value of the argument, whatever the capitals of its name.
  case singleQueryArgument(String, [QueryPreparation])
  /// The value of every argument.
  case allQueryArguments([QueryPreparation])
  /// As it was sent: not normalised, not decoded.
  case uriPath
  /// What stands behind `#`, which clients do not send as a rule.
  case uriFragment(fallbackMatches: Bool)
  /// Without its question mark.
  case queryString
  case method
  case body(Oversize)
  case jsonBody(JSONBody)
  case headers(Selection, Scope, Oversize)
  case cookies(Selection, Scope, Oversize)
  /// The names of the header lines, in small letters, with colons between them: `host:user-agent:accept`.
  case headerOrder(Oversize)
  /// What a TLS client can be told by (``ClientFingerprint``); the fallback is for a request that has none.
  case ja3Fingerprint(fallbackMatches: Bool)
  case ja4Fingerprint(fallbackMatches: Bool)

  /// What becomes of what is too large to be inspected whole.
  public enum Oversize: String, Sendable, CaseIterable {
    /// The part that is inspected decides.
    case proceed = "CONTINUE"
    case match = "MATCH"
    case noMatch = "NO_MATCH"
  }

  public enum Scope: String, Sendable, CaseIterable {
    case all = "ALL"
    case key = "KEY"
    case value = "VALUE"
  }

  /// Which headers or cookies. Names of headers disregard case, those of cookies do not.
  public enum Selection: Sendable, Hashable {
    case all
    case included([String])
    case excluded([String])
  }

  public struct JSONBody: Sendable, Hashable {
    /// What a body comes to that is no JSON.
    public enum InvalidFallback: String, Sendable, CaseIterable {
      case match = "MATCH"
      case noMatch = "NO_MATCH"
      case evaluateAsString = "EVALUATE_AS_STRING"
    }

    /// JSON pointers (RFC 6901), each for what is inside the value that it leads to; nil: everything.
    public var paths: [String]?
    public var scope: Scope
    /// Nil: what stands before the mistake is inspected.
    public var invalidFallback: InvalidFallback?
    public var oversize: Oversize

    public init(
      paths: [String]? = nil, scope: Scope, invalidFallback: InvalidFallback? = nil, oversize: Oversize = .proceed
    ) {
      self.paths = paths
      self.scope = scope
      self.invalidFallback = invalidFallback
      self.oversize = oversize
    }
  }

  /// What is done to a query before it is taken apart into arguments.
  public enum QueryPreparation: String, Sendable, CaseIterable {
    case urlDecode = "URL_DECODE"
    case urlDecodeUnicode = "URL_DECODE_UNI"
    case combineDuplicates = "COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA"
    case replaceSemicolons = "REPLACE_SEMICOLONS_WITH_AMPERSANDS"
  }

  /// How it is called in logs and reasons.
  public var description: String {
    switch self {
    case .singleHeader(let name): "header \(name)"
    case .singleQueryArgument(let name, _): "query argument \(name)"
    case .allQueryArguments: "query arguments"
    case .uriPath: "URI path"
    case .uriFragment: "URI fragment"
    case .queryString: "query string"
    case .method: "method"
    case .body: "body"
    case .jsonBody: "JSON body"
    case .headers: "headers"
    case .cookies: "cookies"
    case .headerOrder: "header order"
    case .ja3Fingerprint: "JA3 fingerprint"
    case .ja4Fingerprint: "JA4 fingerprint"
    }
  }

  var needsFingerprint: Bool {
    switch self {
    case .ja3Fingerprint, .ja4Fingerprint: true
    default: false
    }
  }

  var needsBody: Bool {
    switch self {
    case .body, .jsonBody: true
    default: false
    }
  }
}
