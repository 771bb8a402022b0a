/// The keys of the firewall's part of gateway.yaml, a part of ``GatewayKeys/table``. WAFv2's names with a small letter in front;
/// with a capital one, as `aws wafv2` prints them, they are the same keys.
enum FirewallKeys {
  typealias Key = GatewayKeys.Key

  static let table: [Key] = root + rules + statements + fields + classic

  private static func unused(_ object: GatewayKeys.Object, _ names: String...) -> [Key] {
    names.map { Key(object, $0, "anything", standard: "none", "Read past: it stands in what `aws` exports.") }
  }

  private static let root: [Key] =
    [
      Key(.root, "webACLs", "list of web ACLs", standard: "none", "Rules by which requests are let in or blocked."),
      Key(.root, "ipSets", "list of IP sets", standard: "none", "Addresses that rules refer to."),
      Key(.root, "regexPatternSets", "list of pattern sets", standard: "none", "Patterns that rules refer to."),
      Key(
        .root, "geo", "object", standard: "none", "Databases of where addresses are, for geo and ASN match statements."),
      Key(
        .geo, "countries", "path", standard: "none",
        "A MaxMind database with countries, such as GeoLite2-Country or GeoLite2-City, which has regions, too; read again when "
          + "it changes."),
      Key(
        .geo, "networks", "path", standard: "none",
        "A MaxMind database with the numbers of autonomous systems, such as GeoLite2-ASN; read again when it changes."),
      Key(.root, "ruleGroups", "list of rule groups", standard: "none", "Rules that several web ACLs share."),
      Key(.distribution, "webACL", "name of a web ACL", standard: "none", "Screens its requests before anything else."),
      Key(.stage, "webACL", "name of a web ACL", standard: "none", "Screens its requests before anything else."),

      Key(.ipSet, "name", "text", standard: nil, "What rules call it."),
      Key(
        .ipSet, "addresses", "list of CIDR blocks", standard: "none", "`192.0.2.0/24`, `2001:db8::/32`, one address."),
      Key(
        .ipSet, "file", "path", standard: "none",
        "A file with one block a line and `#` comments, in place of `addresses`; read again when it changes."),
      Key(.ipSet, "ipAddressVersion", "`IPV4` or `IPV6`", standard: "both", "Which kind its addresses must be."),
      Key(
        .ipSet, "ipSetDescriptors", "list of `{ type, value }`", standard: "none",
        "The addresses in WAF Classic's shape."),
    ]
    + unused(.ipSet, "id", "arn", "description", "scope", "tags", "lockToken")
    + [
      Key(.ipSet, "ipSetId", "text", standard: "none", "What rules in WAF Classic's shape call it."),

      Key(.patternSet, "name", "text", standard: nil, "What rules call it."),
      Key(
        .patternSet, "regularExpressionList", "list of patterns, or of `{ regexString }`", standard: nil,
        "One of them is enough."),
    ] + unused(.patternSet, "id", "arn", "description", "scope", "tags", "lockToken")
    + [
      Key(.patternSet, "regexPatternStrings", "list of patterns", standard: "none", "The same in WAF Classic's shape."),
      Key(
        .patternSet, "regexPatternSetId", "text", standard: "none", "What sets in WAF Classic's shape call it."),

      Key(.ruleGroup, "name", "text", standard: nil, "What web ACLs call it."),
      Key(.ruleGroup, "rules", "list of rules", standard: nil, "In the order of their priorities."),
      Key(.ruleGroup, "customResponseBodies", "object of bodies", standard: "none", "What custom responses refer to."),
    ]
    + unused(
      .ruleGroup, "id", "arn", "description", "scope", "capacity", "visibilityConfig", "labelNamespace", "tags",
      "availableLabels", "consumedLabels", "lockToken")

