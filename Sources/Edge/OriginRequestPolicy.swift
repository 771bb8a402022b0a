/// What of a viewer's request goes to the origin although it does not tell answers apart (spec § 14.4): what does goes there in
/// any case.
public struct OriginRequestPolicy: Hashable, Sendable {
  /// Fields by name, `Host` among them; cookies are not meant.
  public var headers: CachePolicy.Selection
  /// What the gateway says of the viewer.
  public var told: [ViewerHeader]
  public var queryStrings: CachePolicy.Selection
  public var cookies: CachePolicy.Selection

  public init(
    headers: CachePolicy.Selection = .none, told: [ViewerHeader] = [], queryStrings: CachePolicy.Selection = .none,
    cookies: CachePolicy.Selection = .none
  ) {
    self.headers = headers
    self.told = told
    self.queryStrings = queryStrings
    self.cookies = cookies
  }

  /// Those that CloudFront has ready, by the id that templates name them with.
  public static let managed: [(name: String, id: String, policy: OriginRequestPolicy)] = [
    (
      "AllViewer", "216adef6-5c7f-47e4-b989-5492eafa07d3",
      OriginRequestPolicy(headers: .all, queryStrings: .all, cookies: .all)
    ),
    (
      "AllViewerExceptHostHeader", "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      OriginRequestPolicy(headers: .allExcept(["Host"]), queryStrings: .all, cookies: .all)
    ),
    (
      "AllViewerAndCloudFrontHeaders-2022-06", "33f36d7e-f396-46d9-90e0-52428a34d9dc",
      OriginRequestPolicy(headers: .all, told: ViewerHeader.allCases, queryStrings: .all, cookies: .all)
    ),
    (
      "CORS-CustomOrigin", "59781a5b-3903-41f3-afcb-af62929ccde1",
      OriginRequestPolicy(headers: .whitelist(["Origin"]))
    ),
    (
      "CORS-S3Origin", "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
      OriginRequestPolicy(
        headers: .whitelist(["Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"]))
    ),
    (
      "Elemental-MediaTailor-PersonalizedManifests", "775133bc-15f2-49f9-abea-afb2e0bf67d2",
      OriginRequestPolicy(
        headers: .whitelist([
          "Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method", "User-Agent", "X-Forwarded-For",
        ]), queryStrings: .all)
    ),
    ("HostHeaderOnly", "bf0718e1-ba1e-49d1-88b1-f726733018ae", OriginRequestPolicy(headers: .whitelist(["Host"]))),
    (
      "UserAgentRefererHeaders", "acba4595-bd28-49b8-b9fe-13317c0390fa",
      OriginRequestPolicy(headers: .whitelist(["User-Agent", "Referer"]))
    ),
  ]

  /// A managed policy, by its id or its name.
  public static func managed(_ text: String) -> OriginRequestPolicy? {
    managed.first { $0.id == text.lowercased() || $0.name == text || "Managed-" + $0.name == text }?.policy
  }
}
