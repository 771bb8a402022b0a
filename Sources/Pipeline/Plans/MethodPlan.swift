import APIModel
import Bytes
import HTTPSemantics
import Routing
import Velocity

/// One method of one resource in one stage, compiled: everything that its definition decides, in the form in which a
/// request needs it. Stage variables are resolved, expressions and patterns parsed, templates compiled, and a response
/// that no request changes is written out.
public final class MethodPlan: Sendable {
  public enum Kind: Sendable {
    case mock, http, httpProxy
    /// An integration that is not built yet, or none at all: 500.
    case unsupported
  }

  public let kind: Kind
  public let resourceID: String
  public let resourcePath: String
  /// In capitals, or `ANY`.
  public let httpMethod: String
  /// The names of the resource's path variables, in order.
  public let pathVariables: [String]
  /// Where the integration is; nil for MOCK, and where the host depends on the request.
  public var endpoint: Endpoint? { uri?.endpoint }
  /// How long the integration may take to answer.
  public let timeoutMilliseconds: Int
  /// Whether the client's body streams to the integration, and its answer to the client.
  public var streams: Bool { kind == .httpProxy && !needsBody }
  /// Whether the client's body must be in `Exchange.body`, whole, before it is validated and `IntegrationRequest` runs.
  public let needsBody: Bool
  /// How the stage caches its answers; nil: it does not.
  public let stageCache: StageCachePlan?

  /// What it was compiled from, for whoever must say why: places, expressions, patterns.
  let definition: Method
  /// Why every request is turned away: what the method asks for is not enforced yet.
  let refusal: GatewayFailure?
  /// `method.request.…` parameters that must be there, by their whole key in alphabetical order.
  let required: [RequiredParameter]
  /// What bodies must look like; nil where they are not validated.
  let bodyModels: BodyModels?
  let mapping: RequestMapping
  let uri: URITemplate?
  /// The integration's method; nil: the client's own.
  let integrationMethod: HTTPMethod?
  let requestTemplates: TemplateTable
  let passthrough: Integration.PassthroughBehavior
  let contentHandling: Integration.ContentHandling?
  let binaryMediaTypes: BinaryMediaTypes
  /// In the order in which they are tried.
  let responses: [ResponsePlan]
  /// MOCK: the status that the request template gives whatever the request.
  let constantStatus: Int?
  /// MOCK: the whole response, where no request changes it.
  let prepared: PreparedResponse?
  /// `User-Agent: AmazonAPIGateway_…`, `X-Amzn-Apigateway-Api-Id: …`.
  let identification: (userAgent: [UInt8], apiID: [UInt8])

  /// Compiles a method. It always gives a plan; where `diagnostics` gets an error, one that leaves out what is wrong.
  static func compile(
    _ api: RestAPI, _ resource: Resource, _ method: Method, stage: Stage, isCanary: Bool, schemas: ModelSchemas,
    diagnostics: inout [Diagnostic]
  ) -> MethodPlan {
    MethodPlan(api, resource, method, stage, isCanary, schemas, &diagnostics)
  }

  private init(
    _ api: RestAPI, _ resource: Resource, _ method: Method, _ stage: Stage, _ isCanary: Bool, _ schemas: ModelSchemas,
    _ diagnostics: inout [Diagnostic]
  ) {
    let integration = method.integration ?? Integration(kind: .mock, location: method.location)
    let context = CompileContext(
      stage: stage, pathVariables: Self.variables(of: resource.path), declared: Set(method.requestParameters.keys))
    definition = method
    resourceID = resource.id
    resourcePath = resource.path
    httpMethod = method.httpMethod
    pathVariables = context.pathVariables
    kind = Self.kind(of: method, resource, &diagnostics)
    timeoutMilliseconds = integration.timeoutInMillis
    refusal = Refusal.of(api, method, resource, &diagnostics)
    required = RequiredParameter.all(of: method, api, &diagnostics)
    bodyModels = BodyModels(method, api, schemas, &diagnostics)
    integrationMethod = integration.httpMethod.flatMap { $0 == "ANY" ? nil : HTTPMethod($0) }
    passthrough = integration.passthroughBehavior
    contentHandling = integration.contentHandling
    binaryMediaTypes = BinaryMediaTypes(api.binaryMediaTypes)
    identification = (
      Array("User-Agent: AmazonAPIGateway_\(api.id)\r\n".utf8), Array("X-Amzn-Apigateway-Api-Id: \(api.id)\r\n".utf8)
    )

    Self.warnOfRepeatedNames(method, &diagnostics)
    mapping = RequestMapping(integration, context, diagnostics: &diagnostics)
    let isProxy = kind == .httpProxy
    requestTemplates = TemplateTable(
      isProxy ? [:] : integration.requestTemplates, for: TemplateUse(ofRequestTo: integration),
      diagnostics: &diagnostics)
    responses =
      isProxy || kind == .unsupported
      ? []
      : ResponsePlan.all(of: integration, method, context, diagnostics: &diagnostics)
    uri =
      kind == .http || isProxy
      ? Self.uri(of: integration, mapping, stage, &diagnostics)
      : nil
    constantStatus = kind == .mock ? MockStatus.constant(requestTemplates) : nil
    prepared = PreparedResponse(
      status: refusal == nil && required.isEmpty && bodyModels == nil ? constantStatus : nil, requestTemplates,
      responses)
    stageCache =
      kind == .unsupported
      ? nil
      : StageCachePlan(
        method, resource, integration, api: api.id, stage, isCanary: isCanary, context, &diagnostics)
    needsBody = kind == .http || kind == .mock || mapping.readsBody || bodyModels != nil
    warnOfMissingParts(integration, method, &diagnostics)
  }

