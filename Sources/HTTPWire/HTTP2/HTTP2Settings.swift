/// What an HTTP/2 connection is held to, and tells its peer of in SETTINGS (RFC 9113 § 6.5.2).
public struct HTTP2Settings: Sendable, Equatable {
  /// Streams that the peer may have open at once; those beyond are refused.
  public var concurrentStreams: Int
  /// Bytes of one stream that the peer may send before they have been consumed (RFC 9113 § 5.2).
  public var streamWindow: Int
  /// Bytes of all streams together that the peer may send before they have been consumed: what a connection's request
  /// bodies take of memory at most.
  public var connectionWindow: Int
  /// The same as for HTTP/1: what is beyond gets the same statuses.
  public var head: HeadLimits
  public var body: BodyLimits

  public init(
    concurrentStreams: Int = 128, streamWindow: Int = 262_144, connectionWindow: Int = 1_048_576,
    head: HeadLimits = .standard, body: BodyLimits = .standard
  ) {
    self.concurrentStreams = concurrentStreams
    self.streamWindow = streamWindow
    self.connectionWindow = connectionWindow
    self.head = head
    self.body = body
  }

  public static let standard = HTTP2Settings()
}

/// Why a stream or a connection ends (RFC 9113 § 7).
public enum HTTP2ErrorCode: UInt32, Sendable {
  case noError = 0
  case protocolError = 1
  case internalError = 2
  case flowControlError = 3
  case streamClosed = 5
  case refusedStream = 7
  case cancel = 8
  case enhanceYourCalm = 11
}

/// What every HTTP/2 connection begins with (RFC 9113 § 3.4).
public enum HTTP2Preface {
  public static let bytes: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

  public enum Match: Sendable { case whole, begun, absent }

  /// Whether what a client has sent first is the preface.
  public static func match(_ received: UnsafeRawBufferPointer) -> Match {
    let count = min(received.count, bytes.utf8CodeUnitCount)
    for index in 0..<count where received[index] != bytes.utf8Start[index] { return .absent }
    return count == bytes.utf8CodeUnitCount ? .whole : .begun
  }
}
