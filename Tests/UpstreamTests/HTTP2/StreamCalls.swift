import Bytes
import HTTPSemantics
import HTTPWire
import Synchronization
import TLSTermination

@testable import Reactor
@testable import Upstream

/// What a call gave.
struct StreamAnswer: Equatable, Sendable {
  var status = 0
  var body = ""
  var trailers: String?
  var isReused = false

  static func == (a: StreamAnswer, b: StreamAnswer) -> Bool {
    a.status == b.status && a.body == b.body && a.trailers == b.trailers
  }
}

/// What scripts on other threads have seen.
final class Texts: Sendable {
  private let texts = Mutex<[String]>([])

  var all: [String] { texts.withLock { $0 } }

  func add(_ text: String) { texts.withLock { $0.append(text) } }
}

extension UpstreamPool {
  private func request(_ method: HTTPMethod, _ body: String) -> ByteBuffer {
    let request = ByteBuffer()
    request.write(
      "\(method.name) /path?q HTTP/1.1\r\nHost: o.example\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n\(body)")
    return request
  }

  /// An origin that is asked for HTTP/2.
  func http2(_ address: OriginAddress, tls: OriginTLS? = nil) -> Origin {
    let origin = origin(at: address, tls: tls)
    origin.wantsHTTP2 = true
    return origin
  }

  /// Sends a whole request and receives its first head.
  func send(
    _ address: OriginAddress, _ method: HTTPMethod = .get, body: String = "", acceptsTrailers: Bool = true,
    isReplayable: Bool = true, within milliseconds: Int = 5_000, into head: ResponseHead,
    tls: OriginTLS? = nil
  ) async throws(UpstreamFailure) -> OriginStream? {
    try await http2(address, tls: tls).sendStream(
      request(method, body), answering: method, into: head, isReplayable: isReplayable,
      acceptsTrailers: acceptsTrailers, until: deadline(milliseconds))
  }

  /// Sends a whole request and reads the whole answer.
  func call(
    _ address: OriginAddress, _ method: HTTPMethod = .get, body: String = "", acceptsTrailers: Bool = true,
    isReplayable: Bool = true, within milliseconds: Int = 5_000, tls: OriginTLS? = nil
  ) async throws(UpstreamFailure) -> StreamAnswer {
    let head = ResponseHead(buffer: ByteBuffer())
    guard
      let stream = try await send(
        address, method, body: body, acceptsTrailers: acceptsTrailers, isReplayable: isReplayable,
        within: milliseconds, into: head, tls: tls)
    else { throw UpstreamFailure(.interrupted) }
    defer { stream.close() }
    while head.status < 200 {
      try await stream.receiveHead(into: head, answering: method, until: deadline(milliseconds))
    }
    var answer = StreamAnswer(status: head.status, isReused: stream.isReused)
    while let piece = try await stream.readBody(until: .never) { answer.body += piece.text }
    answer.trailers = stream.trailers?.readable.text
    return answer
  }

  /// Begins a call whose body streams, and waits until its head has been sent.
  func open(_ address: OriginAddress) async throws(UpstreamFailure) -> OriginStream {
    let head = request(.post, "")
    guard
      let stream = try await http2(address).openStream(
        with: head, acceptsTrailers: true, until: deadline())
    else { throw UpstreamFailure(.interrupted) }
    await reactor.sleep(until: deadline(5))
    // It lies in this buffer until then.
    withExtendedLifetime(head) {}
    return stream
  }

  /// Asks for a WebSocket and receives its first head.
  func askForTunnel(
    _ address: OriginAddress, into head: ResponseHead, within milliseconds: Int = 5_000
  ) async throws(UpstreamFailure) -> OriginStream {
    let request = ByteBuffer()
    request.write(
      "GET /chat HTTP/1.1\r\nHost: o.example\r\nSec-WebSocket-Key: k\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
    )
    guard let stream = try await http2(address).askForTunnel(with: request, into: head, until: deadline(milliseconds))
    else { throw UpstreamFailure(.interrupted) }
    return stream
  }
}
