import APIModel

/// Which methods are turned away because what protects them is not enforced yet. A method that asks for somebody's
/// credentials must never let anybody in without having looked at them.
enum Refusal {
  static func of(
    _ api: RestAPI, _ method: Method, _ resource: Resource, _ diagnostics: inout [Diagnostic]
  ) -> GatewayFailure? {
    let name = "\(method.httpMethod) \(resource.path)"
    func refuse(_ type: GatewayResponseType, _ what: String) -> GatewayFailure {
      diagnostics.append(
        Diagnostic(.warning, at: method.location, "\(name) asks for \(what), which is not yet enforced: it answers 403")
      )
      return GatewayFailure(type, reason: "\(what) is asked for and not yet enforced")
    }
    if method.authorizationType == .iam { return refuse(.missingAuthenticationToken, "a signature (AWS_IAM)") }
    if method.authorizationType != .none || method.authorizer != nil { return refuse(.accessDenied, "an authorizer") }
    if method.apiKeyRequired { return refuse(.invalidAPIKey, "an API key") }
    // Said once, for the whole API.
    return ResourcePolicy.allowsEverybody(api.policy)
      ? nil : GatewayFailure(.accessDenied, reason: "the resource policy is not yet enforced")
  }
}
