import Bytes

/// A field name that the gateway itself acts upon, recognised once while a head is parsed, so that later steps compare
/// a byte where they would compare text. Every other name is `.other`.
public enum FieldID: UInt8, Sendable, CaseIterable {
  case other = 0
  case accept, acceptEncoding, age, authorization, cacheControl, connection, contentEncoding, contentLength, contentMD5
  case contentType, cookie, date, etag, expect, expires, forwarded, host, ifModifiedSince, ifNoneMatch, keepAlive
  case lastModified, location, maxForwards, origin, pragma, proxyAuthenticate, proxyAuthorization, proxyConnection,
    range
  case referer, server, setCookie, te, trailer, transferEncoding, upgrade, userAgent, vary, via, wwwAuthenticate
  case xForwardedFor, xForwardedHost, xForwardedPort, xForwardedProto, xHTTPMethodOverride, xAmznRequestID, xAmznTraceID
  case xAmznAPIGatewayAPIID, xSluiceExplain

  /// The name in small letters, as HTTP/2 writes it; empty for `.other`.
  public var lowercaseName: StaticString {
    switch self {
    case .other: ""
    case .accept: "accept"
    case .acceptEncoding: "accept-encoding"
    case .age: "age"
    case .authorization: "authorization"
    case .cacheControl: "cache-control"
    case .connection: "connection"
    case .contentEncoding: "content-encoding"
    case .contentLength: "content-length"
    case .contentMD5: "content-md5"
    case .contentType: "content-type"
    case .cookie: "cookie"
    case .date: "date"
    case .etag: "etag"
    case .expect: "expect"
    case .expires: "expires"
    case .forwarded: "forwarded"
    case .host: "host"
    case .ifModifiedSince: "if-modified-since"
    case .ifNoneMatch: "if-none-match"
    case .keepAlive: "keep-alive"
    case .lastModified: "last-modified"
    case .location: "location"
    case .maxForwards: "max-forwards"
    case .origin: "origin"
    case .pragma: "pragma"
    case .proxyAuthenticate: "proxy-authenticate"
    case .proxyAuthorization: "proxy-authorization"
    case .proxyConnection: "proxy-connection"
    case .range: "range"
    case .referer: "referer"
    case .server: "server"
    case .setCookie: "set-cookie"
    case .te: "te"
    case .trailer: "trailer"
    case .transferEncoding: "transfer-encoding"
    case .upgrade: "upgrade"
    case .userAgent: "user-agent"
    case .vary: "vary"
    case .via: "via"
    case .wwwAuthenticate: "www-authenticate"
    case .xForwardedFor: "x-forwarded-for"
    case .xForwardedHost: "x-forwarded-host"
    case .xForwardedPort: "x-forwarded-port"
    case .xForwardedProto: "x-forwarded-proto"
    case .xHTTPMethodOverride: "x-http-method-override"
    case .xAmznRequestID: "x-amzn-requestid"
    case .xAmznTraceID: "x-amzn-trace-id"
    case .xAmznAPIGatewayAPIID: "x-amzn-apigateway-api-id"
    case .xSluiceExplain: "x-sluice-explain"
    }
  }
}
