import APIModel

/// Every key of gateway.yaml, once: the reader knows which ones there are from here, and so does the reference page.
public enum GatewayKeys {
  public enum Object: String, Sendable, CaseIterable {
    case root = "gateway.yaml"
    case listener = "listeners[]"
    case listenerTLS = "listeners[].tls"
    case transportSecurity = "listeners[].tls.strictTransportSecurity"
    case admin = "admin"
    case trustedProxies = "trustedProxies"
    case upstream = "upstreams[]"
    case api = "apis[]"
    case stage = "apis[].stages[]"
    case canary = "apis[].stages[].canarySettings"
    case methodSettings = "apis[].stages[].methodSettings.*"
    case domain = "domains[]"
    case mutualTLS = "domains[].mutualTlsAuthentication"
    case mapping = "domains[].mappings[]"
    case distribution = "distributions[]"
    case origin = "distributions[].origins[]"
    case cacheControlRule = "distributions[].origins[].cacheControl[]"
    case originGroup = "distributions[].originGroups[]"
    case cacheBehavior = "distributions[].cacheBehaviors[], defaultCacheBehavior"
    case forwardedValues = "forwardedValues"
    case forwardedCookies = "forwardedValues.cookies"
    case cachePolicy = "cachePolicy"
    case originRequestPolicy = "originRequestPolicy"
    case customErrorResponse = "distributions[].customErrorResponses[]"
    case accessLogSettings = "accessLogSettings"
    case cors = "apis[].cors"
    case webACL = "webACLs[]"
    case rule = "webACLs[].rules[], ruleGroups[].rules[]"
    case ruleAction = "webACLs[].rules[].action, defaultAction"
    case customResponse = "webACLs[].rules[].action.block.customResponse"
    case customResponseBody = "webACLs[].customResponseBodies.*"
    case statement = "webACLs[].rules[].statement"
    case ipSetReference = "statement.ipSetReferenceStatement"
    case geoMatch = "statement.geoMatchStatement"
    case asnMatch = "statement.asnMatchStatement"
    case byteMatch = "statement.byteMatchStatement"
    case regexMatch = "statement.regexMatchStatement"
    case patternSetReference = "statement.regexPatternSetReferenceStatement"
    case sizeConstraint = "statement.sizeConstraintStatement"
    case sqliMatch = "statement.sqliMatchStatement"
    case xssMatch = "statement.xssMatchStatement"
    case rateBased = "statement.rateBasedStatement"
    case labelMatch = "statement.labelMatchStatement"
    case ruleGroupReference = "statement.ruleGroupReferenceStatement"
    case compound = "statement.andStatement, statement.orStatement"
    case negation = "statement.notStatement"
    case field = "fieldToMatch"
    case jsonBody = "fieldToMatch.jsonBody"
    case fieldList = "fieldToMatch.headers, fieldToMatch.cookies"
    case ipSet = "ipSets[]"
    case geo = "geo"
    case patternSet = "regexPatternSets[]"
    case ruleGroup = "ruleGroups[]"
    case classicRule = "rules[]"
  }

  public struct Key: Sendable {
    public let object: Object
    public let name: String
    /// What may stand there.
    public let value: String
    /// Nil: it must be there.
    public let standard: String?
    public let prose: String

    init(_ object: Object, _ name: String, _ value: String, standard: String?, _ prose: String) {
      self.object = object
      self.name = name
      self.value = value
      self.standard = standard
      self.prose = prose
    }
  }

  public static let table = gateway + TLSKeys.table + DistributionKeys.table + FirewallKeys.table

