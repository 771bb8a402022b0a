import Bytes

/// A request method (RFC 9110 § 9). The ones that gateways speak of have a case; any other token is `.other`.
public enum HTTPMethod: Hashable, Sendable {
  case get, head, post, put, patch, delete, options, connect, trace
  /// Any other token, as received: methods are case-sensitive.
  case other(String)

  /// The method that these bytes name. The bytes must already be known to be a token.
  public init(_ bytes: UnsafeRawBufferPointer) {
    switch bytes.count {
    case 3 where bytes.equals("GET"): self = .get
    case 3 where bytes.equals("PUT"): self = .put
    case 4 where bytes.equals("HEAD"): self = .head
    case 4 where bytes.equals("POST"): self = .post
    case 5 where bytes.equals("PATCH"): self = .patch
    case 5 where bytes.equals("TRACE"): self = .trace
    case 6 where bytes.equals("DELETE"): self = .delete
    case 7 where bytes.equals("OPTIONS"): self = .options
    case 7 where bytes.equals("CONNECT"): self = .connect
    default: self = .other(bytes.text)
    }
  }

  public init(_ name: String) {
    var name = name
    self = name.withUTF8 { HTTPMethod(UnsafeRawBufferPointer($0)) }
  }

  public var name: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .connect: "CONNECT"
    case .trace: "TRACE"
    case .other(let name): name
    }
  }

  /// RFC 9110 § 9.2.2: sending it twice means the same as sending it once.
  public var isIdempotent: Bool {
    switch self {
    case .get, .head, .put, .delete, .options, .trace: true
    case .post, .patch, .connect, .other: false
    }
  }
}
