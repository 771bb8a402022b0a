import PCRE

/// What a rule asks of a request (spec § 15.5).
public indirect enum Statement: Sendable {
  case and([Statement])
  case or([Statement])
  case not(Statement)
  case ipSet(IPSetReference)
  case country(GeoMatch)
  case network(ASNMatch)
  case byteMatch(ByteMatch)
  /// One pattern, or those of a set, of which one is enough.
  case regex(RegexMatch)
  case size(SizeConstraint)
  case sqlInjection(Inspection, isSensitive: Bool)
  case crossSiteScripting(Inspection)
  case label(LabelMatch)
  /// In a rule's statement itself only, not inside others.
  case rate(RateBased)
  /// In a rule's statement itself only, and not in a group.
  case group(RuleGroupReference)
}

/// A part of the request and what is done to it before a look is taken.
public struct Inspection: Sendable, Hashable {
  public var field: FieldToMatch
  /// In the order in which they are applied; each has its effect on the result of the one before.
  public var transformations: [TextTransformation]

  public init(_ field: FieldToMatch, _ transformations: [TextTransformation] = []) {
    self.field = field
    self.transformations = transformations.filter { $0 != .none }
  }
}

public struct IPSetReference: Sendable {
  public var name: String
  /// Nil: the address that the connection comes from.
  public var forwarded: ForwardedAddress?

  public init(name: String, forwarded: ForwardedAddress? = nil) {
    self.name = name
    self.forwarded = forwarded
  }
}

/// Where a header says the client's address is.
public struct ForwardedAddress: Sendable, Hashable {
  public enum Position: String, Sendable, CaseIterable { case first = "FIRST", last = "LAST", any = "ANY" }

  /// Of a list that commas divide.
  public var header: String
  public var position: Position
  /// Whether a header that holds no address counts as a match. One that is not there never does.
  public var fallbackMatches: Bool

  /// How many of the addresses ANY looks at: the last ones.
  public static let most = 10

  public init(header: String, position: Position = .first, fallbackMatches: Bool) {
    self.header = header
    self.position = position
    self.fallbackMatches = fallbackMatches
  }
}

/// Countries by their codes (ISO 3166-1 alpha-2). Whether or not it is one of them, the request is labelled with its own.
public struct GeoMatch: Sendable {
  /// XX: where it comes from is not known.
  public var countryCodes: [String]
  /// Nil: the address that the connection comes from; otherwise the first of the header's.
  public var forwarded: ForwardedAddress?

  public init(_ countryCodes: [String], forwarded: ForwardedAddress? = nil) {
    self.countryCodes = countryCodes
    self.forwarded = forwarded
  }
}

/// Networks by the numbers of their autonomous systems.
public struct ASNMatch: Sendable {
  /// 0: the network is not known.
  public var numbers: [UInt32]
  public var forwarded: ForwardedAddress?

  public init(_ numbers: [UInt32], forwarded: ForwardedAddress? = nil) {
    self.numbers = numbers
    self.forwarded = forwarded
  }
}

public struct ByteMatch: Sendable {
  public enum Constraint: String, Sendable, CaseIterable {
    case exactly = "EXACTLY"
    case startsWith = "STARTS_WITH"
    case endsWith = "ENDS_WITH"
    case contains = "CONTAINS"
    /// With no letter, digit or underscore on either side.
    case containsWord = "CONTAINS_WORD"
  }

  public var inspection: Inspection
  public var search: [UInt8]
  public var constraint: Constraint

  public init(_ inspection: Inspection, _ constraint: Constraint, _ search: [UInt8]) {
    self.inspection = inspection
    self.search = search
    self.constraint = constraint
  }
}

public struct RegexMatch: Sendable {
  public var inspection: Inspection
  public var patterns: [MeteredRegex]
  /// The set that they are from; nil: a pattern of the statement's own.
  public var setName: String?

  public init(_ inspection: Inspection, _ patterns: [MeteredRegex], setName: String? = nil) {
    self.inspection = inspection
    self.patterns = patterns
    self.setName = setName
  }
}

public struct SizeConstraint: Sendable {
  public enum Comparison: String, Sendable, CaseIterable { case EQ, NE, LE, LT, GE, GT }

  public var inspection: Inspection
  public var comparison: Comparison
  /// Bytes, of what the transformations have left.
  public var size: Int

  public init(_ inspection: Inspection, _ comparison: Comparison, _ size: Int) {
    self.inspection = inspection
    self.comparison = comparison
    self.size = size
  }
}

public struct LabelMatch: Sendable, Hashable {
  public enum Scope: String, Sendable, CaseIterable { case label = "LABEL", namespace = "NAMESPACE" }

  public var scope: Scope
  /// A namespace ends with a colon.
  public var key: String

  public init(_ scope: Scope, _ key: String) {
    self.scope = scope
    self.key = key
  }
}

public struct RuleGroupReference: Sendable {
  public var group: RuleGroup
  /// By the name of the group's rule: what its match comes to here.
  public var overrides: [String: RuleAction]

  public init(_ group: RuleGroup, overrides: [String: RuleAction] = [:]) {
    self.group = group
    self.overrides = overrides
  }
}

/// Requests are counted by key over a window that moves with the time; those beyond the limit match.
public struct RateBased: Sendable {
  public enum Key: Sendable, Hashable {
    case ip
    case forwardedIP(ForwardedAddress)
    /// The values of these together.
    case custom([Part])
    /// All requests are counted as one.
    case constant
  }

  public enum Part: Sendable, Hashable {
    case ip
    case forwardedIP(ForwardedAddress)
    case header(Inspection)
    case cookie(Inspection)
    case queryArgument(Inspection)
    case queryString(Inspection)
    case uriPath(Inspection)
    case method
    /// The number of the autonomous system, of the connection's address or of a header's first one.
    case network(ForwardedAddress?)
    /// JA3 or JA4.
    case fingerprint(Inspection)
    /// With its colon: every label in it is a value.
    case labelNamespace(String)
  }

  /// A request is beyond it when more have come within the window, itself included.
  public var limit: Int
  /// Seconds.
  public var window: Int
  public var key: Key
  /// Only what matches it is counted and can match.
  public var scopeDown: Statement?

  public static let windows = [60, 120, 300, 600]

  public init(limit: Int, window: Int = 300, key: Key, scopeDown: Statement? = nil) {
    self.limit = limit
    self.window = window
    self.key = key
    self.scopeDown = scopeDown
  }
}
