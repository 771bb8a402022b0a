import Bytes
import HTTPSemantics
import Routing

/// What is noted of how a request found its method.
extension ExchangeRecorder {
  /// - Parameter addresses: what the verdict was given by.
  public func note(_ verdict: AddressVerdict, in addresses: AddressTable, host: String) {
    switch verdict {
    case .found(_, _, let mapping?):
      guard addresses.mappings.indices.contains(mapping) else { return }
      let base = addresses.mappings[mapping]
      decide(
        .route,
        Decision(
          .address, "API `\(base.api)`" + (base.stage.map { ", stage `\($0)`" } ?? ""),
          because: "the domain `\(host)` maps `/\(base.basePath)` to it", place: "\(base.location)"))
    case .found(let index, _, nil):
      guard addresses.entries.indices.contains(index) else { return }
      let entry = addresses.entries[index]
      decide(
        .route,
        Decision(
          .address, "API `\(entry.api)`, stage `\(entry.stage)`",
          because: "the first segment of the path names the stage", place: "\(entry.location)"))
    case .forbidden(let reason):
      let stages = addresses.entries.filter { !$0.disablesDefaultEndpoint }.map { "`/\($0.stage)/…`" }
      let because =
        switch reason {
        case .unknownStage:
          "no stage has the name of the path's first segment; there is "
            + (stages.isEmpty ? "none that answers here" : Set(stages).sorted().joined(separator: ", "))
        case .noMapping: "the domain `\(host)` maps nothing at this path"
        case .defaultEndpointDisabled: "the API answers under its own domains only (disableExecuteApiEndpoint)"
        }
      decide(.route, Decision(.address, "none", because: because))
    }
  }

  /// - Parameter path: behind the stage.
  func note(
    _ verdict: RouteVerdict, in deployment: DeploymentPlan, _ values: RequestValues, path: UnsafeRawBufferPointer
  ) {
    record.api = deployment.apiID
    record.apiStage = deployment.stage
    record.deployment = deployment.deploymentID
    for (name, value) in deployment.stageVariables where redaction.hides(name) { secrets.insert(value) }
    if let isCanary = deployment.isCanary {
      decide(
        .route,
        Decision(
          .canary, isCanary ? "the canary answers" : "the stage itself answers",
          because: "its canary is given a part of the requests, by chance"))
    }
    if values.method != values.head.method {
      decide(
        .route,
        Decision(
          .method, values.method.name, because: "X-HTTP-Method-Override replaces \(values.head.method.name)"))
    }
    let found = deployment.tree.candidates(method: values.method, path: path)
    switch verdict {
    case .matched(let target, let resource):
      let plan = deployment.methods[Int(target)]
      let because = reason(for: resource, among: found, deployment)
      decide(
        .route,
        Decision(
          .resource, "\(plan.httpMethod) \(plan.resourcePath)", because: because,
          place: "\(plan.definition.location)"))
      noteCandidates(found, chosen: resource, deployment, values.method)
    case .noMethod(let resource):
      noteCandidates(found, chosen: nil, deployment, values.method)
      let path = deployment.resourcePaths[Int(resource)]
      decide(
        .route,
        Decision(
          .resource, "none",
          because: "`\(path)` has neither \(values.method.name) nor ANY, only \(deployment.methodNames(of: path))"))
    case .noResource:
      decide(
        .route, Decision(.resource, "none", because: "no resource of `\(deployment.apiID)` has the path `\(path.text)`")
      )
      noteNearest(to: path.text, deployment)
    }
  }

  private func noteCandidates(
    _ found: [RouteCandidate], chosen: Int32?, _ deployment: DeploymentPlan, _ method: HTTPMethod
  ) {
    let candidates = found.map { candidate in
      let path = deployment.resourcePaths[Int(candidate.resource)]
      let methods = deployment.methodNames(of: path)
      var noted = Candidate(name: "\(methods) \(path)", result: .passedOver)
      if candidate.resource == chosen {
        noted.result = .chosen
      } else if !candidate.hasMethod {
        noted.result = .refused
        noted.because = "has neither \(method.name) nor ANY"
      } else if let chosen {
        noted.because = Self.order(of: deployment.resourcePaths[Int(chosen)], before: path)
      } else {
        noted.because = "a resource that comes before it lacks the method, and after that only a greedy one may answer"
      }
      return noted
    }
    change(.route) { $0.candidates = candidates }
  }

  private func reason(for resource: Int32, among found: [RouteCandidate], _ deployment: DeploymentPlan) -> String {
    let others = found.filter { $0.resource != resource }
    guard let other = others.first(where: \.hasMethod) ?? others.first else { return "no other resource has this path" }
    let path = deployment.resourcePaths[Int(other.resource)]
    if !other.hasMethod { return "`\(path)` fits too, but lacks the method" }
    return Self.order(of: deployment.resourcePaths[Int(resource)], before: path)
  }

  /// Why one path comes before another that fits as well: by the first segment in which they differ.
  private static func order(of path: String, before other: String) -> String {
    let one = path.split(separator: "/")
    let two = other.split(separator: "/")
    for index in 0..<max(one.count, two.count) {
      let left = index < one.count ? one[index] : ""
      let right = index < two.count ? two[index] : ""
      if left != right { return "\(kind(left)) comes before \(kind(right))" }
    }
    return "it comes first"
  }

  private static func kind(_ segment: Substring) -> String {
    switch RouteSegment(segment) {
    case .literal(let text): "the literal `\(text)`"
    case .variable(let name): "the variable `{\(name)}`"
    case .greedy(let name): "the greedy `{\(name)+}`"
    case nil: "the path's end"
    }
  }

  /// The resources that fit the path's beginning best, for somebody who has mistyped the rest.
  private func noteNearest(to path: String, _ deployment: DeploymentPlan) {
    let given = path.lowercased().split(separator: "/")
    var near: [(path: String, fitting: Int, excess: Int)] = []
    for resource in deployment.resourcePaths where !deployment.methodNames(of: resource).isEmpty {
      let own = resource.lowercased().split(separator: "/")
      let fitting = zip(own, given).prefix { own, given in own.hasPrefix("{") || own == given }.count
      if fitting > 0 { near.append((resource, fitting, abs(own.count - given.count))) }
    }
    near.sort { ($1.fitting, $0.excess, $0.path) < ($0.fitting, $1.excess, $1.path) }
    guard !near.isEmpty else { return }
    let candidates = near.prefix(3).map { resource, fitting, excess in
      let isCase = excess == 0 && fitting == given.count
      return Candidate(
        name: "\(deployment.methodNames(of: resource)) \(resource)", result: .near,
        because: isCase ? "it differs in capital letters, which count" : nil)
    }
    change(.route) { $0.candidates = candidates }
  }
}

extension DeploymentPlan {
  /// `GET, POST`, of one resource.
  func methodNames(of path: String) -> String {
    methods.filter { $0.resourcePath == path }.map(\.httpMethod).joined(separator: ", ")
  }
}