  private static let rules: [Key] =
    [
      Key(.webACL, "name", "text", standard: nil, "What stages and distributions call it."),
      Key(.webACL, "defaultAction", "`ALLOW`, `BLOCK`, or an action", standard: nil, "Where no rule decides."),
      Key(.webACL, "rules", "list of rules", standard: "none", "In the order of their priorities."),
      Key(.webACL, "customResponseBodies", "object of bodies", standard: "none", "What custom responses refer to."),
      Key(
        .webACL, "associationConfig", "object", standard: "16 KB",
        "`requestBody.*.defaultSizeInspectionLimit`: how much of a body is inspected, `KB_8` to `KB_64`."),
      Key(
        .webACL, "loggingConfiguration", "object", standard: "none",
        "`redactedFields`: parts of requests that no log and no sample shows."),
      Key(.webACL, "visibilityConfig", "object", standard: "sampled", "`sampledRequestsEnabled`."),
    ]
    + unused(
      .webACL, "id", "arn", "description", "scope", "capacity", "managedByFirewallManager", "labelNamespace", "tags",
      "captchaConfig", "challengeConfig", "tokenDomains", "retrofittedByFirewallManager", "lockToken", "metricName",
      "webACLId", "webACLArn", "preProcessFirewallManagerRuleGroups", "postProcessFirewallManagerRuleGroups",
      "dataProtectionConfig", "applicationConfig", "onSourceDDoSProtectionConfig")
    + [
      Key(.rule, "name", "text", standard: nil, "What logs call it."),
      Key(.rule, "priority", "0 or more", standard: nil, "The lowest goes first; each its own."),
      Key(.rule, "statement", "statement", standard: nil, "What it asks of a request."),
      Key(
        .rule, "action", "`ALLOW`, `BLOCK`, `COUNT`, or an action", standard: "none",
        "What a match comes to; not for a rule that refers to a group."),
      Key(.rule, "overrideAction", "`NONE`, `COUNT`", standard: "`NONE`", "For a rule that refers to a group."),
      Key(
        .rule, "ruleLabels", "list of labels, or of `{ name }`", standard: "none", "What a match labels the request."),
      Key(.rule, "visibilityConfig", "object", standard: "sampled", "`sampledRequestsEnabled`."),
      Key(.rule, "predicates", "list of `{ negated, type, dataId }`", standard: "none", "WAF Classic: all must hold."),
      Key(.rule, "ruleId", "text", standard: "none", "WAF Classic: a rule of `rules`."),
      Key(.rule, "type", "`REGULAR`", standard: "`REGULAR`", "WAF Classic."),
    ] + unused(.rule, "captchaConfig", "challengeConfig", "metricName", "excludedRules")
    + [
      Key(.ruleAction, "allow", "object", standard: "none", "`customRequestHandling`."),
      Key(.ruleAction, "block", "object", standard: "none", "`customResponse`."),
      Key(.ruleAction, "count", "object", standard: "none", "`customRequestHandling`."),
      Key(.ruleAction, "type", "`ALLOW`, `BLOCK`, `COUNT`", standard: "none", "WAF Classic."),
      Key(.customResponse, "responseCode", "status", standard: nil, "In place of 403."),
      Key(.customResponse, "customResponseBodyKey", "text", standard: "none", "One of `customResponseBodies`."),
      Key(
        .customResponse, "responseHeaders", "list of `{ name, value }`", standard: "none",
        "Field lines of the response."),
      Key(
        .customResponseBody, "contentType", "`TEXT_PLAIN`, `TEXT_HTML`, `APPLICATION_JSON`", standard: nil, "Its type."),
      Key(.customResponseBody, "content", "text", standard: nil, "The body, up to 4 KB."),
    ]

  private static func inspecting(_ object: GatewayKeys.Object) -> [Key] {
    [
      Key(object, "fieldToMatch", "field", standard: nil, "The part of the request."),
      Key(
        object, "textTransformations", "list of names, or of `{ priority, type }`", standard: "none", "Before the look."
      ),
    ]
  }

  /// A statement has exactly one of these.
  static let statementNames = [
    "ipSetReferenceStatement", "geoMatchStatement", "asnMatchStatement", "byteMatchStatement", "regexMatchStatement",
    "regexPatternSetReferenceStatement",
    "sizeConstraintStatement", "sqliMatchStatement", "xssMatchStatement", "rateBasedStatement", "labelMatchStatement",
    "ruleGroupReferenceStatement", "andStatement", "orStatement", "notStatement",
  ]

