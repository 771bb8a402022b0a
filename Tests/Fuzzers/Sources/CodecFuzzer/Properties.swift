import Bytes
import HTTPSemantics
import HTTPWire

/// What must be true of any bytes.
struct Properties {
  var random: Randomness

  /// - Returns: what is not true of the codec for these bytes; nil where all is well.
  mutating func brokenBy(_ bytes: [UInt8]) -> String? {
    requests(bytes) ?? responses(bytes) ?? bodies(bytes)
  }

  // MARK: Requests

  private mutating func requests(_ bytes: [UInt8]) -> String? {
    let (whole, head) = readRequest(bytes, pieces: [bytes.count])
    let (apart, again) = readRequest(bytes, pieces: pieces(of: bytes.count))
    // Without the end of its line, a mistake may be seen later in pieces; never another one, and never none.
    if whole != apart, !(apart == .incomplete && isFailure(whole)) {
      return "a request read in pieces: \(apart), whole: \(whole)"
    }
    guard case .complete(let count) = whole else { return nil }
    guard summary(head) == summary(again) else { return "a request's parts read in pieces differ" }

    guard let strict = StrictReader.read(bytes) else { return "a request that the plain reader refuses was taken" }
    let method = HTTPMethod(String(decoding: strict.method, as: UTF8.self))
    guard strict.count == count, method == head.method, strict.fields.count == head.fields.count,
      zip(strict.fields, head.fields).allSatisfy({ field, slice in
        head.name(of: slice).elementsEqual(field.name) && head.value(of: slice).elementsEqual(field.value)
      })
    else { return "the plain reader has read another request" }

    // What goes on to an origin is read there as what was read here.
    let out = ByteBuffer()
    RequestLine.write(method: head.method, path: head.pathBytes, query: head.queryBytes, into: out)
    out.write("Host: ")
    out.write(head.authorityBytes)
    out.write("\r\n")
    for field in head.fields where field.id != .host && head.isEndToEnd(field) { head.write(field, into: out) }
    out.write("\r\n")
    let forwarded = Array(out.readable)
    if case .connect = head.method { return nil }
    guard let second = StrictReader.read(forwarded), second.count == forwarded.count || head.authority.isEmpty else {
      return head.minorVersion == 0 || head.authority.isEmpty ? nil : "what was forwarded is no request"
    }
    guard case .complete = readRequest(forwarded, pieces: [forwarded.count]).0 else {
      return head.authority.isEmpty ? nil : "what was forwarded would be refused"
    }
    return nil
  }

  private func isFailure(_ result: HeadResult) -> Bool {
    if case .failed = result { true } else { false }
  }

  private func readRequest(_ bytes: [UInt8], pieces: [Int]) -> (HeadResult, RequestHead) {
    let buffer = ByteBuffer(capacity: 64)
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    var result = HeadResult.incomplete
    var at = 0
    for size in pieces where result == .incomplete {
      buffer.write(Array(bytes[at..<at + size]))
      at += size
      result = parser.parse(buffer: buffer, into: head)
    }
    return (result, head)
  }

  private func summary(_ head: RequestHead) -> String {
    "\(head.method) \(head.form) \(head.path) \(String(describing: head.query)) \(head.authority) \(head.minorVersion) \(head.framing) "
      + "\(head.keepsAlive) \(head.expectsContinue) \(head.nominatesFields) \(String(describing: head.upgrade)) \(head.fields)"
  }

  // MARK: Responses

  private mutating func responses(_ bytes: [UInt8]) -> String? {
    let methods: [HTTPMethod] = [.get, .head, .connect]
    let method = methods[Int.random(in: 0..<3, using: &random)]
    let whole = readResponse(bytes, pieces: [bytes.count], method)
    let apart = readResponse(bytes, pieces: pieces(of: bytes.count), method)
    if whole != apart, !(apart == .incomplete && isFailure(whole)) {
      return "a response read in pieces: \(apart), whole: \(whole)"
    }
    return nil
  }

  private func readResponse(_ bytes: [UInt8], pieces: [Int], _ method: HTTPMethod) -> HeadResult {
    let buffer = ByteBuffer(capacity: 64)
    let head = ResponseHead(buffer: buffer)
    var parser = ResponseHeadParser()
    var result = HeadResult.incomplete
    var at = 0
    for size in pieces where result == .incomplete {
      buffer.write(Array(bytes[at..<at + size]))
      at += size
      result = parser.parse(buffer: buffer, into: head, answering: method)
    }
    return result
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
    let apart = readBody(bytes, pieces: pieces(of: bytes.count), limits)
    if whole != apart, whole.error == nil || whole.error != apart.error {
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

  private mutating func pieces(of count: Int) -> [Int] {
    var pieces: [Int] = []
    var left = count
    let most = Int.random(in: 1...20, using: &random)
    while left > 0 {
      let size = min(left, Int.random(in: 1...most, using: &random))
      pieces.append(size)
      left -= size
    }
    return pieces
  }
}
