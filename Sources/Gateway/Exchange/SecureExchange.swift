import Bytes
import CacheRules
import Edge
import HTTPSemantics
import Pipeline

/// What an exchange has to do with TLS.
extension ExchangeDriver {
  /// Sends the client to the same address over HTTPS: 301, and 308 where a body must be sent again (RFC 9110 § 15.4).
  func redirectToHTTPS() async -> Outcome {
    beginExchange()
    let isReading = bench.request.method == .get || bench.request.method == .head
    return await redirectToHTTPS(isReading ? 301 : 308)
  }

  /// - Parameter distribution: whose behaviour has it so; nil: the listener.
  func redirectToHTTPS(_ status: Int, of distribution: Distribution? = nil) async -> Outcome {
    let request = bench.request
    EdgeRefusal.writeRedirection(
      status: status, host: request.authorityBytes, port: snapshot.httpsPort ?? 443, path: request.pathBytes,
      query: request.queryBytes, fields: bench.fields, body: bench.rendered)
    if let distribution { writeCacheLine("Redirect", of: distribution) }
    return await send(status, bench.rendered.readable)
  }

  /// Whether the client may make requests of a domain that asks for certificates.
  /// - Parameter domain: in lower case; nil: it does not ask.
  /// - Throws: 403.
  func checkClient(of domain: String?) throws(GatewayFailure) {
    guard let domain, let reason = ConnectionSecurity.refusal(of: connection.security, for: domain) else { return }
    throw .forbidden(reason)
  }

  /// Adds `Strict-Transport-Security` to the fields on the bench, unless it is there already.
  @inline(never)
  func add(transportSecurity policy: [UInt8]) {
    let fields = bench.fields.readable
    for line in FieldBlock(fields) where line.name.equalsIgnoringCase("strict-transport-security") { return }
    bench.fields.write(policy)
  }
}
