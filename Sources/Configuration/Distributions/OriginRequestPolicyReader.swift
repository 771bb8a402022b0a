import APIModel
import Edge

/// What a behaviour has its servers told of the viewer that does not tell answers apart (spec § 14.4): a managed policy, or one of
/// one's own. All that a viewer says goes to a server in any case, but for `Host`; what is left to choose are CloudFront's fields.
struct OriginRequestPolicyReader {
  let context: ReadingContext

  private enum HeaderBehavior: String, CaseIterable { case allViewer, allViewerAndWhitelistCloudFront }

  /// Those of CloudFront's own that say what is done here, by the id that templates name them with.
  static let managed: [(name: String, id: String, headers: [ViewerHeader])] = [
    ("AllViewerExceptHostHeader", "b689b0a8-53d0-40ab-baf2-68738e2966ac", []),
    ("AllViewerAndCloudFrontHeaders-2022-06", "33f36d7e-f396-46d9-90e0-52428a34d9dc", ViewerHeader.allCases),
  ]

  func read(_ behavior: ObjectReader) -> [ViewerHeader] {
    if let id = behavior.string("originRequestPolicyId") {
      if let other = behavior.member("originRequestPolicy") {
        context.findings.error(
          at: other.keyLocation, "`originRequestPolicy` cannot stand beside `originRequestPolicyId`")
      }
      let names = Self.managed.map(\.name)
      if let found = Self.managed.first(where: {
        $0.id == id.lowercased() || $0.name == id || "Managed-" + $0.name == id
      }) {
        return found.headers
      }
      context.findings.error(
        at: behavior.member("originRequestPolicyId")?.value.location ?? behavior.location,
        "`\(ObjectReader.excerpt(id))` is not a managed policy that can be kept here",
        suggestion: Suggestion.near(id, among: names) ?? "they are \(names.joined(separator: ", "))")
      return []
    }
    guard behavior.member("originRequestPolicy") != nil, let object = behavior.object("originRequestPolicy") else {
      return []
    }
    object.refuseKeys(except: GatewayKeys.names(of: .originRequestPolicy), "`originRequestPolicy`")
    let word = object.word("headerBehavior", HeaderBehavior.self) ?? .allViewer
    let names = object.strings("headers") ?? []
    let place = object.member("headers")?.keyLocation ?? object.location
    switch word {
    case .allViewer where !names.isEmpty:
      context.findings.error(
        at: place, "`headers` has no meaning with `headerBehavior: allViewer`",
        suggestion: "write `headerBehavior: allViewerAndWhitelistCloudFront`")
      return []
    case .allViewer: return []
    case .allViewerAndWhitelistCloudFront: break
    }
    if names.isEmpty {
      context.findings.error(at: place, "`headerBehavior: \(word.rawValue)` needs names in `headers`")
    }
    return names.compactMap { header($0, at: place) }
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
