import HTTPSemantics
import HTTPWire

/// What becomes of header fields on their way through, one table for each rule (spec § 2.2–2.4).
enum FieldRules {
  /// Fields of the client that neither mappings nor templates see (§ 2.2).
  ///
  /// `X-Sluice-Explain` speaks to the gateway alone: it holds the operator's token, or what somebody took for it.
  static let invisible = FieldSet(
    .connection, .contentLength, .contentMD5, .expect, .maxForwards, .proxyAuthenticate, .server, .te,
    .transferEncoding, .trailer, .upgrade, .wwwAuthenticate, .xSluiceExplain)

  /// Fields of the client that HTTP_PROXY does not send on (§ 2.2, § 2.3), those that the gateway writes itself, and
  /// those of one connection only (RFC 9110 § 7.6.1; what `Connection` names joins them).
  ///
  /// `Content-Encoding` is on AWS's list and not on ours: the body goes through as it is, and without the field nobody
  /// could read it.
  static let notForwarded = FieldSet(
    .connection, .contentLength, .contentMD5, .expect, .maxForwards, .proxyAuthenticate, .server, .te,
    .transferEncoding, .trailer, .upgrade, .wwwAuthenticate,
    .host, .via, .xForwardedFor, .xForwardedPort, .xForwardedProto, .xHTTPMethodOverride, .xAmznAPIGatewayAPIID,
    .keepAlive, .proxyConnection, .proxyAuthorization, .xSluiceExplain)

  /// Destinations of a request mapping that are left out (§ 2.3), and those that would break the connection.
  static let droppedDestinations = FieldSet(
    .expect, .proxyAuthenticate, .te, .via, .connection, .keepAlive, .proxyConnection, .trailer, .upgrade)

  /// Destinations of a request mapping that make the exchange fail with 500 (§ 2.3).
  static let illegalDestinations = FieldSet(.contentLength, .transferEncoding, .xAmznTraceID, .xAmznAPIGatewayAPIID)

  /// Fields of an answer that reach the client as `x-amzn-Remapped-…`, whatever the integration (§ 2.4).
  static let remapped = FieldSet(.connection, .contentLength, .date, .server, .xAmznRequestID)

  /// The same for what a non-proxy integration's response parameters name.
  static let remappedWhenMapped = FieldSet(
    .connection, .contentLength, .date, .server, .xAmznRequestID,
    .authorization, .contentMD5, .expect, .host, .maxForwards, .proxyAuthenticate, .trailer, .upgrade, .userAgent,
    .wwwAuthenticate)

  /// Destinations of a response mapping that never reach the client.
  static let droppedWhenMapped = FieldSet(.transferEncoding, .keepAlive, .proxyConnection)

  /// Fields of an HTTP_PROXY origin's answer that do not reach the client. `Content-Encoding`: as above.
  static let droppedFromProxyResponses = FieldSet(
    .transferEncoding, .keepAlive, .proxyConnection, .via, .trailer, .upgrade)

  /// Fields that make an entry of one of these tables, by the name that a mapping writes.
  static func id(of name: String) -> FieldID {
    var name = name
    return name.withUTF8 { FieldID(UnsafeRawBufferPointer($0)) }
  }
}
