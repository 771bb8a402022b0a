import APIModel
import Edge
import HTTPSemantics

/// One behaviour of a distribution.
struct CacheBehaviorReader {
  let context: ReadingContext
  let origins: [(origin: Origin, location: SourceLocation)]
  let groups: [String: (origin: Origin, failover: Failover)]

  private var findings: Findings { context.findings }

  func read(_ object: ObjectReader, isDefault: Bool) -> CacheBehavior? {
    let what = isDefault ? "`defaultCacheBehavior`" : "a behaviour"
    var keys = GatewayKeys.names(of: .cacheBehavior)
    if isDefault { keys.removeAll { $0 == "pathPattern" } }
    object.refuseKeys(except: keys, what)
    let pattern = isDefault ? nil : Self.pattern("pathPattern", object, of: what)
    let policy = CachePolicyReader(context: context).read(object)
    let originRequestPolicy = OriginRequestPolicyReader(context: context).read(object)
    let viewer = object.word("viewerProtocolPolicy", ViewerProtocolPolicy.self) ?? .allowAll
    let allowed = methods("allowedMethods", object, [.reading, .readingAndOptions, .all])
    let cached = methods("cachedMethods", object, [.reading, .readingAndOptions])
    if !allowed.isSuperset(of: cached) {
      findings.error(
        at: object.member("cachedMethods")?.value.location ?? object.location,
        "`cachedMethods` has a method that `allowedMethods` has not")
    }
    let compress = object.boolean("compress") ?? false
    let cacheSetCookie = object.boolean("cacheSetCookie") ?? false
    if policy != nil, let member = object.member("cacheSetCookie") {
      findings.error(
        at: member.keyLocation, "`cacheSetCookie` has no meaning beside a TTL or a policy",
        suggestion: "there the cookies that belong to the key decide: none, and none are passed on")
    }
    if compress, let policy, !policy.acceptsGzip, !policy.acceptsBrotli, let member = object.member("compress") {
      findings.warning(
        at: member.keyLocation,
        "`compress` does nothing here: the behaviour's cache policy has neither `enableAcceptEncodingGzip` nor "
          + "`enableAcceptEncodingBrotli`")
    }
    guard let (origin, failover) = target(object, what), isDefault || pattern != nil else { return nil }
    warnOfCaching(object, origin)
    if let policy { warnOfRules(policy, object, origin) }
    return CacheBehavior(
      pathPattern: pattern, origin: origin, failover: failover, viewerProtocolPolicy: viewer, allowedMethods: allowed,
      cachedMethods: cached, compress: compress, cachePolicy: policy, cacheSetCookie: cacheSetCookie,
      originRequestPolicy: originRequestPolicy)
  }

  /// What of the cache there is not yet.
  private func warnOfCaching(_ object: ObjectReader, _ origin: Origin) {
    let keys = [
      "cachedMethods", "minTTL", "defaultTTL", "maxTTL", "forwardedValues", "cachePolicyId", "cachePolicy",
      "cacheSetCookie",
    ]
    for member in object.members {
      guard keys.contains(member.key), case .directory = origin else { continue }
      findings.warning(
        at: member.keyLocation,
        "`\(member.key)` has no effect here: files are served from their directory, never from "
          + "the cache")
    }
  }

  /// Where CloudFront's rules part with RFC 9111 so that visitors may get what is not for them.
  private func warnOfRules(_ policy: CachePolicy, _ object: ObjectReader, _ origin: Origin) {
    if case .directory = origin { return }
    if policy.minTTL > 0,
      let member = ["minTTL", "cachePolicyId", "cachePolicy"].lazy.compactMap({ object.member($0) }).first
    {
      findings.warning(
        at: member.keyLocation,
        "what says `no-store`, `private` or `no-cache` is kept for \(policy.minTTL) s all the same, for everybody: CloudFront's rule "
          + "for a minimum TTL, which RFC 9111 does not have")
    }
    if policy.maxTTL > 0, let member = ["defaultTTL", "maxTTL", "minTTL"].lazy.compactMap({ object.member($0) }).first,
      object.member("forwardedValues") == nil, object.member("originRequestPolicy") == nil,
      object.member("originRequestPolicyId") == nil
    {
      findings.warning(
        at: member.keyLocation,
        "beside a TTL alone the query does not tell answers apart, and is not sent for what may be kept",
        suggestion: "write `forwardedValues: { queryString: true }` where it matters")
    }
  }

  private func target(_ object: ObjectReader, _ what: String) -> (Origin, Failover?)? {
    guard let id = object.requiredString("targetOriginId", of: what) else { return nil }
    if let group = groups[id] { return (group.origin, group.failover) }
    if let found = origins.first(where: { $0.origin.id == id }) { return (found.origin, nil) }
    let ids = origins.map(\.origin.id) + groups.keys.sorted()
    findings.error(
      at: object.member("targetOriginId")?.value.location ?? object.location,
      "there is no origin `\(ObjectReader.excerpt(id))`",
      suggestion: Suggestion.near(id, among: ids)
        ?? (ids.isEmpty ? nil : "the origins are \(ids.map { "`\($0)`" }.joined(separator: ", "))"))
    return nil
  }

  // MARK: Patterns

  static func pattern(_ key: String, _ object: ObjectReader, of what: String) -> PathPattern? {
    guard let text = object.requiredString(key, of: what) else { return nil }
    let place = object.member(key)?.value.location ?? object.location
    guard text.count <= PathPattern.longest else {
      object.findings.error(at: place, "`\(key)` has at most \(PathPattern.longest) characters")
      return nil
    }
    let strange = text.unicodeScalars.first { !allowed.contains($0) }
    if let strange {
      object.findings.error(
        at: place, "`\(key)` cannot have `\(strange)`: a path pattern is made of letters, digits and `_-.*$/~\"'@:+&?`")
      return nil
    }
    return PathPattern(text)
  }

  /// Spec § 14.3; and `%`, without which an encoded path could not be named.
  private static let allowed = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.*$/~\"'@:+&?%".unicodeScalars)

  // MARK: Methods

  private func methods(_ key: String, _ object: ObjectReader, _ sets: [MethodSet]) -> MethodSet {
    guard let nodes = object.list(key), let names = object.strings(key) else { return .reading }
    var set: MethodSet = []
    var isKnown = true
    for (name, node) in zip(names, nodes) {
      let method = MethodSet(HTTPMethod(name))
      if method.isEmpty {
        let known = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
        findings.error(
          at: node.location, "`\(ObjectReader.excerpt(name))` is not a method of `\(key)`",
          suggestion: Suggestion.near(name, among: known) ?? "they are \(known.joined(separator: ", "))")
        isKnown = false
      }
      set.insert(method)
    }
    guard isKnown else { return sets.last ?? .reading }
    if sets.contains(set) { return set }
    findings.error(
      at: object.member(key)?.value.location ?? object.location,
      "`\(key)` must be [GET, HEAD], [GET, HEAD, OPTIONS]"
        + (sets.contains(.all) ? " or [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]" : ""))
    return .reading
  }
}
