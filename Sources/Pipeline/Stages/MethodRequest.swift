/// The first stage: may this request call this method, and is it the request that the method describes?
///
/// Authorisation, API keys and throttling come before the check of parameters, in the order of spec § 1.1; until they are
/// built, a method that asks for one turns everybody away. The body comes last, and only when it is there: `checkBody`.
public enum MethodRequest {
  /// - Throws: 403 where the method asks for what is not enforced yet; 400 for missing parameters.
  public static func run(_ plan: MethodPlan, _ exchange: Exchange) throws(GatewayFailure) {
    if exchange.isRecorded { note(plan, exchange) }
    if let refusal = plan.refusal { throw refusal }
    if !plan.required.isEmpty { try checkParameters(plan, exchange) }
  }

  @inline(never)
  private static func note(_ plan: MethodPlan, _ exchange: Exchange) {
    exchange.recorder?.note(methodRequest: plan, exchange)
  }

  private static func checkParameters(_ plan: MethodPlan, _ exchange: Exchange) throws(GatewayFailure) {
    let missing = plan.required.filter { !$0.isPresent(in: exchange.values) }
    guard !missing.isEmpty else { return }
    let names = missing.map(\.name).joined(separator: ", ")
    throw GatewayFailure(
      .badRequestParameters, message: "Missing required request parameters: [\(names)]",
      reason: "required parameters are missing: \(names)")
  }
}
