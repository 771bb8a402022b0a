import Bytes
import HTTPSemantics
import HTTPWire

/// HTTP_PROXY's request: the client's own, to another place (spec § 2.1, § 2.3).
enum ProxyRequest {
  static func write(
    _ plan: MethodPlan, _ exchange: Exchange, into out: ByteBuffer
  ) throws(GatewayFailure) -> IntegrationCall {
    guard let uri = plan.uri else { throw .configuration("Invalid endpoint address") }
    out.clear()
    out.write(plan.integrationMethod ?? exchange.method)
    try RequestTarget.write(plan, uri, exchange, passesQuery: true, into: out)
    let endpoint = try RequestTarget.endpoint(uri, exchange)

    if plan.mapping.headers.isEmpty {
      RequestTarget.writeHost(uri, endpoint, into: out)
      writeClientFields(exchange, replaced: nil, into: out)
    } else {
      let mapped = try MappedHeaders(plan.mapping, exchange)
      if !mapped.contains(.host) { RequestTarget.writeHost(uri, endpoint, into: out) }
      writeClientFields(exchange, replaced: mapped, into: out)
      mapped.write(into: out)
    }
    writeForwarding(plan, exchange, into: out)
    guard plan.needsBody else { return .stream(endpoint) }
    exchange.integrationBody.clear()
    if let body = exchange.body { exchange.integrationBody.write(body.readable) }
    return .http(endpoint)
  }

  private static func writeClientFields(_ exchange: Exchange, replaced: MappedHeaders?, into out: ByteBuffer) {
    let head = exchange.head
    let dropped = FieldRules.notForwarded
    var run = FieldRun(head)
    for index in head.fields.indices {
      let field = head.fields[index]
      if field.id != .other, dropped.contains(field.id) { continue }
      if head.nominatesFields, !head.isEndToEnd(field) { continue }
      if let replaced, replaced.contains(head.name(of: field)) { continue }
      run.take(field, into: out)
    }
    run.flush(into: out)
  }

  /// Who asked, through whom: `X-Forwarded-*`, `Via` (RFC 9110 § 7.6.3), and AWS's own.
  private static func writeForwarding(_ plan: MethodPlan, _ exchange: Exchange, into out: ByteBuffer) {
    let head = exchange.head
    let values = exchange.values
    out.write("X-Forwarded-For: ")
    if head.present.contains(.xForwardedFor) {
      for field in head.fields where field.id == .xForwardedFor && field.valueCount > 0 {
        out.write(head.value(of: field))
        out.write(", ")
      }
    }
    let sender = values.facts.sender
    out.write(sender.lastAddress)
    out.write("\r\nX-Forwarded-Port: ")
    out.write(decimal: Int(sender.port))
    out.write(sender.isSecure ? "\r\nX-Forwarded-Proto: https\r\n" : "\r\nX-Forwarded-Proto: http\r\n")
    out.write("Via: 1.1 sluice\r\n")
    out.write(plan.identification.apiID)
    if head.first(.xAmznTraceID) == nil {
      out.write("X-Amzn-Trace-Id: ")
      values.identifiers.writeTraceID(into: out)
      out.write("\r\n")
    }
  }
}

extension ByteBuffer {
  /// Writes a method and the space behind it.
  @inline(__always)
  func write(_ method: HTTPMethod) {
    switch method {
    case .get: write("GET ")
    case .post: write("POST ")
    default:
      write(method.name)
      write(" ")
    }
  }
}
