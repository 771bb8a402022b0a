import APIModel
import Edge

/// The settings of a behaviour that say how long answers are kept and what tells them apart: in the older form
/// (`minTTL`, …, `forwardedValues`), as a managed policy, or as one of one's own.
struct CachePolicyReader {
  let context: ReadingContext

  private var findings: Findings { context.findings }
  private var lists: PolicySelection { PolicySelection(findings: findings) }

  private enum Choice: String, CaseIterable { case none, whitelist, allExcept, all }
  private enum HeaderChoice: String, CaseIterable { case none, whitelist }
  private enum Forward: String, CaseIterable { case none, whitelist, all }

  /// - Returns: nil where the behaviour says nothing of it.
  func read(_ behavior: ObjectReader) -> CachePolicy? {
    let older = ["minTTL", "defaultTTL", "maxTTL", "forwardedValues"].filter { behavior.member($0) != nil }
    let newer = ["cachePolicyId", "cachePolicy"].filter { behavior.member($0) != nil }
    if let first = newer.first, let other = older.first ?? newer.dropFirst().first {
      findings.error(
        at: behavior.member(other)?.keyLocation ?? behavior.location, "`\(other)` cannot stand beside `\(first)`")
    }
    if let id = behavior.string("cachePolicyId") {
      if let policy = CachePolicy.managed(id) { return policy }
      let names = CachePolicy.managed.map(\.name)
      findings.error(
        at: behavior.member("cachePolicyId")?.value.location ?? behavior.location,
        "`\(ObjectReader.excerpt(id))` is not a managed policy",
        suggestion: Suggestion.near(id, among: names) ?? "they are \(names.joined(separator: ", "))")
      return nil
    }
    if let object = behavior.object("cachePolicy") { return policy(object) }
    return older.isEmpty ? nil : forwarded(behavior)
  }

  private func policy(_ object: ObjectReader) -> CachePolicy {
    object.refuseKeys(except: GatewayKeys.names(of: .cachePolicy), "`cachePolicy`")
    var policy = CachePolicy()
    readTimes(object, into: &policy)
    policy.queryStrings = lists.read(object, "queryStringBehavior", "queryStrings", Choice.self)
    policy.headers = lists.read(object, "headerBehavior", "headers", HeaderChoice.self)
    warnOfUnknown(object)
    policy.cookies = lists.read(object, "cookieBehavior", "cookies", Choice.self)
    policy.acceptsGzip = object.boolean("enableAcceptEncodingGzip") ?? false
    policy.acceptsBrotli = object.boolean("enableAcceptEncodingBrotli") ?? false
    return policy
  }

  private func forwarded(_ behavior: ObjectReader) -> CachePolicy {
    var policy = CachePolicy()
    readTimes(behavior, into: &policy)
    // The older form always tells gzip apart (spec § 14.4).
    policy.acceptsGzip = true
    guard let object = behavior.object("forwardedValues") else { return policy }
    object.refuseKeys(except: GatewayKeys.names(of: .forwardedValues), "`forwardedValues`")
    if object.boolean("queryString") ?? false {
      let names = object.strings("queryStringCacheKeys") ?? []
      policy.queryStrings = names.isEmpty ? .all : .whitelist(names)
    }
    let headers = object.strings("headers") ?? []
    warnOfUnknown(object)
    policy.headers = headers.contains("*") ? .all : headers.isEmpty ? .none : .whitelist(headers)
    if let cookies = object.object("cookies") {
      cookies.refuseKeys(except: GatewayKeys.names(of: .forwardedCookies), "`cookies`")
      policy.cookies = lists.read(cookies, "forward", "whitelistedNames", Forward.self)
    }
    return policy
  }

  /// Servers would wait for what nobody says.
  private func warnOfUnknown(_ object: ObjectReader) {
    guard case .sequence(let nodes)? = object.member("headers")?.value.content else { return }
    for node in nodes {
      guard let name = node.scalar?.text, ViewerHeader.isMeant(by: name),
        !ViewerHeader.allCases.contains(where: { $0.rawValue.lowercased() == name.lowercased() })
      else { continue }
      findings.warning(
        at: node.location, "`\(ObjectReader.excerpt(name))` is said to no origin here",
        suggestion: "there are \(ViewerHeader.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))")
    }
  }

  private func readTimes(_ object: ObjectReader, into policy: inout CachePolicy) {
    let range = 0...315_360_000
    policy.minTTL = object.integer("minTTL", in: range, " of seconds") ?? policy.minTTL
    policy.defaultTTL = object.integer("defaultTTL", in: range, " of seconds") ?? max(policy.minTTL, policy.defaultTTL)
    policy.maxTTL = object.integer("maxTTL", in: range, " of seconds") ?? max(policy.defaultTTL, policy.maxTTL)
    for (key, least, name) in [
      ("defaultTTL", policy.minTTL, "minTTL"), ("maxTTL", policy.defaultTTL, "defaultTTL"),
    ] {
      let value = key == "maxTTL" ? policy.maxTTL : policy.defaultTTL
      guard value < least else { continue }
      findings.error(
        at: object.member(key)?.value.location ?? object.location, "`\(key)` must not be less than `\(name)`, \(least)")
    }
  }
}
