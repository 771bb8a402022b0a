import Bytes
import Configuration
import HTTPSemantics
import HTTPWire
import Reactor

/// One operator's connection: one request, one answer, and the end. Operators are few and in no hurry.
final class AdminConnection {
  private let socket: Socket
  private let routes: AdminRoutes
  private let input = ByteBuffer(capacity: 4096)
  private let output = ByteBuffer(capacity: 4096)
  private let head: RequestHead

  /// Milliseconds within which a request must have come, and an answer be taken.
  private static let patience = 10_000
  /// Bytes that a peer may still send when it has been answered.
  private static let largestRest = 64 * 1024

  init(_ socket: Socket, _ routes: AdminRoutes) {
    self.socket = socket
    self.routes = routes
    head = RequestHead(buffer: input)
  }

  /// Serves until the connection ends. A peer that misbehaves ends its own connection and nothing else.
  func serve() async {
    do {
      if let answer = try await answer() {
        write(answer)
        try await socket.write(output, until: deadline)
        try await linger()
      }
    } catch {
      // Reset, timed out, cut off in a body: there is nobody left to tell.
    }
    socket.close()
  }

  private var deadline: MonotonicTime { socket.reactor.now.advanced(milliseconds: Self.patience) }

  /// - Returns: nil where no request came.
  private func answer() async throws(SocketError) -> AdminAnswer? {
    let deadline = deadline
    do throws(AdminAnswer) {
      guard try await readHead(until: deadline) else { return nil }
      do throws(AdminGuard.Refusal) {
        try AdminGuard.check(head, token: routes.publisher.facts.now.token)
      } catch {
        throw AdminAnswer(error)
      }
      let call = try AdminRoutes.call(head)
      return await routes.answer(call, body: try await readBody(upTo: call.largestBody, until: deadline))
    } catch {
      return error
    }
  }

  /// - Returns: false when the peer went before it had asked.
  private func readHead(until deadline: MonotonicTime) async throws(AdminAnswer) -> Bool {
    var parser = RequestHeadParser()
    while true {
      switch parser.parse(buffer: input, into: head) {
      case .complete(let count):
        input.readIndex &+= count
        return true
      case .incomplete:
        input.reserve(4096)
        guard let count = try? await socket.read(into: input, until: deadline), count > 0 else { return false }
      case .failed(let error):
        throw AdminAnswer(error.status, RefusalMessage(.notUnderstood, StatusCode.reason(error.status).description))
      }
    }
  }

  private func readBody(upTo largest: Int, until deadline: MonotonicTime) async throws(AdminAnswer) -> [UInt8] {
    var decoder = BodyDecoder(head.framing, limits: BodyLimits(contentBytes: UInt64(largest)))
    var body: [UInt8] = []
    if head.expectsContinue {
      output.write("HTTP/1.1 100 Continue\r\n\r\n")
      try? await socket.write(output, until: deadline)
    }
    while true {
      switch decoder.next(in: input) {
      case .data(let range): body += input[range]
      case .end: return body
      case .failed(let error):
        throw AdminAnswer(error.status, RefusalMessage(.notUnderstood, StatusCode.reason(error.status).description))
      case .needsMore:
        // Everything has been taken from the head that is wanted of it: its room is free.
        input.compact()
        input.reserve(4096)
        guard let count = try? await socket.read(into: input, until: deadline), count > 0 else {
          throw AdminAnswer(400, RefusalMessage(.notUnderstood, "the body did not come whole"))
        }
      }
    }
  }

  private func write(_ answer: AdminAnswer) {
    output.write("HTTP/1.1 ")
    output.write(decimal: answer.status)
    output.write(" ")
    output.write(StatusCode.reason(answer.status))
    output.write("\r\nDate: ")
    HTTPDate.write(epochSeconds: socket.reactor.epochMilliseconds / 1000, into: output)
    output.write("\r\nContent-Type: ")
    output.write(answer.contentType)
    output.write("\r\nCache-Control: no-store\r\nConnection: close\r\n")
    if answer.status == 401 { output.write("WWW-Authenticate: Bearer\r\n") }
    if let allow = answer.allow { output.write("Allow: \(allow)\r\n") }
    output.write("Content-Length: ")
    output.write(decimal: answer.body.count)
    output.write("\r\n\r\n")
    if head.method != .head { output.write(answer.body) }
  }

  /// Waits for the peer's end, but not for long: a close with bytes unread would take the answer away (RFC 9112 § 9.6).
  private func linger() async throws(SocketError) {
    socket.shutdownWriting()
    let deadline = socket.reactor.now.advanced(milliseconds: 1000)
    var patience = Self.largestRest
    while patience > 0 {
      input.clear()
      input.reserve(4096)
      let count = try await socket.read(into: input, until: deadline)
      if count == 0 { return }
      patience -= count
    }
  }
}
