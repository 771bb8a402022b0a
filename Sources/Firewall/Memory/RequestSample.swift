/// A request that was screened, for people to look at. Nothing of it is longer than a line.
public struct RequestSample: Sendable, Equatable {
  public enum Action: String, Sendable {
    case allow = "ALLOW"
    case block = "BLOCK"
    case count = "COUNT"
  }

  public var epochMilliseconds: Int64
  /// `Default_Action` where no rule decided.
  public var rule: String
  public var action: Action
  /// What the rule saw, in words: `header user-agent contains "sqlmap"`.
  public var reason: String
  public var client: String
  public var method: String
  public var host: String
  /// Path and query.
  public var target: String
  public var userAgent: String
  public var labels: [String]
  /// What the client can be told by, where a rule of the web ACL asks for that.
  public var ja3, ja4: String?

  public init(
    epochMilliseconds: Int64, rule: String, action: Action, reason: String, client: String, method: String,
    host: String,
    target: String, userAgent: String, labels: [String], ja3: String? = nil, ja4: String? = nil
  ) {
    self.epochMilliseconds = epochMilliseconds
    self.rule = rule
    self.action = action
    self.reason = reason
    self.client = client
    self.method = method
    self.host = host
    self.target = target
    self.userAgent = userAgent
    self.labels = labels
    self.ja3 = ja3
    self.ja4 = ja4
  }
}
