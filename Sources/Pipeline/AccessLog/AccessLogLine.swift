import Bytes
import HTTPSemantics

/// What became of a request, as its line in the access log says it: what is known only when all is over.
public struct AccessRecord: Sendable {
  /// What the client was answered with; 499: it went away before it was answered.
  public var status: Int
  /// Bytes of the response's body that were sent, as they were sent: compressed, if they were.
  public var responseLength: Int
  /// Milliseconds from the request's head to the response's end.
  public var responseLatency: Int
  /// The origin's status; nil: it gave none, or was not asked.
  public var integrationStatus: Int?
  /// Milliseconds from the request's sending to the answer; nil: no integration was called.
  public var integrationLatency: Int?
  /// Whether the head was understood: nothing is known of a request without one but who sent it, and when.
  public var hasHead: Bool

  public init(
    status: Int, responseLength: Int = 0, responseLatency: Int = 0, integrationStatus: Int? = nil,
    integrationLatency: Int? = nil, hasHead: Bool = true
  ) {
    self.status = status
    self.responseLength = responseLength
    self.responseLatency = responseLatency
    self.integrationStatus = integrationStatus
    self.integrationLatency = integrationLatency
    self.hasHead = hasHead
  }
}

/// The text of `$context.requestTime`, which changes once a second and is in nearly every line.
public struct LogClock {
  private var second: Int64 = .min
  private let text = ByteBuffer(capacity: 64)

  public init() {}

  mutating func write(_ epochMilliseconds: Int64, into out: ByteBuffer) {
    let now = epochMilliseconds / 1000
    if now != second {
      second = now
      text.clear()
      RequestTime.write(epochMilliseconds, into: text)
    }
    out.write(text.readable)
  }
}

extension AccessLogFormat {
  /// Writes the line of a request that has been answered, with its line feed. What is not known is `-`.
  public func write(_ exchange: Exchange, _ record: AccessRecord, clock: inout LogClock, into out: ByteBuffer) {
    let values = exchange.values
    texts.withUnsafeBytes { texts in
      pieces.withUnsafeBufferPointer { pieces in
        var start = 0
        for piece in pieces {
          let end = Int(piece.textEnd)
          Self.copy(texts, start, end, into: out)
          start = end
          let before = out.writeIndex
          write(piece, values, record, &clock, into: out)
          if out.writeIndex == before { out.write(byte: UInt8(ascii: "-")) }
        }
        Self.copy(texts, start, textCount, into: out)
      }
    }
  }

  /// Copies a text, which is short, sixteen bytes at a time: what this writes too much is written over.
  @inline(__always)
  private static func copy(_ texts: UnsafeRawBufferPointer, _ start: Int, _ end: Int, into out: ByteBuffer) {
    let count = end &- start
    out.reserve(count &+ 16)
    guard let source = texts.baseAddress, let target = out.writable.baseAddress else { return }
    var at = 0
    while at < count {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: start &+ at, as: SIMD2<UInt64>.self), toByteOffset: at,
        as: SIMD2<UInt64>.self)
      at &+= 16
    }
    out.didWrite(count)
  }

  @inline(__always)
  private func write(
    _ piece: Piece, _ values: RequestValues, _ record: AccessRecord, _ clock: inout LogClock, into out: ByteBuffer
  ) {
    switch piece.variable {
    case .requestID: values.identifiers.writeRequestID(into: out)
    case .extendedRequestID: values.identifiers.writeExtendedID(into: out)
    case .requestTime: clock.write(values.facts.epochMilliseconds, into: out)
    case .status: Self.write(number: record.status, into: out)
    case .responseLength: Self.write(number: record.responseLength, into: out)
    // Made by the gateway itself: nothing in it to escape.
    case .sourceIP: out.write(values.facts.sender.clientAddress)
    case .resourcePath: if let plan = values.plan { write(plan.resourcePath, into: out) }
    case .httpMethod where record.hasHead:
      switch values.method {
      case .get: out.write("GET")
      case .post: out.write("POST")
      default: write(values.method.name, into: out)
      }
    case .version where record.hasHead:
      let version = values.facts.httpVersion
      out.write(version)
    default: writeOther(piece, values, record, into: out)
    }
  }

  /// Variables that the standard formats do not have.
  @inline(never)
  private func writeOther(
    _ piece: Piece, _ values: RequestValues, _ record: AccessRecord, into out: ByteBuffer
  ) {
    switch piece.variable {
    case .requestTimeEpoch: out.write(decimal: Int(values.facts.epochMilliseconds))
    case .responseLatency: out.write(decimal: record.responseLatency)
    case .integrationStatus: if let status = record.integrationStatus { out.write(decimal: status) }
    case .integrationLatency: if let latency = record.integrationLatency { out.write(decimal: latency) }
    case .integrationError: if let error = values.integrationError { write(error, into: out) }
    case .tlsVersion: if let security = values.facts.sender.security { out.write(security.version) }
    case .cipherSuite: if let security = values.facts.sender.security { out.write(security.cipher) }
    case .traceID:
      guard let trace = values.clientTrace else { return values.identifiers.writeTraceID(into: out) }
      escaping.write(trace, into: out)
    case .messageString:
      guard let text = values.variable("error.messageString") else { return }
      if piece.isBare { out.write(text) } else { write(text, into: out) }
    case .path where record.hasHead: escaping.write(values.head.pathBytes, into: out)
    case .userAgent where record.hasHead:
      if let field = values.head.first(.userAgent) { escaping.write(values.head.value(of: field), into: out) }
    case .named where record.hasHead:
      if let text = values.variable(names[Int(piece.name)]) { write(text, into: out) }
    case .requestID, .extendedRequestID, .requestTime, .status, .responseLength, .sourceIP, .resourcePath, .httpMethod,
      .version, .path, .userAgent, .named, .absent:
      return
    }
  }

  private func write(_ text: String, into out: ByteBuffer) {
    var text = text
    text.withUTF8 { escaping.write(UnsafeRawBufferPointer($0), into: out) }
  }

  /// As `write(decimal:)`, for the three digits that statuses and many lengths have.
  @inline(__always)
  private static func write(number: Int, into out: ByteBuffer) {
    guard number >= 100, number < 1000 else { return out.write(decimal: number) }
    out.reserve(3)
    let target = out.writable
    target[0] = 48 &+ UInt8(truncatingIfNeeded: number / 100)
    target[1] = 48 &+ UInt8(truncatingIfNeeded: number / 10 % 10)
    target[2] = 48 &+ UInt8(truncatingIfNeeded: number % 10)
    out.didWrite(3)
  }
}
