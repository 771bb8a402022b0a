import APIModel
import Routing
import Velocity

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
      var methods: [(resource: Int, method: Method)] = []
      let tree = RouteTree(
        resources: api.resources.enumerated().map { position, resource in
          let sorted = resource.methods.values.sorted { $0.httpMethod < $1.httpMethod }
          return (
            resource.path,
            sorted.map { method in
              methods.append((position, method))
              return (method.httpMethod, Int32(clamping: methods.count - 1))
            }
          )
        })
      for problem in tree.problems {
        guard api.resources.indices.contains(Int(problem.resource)) else { continue }
        findings.error(at: api.resources[Int(problem.resource)].location, problem.description)
      }
      for stage in stages { deployments.append(Deployment(api: index, stage: stage, routes: tree)) }
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
