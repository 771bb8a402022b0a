import APIModel
import HTTPSemantics
import Routing

/// One API in one stage, compiled: what Gateway routes a request in.
public final class DeploymentPlan: Sendable {
  /// What `$context.accountId` says: there is no account.
  static let accountID = "000000000000"

  public let apiID: String
  public let stage: String
  public let deploymentID: String
  /// Whether it answers for a canary; nil where the stage has none.
  public let isCanary: Bool?
  public let tree: RouteTree
  /// By the tree's targets.
  public let methods: [MethodPlan]
  /// By the tree's numbers of resources.
  let resourcePaths: [String]
  /// Nil: requests are not logged.
  public let accessLog: AccessLogPlan?
  /// Nil: nothing is said about other origins but what the definition says.
  let cors: CORSPlan?
  /// Bytes from which on responses are compressed; nil: none are.
  let minimumCompressionSize: Int?
  let stageVariables: [(name: String, value: String)]
  let gatewayResponses: GatewayResponsePlan
  let binaryMediaTypes: [String]

  /// Compiles every method of an API for a stage.
  /// - Parameter diagnostics: gets every mistake and every thing worth saying. Where it gets no error, every method of the
  ///   API has a plan.
  public init(
    _ api: RestAPI, stage: Stage, deploymentID: String = "1", isCanary: Bool? = nil, diagnostics: inout [Diagnostic]
  ) {
    apiID = api.id
    self.stage = stage.name
    self.deploymentID = deploymentID
    self.isCanary = isCanary
    minimumCompressionSize = api.minimumCompressionSize
    cors = api.cors.map(CORSPlan.init)
    accessLog = stage.accessLogSettings.flatMap(AccessLogPlan.init)
    stageVariables = stage.variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    binaryMediaTypes = api.binaryMediaTypes
    gatewayResponses = GatewayResponsePlan(api, stage: stage, diagnostics: &diagnostics)

    let schemas = ModelSchemas(api, diagnostics: &diagnostics)
    var plans: [MethodPlan] = []
    var routes: [RouteTree.Resource] = []
    for resource in api.resources {
      var targets: [(name: String, target: Int32)] = []
      for (name, method) in resource.methods.sorted(by: { $0.key < $1.key }) {
        let plan = MethodPlan.compile(
          api, resource, method, stage: stage, isCanary: isCanary ?? false, schemas: schemas, diagnostics: &diagnostics)
        targets.append((name, Int32(clamping: plans.count)))
        plans.append(plan)
      }
      routes.append((resource.path, targets))
    }
    methods = plans
    resourcePaths = api.resources.map(\.path)
    tree = RouteTree(resources: routes)
    for problem in tree.problems {
      let resource = api.resources[Int(problem.resource)]
      diagnostics.append(Diagnostic(.error, at: resource.location, "\(resource.path): \(problem)"))
    }
    if !ResourcePolicy.allowsEverybody(api.policy) {
      diagnostics.append(
        Diagnostic(
          .warning, at: api.resources.first?.location ?? stage.location,
          "the resource policy of `\(api.id)` is not yet enforced: its methods answer 403"))
    }
  }

  /// Finds the method that answers. A method of the plan's, so that the tree is looked at where it lies: a copy would count
  /// ten references.
  func match(
    _ method: HTTPMethod, _ path: UnsafeRawBufferPointer, into captures: inout Captures
  ) -> RouteVerdict {
    tree.match(method: method, path: path, into: &captures)
  }
}
