import Edge

/// The keys of `distributions`, a part of ``GatewayKeys/table``.
enum DistributionKeys {
  typealias Key = GatewayKeys.Key

  private static let viewerHeaders =
    ViewerHeader.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    + " are the gateway's to say, and go to servers."

  static let table: [Key] = [
    Key(
      .distribution, "aliases", "list of host names", standard: "`*`",
      "The hosts that it answers under; `*.example.com` is every name below one, `*` every host that nothing else names."
    ),
    Key(.distribution, "origins", "list of origins", standard: nil, "Where the answers come from."),
    Key(.distribution, "originGroups", "list of origin groups", standard: "none", "Origins that stand in for others."),
    Key(
      .distribution, "defaultRootObject", "path without a slash in front", standard: "none",
      "What is asked for by `/` alone."),
    Key(
      .distribution, "defaultCacheBehavior", "behaviour without `pathPattern`", standard: nil,
      "What becomes of every path that no other behaviour takes."),
    Key(
      .distribution, "cacheBehaviors", "list of behaviours", standard: "none",
      "Tried in this order; the first whose pattern matches counts."),
    Key(
      .distribution, "customErrorResponses", "list of error responses", standard: "none",
      "What visitors get in place of an error."),
    Key(
      .distribution, "xCacheName", "one word", standard: "`sluice`",
      "What `X-Cache` calls the cache: `Hit from sluice`."),
    Key(.distribution, "comment", "text", standard: "none", "For people."),
    Key(.distribution, "enabled", "`true` or `false`", standard: "`true`", "Whether it answers at all."),

    Key(.origin, "id", "text", standard: nil, "What behaviours and groups call it."),
    Key(.origin, "api", "name of an API", standard: "none", "An API of this gateway answers, through its four stages."),
    Key(
      .origin, "stage", "name of a stage", standard: "from the request",
      "Of the API. Without it the first segment behind the base path names the stage."),
    Key(
      .origin, "basePath", "path", standard: "`/`",
      "Taken off the path before the API sees it, as a base path mapping does."),
    Key(.origin, "url", "`http://host[:port]`, or `https`", standard: "none", "Another server answers."),
    Key(.origin, "originPath", "path", standard: "none", "Put before every path that the server is asked for."),
    Key(
      .origin, "customHeaders", "object of texts", standard: "none",
      "Fields that every request to the server has, whatever the client says under these names."),
    Key(
      .origin, "originReadTimeout", "1 to 180 seconds", standard: "30",
      "How long the server may take to answer. Beyond it: 504."
    ),
    Key(
      .origin, "directory", "path", standard: "none",
      "Files answer: a directory, or one of releases; from the folder of gateway.yaml."),
    Key(.origin, "indexDocument", "file name", standard: "`index.html`", "What answers for a folder."),
    Key(
      .origin, "fallbackDocument", "path", standard: "none",
      "What answers a navigation to a path that does not exist: a single-page app's page."),
    Key(.origin, "errorDocument", "path", standard: "none", "The body of a 404."),
    Key(
      .origin, "cacheControl", "list of rules", standard: "a year for hashed names, five minutes for the rest",
      "What `Cache-Control` files have; the first rule whose pattern matches counts."),

    Key(.cacheControlRule, "path", "path pattern", standard: nil, "`*` and `?` as in a behaviour's `pathPattern`."),
    Key(.cacheControlRule, "value", "text", standard: nil, "The field's value; empty: the field is left out."),

    Key(.originGroup, "id", "text", standard: nil, "What behaviours call it."),
    Key(.originGroup, "members", "two ids of origins", standard: nil, "The first is asked first."),
    Key(
      .originGroup, "statusCodes", "list of \(Failover.allowedCodes.map(String.init).joined(separator: ", "))",
      standard: "none", "Answers of the first that the second is asked for; one that cannot be reached always is."),

    Key(
      .cacheBehavior, "pathPattern", "path pattern", standard: nil,
      "`*` is any run of characters, `?` exactly one; capitals count. Not in `defaultCacheBehavior`."),
    Key(.cacheBehavior, "targetOriginId", "id of an origin or a group", standard: nil, "Where the answer comes from."),
    Key(
      .cacheBehavior, "viewerProtocolPolicy", "`allow-all`, `redirect-to-https`, `https-only`", standard: "`allow-all`",
      "What becomes of requests without TLS."),
    Key(
      .cacheBehavior, "allowedMethods", "`[GET, HEAD]`, with `OPTIONS`, or all seven", standard: "`[GET, HEAD]`",
      "Others get 403."),
    Key(
      .cacheBehavior, "cachedMethods", "`[GET, HEAD]`, or with `OPTIONS`", standard: "`[GET, HEAD]`",
      "Whose answers are kept."),
    Key(.cacheBehavior, "compress", "`true` or `false`", standard: "`false`", "Compress what the origin did not."),
    Key(.cacheBehavior, "minTTL", "seconds", standard: "0", "How long an answer is kept at least."),
    Key(.cacheBehavior, "defaultTTL", "seconds", standard: "86400", "How long one is kept that says nothing of it."),
    Key(.cacheBehavior, "maxTTL", "seconds", standard: "31536000", "How long one is kept at most."),
    Key(
      .cacheBehavior, "forwardedValues", "object", standard: "none",
      "What tells one answer from another, in the older form; not together with a policy."),
    Key(
      .cacheBehavior, "cachePolicyId", "id or name of a managed policy", standard: "none",
      "\(CachePolicy.managed.map { "`\($0.name)`" }.joined(separator: ", "))."),
    Key(.cacheBehavior, "cachePolicy", "object", standard: "none", "A policy of one's own."),
    Key(
      .cacheBehavior, "originRequestPolicyId", "id or name of a managed policy", standard: "none",
      "\(OriginRequestPolicy.managed.map { "`\($0.name)`" }.joined(separator: ", "))."),
    Key(
      .cacheBehavior, "originRequestPolicy", "object", standard: "none",
      "What goes to the origin that does not tell answers apart; what does always goes."),
    Key(
      .cacheBehavior, "cacheSetCookie", "`true` or `false`", standard: "`false`",
      "Whether answers with `Set-Cookie` are kept, and everybody is given the cookie; where neither a TTL nor a policy is named."
    ),

    Key(.forwardedValues, "queryString", "`true` or `false`", standard: "`false`", "The query belongs to the key."),
    Key(
      .forwardedValues, "queryStringCacheKeys", "list of names", standard: "all", "Only these parameters of it do."),
    Key(
      .forwardedValues, "headers", "list of names", standard: "none",
      "These fields do; `*` means that nothing is kept. "
        + viewerHeaders
    ),
    Key(.forwardedValues, "cookies", "object", standard: "none", "These cookies do."),

    Key(.forwardedCookies, "forward", "`none`, `whitelist`, `all`", standard: "`none`", "Which cookies."),
    Key(.forwardedCookies, "whitelistedNames", "list of names", standard: "none", "For `whitelist`."),

    Key(
      .originRequestPolicy, "headerBehavior",
      "`none`, `whitelist`, `allViewer`, `allViewerAndWhitelistCloudFront`, `allExcept`", standard: "`allViewer`",
      "Which fields of the viewer's go to the origin, `Host` among them. `Content-…`, `If-…`, `Range` and `Accept-Encoding` always do."
    ),
    Key(
      .originRequestPolicy, "headers", "list of names", standard: "none",
      "For `whitelist`, `allExcept` and `allViewerAndWhitelistCloudFront`. Of the gateway's own there are "
        + ViewerHeader.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ") + "."),
    Key(
      .originRequestPolicy, "queryStringBehavior", "`none`, `whitelist`, `allExcept`, `all`", standard: "`all`",
      "Which parameters go."),
    Key(.originRequestPolicy, "queryStrings", "list of names", standard: "none", "For `whitelist` and `allExcept`."),
    Key(
      .originRequestPolicy, "cookieBehavior", "`none`, `whitelist`, `allExcept`, `all`", standard: "`all`",
      "Which cookies go."),
    Key(.originRequestPolicy, "cookies", "list of names", standard: "none", "For `whitelist` and `allExcept`."),

    Key(.cachePolicy, "minTTL", "seconds", standard: "0", "How long an answer is kept at least."),
    Key(.cachePolicy, "defaultTTL", "seconds", standard: "86400", "How long one is kept that says nothing of it."),
    Key(.cachePolicy, "maxTTL", "seconds", standard: "31536000", "How long one is kept at most."),
    Key(
      .cachePolicy, "queryStringBehavior", "`none`, `whitelist`, `allExcept`, `all`", standard: "`none`",
      "Which parameters belong to the key."),
    Key(.cachePolicy, "queryStrings", "list of names", standard: "none", "For `whitelist` and `allExcept`."),
    Key(.cachePolicy, "headerBehavior", "`none`, `whitelist`", standard: "`none`", "Which fields do."),
    Key(.cachePolicy, "headers", "list of names", standard: "none", "For `whitelist`. " + viewerHeaders),
    Key(
      .cachePolicy, "cookieBehavior", "`none`, `whitelist`, `allExcept`, `all`", standard: "`none`", "Which cookies do."
    ),
    Key(.cachePolicy, "cookies", "list of names", standard: "none", "For `whitelist` and `allExcept`."),
    Key(
      .cachePolicy, "enableAcceptEncodingGzip", "`true` or `false`", standard: "`false`",
      "Whether the client takes gzip does."),
    Key(
      .cachePolicy, "enableAcceptEncodingBrotli", "`true` or `false`", standard: "`false`",
      "Whether the client takes brotli does."),

    Key(
      .customErrorResponse, "errorCode", CustomErrorResponse.errorCodes.map(String.init).joined(separator: ", "),
      standard: nil, "The status that it stands in for."),
    Key(
      .customErrorResponse, "responsePagePath", "path", standard: "none",
      "The page: what is at this path of the distribution, whichever origin answers there."),
    Key(.customErrorResponse, "responseCode", "200 or an error code", standard: "none", "The status with the page."),
    Key(.customErrorResponse, "errorCachingMinTTL", "seconds", standard: "10", "How long the error is remembered."),
  ]
}
