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
    out.reserve(texts.count &+ 32 &* pieces.count)
    let values = exchange.values
    texts.withUnsafeBytes { texts in
      var start = 0
      // By index: iterating would hold the array.
      var index = 0
      while index < pieces.count {
        let piece = pieces[index]
        let end = Int(piece.textEnd)
        out.write(UnsafeRawBufferPointer(rebasing: texts[start..<end]))
        start = end
        let before = out.writeIndex
        write(piece, values, record, &clock, into: out)
        if out.writeIndex == before { out.write(byte: UInt8(ascii: "-")) }
        index &+= 1
      }
      out.write(UnsafeRawBufferPointer(rebasing: texts[start...]))
    }
  }

  @inline(__always)
  private func write(
    _ piece: Piece, _ values: RequestValues, _ record: AccessRecord, _ clock: inout LogClock, into out: ByteBuffer
  ) {
    switch piece.variable {
    case .requestID: values.facts.writeRequestID(into: out)
    case .extendedRequestID: values.facts.writeExtendedID(into: out)
    case .requestTime: clock.write(values.facts.epochMilliseconds, into: out)
    case .requestTimeEpoch: out.write(decimal: Int(values.facts.epochMilliseconds))
    case .status: out.write(decimal: record.status)
    case .responseLength: out.write(decimal: record.responseLength)
    case .responseLatency: out.write(decimal: record.responseLatency)
    case .integrationStatus: if let status = record.integrationStatus { out.write(decimal: status) }
    case .integrationLatency: if let latency = record.integrationLatency { out.write(decimal: latency) }
    case .integrationError: if let error = values.integrationError { write(error, into: out) }
    case .sourceIP: write(values.facts.clientAddress, into: out)
    case .resourcePath: if let plan = values.plan { write(plan.resourcePath, into: out) }
    case .traceID: values.facts.writeTraceID(into: out)
    case .messageString:
      guard let text = values.variable("error.messageString") else { return }
      if piece.isBare { out.write(text) } else { write(text, into: out) }
    case .absent: return
    case .httpMethod, .path, .version, .userAgent, .named:
      if record.hasHead { writeOfHead(piece, values, into: out) }
    }
  }

  @inline(__always)
  private func writeOfHead(_ piece: Piece, _ values: RequestValues, into out: ByteBuffer) {
    switch piece.variable {
    case .httpMethod:
      switch values.method {
      case .get: out.write("GET")
      case .post: out.write("POST")
      default: write(values.method.name, into: out)
      }
    case .path: escaping.write(values.head.pathBytes, into: out)
    case .version:
      let version = values.facts.httpVersion
      out.write(version)
    case .userAgent:
      if let field = values.head.first(.userAgent) { escaping.write(values.head.value(of: field), into: out) }
    default: if let text = values.variable(names[Int(piece.name)]) { write(text, into: out) }
    }
  }

  private func write(_ text: String, into out: ByteBuffer) {
    var text = text
    text.withUTF8 { escaping.write(UnsafeRawBufferPointer($0), into: out) }
  }
}
