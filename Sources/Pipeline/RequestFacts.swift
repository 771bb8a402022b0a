import Bytes

/// What is known of a request besides its bytes: who sent it, when, and the names that it is given. Clock, sockets and
/// randomness stay with whoever makes these.
public struct RequestFacts: Sendable {
  /// 16 random bytes; `x-amzn-RequestId` shows them as a UUID of version 4.
  public var requestID: (high: UInt64, low: UInt64)
  /// 8 random bytes; `x-amz-apigw-id` shows them, with some of the request id's, in base64.
  public var extendedID: UInt64
  /// Milliseconds since 1970-01-01 00:00 UTC.
  public var epochMilliseconds: Int64
  /// The client's IP address, in the form of `X-Forwarded-For`. Made once for a connection.
  public var clientAddress: String
  /// The trusted proxy that the request came from and that says whose it is; nil: the client itself sent it.
  public var proxyAddress: String?
  /// The port that the client came from; 0 where nobody has said it.
  public var clientPort: UInt16
  /// The port that the client connected to.
  public var port: UInt16
  /// Who hands the request on, and so stands at the end of `X-Forwarded-For`: the client's own address is in it already
  /// where a proxy put it there.
  public var senderAddress: String { proxyAddress ?? clientAddress }
  /// Whether the client connected over TLS.
  public var isSecure: Bool
  /// What that has made sure of; nil without TLS, or where it ended before the gateway.
  public var security: ConnectionSecurity?
  /// `HTTP/1.1`, as `$context.protocol` says it.
  public var httpVersion: StaticString

  public init(
    requestID: (high: UInt64, low: UInt64) = (0, 0), extendedID: UInt64 = 0, epochMilliseconds: Int64 = 0,
    clientAddress: String = "127.0.0.1", clientPort: UInt16 = 0, port: UInt16 = 80, isSecure: Bool = false,
    security: ConnectionSecurity? = nil, httpVersion: StaticString = "HTTP/1.1"
  ) {
    self.requestID = requestID
    self.extendedID = extendedID
    self.epochMilliseconds = epochMilliseconds
    self.clientAddress = clientAddress
    self.clientPort = clientPort
    self.port = port
    self.isSecure = isSecure
    self.security = security
    self.httpVersion = httpVersion
  }
}

extension RequestFacts {
  @inline(__always)
  var identifiers: RequestIdentifiers {
    RequestIdentifiers(requestID: requestID, extendedID: extendedID, epochMilliseconds: epochMilliseconds)
  }

  /// The request id as `x-amzn-RequestId` has it, for the log.
  public var requestIDText: String {
    let text = ByteBuffer(capacity: 64)
    writeRequestID(into: text)
    return text.readable.text
  }

  @inline(__always) func writeIdentifiers(into fields: ByteBuffer) { identifiers.write(into: fields) }
  @inline(__always) func writeRequestID(into buffer: ByteBuffer) { identifiers.writeRequestID(into: buffer) }
  @inline(__always) func writeExtendedID(into buffer: ByteBuffer) { identifiers.writeExtendedID(into: buffer) }
}
