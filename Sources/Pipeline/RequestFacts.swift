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
  /// Who sent it.
  public var sender: RequestSender
  /// `HTTP/1.1`, as `$context.protocol` says it.
  public var httpVersion: StaticString

  public init(
    requestID: (high: UInt64, low: UInt64) = (0, 0), extendedID: UInt64 = 0, epochMilliseconds: Int64 = 0,
    sender: RequestSender = .unknown, httpVersion: StaticString = "HTTP/1.1"
  ) {
    self.requestID = requestID
    self.extendedID = extendedID
    self.epochMilliseconds = epochMilliseconds
    self.sender = sender
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
