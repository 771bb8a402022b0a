import Bytes
import HTTPSemantics

/// The whole response of a MOCK that no request changes, written when the plan is compiled. Only the identifiers are new
/// for each request. An object, so that a request that takes it counts one reference.
public final class PreparedResponse: Sendable {
  public let status: Int
  /// Field lines, without the identifiers.
  let fields: [UInt8]
  public let body: [UInt8]
  /// Whether its fields say which origins may read it.
  private let namesOrigin: Bool

  /// - Parameter status: what the request template says; nil: it depends on the request.
  init?(status: Int?, _ requestTemplates: TemplateTable, _ responses: [ResponsePlan]) {
    guard let status, let chosen = ResponsePlan.select(status: status, from: responses) else { return nil }
    let plan = responses[chosen]
    // With two templates, `Accept` chooses.
    guard plan.isConstant, plan.templates.count <= 1, plan.contentHandling == nil else { return nil }
    let block = ByteBuffer(capacity: 256)
    var hasContentType = false
    for header in plan.mapping.headers {
      guard case .constant(let value) = header.source, !value.isEmpty else { continue }
      value.withUnsafeBytes { block.writeField(header.name, value: $0) }
      if header.id == .contentType { hasContentType = true }
    }
    if !hasContentType { block.write("Content-Type: application/json\r\n") }
    self.status = plan.status
    fields = Array(block.readable)
    namesOrigin = FieldBlock.contains(block.readable, "access-control-allow-origin")
    body = plan.templates.responseTemplate(accepting: nil)?.constant ?? []
  }

  /// Writes the field block of one response.
  public func write(_ exchange: Exchange, into block: ByteBuffer) {
    exchange.values.identifiers.write(into: block)
    block.write(fields)
    if let cors = exchange.deployment?.cors, !namesOrigin { cors.writeUnnamed(exchange, into: block) }
  }
}

extension MethodPlan {
  /// The response that is ready for this request, whatever else is in it; nil where the stages must run.
  ///
  /// The request's `Content-Type` chooses the request template, so only one without it, or with JSON, is answered so.
  public func preparedResponse(for exchange: Exchange) -> PreparedResponse? {
    guard let prepared else { return nil }
    guard exchange.head.present.contains(.contentType), let field = exchange.head.first(.contentType) else {
      return prepared
    }
    return MediaType.essence(exchange.head.value(of: field)).equalsIgnoringCase("application/json") ? prepared : nil
  }
}