  private static let gateway: [Key] = [
    Key(.root, "listeners", "list of listeners", standard: nil, "The addresses that connections are accepted on."),
    Key(.root, "apis", "list of APIs", standard: nil, "The APIs that are served."),
    Key(.root, "domains", "list of domains", standard: "none", "Host names of their own, and which API answers there."),
    Key(
      .root, "distributions", "list of distributions", standard: "none",
      "Sites: hosts whose paths are answered by APIs, other servers and directories."),
    Key(
      .root, "accessLogSettings", "object", standard: "none",
      "The access log of requests that come to no stage, and of the stages that have none of their own."),
    Key(
      .root, "workers", "`auto` or 1 to 1024", standard: "auto",
      "Threads that serve; `auto` is one for each core. `--workers` and SLUICE_WORKERS count before it."),
    Key(
      .root, "logLevel", "`trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical`", standard: "info",
      "How much the application log says. `--log-level` and SLUICE_LOG_LEVEL count before it."),
    Key(.root, "admin", "object", standard: "below", "Where the running gateway listens to its operators."),
    Key(
      .root, "trustedProxies", "object", standard: "none", "Whose word is taken for where requests come from."),
    Key(
      .root, "upstreams", "list of upstreams", standard: "none",
      "How certain origins are spoken to, be they integrations' or distributions'."),
    Key(
      .root, "secretNames", "list of names", standard: "none",
      "Header fields, parameters, stage variables and JSON members whose values `sluice explain` hides, besides those "
        + "that it takes for secret anyway (`Authorization`, `password`, `access_token`, …)."),
    Key(
      .root, "cacheDirectory", "path", standard: "none",
      "Where large cached bodies lie, so that they take no memory and outlive a restart: a directory of this gateway's own, "
        + "from the folder of gateway.yaml. Without it all lies in memory. Taken when the gateway starts."),
    Key(.root, "limits", "object", standard: "the defaults below", "How much is taken from a peer."),
    Key(.root, "timeouts", "object", standard: "the defaults below", "How long a peer is waited for."),

    Key(
      .listener, "proxyProtocol", "boolean", standard: "`false`",
      "Connections begin with a PROXY protocol header, version 1 or 2, of one of `trustedProxies`; others are closed."),
    Key(
      .trustedProxies, "addresses", "list of addresses and CIDR blocks", standard: nil,
      "The networks of the proxies in front; `unix:` stands for whoever connects to a Unix-domain listener."),
    Key(
      .trustedProxies, "header", "`X-Forwarded-For`, `Forwarded`", standard: "X-Forwarded-For",
      "The header that these proxies write. The other one is not believed: it is as the client wrote it."),

    Key(
      .listener, "address", "`host:port`, `[v6]:port`, `:port` or `unix:/path`", standard: nil,
      "Port 0 lets the system choose one; a path without a slash in front is seen from the working directory."),
    Key(
      .listener, "http1", "`true` or `false`", standard: "`true`", "Whether clients may speak HTTP/1.1 and 1.0 there."),
    Key(
      .listener, "http2", "`true` or `false`", standard: "`true`",
      "Whether clients may speak HTTP/2 there: with TLS where both name it in the handshake (ALPN), without by prior "
        + "knowledge."),

    Key(
      .admin, "address", "`host:port`, `unix:/path` or `off`", standard: "`127.0.0.1:9440`",
      "Where `sluice reload`, `deploy` and their like find the gateway. An address that other machines reach needs a "
        + "token. `--admin` and SLUICE_ADMIN count before it."),
    Key(
      .admin, "token", "text", standard: "none",
      "What operators must know, in `Authorization: Bearer …`. SLUICE_ADMIN_TOKEN counts before it, and keeps it out of "
        + "the file."),

    Key(
      .api, "name", "1 to 63 letters, digits, `-`, `_`", standard: nil,
      "What other keys call the API; also its id, which `$context.apiId` says."),
    Key(
      .api, "definition", "path", standard: nil,
      "The OpenAPI 3.0, 3.1 or Swagger 2.0 document, from the folder of gateway.yaml."),
    Key(.api, "stages", "list of stages", standard: nil, "The names under which the API is deployed."),
    Key(
      .api, "basePath", "`ignore`, `prepend`, `split`", standard: "ignore",
      "What becomes of the definition's own base path: nothing; it comes before every path; or all but its first "
        + "segment does."),
    Key(
      .api, "minimumCompressionSize", "0 to 10485760", standard: "the definition's",
      "Bytes from which on responses are compressed for clients that take it: "
        + "x-amazon-apigateway-minimum-compression-size."),
    Key(
      .api, "disableExecuteApiEndpoint", "boolean", standard: "the definition's",
      "Whether the API answers under the names of `domains` and distributions only, and not at `/<stage>/…`: what APIs "
        + "need whose stages have the same name."),
    Key(
      .api, "cors", "`true`, `false` or object", standard: "false",
      "Whether pages of other origins may call the API: preflights are answered, responses and failures say so."),

    Key(
      .stage, "name", "1 to 128 letters, digits, `-`, `_`", standard: nil,
      "The first segment of the API's paths where no domain is mapped."),
    Key(
      .stage, "variables", "object of texts", standard: "none",
      "What `${stageVariables.name}` in the definition stands for."),
    Key(
      .stage, "accessLogSettings", "object", standard: "those of gateway.yaml",
      "The access log of the stage's requests."),
    Key(.stage, "description", "text", standard: "none", "For people."),
    Key(
      .stage, "canarySettings", "object", standard: "none",
      "A part of the requests that is answered with other variables, or by another deployment."),
    Key(
      .stage, "methodSettings", "object of objects", standard: "none",
      "By `*/*` for all methods or by `pets/{petId}/GET` for one, which begins with what `*/*` says."),
    Key(
      .stage, "cacheClusterEnabled", "boolean", standard: "`false`",
      "Whether the stage has a cache, for the methods whose settings enable it."),
    Key(
      .stage, "cacheClusterSize", CacheClusterSize.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
      standard: "none", "Accepted: the stages share the memory that `cacheSize` under `limits` bounds."),

    Key(
      .canary, "percentTraffic", "0 to 100", standard: "`0`",
      "How many requests are the canary's; decided for each one by chance."),
    Key(
      .canary, "stageVariableOverrides", "object of texts", standard: "none",
      "Laid over the stage's variables; may add to them."),
    Key(
      .canary, "deploymentId", "number of a deployment", standard: "the stage's own",
      "The deployment whose definition of the API answers, with this stage's variables; `sluice deployments` lists them."
    ),
    Key(
      .canary, "useStageCache", "boolean", standard: "`false`",
      "Whether the canary shares the stage's cache; else it has one of its own."),

    Key(.methodSettings, "metricsEnabled", "boolean", standard: "`false`", "Not built yet."),
    Key(.methodSettings, "loggingLevel", "`OFF`, `ERROR`, `INFO`", standard: "`OFF`", "Not built yet."),
    Key(.methodSettings, "dataTraceEnabled", "boolean", standard: "`false`", "Not built yet."),
    Key(
      .methodSettings, "throttlingBurstLimit", "number, `-1` for none", standard: "`5000`",
      "Requests at once; not built yet."),
    Key(
      .methodSettings, "throttlingRateLimit", "number, `-1` for none", standard: "`10000`",
      "Requests a second; not built yet."),
    Key(
      .methodSettings, "cachingEnabled", "boolean", standard: "`false`",
      "Whether answers are cached, where the stage has `cacheClusterEnabled`. Said for all methods (`*/*`), it counts for "
        + "GET; others have to say so themselves."),
    Key(
      .methodSettings, "cacheTtlInSeconds", "0 to 3600", standard: "`300`",
      "For how long, whatever the integration says; 0: not at all."),
    Key(
      .methodSettings, "cacheDataEncrypted", "boolean", standard: "`false`",
      "Accepted: what is cached is in the memory of the process, and nowhere else."),
    Key(
      .methodSettings, "requireAuthorizationForCacheControl", "boolean", standard: "`true`",
      "Whether a client must have IAM's permission to ask for a fresh answer (`Cache-Control: max-age=0`). There is no IAM yet, "
        + "so that nobody has it; `false` lets everybody."),
    Key(
      .methodSettings, "unauthorizedCacheControlHeaderStrategy",
      MethodSettings.UnauthorizedCacheControl.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
      standard: "`SUCCEED_WITH_RESPONSE_HEADER`",
      "What becomes of one who has not: 403; or the cached answer, with a `Warning` or without."),

    Key(.domain, "name", "host name, or `*.` and one", standard: nil, "`*.example.com` is every name one label below."),
    Key(.domain, "mappings", "list of mappings", standard: nil, "Which API answers under which path."),

    Key(.mapping, "path", "path", standard: "`/`", "The base path; the longest that matches counts."),
    Key(.mapping, "api", "name of an API", standard: nil, "The API that answers below the path."),
    Key(
      .mapping, "stage", "name of a stage", standard: "from the request",
      "Without it the first segment behind the base path names the stage."),

    Key(
      .accessLogSettings, "destination", "`stdout` or a path", standard: nil,
      "A file is appended to, and seen from the folder of gateway.yaml; SIGUSR1 opens it anew."),
    Key(
      .accessLogSettings, "destinationArn", "`stdout` or a path", standard: "none",
      "API Gateway's name for `destination`; an ARN cannot be logged to."),
    Key(
      .accessLogSettings, "format", "`clf`, `json`, `xml`, `csv`, or a template of `$context.…`", standard: "`clf`",
      "What a line says, in a single line, `$context.requestId` or `$context.extendedRequestId` in it."),

    Key(
      .cors, "allowOrigins", "list of origins", standard: "`*`",
      "`*` for all; `https://*` for all of a scheme; or `https://app.example.com`."),
    Key(
      .cors, "allowMethods", "list of methods", standard: "those of the resource",
      "What a preflight allows; `*` for all."),
    Key(
      .cors, "allowHeaders", "list of header names", standard: "API Gateway's five, and what methods declare",
      "What a preflight allows; `*` for all but `Authorization`."),
    Key(
      .cors, "allowCredentials", "`true` or `false`", standard: "false",
      "Whether cookies and authorization may be sent; the origins must be named then."),
    Key(
      .cors, "exposeHeaders", "list of header names", standard: "none", "What a page may read of a response's fields."),
    Key(.cors, "maxAge", "0 to 86400", standard: "the browser's", "Seconds for which a preflight may be remembered."),
  ]

  static func names(of object: Object) -> [String] { table.filter { $0.object == object }.map(\.name) }
}
