import Bytes
import HTTPSemantics
import HTTPWire

/// What must be true of any bytes.
public struct Properties {
  private var random: Randomness

  public init(random: Randomness) { self.random = random }

  /// - Returns: what is not true of the codec for these bytes; nil where all is well.
  public mutating func brokenBy(_ bytes: [UInt8]) -> String? {
    requests(bytes) ?? responses(bytes) ?? bodies(bytes)
  }

  // MARK: Requests

  /// Limits that short inputs reach.
  private static let narrow = HeadLimits(targetBytes: 64, headBytes: 256, fieldCount: 6)
  private static let narrowBody = BodyLimits(contentBytes: 100, extensionBytes: 64, trailerBytes: 256, trailerCount: 5)

  private mutating func requests(_ bytes: [UInt8]) -> String? {
    let pieces = random.pieces(of: bytes.count)
    for (limits, bodies) in [(HeadLimits.standard, BodyLimits.standard), (Self.narrow, Self.narrowBody)] {
      let whole = RequestReading(bytes, pieces: [bytes.count], head: limits, body: bodies)
      let apart = RequestReading(bytes, pieces: pieces, head: limits, body: bodies)
      guard Self.agree(whole, apart) else { return "requests read in pieces: \(apart), whole: \(whole)" }
      if let broken = smuggled(whole, bytes) { return broken }
    }
    return nil
  }

  /// Without the end of its line, a mistake may be seen later in pieces, or never another one than that the line is too long.
  private static func agree(_ whole: RequestReading, _ apart: RequestReading) -> Bool {
    guard whole.requests == apart.requests, whole.count == apart.count else { return false }
    guard case .failed = whole.end else { return whole.end == apart.end }
    return [whole.end, .incomplete, .failed(.headTooLarge), .failed(.trailersTooLarge)].contains(apart.end)
  }

  /// What goes on to an origin is read there as what was read here.
  private func smuggled(_ reading: RequestReading, _ bytes: [UInt8]) -> String? {
    let strict = StrictReader.requests(bytes, most: reading.requests.count)
    guard reading.requests.count == strict.requests.count, strict.count == reading.count else {
      return "the plain reader refuses one of the requests that were taken"
    }
    for (request, strict) in zip(reading.requests, strict.requests) where !Self.isSame(request, strict) {
      return "the plain reader has read another request: \(strict), not \(request)"
    }
    let requests = reading.requests.filter { $0.method != .connect }
    let forwarded = reading.forwarded()
    let again = RequestReading(forwarded, pieces: [forwarded.count])
    guard again.requests.count == requests.count, again.count == forwarded.count, again.end == .incomplete else {
      return "what was forwarded is not as many requests: \(again), not \(reading)"
    }
    for (request, second) in zip(requests, again.requests) {
      guard request.method == second.method, Self.isSameTarget(request, second),
        request.authority == second.authority || request.authority.isEmpty, request.framing == second.framing,
        request.content == second.content, request.trailers == second.trailers,
        second.forwarded == request.forwarded
      else { return "what was forwarded is another request: \(second), not \(request)" }
    }
    guard again.forwarded() == forwarded else { return "what was forwarded twice is not the same" }
    let plain = StrictReader.requests(forwarded, most: .max)
    guard plain.count == forwarded.count, plain.requests.count == requests.count else {
      return "the plain reader sees other requests in what was forwarded: \(plain)"
    }
    return nil
  }

  private static func isSame(_ request: RequestReading.Request, _ strict: StrictReader.Request) -> Bool {
    HTTPMethod(String(decoding: strict.head.method, as: UTF8.self)) == request.method
      && strict.head.fields.elementsEqual(request.fields) { $0.name == $1[0] && $0.value == $1[1] }
      && strict.content == request.content
  }

  /// What no grammar has in a target leaves in percent-encoding.
  private static func isSameTarget(_ one: RequestReading.Request, _ other: RequestReading.Request) -> Bool {
    decoded(one.path) == decoded(other.path) && one.query.map(decoded) == other.query.map(decoded)
  }

  private static func decoded(_ bytes: [UInt8]) -> [UInt8] {
    let out = ByteBuffer()
    bytes.withUnsafeBytes { PercentEncoding.decode($0, into: out) }
    return Array(out.readable)
  }

  // MARK: Responses

