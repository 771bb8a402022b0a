import APIModel
import Edge

/// Whether an API that does not answer at `/<stage>/…` answers anywhere.
enum ReachabilityCheck {
  static func run(
    _ api: RestAPI, _ stages: [Stage], _ domains: [DomainName], _ distributions: [Distribution],
    _ diagnostics: inout [Diagnostic]
  ) {
    guard api.disableExecuteAPIEndpoint, let stage = stages.first else { return }
    let isMapped = domains.contains { $0.mappings.contains { $0.api == api.id } }
    let isOrigin = distributions.contains { distribution in
      distribution.origins.contains { if case .api(let origin) = $0 { origin.api == api.id } else { false } }
    }
    guard !isMapped, !isOrigin else { return }
    diagnostics.append(
      Diagnostic(
        .warning, at: stage.location,
        "nobody can call `\(api.id)`: its default endpoint is disabled, and no domain maps to it",
        suggestion: "map a domain to it, or write `disableExecuteApiEndpoint: false` beside its `definition`"))
  }
}
