/// What a web ACL made of a request, as `$context` says it (spec § 4.9).
public struct ScreeningNote: Sendable {
  public var isBlocked: Bool
  public var webACL: String
  public var latencyMilliseconds: Int

  public init(isBlocked: Bool, webACL: String, latencyMilliseconds: Int) {
    self.isBlocked = isBlocked
    self.webACL = webACL
    self.latencyMilliseconds = latencyMilliseconds
  }

  /// `wafResponseCode`.
  var responseCode: String { isBlocked ? "WAF_BLOCK" : "WAF_ALLOW" }
  /// `waf.status`.
  var status: Int { isBlocked ? 403 : 200 }
  /// `webaclArn`: in the form of AWS's, with nothing of a region or an id in it, since there is none.
  var arn: String { "arn:aws:wafv2:local:\(DeploymentPlan.accountID):regional/webacl/\(webACL)" }
}
