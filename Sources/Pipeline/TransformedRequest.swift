import Bytes
import HTTPSemantics
import HTTPWire

/// HTTP's request (not proxy): nothing of the client's but what is mapped, and AWS's own defaults (spec § 2.3).
enum TransformedRequest {
  static func write(
    _ plan: MethodPlan, _ exchange: Exchange, into out: ByteBuffer
  ) throws(GatewayFailure) -> Endpoint {
    guard let uri = plan.uri else { throw .configuration("Invalid endpoint address") }
    out.clear()
    out.write(plan.integrationMethod ?? exchange.method)
    try RequestTarget.write(plan, uri, exchange, passesQuery: false, into: out)
    let endpoint = try RequestTarget.endpoint(uri, exchange)
    let mapped = try MappedHeaders(plan.mapping, exchange)
    if !mapped.contains(.host) { RequestTarget.writeHost(uri, endpoint, into: out) }
    if !mapped.contains(.accept) { out.write("Accept: application/json\r\n") }
    if !mapped.contains(.userAgent) { out.write(plan.identification.userAgent) }
    mapped.write(into: out)
    if !exchange.integrationBody.isEmpty, !mapped.contains(.contentType) {
      out.write("Content-Type: application/json\r\n")
    }
    out.write("Via: 1.1 sluice\r\n")
    out.write(plan.identification.apiID)
    out.write("X-Amzn-Trace-Id: ")
    exchange.values.writeTrace(into: out)
    out.write("\r\n")
    return endpoint
  }
}
