import Bytes
import HTTPSemantics

/// Which fields end at this hop (RFC 9110 § 7.6.1) and are never forwarded.
///
/// `Connection` itself and what it nominates, `Keep-Alive`, `Proxy-Connection`, `TE`, `Transfer-Encoding`, `Upgrade`,
/// the credentials between a client and a proxy, and `Trailer`, because the gateway frames bodies anew.
extension MessageHead {
  /// Whether the field line goes on to the next hop.
  ///
  /// A field that says where the message goes, where its body ends or who sends it (`Host`, `Content-Length`,
  /// `Authorization`, `Cookie` …) cannot be nominated away: RFC 9110 tells senders not to nominate end-to-end fields, and
  /// a client that does is trying to make the origin see another request than the one that was checked.
  @inlinable @inline(__always)
  public func isEndToEnd(_ field: FieldSlice) -> Bool {
    switch field.id {
    case .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .trailer, .proxyAuthenticate,
      .proxyAuthorization:
      false
    default:
      !nominatesFields || !isNominated(field)
    }
  }

  /// Whether `TE: trailers` is among the fields: the sender takes trailers (RFC 9110 § 10.1.4).
  public var acceptsTrailers: Bool {
    guard present.contains(.te) else { return false }
    for field in fields where field.id == .te {
      var codings = TokenList(value(of: field))
      while let coding = codings.next() {
        if coding.equalsIgnoringCase("trailers") { return true }
      }
    }
    return false
  }

  /// Whether a `Connection` line names this field, and may.
  @usableFromInline func isNominated(_ field: FieldSlice) -> Bool {
    switch field.id {
    case .host, .contentLength, .contentType, .contentEncoding, .authorization, .cookie, .setCookie, .cacheControl,
      .date,
      .expect, .forwarded, .location, .origin, .range, .vary, .via, .wwwAuthenticate, .maxForwards, .etag,
      .xForwardedFor,
      .xForwardedHost, .xForwardedPort, .xForwardedProto, .xAmznRequestID, .xAmznTraceID, .xAmznAPIGatewayAPIID:
      return false
    default: break
    }
    let name = name(of: field)
    for line in fields where line.id == .connection {
      var tokens = TokenList(value(of: line))
      while let token = tokens.next() {
        if token.equalsIgnoringCase(name) { return true }
      }
    }
    return false
  }
}
