import APIModel
import Bytes
import HTTPSemantics
import HTTPWire
import Velocity

/// What the integration request came to: whom to call, and with what.
public enum IntegrationCall: Equatable {
  /// Nobody: the mock answered with this status.
  case mock(status: Int)
  /// `out` holds request line and fields without framing; the body is in `Exchange.integrationBody`.
  case http(Endpoint)
  /// The same, but the client's body streams through as it comes.
  case stream(Endpoint)
}

/// The second stage: the client's request becomes the integration's, by parameter mappings, a template, or as it is.
public enum IntegrationRequest {
  /// - Parameter out: gets request line and field lines, no blank line; cleared first. Framing (`Content-Length`,
  ///   `Transfer-Encoding`) and what a tunnel needs are for the caller to add.
  /// - Throws: 415 where no template may take the body; 500 for what the definition does wrong.
  public static func run(
    _ plan: MethodPlan, _ exchange: Exchange, into out: ByteBuffer
  ) throws(GatewayFailure) -> IntegrationCall {
    exchange.isRecorded ? try recorded(plan, exchange, into: out) : try make(plan, exchange, into: out)
  }

  @inline(never)
  private static func recorded(
    _ plan: MethodPlan, _ exchange: Exchange, into out: ByteBuffer
  ) throws(GatewayFailure) -> IntegrationCall {
    exchange.recorder?.note(integrationOf: plan, exchange)
    do {
      let call = try make(plan, exchange, into: out)
      exchange.recorder?.note(integrationRequest: plan, exchange, call, out)
      return call
    } catch {
      exchange.recorder?.note(integrationRequest: plan, exchange, nil, out)
      throw error
    }
  }

  @inline(__always)
  private static func make(
    _ plan: MethodPlan, _ exchange: Exchange, into out: ByteBuffer
  ) throws(GatewayFailure) -> IntegrationCall {
    switch plan.kind {
    case .httpProxy: return try ProxyRequest.write(plan, exchange, into: out)
    case .http:
      try renderBody(plan, exchange)
      return .http(try TransformedRequest.write(plan, exchange, into: out))
    case .mock:
      try renderBody(plan, exchange)
      guard let status = MockStatus.parse(exchange.integrationBody.readable) else {
        throw .configuration(
          "Unable to parse statusCode. It should be an integer that is defined in the request template.")
      }
      return .mock(status: status)
    case .unsupported:
      throw .configuration("the integration is not of a type that is built, or there is none")
    }
  }

  /// Fills `integrationBody` (spec § 3.1): content handling first, then the template that the content type chooses.
  private static func renderBody(_ plan: MethodPlan, _ exchange: Exchange) throws(GatewayFailure) {
    let body = exchange.integrationBody
    body.clear()
    let head = exchange.head
    let mediaType = head.first(.contentType).map { MediaType.essence(head.value(of: $0)) }
    let template = plan.requestTemplates.requestTemplate(for: mediaType)
    let conversion = ContentConversion.request(plan, mediaType)
    if let recorder = exchange.recorder {
      recorder.note(
        requestTemplate: template, for: mediaType, plan, passes: mayPassThrough(plan),
        hasBody: !(exchange.body?.isEmpty ?? true))
      recorder.note(conversion, .integrationRequest, mediaType, plan, plan.contentHandling)
    }
    guard let template else {
      guard mayPassThrough(plan) else {
        throw .unsupportedMediaType("no template takes `\(mediaType?.text ?? "application/json")`")
      }
      if let payload = exchange.body, !payload.isEmpty { try conversion.write(payload.readable, into: body) }
      return
    }
    try exchange.render(template, of: plan.requestTemplates, over: exchange.body, conversion, into: body)
  }

  private static func mayPassThrough(_ plan: MethodPlan) -> Bool {
    switch plan.passthrough {
    case .whenNoMatch: true
    case .whenNoTemplates: plan.requestTemplates.isEmpty
    case .never: false
    }
  }
}

extension Exchange {
  /// Renders a template over a payload, after content handling has made it what the template may see.
  /// - Parameter table: the one that the template was chosen from.
  /// - Throws: 500 where the template does, or where the payload is binary, which no template can read. An empty one is not.
  func render(
    _ template: Template, of table: TemplateTable, over payload: ByteBuffer?, _ conversion: ContentConversion,
    into out: ByteBuffer
  ) throws(GatewayFailure) {
    if let constant = template.constant {
      out.write(constant)
      if let recorder { recorder.note(template, of: table, input: payload, output: out.readable) }
      return
    }
    guard conversion.givesText || payload?.isEmpty ?? true else {
      throw .configuration("Unable to transform: the payload is binary, which no template can read")
    }
    var text = payload
    if let payload, !payload.isEmpty, conversion.changes(payload.readable) {
      let changed = ByteBuffer(capacity: payload.count + 16)
      try conversion.write(payload.readable, into: changed)
      text = changed
    }
    scope.setBody(text)
    do {
      try template.render(scope, into: out)
      if let recorder { recorder.note(template, of: table, input: text, output: out.readable) }
    } catch {
      if let recorder { recorder.note(template, of: table, input: text, output: out.readable, failure: error) }
      throw .configuration("Unable to transform: \(error)")
    }
  }
}
