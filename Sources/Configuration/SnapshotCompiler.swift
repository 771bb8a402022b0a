import APIModel
import Pipeline
import Routing

/// A description in, everything compiled that requests need out.
struct SnapshotCompiler {
  let description: GatewayDescription
  let findings: Findings

  /// Nil when something is wrong, which is then said.
  func snapshot(files: [String]) -> Snapshot? {
    for (api, _) in description.apis { TemplateCheck(findings: findings).check(api) }
    let deployments = deployments()
    let addresses = addresses()
    guard !findings.hasErrors else { return nil }
    return Snapshot(
      listeners: description.listeners, workers: description.workers, logLevel: description.logLevel,
      limits: description.limits, apis: description.apis.map(\.api), deployments: deployments,
      addresses: addresses, domains: description.domains, files: files, warnings: findings.sorted)
  }

  private func deployments() -> [Deployment] {
    var deployments: [Deployment] = []
    for (index, (api, stages)) in description.apis.enumerated() {
      for stage in stages {
        var diagnostics: [Diagnostic] = []
        let plan = DeploymentPlan(api, stage: stage, diagnostics: &diagnostics)
        findings.add(diagnostics)
        deployments.append(Deployment(api: index, stage: stage, plan: plan))
      }
    }
    return deployments
  }

  /// Its deployments are numbered as `deployments()` numbers them.
  private func addresses() -> AddressTable {
    var entries: [AddressEntry] = []
    for (api, stages) in description.apis {
      for stage in stages {
        entries.append(
          AddressEntry(
            api: api.id, stage: stage.name, disablesDefaultEndpoint: api.disableExecuteAPIEndpoint,
            location: stage.location))
      }
    }
    var diagnostics: [Diagnostic] = []
    let table = AddressTable(entries, domains: description.domains, diagnostics: &diagnostics)
    findings.add(diagnostics)
    return table
  }
}
