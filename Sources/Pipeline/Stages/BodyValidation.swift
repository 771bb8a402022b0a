import Bytes
import HTTPSemantics
import JSON
import JSONSchema

/// The last question of the first stage: is the body what the method's model describes?
extension MethodRequest {
  /// To be asked when `Exchange.body` is there, where the plan `needsBody`. A method that validates no bodies has none of
  /// its costs.
  /// - Throws: 400 `Invalid request body`, with the reasons for `$context.error.validationErrorString`.
  public static func checkBody(_ plan: MethodPlan, _ exchange: Exchange) throws(GatewayFailure) {
    guard let models = plan.bodyModels else { return }
    let head = exchange.head
    let mediaType = head.first(.contentType).map { MediaType.essence(head.value(of: $0)) }
    let schema = models.schema(for: mediaType)
    if let recorder = exchange.recorder { recorder.note(modelOf: plan, for: mediaType, isKnown: schema != nil) }
    guard let schema else { return }
    let document: JSONDocument
    do throws(JSONError) {
      document = try exchange.documentToValidate()
    } catch {
      throw .invalidBody(["instance is not JSON: \(error)"])
    }
    defer { withExtendedLifetime(document) {} }
    switch schema.validate(document.root, limits: SchemaLimits(bytes: exchange.body?.count ?? 0)) {
    case .valid: return
    case .invalid(let reasons): throw .invalidBody(reasons)
    case .undecided(let limit): throw .invalidBody([limit.rawValue])
    }
  }
}

extension Exchange {
  /// The body, parsed once for validation and for mappings; `{}` where there is none (spec § 9).
  fileprivate func documentToValidate() throws(JSONError) -> JSONDocument {
    if let parsedBody { return parsedBody }
    guard let body, !body.isEmpty else { return try JSONDocument(parsing: "{}") }
    let document = try JSONDocument(parsing: body.readable)
    parsedBody = document
    return document
  }
}

extension GatewayFailure {
  /// 400 `Invalid request body`.
  fileprivate static func invalidBody(_ reasons: [String]) -> GatewayFailure {
    let errors = "[\(reasons.joined(separator: ", "))]"
    var failure = GatewayFailure(.badRequestBody, reason: "the body is not what its model describes: \(errors)")
    failure.validationErrors = errors
    return failure
  }
}
