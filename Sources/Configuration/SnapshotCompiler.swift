import APIModel
import Edge
import Pipeline
import Routing

/// A description in, everything compiled that requests need out.
struct SnapshotCompiler {
  let description: GatewayDescription
  let findings: Findings
  let library: DocumentLibrary
  let deploymentID: String
  let canaries: CanaryDeployments

  /// Nil when something is wrong, which is then said. What was read is compiled even where something else could not be
  /// read, so that the mistakes of both are found at once.
  func snapshot() -> Snapshot? {
    var deployments: [Deployment] = []
    var entries: [AddressEntry] = []
    var diagnostics: [Diagnostic] = []
    for (index, (api, stages)) in description.apis.enumerated() {
      ReachabilityCheck.run(api, stages, description.domains, description.distributions, &diagnostics)
      for stage in stages {
        let plan = DeploymentPlan(
          api, stage: stage, deploymentID: deploymentID, isCanary: stage.canary == nil ? nil : false,
          diagnostics: &diagnostics)
        let canary = canary(of: api, stage, &diagnostics)
        MethodSettingsCheck.run(api, stage, &diagnostics)
        deployments.append(Deployment(api: index, stage: stage, plan: plan, canary: canary))
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
      limits: description.limits, admin: description.admin, secretNames: description.secretNames,
      trustedProxies: description.trustedProxies, upstreams: UpstreamTable(description.upstreams),
      cacheDirectory: description.cacheDirectory,
      apis: description.apis.map(kept), deployments: deployments, addresses: addresses,
      accessLog: description.accessLogSettings.flatMap(AccessLogPlan.init), domains: description.domains,
      edge: edge, firewall: description.firewall, files: library.files.sorted(),
      warnings: library.withExcerpts(findings.sorted))
  }

  /// What a snapshot keeps of an API: not the documents that its models were written in.
  private func kept(_ description: (api: RestAPI, stages: [Stage])) -> RestAPI {
    var api = description.api
    for name in api.models.keys { api.models[name]?.forgetPlaces() }
    return api
  }

  /// The stage with the canary's variables laid over its own, and the definition of the canary's deployment.
  private func canary(of api: RestAPI, _ stage: Stage, _ diagnostics: inout [Diagnostic]) -> Canary? {
    guard let settings = stage.canary else { return nil }
    var definition = api
    if let number = settings.deployment {
      do throws(CanaryDeployments.Flaw) {
        definition = try canaries.api(api.id, of: number)
      } catch {
        diagnostics.append(Diagnostic(.error, at: settings.location, "`deploymentId`: \(error.message)"))
        return nil
      }
    }
    var overlaid = stage
    overlaid.variables.merge(settings.stageVariableOverrides) { _, override in override }
    let plan = DeploymentPlan(
      definition, stage: overlaid, deploymentID: settings.deployment.map(String.init) ?? deploymentID, isCanary: true,
      diagnostics: &diagnostics)
    return Canary(plan: plan, percentTraffic: settings.percentTraffic)
  }
}
