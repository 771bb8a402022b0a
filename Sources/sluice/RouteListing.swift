import APIModel
import Configuration

/// An API as `routes` shows it, to people and machines alike.
struct RouteListing: Encodable {
  struct StageEntry: Encodable {
    let name: String
    let variables: [String: String]
    /// Where it answers.
    let addresses: [String]
    let description: String?
    let canary: CanaryEntry?
    /// What the stage says about methods; only those that it says something about.
    let methodSettings: [SettingsEntry]
  }
  struct CanaryEntry: Encodable {
    let percentTraffic: Double
    let stageVariableOverrides: [String: String]
    let deploymentId: Int?
    let useStageCache: Bool
  }
  struct SettingsEntry: Encodable {
    let path, method: String
    let metricsEnabled, dataTraceEnabled: Bool
    let loggingLevel: String
    let throttlingBurstLimit: Int
    let throttlingRateLimit: Double
    let cachingEnabled, cacheDataEncrypted, requireAuthorizationForCacheControl: Bool
    let cacheTtlInSeconds: Int
    let unauthorizedCacheControlHeaderStrategy: String
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
    /// What is validated, `parameters` and `body`; nil: the method has no validator.
    let validates: [String]?
    /// By media type.
    let requestModels: [String: String]
    /// For how many seconds stages cache it, by the stage's name.
    let cached: [String: Int]
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
      StageEntry(deployment.stage, api, addresses: Self.addresses(api, deployment.stage.name, snapshot))
    }
    let cached = Self.cached(index, in: snapshot)
    resources = api.resources.map { resource in
      ResourceEntry(
        path: resource.path, id: resource.id,
        methods: resource.methods.values.sorted { $0.httpMethod < $1.httpMethod }
          .map { MethodEntry($0, api, cached: cached["\($0.httpMethod) \(resource.path)"] ?? [:]) })
    }
  }

  /// Of each method, for how long stages cache it.
  private static func cached(_ index: Int, in snapshot: Snapshot) -> [String: [String: Int]] {
    var cached: [String: [String: Int]] = [:]
    for deployment in snapshot.deployments where deployment.api == index {
      for method in deployment.plan.methods {
        guard let cache = method.stageCache, cache.ttl > 0 else { continue }
        cached["\(method.httpMethod) \(method.resourcePath)", default: [:]][deployment.stage.name] = cache.ttl
      }
    }
    return cached
  }

  private static func addresses(_ api: RestAPI, _ stage: String, _ snapshot: Snapshot) -> [String] {
    var addresses: [String] = []
    if !api.disableExecuteAPIEndpoint {
      addresses += snapshot.listeners.map { "\($0.url)/\(stage)" }
    }
    let scheme = snapshot.listeners.allSatisfy { $0.tls != nil } ? "https" : "http"
    for domain in snapshot.domains {
      for mapping in domain.mappings where mapping.api == api.id {
        guard mapping.stage == nil || mapping.stage == stage else { continue }
        let path = [mapping.basePath, mapping.stage == nil ? stage : ""].filter { !$0.isEmpty }.joined(separator: "/")
        addresses.append("\(scheme)://\(domain.name)/\(path)")
      }
    }
    return addresses
  }
}

extension RouteListing.StageEntry {
  init(_ stage: Stage, _ api: RestAPI, addresses: [String]) {
    name = stage.name
    variables = stage.variables
    self.addresses = addresses
    description = stage.description
    canary = stage.canary.map {
      RouteListing.CanaryEntry(
        percentTraffic: $0.percentTraffic, stageVariableOverrides: $0.stageVariableOverrides,
        deploymentId: $0.deployment, useStageCache: $0.useStageCache)
    }
    methodSettings = api.resources.flatMap { resource in
      resource.methods.keys.sorted().compactMap { method in
        stage.settings(of: resource.path, method).map { RouteListing.SettingsEntry(resource.path, method, $0) }
      }
    }
  }

  /// The stage's canary in a few words.
  var canaryNote: String? {
    guard let canary else { return nil }
    let share = Int(exactly: canary.percentTraffic).map(String.init) ?? "\(canary.percentTraffic)"
    return "canary \(share) %" + (canary.deploymentId.map { ", deployment \($0)" } ?? "")
  }
}

extension RouteListing.SettingsEntry {
  init(_ path: String, _ method: String, _ settings: MethodSettings) {
    self.path = path
    self.method = method
    metricsEnabled = settings.metricsEnabled
    dataTraceEnabled = settings.dataTraceEnabled
    loggingLevel = settings.loggingLevel.rawValue
    throttlingBurstLimit = settings.throttlingBurstLimit
    throttlingRateLimit = settings.throttlingRateLimit
    cachingEnabled = settings.cachingEnabled
    cacheDataEncrypted = settings.cacheDataEncrypted
    requireAuthorizationForCacheControl = settings.requireAuthorizationForCacheControl
    cacheTtlInSeconds = settings.cacheTtlInSeconds
    unauthorizedCacheControlHeaderStrategy = settings.unauthorizedCacheControlHeaderStrategy.rawValue
  }
}

extension RouteListing.MethodEntry {
  init(_ method: Method, _ api: RestAPI, cached: [String: Int]) {
    self.cached = cached
    self.method = method.httpMethod
    operation = method.operationName
    type = method.integration?.kind.rawValue
    httpMethod = method.integration?.httpMethod
    uri = method.integration?.uri
    statuses = method.integration?.responses.map(\.statusCode) ?? []
    authorizer = method.authorizer
    apiKeyRequired = method.apiKeyRequired
    generated = method.isGenerated
    requestModels = method.requestModels
    validates = method.requestValidator.flatMap { api.requestValidators[$0] }.map { validator in
      [
        validator.validateRequestParameters ? "parameters" : nil, validator.validateRequestBody ? "body" : nil,
      ].compactMap { $0 }
    }
  }

  /// What is looked at before a request goes anywhere, in a few words each.
  var checks: [String] {
    var checks = [authorizer.map { "authorizer \($0)" }, apiKeyRequired ? "API key" : nil].compactMap { $0 }
    let hasRequired = validates?.contains("parameters") == true
    if hasRequired { checks.append("validates parameters") }
    if validates?.contains("body") == true, !requestModels.isEmpty {
      let models = Set(requestModels.values).sorted().joined(separator: ", ")
      checks.append(hasRequired ? "body: \(models)" : "validates body: \(models)")
    }
    if generated { checks.append("generated: cors") }
    checks += cached.sorted { $0.key < $1.key }.map { "cached in \($0.key) for \($0.value) s" }
    return checks
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
    case .tcp("0.0.0.0", let port): "\(scheme)127.0.0.1:\(port)"
    case .tcp("::", let port): "\(scheme)[::1]:\(port)"
    case .tcp: scheme + address.description
    case .unix: address.description
    }
  }

  private var scheme: String { tls == nil ? "http://" : "https://" }
}