  /// A parameter's name may be used in one place only (spec § 2.1); here it works in several.
  private static func warnOfRepeatedNames(_ method: Method, _ diagnostics: inout [Diagnostic]) {
    let names = method.requestParameters.keys.sorted().compactMap { key in
      key[...].behind("method.request.").flatMap { rest in
        rest.firstIndex(of: ".").map { String(rest[rest.index(after: $0)...]) }
      }
    }
    for name in Set(names.filter { name in names.count { $0 == name } > 1 }).sorted() {
      diagnostics.append(
        Diagnostic(
          .warning, at: method.location, "the parameter `\(name)` is declared in more than one place",
          suggestion: "API Gateway wants names that differ across path, querystring and header"))
    }
  }

  /// Says what can be seen to be missing; AWS says so on import, or answers every request with 500.
  private func warnOfMissingParts(
    _ integration: Integration, _ method: Method, _ diagnostics: inout [Diagnostic]
  ) {
    let name = "\(httpMethod) \(resourcePath)"
    guard kind == .mock || kind == .http else { return }
    if integration.responses.isEmpty {
      diagnostics.append(
        Diagnostic(
          .warning, at: integration.location, "\(name) has no integration response: it answers 500",
          suggestion: "add one under `responses: default:`"))
    } else if kind == .mock, let constant = requestTemplates.requestTemplate(for: nil)?.constant, constantStatus == nil
    {
      diagnostics.append(
        Diagnostic(
          .warning, at: integration.location,
          "\(name): the request template gives `\(String(decoding: constant.prefix(60), as: UTF8.self))`, "
            + "which has no integer `statusCode`: it answers 500",
          suggestion: "write {\"statusCode\": 200}"))
    }
  }

  static func variables(of path: String) -> [String] {
    path.split(separator: "/").compactMap { segment in
      switch RouteSegment(segment) {
      case .variable(let name), .greedy(let name): name
      case .literal, nil: nil
      }
    }
  }

  private static func kind(
    of method: Method, _ resource: Resource, _ diagnostics: inout [Diagnostic]
  ) -> Kind {
    guard let integration = method.integration else {
      diagnostics.append(
        Diagnostic(
          .warning, at: method.location,
          "\(method.httpMethod) \(resource.path) has no integration: it answers 500, as on AWS",
          suggestion: "add x-amazon-apigateway-integration"))
      return .unsupported
    }
    switch integration.kind {
    case .mock: return .mock
    case .http: return .http
    case .httpProxy: return .httpProxy
    case .aws, .awsProxy:
      diagnostics.append(
        Diagnostic(
          .warning, at: integration.location,
          "\(method.httpMethod) \(resource.path): integrations of type \(integration.kind.rawValue) are not built yet: "
            + "it answers 500"))
      return .unsupported
    }
  }

  private static func uri(
    of integration: Integration, _ mapping: RequestMapping, _ stage: Stage, _ diagnostics: inout [Diagnostic]
  ) -> URITemplate? {
    guard let text = integration.uri else {
      diagnostics.append(Diagnostic(.error, at: integration.location, "the integration has no `uri`"))
      return nil
    }
    do {
      let uri = try URITemplate(text, variables: stage.variables, sources: mapping.path, tls: integration.tlsConfig)
      // Which ones a template fills is known when it runs.
      let overrides = integration.requestTemplates.values.contains { $0.text.range(of: "requestOverride") != nil }
      for name in overrides ? [] : uri.unmapped {
        diagnostics.append(
          Diagnostic(
            .warning, at: integration.location(of: "uri"),
            "nothing fills `{\(name)}` in the URI: it is sent as it is written",
            suggestion: "map integration.request.path.\(name)"))
      }
      return uri
    } catch {
      // A variable that the stage lacks makes the method answer 500, as on AWS; the others still work. A URI that is
      // none under any stage is a mistake.
      let missing = missingVariables(text, stage)
      diagnostics.append(
        Diagnostic(
          missing == nil ? .error : .warning, at: integration.location(of: "uri"),
          "in the stage `\(stage.name)`: \(error.message)" + (missing == nil ? "" : ", so that the method answers 500"),
          suggestion: missing ?? error.suggestion))
      return nil
    }
  }

  private static func missingVariables(_ uri: String, _ stage: Stage) -> String? {
    var missing: [String] = []
    var rest = uri[...]
    while let start = rest.range(of: "${stageVariables."), let close = rest[start.upperBound...].firstIndex(of: "}") {
      let name = String(rest[start.upperBound..<close])
      if stage.variables[name] == nil { missing.append("`\(name)`") }
      rest = rest[close...]
    }
    return missing.isEmpty ? nil : "the stage has no variable " + missing.joined(separator: ", ")
  }
}
