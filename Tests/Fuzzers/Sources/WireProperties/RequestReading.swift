import Bytes
import HTTPSemantics
import HTTPWire

/// What the bytes of a client's connection say, as the codec reads them: requests, one behind the other, with their bodies.
struct RequestReading: Equatable {
  struct Request: Equatable {
    var method: HTTPMethod
    var path: [UInt8]
    var query: [UInt8]?
    var authority: [UInt8]
    var framing: BodyFraming
    /// All that the head says beside: the client's own words, for comparisons.
    var summary: String
    /// Name and value of each field, in order.
    var fields: [[[UInt8]]] = []
    /// Those that go on to the next hop and that it is not told of in another way.
    var forwarded: [[[UInt8]]] = []
    var content: [UInt8] = []
    var trailers: [UInt8] = []
  }

  enum End: Equatable {
    /// More would have to come.
    case incomplete
    case failed(WireError)
    /// No more requests are read behind the last one: it closes the connection, or another protocol follows.
    case closed
  }

  var requests: [Request] = []
  var end = End.incomplete
  /// Bytes of the whole requests.
  var count = 0

  /// - Parameter pieces: the sizes in which the bytes arrive, together as many as there are.
  init(_ bytes: [UInt8], pieces: [Int], head limits: HeadLimits = .standard, body bodyLimits: BodyLimits = .standard) {
    let buffer = ByteBuffer(capacity: 64)
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    var rest = pieces[...]
    var at = 0
    func more() -> Bool {
      guard let size = rest.popFirst() else { return false }
      buffer.write(Array(bytes[at..<at + size]))
      at += size
      return true
    }
    while true {
      if buffer.isEmpty { buffer.clear() } else { buffer.compact() }
      var result = parser.parse(buffer: buffer, into: head, limits: limits)
      while result == .incomplete, more() { result = parser.parse(buffer: buffer, into: head, limits: limits) }
      switch result {
      case .incomplete: return
      case .failed(let error):
        end = .failed(error)
        return
      case .complete(let count): buffer.readIndex += count
      }
      var request = Self.request(head)
      let isLast = !head.keepsAlive || head.upgrade != nil || head.method == .connect
      var decoder = BodyDecoder(head.framing, limits: bodyLimits)
      body: while true {
        switch decoder.next(in: buffer) {
        case .data(let range): request.content += Array(buffer[range])
        case .needsMore: if !more() { return }
        case .end: break body
        case .failed(let error):
          end = .failed(error)
          return
        }
      }
      request.trailers = decoder.trailers.map { Array($0.readable) } ?? []
      requests.append(request)
      count = at - buffer.count
      if isLast {
        end = .closed
        return
      }
    }
  }

  private static func request(_ head: RequestHead) -> Request {
    var request = Request(
      method: head.method, path: Array(head.pathBytes), query: head.queryBytes.map { Array($0) },
      authority: Array(head.authorityBytes), framing: head.framing,
      summary: "\(head.form) \(head.minorVersion) \(head.keepsAlive) \(head.expectsContinue) \(head.nominatesFields)")
    for field in head.fields {
      let pair = [Array(head.name(of: field)), Array(head.value(of: field))]
      request.fields.append(pair)
      switch field.id {
      case .host, .contentLength, .expect: break
      default: if head.isEndToEnd(field) { request.forwarded.append(pair) }
      }
    }
    return request
  }

  /// The same requests as an origin gets them on one connection.
  func forwarded() -> [UInt8] {
    let out = ByteBuffer()
    for request in requests where request.method != .connect {
      request.path.withUnsafeBytes { path in
        (request.query ?? []).withUnsafeBytes { query in
          RequestLine.write(method: request.method, path: path, query: request.query == nil ? nil : query, into: out)
        }
      }
      out.write("Host: ")
      // What a client of HTTP/1.0 does not say is the origin's own name.
      out.write(request.authority.isEmpty ? Array("origin.test".utf8) : request.authority)
      out.write("\r\n")
      for field in request.forwarded {
        field[0].withUnsafeBytes { name in
          field[1].withUnsafeBytes { FieldLine.write(name: name, value: $0, into: out) }
        }
      }
      switch request.framing {
      case .none, .untilClose: out.write("\r\n")
      case .length:
        FieldLine.write(name: "Content-Length", value: request.content.count, into: out)
        out.write("\r\n")
        out.write(request.content)
      case .chunked:
        out.write("Transfer-Encoding: chunked\r\n\r\n")
        request.content.withUnsafeBytes { ChunkEncoding.write($0, into: out) }
        let trailers = ByteBuffer()
        trailers.write(request.trailers)
        ChunkEncoding.finish(trailers: trailers, into: out)
      }
    }
    return Array(out.readable)
  }
}
