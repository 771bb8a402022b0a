import Edge

/// A distribution as `routes` shows it, to people and machines alike: its hosts, and where each of its paths goes.
struct DistributionListing: Encodable {
  struct Behavior: Encodable {
    let pathPattern: String
    let origin: String
    /// What the origin is, in one line.
    let target: String
    /// The origin that is asked when the first one fails.
    let failover: String?
    let methods: [String]
    let viewerProtocolPolicy: String
  }

  let aliases: [String]
  let behaviors: [Behavior]
  let errorResponses: [String]

  init(_ distribution: Distribution) {
    aliases = distribution.aliases
    behaviors = distribution.behaviors.map { behavior in
      Behavior(
        pathPattern: behavior.pathPattern?.text ?? "*", origin: behavior.origin.id, target: behavior.origin.target,
        failover: behavior.failover?.origin.id, methods: behavior.allowedMethods.names,
        viewerProtocolPolicy: behavior.viewerProtocolPolicy.rawValue)
    }
    errorResponses = distribution.customErrorResponses.compactMap { response in
      response.page.map { page in
        "\(response.errorCode) → \(page.responseCode) \(String(decoding: page.path, as: UTF8.self))"
      }
    }
  }

  func draw(on terminal: Terminal) {
    terminal.print(
      terminal.styled("distribution", .bold) + "  " + terminal.styled(aliases.joined(separator: " "), .cyan))
    terminal.print("")
    let pattern = behaviors.map(\.pathPattern.count).max() ?? 0
    let origin = behaviors.map(\.origin.count).max() ?? 0
    for behavior in behaviors {
      var line = Self.pad(behavior.pathPattern, pattern) + "  "
      line += terminal.styled(Self.pad(behavior.origin, origin), .blue) + "  " + behavior.target
      var notes: [String] = []
      if behavior.methods.count == 7 { notes.append("all methods") }
      if behavior.methods.count == 3 { notes.append("also OPTIONS") }
      if let failover = behavior.failover { notes.append("then \(failover)") }
      if behavior.viewerProtocolPolicy != ViewerProtocolPolicy.allowAll.rawValue {
        notes.append(behavior.viewerProtocolPolicy)
      }
      if !notes.isEmpty { line += "  " + terminal.styled("[\(notes.joined(separator: ", "))]", .yellow) }
      terminal.print(line)
    }
    for response in errorResponses { terminal.print("error " + response) }
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension Origin {
  fileprivate var target: String {
    switch self {
    case .api(let origin):
      "API \(origin.api)" + (origin.stage.map { ", stage \($0)" } ?? ", stage from the path")
        + (origin.basePath.isEmpty ? "" : ", without \(origin.basePath)")
    case .http(let origin):
      origin.endpoint.unixPath.map { "unix:\($0)\(origin.originPath)" }
        ?? "http://\(origin.endpoint.hostField)\(origin.originPath)"
    case .directory(let origin):
      origin.settings.directory + (origin.settings.fallbackDocument.map { ", navigations to \($0)" } ?? "")
    }
  }
}

extension MethodSet {
  fileprivate var names: [String] {
    [
      (.get, "GET"), (.head, "HEAD"), (.options, "OPTIONS"), (.put, "PUT"), (.post, "POST"), (.patch, "PATCH"),
      (.delete, "DELETE"),
    ].filter { (method: MethodSet, _: String) in contains(method) }.map(\.1)
  }
}