  private mutating func responses(_ bytes: [UInt8]) -> String? {
    let methods: [HTTPMethod] = [.get, .head, .connect]
    let method = methods[Int.random(in: 0..<3, using: &random)]
    let pieces = random.pieces(of: bytes.count)
    for limits in [HeadLimits.standard, Self.narrow] {
      let (whole, head) = readResponse(bytes, pieces: [bytes.count], method, limits)
      let (apart, again) = readResponse(bytes, pieces: pieces, method, limits)
      if whole != apart, !(isFailure(whole) && (apart == .incomplete || apart == .failed(.headTooLarge))) {
        return "a response read in pieces: \(apart), whole: \(whole)"
      }
      guard case .complete = whole else { continue }
      guard summary(head) == summary(again) else { return "a response's parts read in pieces differ" }
      guard (100...999).contains(head.status) else { return "a status of \(head.status)" }
      if let broken = rewritten(head, method) { return broken }
    }
    return nil
  }

  /// What goes on to a client is one head, with the same end-to-end fields.
  private func rewritten(_ head: ResponseHead, _ method: HTTPMethod) -> String? {
    let out = ByteBuffer()
    StatusLine.write(head.status, into: out)
    for field in head.fields where head.isEndToEnd(field) && field.id != .contentLength { head.write(field, into: out) }
    out.write("\r\n")
    let forwarded = Array(out.readable)
    let (result, second) = readResponse(forwarded, pieces: [forwarded.count], method, .standard)
    guard result == .complete(byteCount: forwarded.count), second.status == head.status,
      forwardedFields(second) == forwardedFields(head)
    else { return "what was passed on is another response: \(result)" }
    return nil
  }

  private func forwardedFields(_ head: ResponseHead) -> [[UInt8]] {
    head.fields.filter { head.isEndToEnd($0) && $0.id != .contentLength }
      .flatMap { [Array(head.name(of: $0)), Array(head.value(of: $0))] }
  }

  private func isFailure(_ result: HeadResult) -> Bool {
    if case .failed = result { true } else { false }
  }

  private func summary(_ head: ResponseHead) -> String {
    "\(head.status) \(head.minorVersion) \(head.framing) \(head.keepsAlive) \(head.nominatesFields) "
      + "\(String(describing: head.upgrade)) \(head.fields)"
  }

  private func readResponse(
    _ bytes: [UInt8], pieces: [Int], _ method: HTTPMethod, _ limits: HeadLimits
  ) -> (HeadResult, ResponseHead) {
    let buffer = ByteBuffer(capacity: 64)
    let head = ResponseHead(buffer: buffer)
    var parser = ResponseHeadParser()
    var result = HeadResult.incomplete
    var at = 0
    for size in pieces where result == .incomplete {
      buffer.write(Array(bytes[at..<at + size]))
      at += size
      result = parser.parse(buffer: buffer, into: head, answering: method, limits: limits)
    }
    return (result, head)
  }

  // MARK: Bodies

  private struct Body: Equatable {
    var content: [UInt8] = []
    var isDone = false
    var error: WireError?
    var trailers: [UInt8] = []
    var rest = 0
  }

  private mutating func bodies(_ bytes: [UInt8]) -> String? {
    let limits = BodyLimits(extensionBytes: 64, trailerBytes: 256, trailerCount: 5)
    let whole = readBody(bytes, pieces: [bytes.count], limits)
    let apart = readBody(bytes, pieces: random.pieces(of: bytes.count), limits)
    // As with a head's lines, in pieces one may be found to be too long first.
    if whole != apart, whole.error == nil || (apart.error != whole.error && apart.error != .trailersTooLarge) {
      return "a body read in pieces: \(apart), whole: \(whole)"
    }
    guard whole.isDone else { return nil }
    let out = ByteBuffer()
    whole.content.withUnsafeBytes { ChunkEncoding.write($0, into: out) }
    let trailers = ByteBuffer()
    trailers.write(whole.trailers)
    ChunkEncoding.finish(trailers: trailers, into: out)
    let again = readBody(Array(out.readable), pieces: [out.count], .standard)
    guard again.isDone, again.content == whole.content, again.trailers == whole.trailers, again.rest == 0 else {
      return "a body written again is another body"
    }
    return nil
  }

  private func readBody(_ bytes: [UInt8], pieces: [Int], _ limits: BodyLimits) -> Body {
    let buffer = ByteBuffer(capacity: 64)
    var decoder = BodyDecoder(.chunked, limits: limits)
    var body = Body()
    var at = 0
    var next = 0
    reading: while true {
      switch decoder.next(in: buffer) {
      case .data(let range): body.content.append(contentsOf: buffer[range])
      case .needsMore:
        guard next < pieces.count else { break reading }
        if buffer.isEmpty { buffer.clear() }
        buffer.write(Array(bytes[at..<at + pieces[next]]))
        at += pieces[next]
        next += 1
      case .end:
        body.isDone = true
        break reading
      case .failed(let error):
        body.error = error
        break reading
      }
    }
    body.trailers = decoder.trailers.map { Array($0.readable) } ?? []
    if body.error == nil { body.rest = buffer.count + bytes.count - at }
    return body
  }
}
