import APIModel
import Edge

/// What a behaviour has its origin sent that does not tell answers apart (spec § 14.4): a managed policy, or one of one's own.
struct OriginRequestPolicyReader {
  let context: ReadingContext

  private enum HeaderBehavior: String, CaseIterable {
    case none, whitelist, allViewer, allViewerAndWhitelistCloudFront, allExcept
  }
  private enum Choice: String, CaseIterable { case none, whitelist, allExcept, all }

  /// - Returns: nil where the behaviour says nothing of it.
  func read(_ behavior: ObjectReader) -> OriginRequestPolicy? {
    if let id = behavior.string("originRequestPolicyId") {
      if let other = behavior.member("originRequestPolicy") {
        context.findings.error(
          at: other.keyLocation, "`originRequestPolicy` cannot stand beside `originRequestPolicyId`")
      }
      if let found = OriginRequestPolicy.managed(id) { return found }
      let names = OriginRequestPolicy.managed.map(\.name)
      context.findings.error(
        at: behavior.member("originRequestPolicyId")?.value.location ?? behavior.location,
        "`\(ObjectReader.excerpt(id))` is not a managed policy",
        suggestion: Suggestion.near(id, among: names) ?? "they are \(names.joined(separator: ", "))")
      return nil
    }
    guard behavior.member("originRequestPolicy") != nil, let object = behavior.object("originRequestPolicy") else {
      return nil
    }
    object.refuseKeys(except: GatewayKeys.names(of: .originRequestPolicy), "`originRequestPolicy`")
    var policy = OriginRequestPolicy()
    readHeaders(object, into: &policy)
    let lists = PolicySelection(findings: context.findings)
    policy.queryStrings = lists.read(object, "queryStringBehavior", "queryStrings", Choice.self, standard: .all)
    policy.cookies = lists.read(object, "cookieBehavior", "cookies", Choice.self, standard: .all)
    return policy
  }

  private func readHeaders(_ object: ObjectReader, into policy: inout OriginRequestPolicy) {
    let word = object.word("headerBehavior", HeaderBehavior.self) ?? .allViewer
    let names = object.strings("headers") ?? []
    let place = object.member("headers")?.keyLocation ?? object.location
    switch word {
    case .none, .allViewer:
      if !names.isEmpty {
        context.findings.error(
          at: place, "`headers` has no meaning with `headerBehavior: \(word.rawValue)`",
          suggestion: "write `headerBehavior: \(word == .none ? "whitelist" : "allViewerAndWhitelistCloudFront")`")
      }
    case .whitelist, .allViewerAndWhitelistCloudFront, .allExcept:
      if names.isEmpty {
        context.findings.error(at: place, "`headerBehavior: \(word.rawValue)` needs names in `headers`")
      }
    }
    switch word {
    case .none: policy.headers = .none
    case .allViewer: policy.headers = .all
    case .whitelist:
      policy.headers = .whitelist(names.filter { !ViewerHeader.isMeant(by: $0) })
      policy.told = names.filter { ViewerHeader.isMeant(by: $0) }.compactMap { header($0, at: place) }
    case .allViewerAndWhitelistCloudFront:
      policy.headers = .all
      policy.told = names.compactMap { header($0, at: place) }
    case .allExcept: policy.headers = .allExcept(names)
    }
  }

  private func header(_ name: String, at place: SourceLocation) -> ViewerHeader? {
    if let known = ViewerHeader(name: name) { return known }
    let all = ViewerHeader.allCases.map(\.rawValue)
    context.findings.error(
      at: place, "`\(ObjectReader.excerpt(name))` is none of the fields that a server can be told",
      suggestion: Suggestion.near(name, among: all) ?? "they are \(all.joined(separator: ", "))")
    return nil
  }
}
