import PCRE

/// A web ACL: rules in the order of their priorities, and what becomes of a request that none of them decides (spec § 15.3).
public struct WebACL: Sendable {
  public var name: String
  /// ALLOW or BLOCK.
  public var defaultAction: RuleAction
  public var rules: [Rule]
  /// How much of a body is inspected. Bytes.
  public var bodyLimit: Int
  /// Parts that no log and no sample may show.
  public var redactedFields: [FieldToMatch]
  /// Whether requests that no rule decides are sampled.
  public var samplesDefault: Bool

  /// Spec § 15.5: 16 KB for CloudFront and API Gateway.
  public static let standardBodyLimit = 16 * 1024

  public init(
    name: String, defaultAction: RuleAction, rules: [Rule], bodyLimit: Int = standardBodyLimit,
    redactedFields: [FieldToMatch] = [], samplesDefault: Bool = true
  ) {
    self.name = name
    self.defaultAction = defaultAction
    self.rules = rules
    self.bodyLimit = bodyLimit
    self.redactedFields = redactedFields
    self.samplesDefault = samplesDefault
  }
}

/// One rule of a web ACL or of a rule group.
public struct Rule: Sendable {
  public var name: String
  /// Unique among its neighbours; the lowest goes first.
  public var priority: Int
  public var statement: Statement
  /// What a match comes to. For a rule that refers to a group: nil, or COUNT, which the group's result is then taken for.
  public var action: RuleAction?
  /// Without prefix: `ns:label`.
  public var labels: [String]
  public var isSampled: Bool

  public init(
    name: String, priority: Int, statement: Statement, action: RuleAction?, labels: [String] = [],
    isSampled: Bool = true
  ) {
    self.name = name
    self.priority = priority
    self.statement = statement
    self.action = action
    self.labels = labels
    self.isSampled = isSampled
  }
}

/// Rules that several web ACLs share.
public struct RuleGroup: Sendable {
  public var name: String
  public var rules: [Rule]

  public init(name: String, rules: [Rule]) {
    self.name = name
    self.rules = rules
  }
}

/// What a rule's match comes to.
public enum RuleAction: Sendable, Hashable {
  /// Ends the evaluation: the request goes on.
  case allow(inserting: [InsertedHeader] = [])
  /// Ends the evaluation: the request is answered.
  case block(BlockResponse? = nil)
  /// Is noted, and the evaluation goes on.
  case count(inserting: [InsertedHeader] = [])
}

/// A header that the request gets on its way to the origin: `x-amzn-waf-` stands before its name.
public struct InsertedHeader: Sendable, Hashable {
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What a blocked client gets instead of the standard answer.
public struct BlockResponse: Sendable, Hashable {
  public enum ContentType: String, Sendable, CaseIterable {
    case text = "TEXT_PLAIN"
    case html = "TEXT_HTML"
    case json = "APPLICATION_JSON"

    public var mediaType: String {
      switch self {
      case .text: "text/plain"
      case .html: "text/html"
      case .json: "application/json"
      }
    }
  }

  public struct Body: Sendable, Hashable {
    public var contentType: ContentType
    public var content: String

    public init(contentType: ContentType, content: String) {
      self.contentType = contentType
      self.content = content
    }
  }

  public var status: Int
  public var headers: [InsertedHeader]
  public var body: Body?

  /// Spec § 15.4.
  public static let statuses: Set<Int> = [
    200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414,
    415, 416, 421, 429, 500, 501, 502, 503, 504, 505,
  ]

  public init(status: Int, headers: [InsertedHeader] = [], body: Body? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