  private static let statements: [Key] =
    statementNames.map { Key(.statement, $0, "object", standard: "none", "One of these, and one only.") } + [
      Key(.ipSetReference, "arn", "name or ARN of an IP set", standard: nil, "Which set."),
      Key(
        .ipSetReference, "ipSetForwardedIPConfig", "object", standard: "the connection's address",
        "`headerName`, `position` (`FIRST`, `LAST`, `ANY`), `fallbackBehavior` (`MATCH`, `NO_MATCH`)."),
      Key(
        .geoMatch, "countryCodes", "list of codes", standard: nil, "`DE`, `US`, … (ISO 3166); `XX`: not known."),
      Key(
        .geoMatch, "forwardedIPConfig", "object", standard: "the connection's address",
        "`headerName`, `fallbackBehavior`."),
      Key(.asnMatch, "asnList", "list of 1 to 100 numbers", standard: nil, "`64500` for AS64500; `0`: not known."),
      Key(
        .asnMatch, "forwardedIPConfig", "object", standard: "the connection's address",
        "`headerName`, `fallbackBehavior`."),
      Key(.byteMatch, "searchString", "text", standard: nil, "What is looked for; base64 in what `aws` exports."),
      Key(.byteMatch, "searchStringBase64", "base64", standard: "none", "In place of `searchString`."),
      Key(
        .byteMatch, "positionalConstraint", "`EXACTLY`, `STARTS_WITH`, `ENDS_WITH`, `CONTAINS`, `CONTAINS_WORD`",
        standard: nil, "Where."),
    ] + inspecting(.byteMatch) + [Key(.regexMatch, "regexString", "pattern", standard: nil, "PCRE2, on bytes.")]
    + inspecting(.regexMatch) + [
      Key(.patternSetReference, "arn", "name or ARN of a pattern set", standard: nil, "Which.")
    ]
    + inspecting(.patternSetReference)
    + [
      Key(.sizeConstraint, "comparisonOperator", "`EQ`, `NE`, `LE`, `LT`, `GE`, `GT`", standard: nil, "How."),
      Key(.sizeConstraint, "size", "bytes", standard: nil, "With what."),
    ] + inspecting(.sizeConstraint)
    + [Key(.sqliMatch, "sensitivityLevel", "`LOW`, `HIGH`", standard: "`LOW`", "How readily.")] + inspecting(.sqliMatch)
    + inspecting(.xssMatch)
    + [
      Key(.rateBased, "limit", "10 to 2000000000", standard: nil, "More requests than this match."),
      Key(.rateBased, "evaluationWindowSec", "60, 120, 300, 600", standard: "300", "Within how many seconds."),
      Key(
        .rateBased, "aggregateKeyType", "`IP`, `FORWARDED_IP`, `CUSTOM_KEYS`, `CONSTANT`", standard: nil,
        "What is counted by itself."),
      Key(.rateBased, "scopeDownStatement", "statement", standard: "none", "Only what it is true of is counted."),
      Key(.rateBased, "forwardedIPConfig", "object", standard: "none", "`headerName`, `fallbackBehavior`."),
      Key(.rateBased, "customKeys", "list of one to five keys", standard: "none", "For `CUSTOM_KEYS`."),
      Key(.labelMatch, "scope", "`LABEL`, `NAMESPACE`", standard: nil, "Of what."),
      Key(.labelMatch, "key", "text", standard: nil, "The label, or the namespace with its colon."),
      Key(.ruleGroupReference, "arn", "name or ARN of a rule group", standard: nil, "Which group."),
      Key(
        .ruleGroupReference, "ruleActionOverrides", "list of `{ name, actionToUse }`", standard: "none",
        "Other actions for some of its rules."),
      Key(.ruleGroupReference, "excludedRules", "list of `{ name }`", standard: "none", "Rules that only count."),
      Key(
        .compound, "statements", "list of two statements or more", standard: nil, "Of `andStatement`, `orStatement`."),
      Key(.negation, "statement", "statement", standard: nil, "Of `notStatement`."),
    ]

  /// A field has exactly one of these.
  static let fieldNames = [
    "singleHeader", "singleQueryArgument", "allQueryArguments", "uriPath", "queryString", "body", "method", "jsonBody",
    "headers", "cookies", "headerOrder", "uriFragment", "ja3Fingerprint", "ja4Fingerprint",
  ]

  private static let fields: [Key] =
    fieldNames.map { Key(.field, $0, "object", standard: "none", "One of these, and one only.") } + [
      Key(.jsonBody, "matchPattern", "`all` or `includedPaths`", standard: nil, "JSON pointers."),
      Key(.jsonBody, "matchScope", "`ALL`, `KEY`, `VALUE`", standard: nil, "Names, values, both."),
      Key(
        .jsonBody, "invalidFallbackBehavior", "`MATCH`, `NO_MATCH`, `EVALUATE_AS_STRING`",
        standard: "up to the mistake", "For what is no JSON."),
      Key(
        .jsonBody, "oversizeHandling", "`CONTINUE`, `MATCH`, `NO_MATCH`", standard: "`CONTINUE`",
        "For what is too large."),
      Key(
        .fieldList, "matchPattern", "`all`, `includedHeaders`, `excludedHeaders`, `includedCookies`, `excludedCookies`",
        standard: nil, "Which headers or cookies."),
      Key(.fieldList, "matchScope", "`ALL`, `KEY`, `VALUE`", standard: nil, "Names, values, both."),
      Key(
        .fieldList, "oversizeHandling", "`CONTINUE`, `MATCH`, `NO_MATCH`", standard: "`CONTINUE`",
        "For what is too large."),
    ]

  private static let classic: [Key] = [
    Key(.root, "rules", "list of rules", standard: "none", "WAF Classic: rules that web ACLs refer to by `ruleId`."),
    Key(.root, "byteMatchSets", "list", standard: "none", "WAF Classic."),
    Key(.root, "sizeConstraintSets", "list", standard: "none", "WAF Classic."),
    Key(.root, "sqlInjectionMatchSets", "list", standard: "none", "WAF Classic."),
    Key(.root, "xssMatchSets", "list", standard: "none", "WAF Classic."),
    Key(.root, "regexMatchSets", "list", standard: "none", "WAF Classic."),
    Key(.root, "geoMatchSets", "list", standard: "none", "WAF Classic."),
    Key(.classicRule, "ruleId", "text", standard: "none", "What web ACLs call it."),
    Key(.classicRule, "name", "text", standard: nil, "What logs call it."),
    Key(.classicRule, "metricName", "text", standard: "none", "Read past."),
    Key(.classicRule, "predicates", "list of `{ negated, type, dataId }`", standard: nil, "All must hold."),
    Key(.classicRule, "matchPredicates", "list", standard: "none", "Of a rate-based rule."),
    Key(.classicRule, "rateKey", "`IP`", standard: "none", "Makes it a rate-based rule."),
    Key(.classicRule, "rateLimit", "100 to 2000000000", standard: "none", "Requests within five minutes."),
  ]
}
