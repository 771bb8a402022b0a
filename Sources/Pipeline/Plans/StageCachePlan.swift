import APIModel
import Bytes
import CacheRules
import HTTPSemantics

/// How a stage caches the answers of one method (spec § 11.2), compiled.
public final class StageCachePlan: Sendable {
  /// `cacheTtlInSeconds`.
  public let ttl: Int
  /// What keeps the stage's answers apart from everybody else's.
  public let space: UInt32
  public let requiresAuthorization: Bool
  public let strategy: StageCache.UnauthorizedStrategy
  /// `cacheNamespace`: methods with the same share their entries.
  let namespace: String
  let parameters: [Parameter]
  /// An ANY method is cached for GET alone.
  private let onlyGET: Bool

  /// One of `cacheKeyParameters`.
  struct Parameter: Sendable {
    /// As it is written.
    let name: String
    let source: MappingSource
  }

  /// - Returns: nil where the stage does not cache the method.
  init?(
    _ method: Method, _ resource: Resource, _ integration: Integration, api: String, _ stage: Stage, isCanary: Bool,
    _ context: CompileContext, _ diagnostics: inout [Diagnostic]
  ) {
    guard stage.cacheClusterEnabled, let settings = stage.settings(of: resource.path, method.httpMethod),
      settings.cachingEnabled
    else { return nil }
    // What is said for all methods is said for GET alone (spec § 11.2).
    if settings.isForAll, method.httpMethod != "GET" { return nil }
    ttl = settings.cacheTtlInSeconds
    space = StageCache.space(
      api: api, stage: stage.name, isCanary: isCanary && !(stage.canary?.useStageCache ?? false))
    requiresAuthorization = settings.requireAuthorizationForCacheControl
    strategy =
      StageCache.UnauthorizedStrategy(rawValue: settings.unauthorizedCacheControlHeaderStrategy.rawValue)
      ?? .succeedWithResponseHeader
    namespace = integration.cacheNamespace ?? resource.id
    onlyGET = method.httpMethod == "ANY"
    parameters = integration.cacheKeyParameters.sorted().compactMap { name in
      Self.source(name, integration, context, &diagnostics).map { Parameter(name: name, source: $0) }
    }
    warnOfSharedEntries(method, resource, integration, &diagnostics)
  }

  /// Whether this request's answer is cached.
  public func isFor(_ exchange: Exchange) -> Bool {
    if exchange.isRecorded {
      exchange.recorder?.note(stageCache: self, exchange)
      return false
    }
    return !onlyGET || exchange.method == .get
  }

  /// Whether a header is in the key.
  /// - Parameter name: in small letters.
  public func isKeyed(byHeader name: String) -> Bool {
    parameters.contains { $0.name.lowercased() == "method.request.header.\(name)" }
  }

  /// Writes the key of a request.
  /// - Throws: as mappings do.
  public func writeKey(_ exchange: Exchange, into out: ByteBuffer) throws(GatewayFailure) {
    StageCache.write(space: space, namespace: namespace, method: exchange.method, into: out)
    for parameter in parameters {
      let value = exchange.scratch
      value.clear()
      let isThere = try exchange.write(parameter.source, into: value)
      StageCache.write(parameter: parameter.name, isThere ? value.readable : nil, into: out)
    }
  }

  // MARK: Key parameters

  /// `method.request.{path|querystring|header}.NAME`, or the `integration.request.…` that one of these is mapped to.
  private static func source(
    _ name: String, _ integration: Integration, _ context: CompileContext, _ diagnostics: inout [Diagnostic]
  ) -> MappingSource? {
    let place = integration.location(of: "cacheKeyParameters")
    var expression = name
    if name.hasPrefix("integration.request.") {
      guard let mapped = integration.requestParameters[name] else {
        diagnostics.append(
          Diagnostic(
            .error, at: place, "the cache key parameter `\(name)` is not mapped: nothing would be in the key",
            suggestion:
              "add it to `requestParameters`, or name what the client sends: `method.request.querystring.NAME`"))
        return nil
      }
      expression = mapped
    } else if !name.hasPrefix("method.request.") {
      diagnostics.append(
        Diagnostic(
          .error, at: place, "`\(name)` is not a cache key parameter",
          suggestion: "write method.request.querystring.NAME, .header.NAME or .path.NAME, or integration.request.…"))
      return nil
    }
    switch context.source(expression, for: .gatewayResponse, at: place, &diagnostics) {
    // All values count: a request that says a parameter twice is another than one that says it once.
    case .query(let name): return .multiQuery(name)
    case .header(let name): return .multiHeader(name)
    case let source: return source
    }
  }

  /// Parameters that the answer depends on and the key does not have: whoever asks second gets the first one's answer.
  private func warnOfSharedEntries(
    _ method: Method, _ resource: Resource, _ integration: Integration, _ diagnostics: inout [Diagnostic]
  ) {
    if ttl == 0 { return }
    let inKey = Set(
      integration.cacheKeyParameters.map { integration.requestParameters[$0] ?? $0 })
    var missing = Set(MethodPlan.variables(of: resource.path).map { "method.request.path.\($0)" })
    for source in integration.requestParameters.values
    where source.hasPrefix("method.request.") && !source.hasPrefix("method.request.body") {
      missing.insert(source)
    }
    let names = missing.subtracting(inKey).sorted()
    guard !names.isEmpty else { return }
    diagnostics.append(
      Diagnostic(
        .warning, at: integration.location(of: "cacheKeyParameters"),
        "\(method.httpMethod) \(resource.path) is cached, and its cache key does not have "
          + names.map { "`\($0)`" }.joined(separator: ", ") + ": all their values share one answer",
        suggestion: "add them to `cacheKeyParameters`"))
  }
}

extension ExchangeRecorder {
  /// The stage caches the method. What is explained is what the integration says now.
  func note(stageCache plan: StageCachePlan, _ exchange: Exchange) {
    let names = plan.parameters.map(\.name)
    decide(
      .methodRequest,
      Decision(
        .stageCache, "for \(plan.ttl) s" + (names.isEmpty ? "" : ", by \(names.joined(separator: ", "))"),
        because: "a request that is not explained may be answered from it; this one is carried out"))
  }
}
