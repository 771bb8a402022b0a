import APIModel
import Configuration

/// An API as `routes` shows it, to people and machines alike.
struct RouteListing: Encodable {
  struct StageEntry: Encodable {
    let name: String
    let variables: [String: String]
    /// Where it answers.
    let addresses: [String]
  }
  struct MethodEntry: Encodable {
    let method: String
    let operation: String?
    /// Nil: it has none and answers 500.
    let type: String?
    let httpMethod: String?
    let uri: String?
    let statuses: [Int]
    let authorizer: String?
    let apiKeyRequired: Bool
    /// Whether gateway.yaml has it made (`cors`).
    let generated: Bool
  }
  struct ResourceEntry: Encodable {
    let path: String
    let id: String
    let methods: [MethodEntry]
  }

  let name: String
  let title: String
  let version: String
  let stages: [StageEntry]
  let resources: [ResourceEntry]

  init(_ api: RestAPI, _ index: Int, in snapshot: Snapshot) {
    name = api.id
    title = api.name
    version = api.version
    stages = snapshot.deployments.filter { $0.api == index }.map { deployment in
      StageEntry(
        name: deployment.stage.name, variables: deployment.stage.variables,
        addresses: Self.addresses(api, deployment.stage.name, snapshot))
    }
    resources = api.resources.map { resource in
      ResourceEntry(
        path: resource.path, id: resource.id,
        methods: resource.methods.values.sorted { $0.httpMethod < $1.httpMethod }.map(MethodEntry.init))
    }
  }

  private static func addresses(_ api: RestAPI, _ stage: String, _ snapshot: Snapshot) -> [String] {
    var addresses: [String] = []
    if !api.disableExecuteAPIEndpoint {
      addresses += snapshot.listeners.map { "\($0.url)/\(stage)" }
    }
    for domain in snapshot.domains {
      for mapping in domain.mappings where mapping.api == api.id {
        guard mapping.stage == nil || mapping.stage == stage else { continue }
        let path = [mapping.basePath, mapping.stage == nil ? stage : ""].filter { !$0.isEmpty }.joined(separator: "/")
        addresses.append("http://\(domain.name)/\(path)")
      }
    }
    return addresses
  }
}

extension RouteListing.MethodEntry {
  init(_ method: Method) {
    self.method = method.httpMethod
    operation = method.operationName
    type = method.integration?.kind.rawValue
    httpMethod = method.integration?.httpMethod
    uri = method.integration?.uri
    statuses = method.integration?.responses.map(\.statusCode) ?? []
    authorizer = method.authorizer
    apiKeyRequired = method.apiKeyRequired
    generated = method.isGenerated
  }

  /// Where a request goes, in one line.
  var target: String {
    switch type {
    case nil: "no integration: 500"
    case "MOCK" where statuses.isEmpty: "no response: 500"
    case "MOCK": statuses.map(String.init).joined(separator: ", ")
    default: "\(httpMethod ?? "") \(uri ?? "")"
    }
  }
}

extension Listener {
  /// What a browser on this machine would call it.
  var url: String {
    switch address {
    case .tcp("0.0.0.0", let port): "http://127.0.0.1:\(port)"
    case .tcp("::", let port): "http://[::1]:\(port)"
    case .tcp, .unix: (address.isUnix ? "" : "http://") + address.description
    }
  }
}

extension Listener.Address {
  fileprivate var isUnix: Bool { if case .unix = self { true } else { false } }
}
