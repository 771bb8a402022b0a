import APIModel
import Bytes
import HTTPSemantics
import HTTPWire
import Velocity

/// The third stage, for MOCK and HTTP: the integration's answer becomes the client's. HTTP_PROXY has `ProxyResponse`.
public enum IntegrationResponse {
  /// Selects the integration response, maps its headers and renders its body.
  ///
  /// - Parameter status: the integration's; it is the selection value.
  /// - Parameter head: the answer's head; nil for MOCK.
  /// - Parameter body: the answer's body, whole; nil or empty: none.
  /// - Parameter fields: gets the mapped field lines, behind what is there.
  /// - Parameter out: gets the client's body; cleared first.
  /// - Returns: the status for the client.
  /// - Throws: 500 where no integration response matches, or a template throws.
  public static func run(
    _ plan: MethodPlan, _ exchange: Exchange, status: Int, head: ResponseHead?, body: ByteBuffer?, fields: ByteBuffer,
    into out: ByteBuffer
  ) throws(GatewayFailure) -> Int {
    let chosen = ResponsePlan.select(status: status, from: plan.responses)
    if let recorder = exchange.recorder { recorder.note(selection: chosen, status: status, plan, body) }
    guard let chosen else {
      throw .configuration(
        "No match for output mapping and no default output mapping configured. Endpoint Response Status Code: \(status)"
      )
    }
    exchange.answerHead = head
    exchange.answer = body
    let response = plan.responses[chosen]
    var headers = try mappedHeaders(response, exchange)
    out.clear()
    try renderBody(plan, response, exchange, into: out)
    var status = response.status
    if let scope = exchange.overridingScope {
      let override = scope.responseOverride
      if let code = override.status, code >= 200 { status = code }
      for header in override.headers { headers.override(header.name, header.values) }
    }
    headers.write(into: fields)
    if let recorder = exchange.recorder {
      recorder.note(integrationResponse: response, exchange, status: status)
    }
    return status
  }

  private static func mappedHeaders(
    _ response: ResponsePlan, _ exchange: Exchange
  ) throws(GatewayFailure) -> ResponseHeaders {
    var headers = ResponseHeaders()
    for header in response.mapping.headers {
      if case .constant(let value) = header.source {
        if !value.isEmpty { headers.append(header.name, value) }
        continue
      }
      exchange.scratch.clear()
      if try exchange.write(header.source, into: exchange.scratch) {
        headers.append(header.name, Array(exchange.scratch.readable))
      }
    }
    return headers
  }

  private static func renderBody(
    _ plan: MethodPlan, _ response: ResponsePlan, _ exchange: Exchange, into out: ByteBuffer
  ) throws(GatewayFailure) {
    let request = exchange.head
    let accept = request.first(.accept).map { MediaType.first(request.value(of: $0)) }
    let answered = exchange.answerHead.flatMap { head in
      head.first(.contentType).map { MediaType.essence(head.value(of: $0)) }
    }
    let conversion = ContentConversion.response(
      plan.binaryMediaTypes, response.contentHandling, payload: answered, accept: accept)
    let template = response.templates.responseTemplate(accepting: accept)
    if let recorder = exchange.recorder {
      recorder.note(responseTemplate: template, accepting: accept, response)
      recorder.note(conversion, .integrationResponse, answered, plan, response.contentHandling)
    }
    guard let template else {
      if let answer = exchange.answer, !answer.isEmpty { try conversion.write(answer.readable, into: out) }
      return
    }
    try exchange.render(template, of: response.templates, over: exchange.answer, conversion, into: out)
  }
}

/// The mapped header fields of a response, until they are written.
struct ResponseHeaders {
  private var lines: [(name: [UInt8], value: [UInt8])] = []

  mutating func append(_ name: [UInt8], _ value: [UInt8]) { lines.append((name, value)) }

  /// Replaces a header by what a template set (spec § 3.5); several values are joined with commas.
  mutating func override(_ name: String, _ values: [String]) {
    let id = FieldRules.id(of: name)
    guard Array(name.utf8).withUnsafeBytes(\.isToken), !FieldRules.droppedWhenMapped.contains(id) else { return }
    let prefix = FieldRules.remappedWhenMapped.contains(id) ? "x-amzn-Remapped-" : ""
    let bytes = Array((prefix + name).utf8)
    lines.removeAll { line in
      line.name.withUnsafeBytes { one in bytes.withUnsafeBytes { one.equalsIgnoringCase($0) } }
    }
    let value = values.joined(separator: ",")
    if !value.isEmpty { lines.append((bytes, Array(value.utf8))) }
  }

  func write(into fields: ByteBuffer) {
    for line in lines { line.value.withUnsafeBytes { fields.writeField(line.name, value: $0) } }
  }
}
