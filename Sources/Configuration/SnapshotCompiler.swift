import APIModel
import Edge
import Pipeline
import Routing

/// A description in, everything compiled that requests need out.
struct SnapshotCompiler {
  let description: GatewayDescription
  let findings: Findings

  /// Nil when something is wrong, which is then said. What was read is compiled even where something else could not be
  /// read, so that the mistakes of both are found at once.
  func snapshot(files: [String]) -> Snapshot? {
    var deployments: [Deployment] = []
    var entries: [AddressEntry] = []
    var diagnostics: [Diagnostic] = []
    for (index, (api, stages)) in description.apis.enumerated() {
      for stage in stages {
        let plan = DeploymentPlan(api, stage: stage, diagnostics: &diagnostics)
        deployments.append(Deployment(api: index, stage: stage, plan: plan))
        entries.append(
          AddressEntry(
            api: api.id, stage: stage.name, disablesDefaultEndpoint: api.disableExecuteAPIEndpoint,
            location: stage.location))
      }
    }
    let addresses = AddressTable(entries, domains: description.domains, diagnostics: &diagnostics)
    let edge =
      description.distributions.isEmpty
      ? nil : EdgePlan(description.distributions, deployments: entries.map { ($0.api, $0.stage) })
    findings.add(diagnostics)
    guard !findings.hasErrors else { return nil }
    return Snapshot(
      listeners: description.listeners, workers: description.workers, logLevel: description.logLevel,
      limits: description.limits, admin: description.admin, apis: description.apis.map(\.api), deployments: deployments,
      addresses: addresses, domains: description.domains, edge: edge, files: files, warnings: findings.sorted)
  }
}
