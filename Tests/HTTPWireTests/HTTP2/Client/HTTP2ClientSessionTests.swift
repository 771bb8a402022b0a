import Bytes
import Testing

@testable import HTTPWire

@Suite("HTTP2ClientSession")
struct HTTP2ClientSessionTests {
  private static let ok = [(":status", "200")]

  /// The frames' types and streams, and the codes of those that have one.
  private func frames(_ bytes: [UInt8]) -> [String] {
    var bytes = bytes[...]
    var seen: [String] = []
    while bytes.count >= 9 {
      let head = Array(bytes.prefix(9))
      let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
      seen.append("\(head[3]) \(head[5...].reduce(0) { $0 << 8 | Int($1) })")
      bytes = bytes.dropFirst(9 + length)
    }
    return seen
  }

  @Test("a server of the same house must understand a call, and the call its answer")
  func together() throws {
    let server = Conversation(isBegun: false)
    let client = ClientConversation(isBegun: false)
    let body = ByteBuffer()
    body.write("question")
    let call = client.call("POST /p?q HTTP/1.1\r\nHost: a\r\nAccept: b\r\nAuthorization: c\r\n\r\n", following: .pieces)
    call.lend(body.readable)
    let trailers = ByteBuffer()
    trailers.write("X-Sum: 1\r\n")
    call.end(trailers: trailers)
    server.receive(client.output())
    let request = try #require(server.requests.first)
    #expect(
      request.text == "POST /p?q HTTP/1.1\r\nhost: a\r\naccept: b\r\nauthorization: c\r\nte: trailers\r\n\r\n")
    #expect(String(decoding: request.stream.body, as: UTF8.self) == "question")
    #expect(request.stream.trailers == "x-sum: 1\r\n")
    #expect(call.drains == 1)

    server.answer(request.stream, "answer")
    let out = ByteBuffer()
    server.session.write(into: out, limit: 1 << 20)
    client.receive(Array(out.readable))
    #expect(call.heads == ["HTTP/1.1 200\r\ncontent-type: text/plain\r\n\r\n"])
    #expect(String(decoding: call.body, as: UTF8.self) == "answer")
    #expect(call.hasEnded)
    #expect(call.closedWith == 0)
    #expect(!client.session.hasStreams)
  }

  @Test("a request for a tunnel must be understood by a server of the same house, and bytes pass both ways")
  func tunnel() throws {
    let server = Conversation(isBegun: false)
    let client = ClientConversation(isBegun: false)
    _ = server.session.hasOutput
    let settings = ByteBuffer()
    server.session.write(into: settings, limit: 1 << 20)
    #expect(client.session.takesTunnels == nil)
    client.receive(Array(settings.readable))
    #expect(client.session.takesTunnels == true)
    let call = client.call(
      "GET /chat HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n", following: .tunnel)
    server.receive(client.output())
    let request = try #require(server.requests.first)
    #expect(request.isWebSocket)
    #expect(request.text.contains("GET /chat HTTP/1.1\r\nhost: a\r\n"))
    #expect(request.text.contains("sec-websocket-version: 13\r\n"))
    // The key is the server's own: the client's has been left out.
    #expect(!request.text.contains("dGhlIHNhbXBsZSBub25jZQ=="))
    server.answer(request.stream, "frames", ends: false)
    let out = ByteBuffer()
    server.session.write(into: out, limit: 1 << 20)
    client.receive(Array(out.readable))
    #expect(call.heads == ["HTTP/1.1 200\r\ncontent-type: text/plain\r\n\r\n"])
    #expect(String(decoding: call.body, as: UTF8.self) == "frames")
    let piece = ByteBuffer()
    piece.write("more")
    call.lend(piece.readable)
    client.session.resume(call)
    server.receive(client.output())
    #expect(String(decoding: request.stream.body, as: UTF8.self) == "more")
    #expect(!call.hasEnded)
  }

  @Test("an origin that does not say so takes no tunnels")
  func noTunnels() { #expect(ClientConversation().session.takesTunnels == false) }

  @Test("a request whose head was taken back before it was sent must not be sent")
  func takenBack() {
    let client = ClientConversation()
    let call = client.call()
    call.takeBack()
    #expect(!frames(client.output()).contains("1 1"))
    #expect(call.closedWith != nil)
  }

  @Test("an answer to HEAD must have no body, whatever its length says")
  func headers() {
    let client = ClientConversation()
    let call = client.call("HEAD /p HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = client.output()
    client.receive(Frames.head(1, [(":status", "200"), ("content-length", "5")]))
    #expect(call.hasEnded)
    #expect(call.flaw == nil)
  }

  @Test("interim heads must be told before the final one, and fields behind the body as trailers")
  func heads() {
    let client = ClientConversation()
    let call = client.call()
    _ = client.output()
    client.receive(
      Frames.head(1, [(":status", "103"), ("link", "x")], isWhole: false) + Frames.head(1, Self.ok, isWhole: false)
        + Frames.data(1, "body") + Frames.head(1, [("grpc-status", "0"), ("content-type", "a")]))
    #expect(call.heads == ["HTTP/1.1 103\r\nlink: x\r\n\r\n", "HTTP/1.1 200\r\n\r\n"])
    // RFC 9110 § 6.5.1: what describes a message is none of a trailer's fields.
    #expect(call.trailers == "grpc-status: 0\r\n")
    #expect(call.closedWith == 0)
  }

  @Test("an answer may end before its request; what is still lent then is not sent once it has been reset")
  func early() {
    let client = ClientConversation()
    let call = client.call("POST / HTTP/1.1\r\nHost: a\r\n\r\n", following: .pieces)
    _ = client.output()
    client.receive(Frames.head(1, Self.ok))
    #expect(call.hasEnded)
    #expect(call.closedWith == nil)
    client.session.reset(call, .cancel)
    #expect(frames(client.output()) == ["3 1"])
    #expect(call.closedWith == 8)
  }

  @Test("a body must wait until there is more of it, or nothing more")
  func streaming() {
    let client = ClientConversation()
    let call = client.call("POST / HTTP/1.1\r\nHost: a\r\n\r\n", following: .pieces)
    #expect(frames(client.output()) == ["1 1"])
    #expect(client.output().isEmpty)
    let piece = ByteBuffer()
    piece.write("piece")
    call.lend(piece.readable)
    client.session.resume(call)
    #expect(frames(client.output()) == ["0 1"])
    call.end()
    client.session.resume(call)
    #expect(frames(client.output()) == ["0 1"])
    #expect(!client.session.hasOutput)
  }

  @Test("a window must be opened only by what has been consumed; the connection's own opens by itself")
  func windows() {
    let client = ClientConversation(settings: HTTP2Settings(streamWindow: 20, connectionWindow: 1 << 20))
    let call = client.call()
    _ = client.output()
    client.receive(Frames.frame(4, 1, 0, []) + Frames.head(1, Self.ok, isWhole: false) + Frames.data(1, "0123456789"))
    #expect(!frames(client.output()).contains("8 1"))
    client.session.consume(call, 10)
    #expect(frames(client.output()).contains("8 1"))
    client.receive(Frames.data(1, String(repeating: "x", count: 21)))
    _ = client.output()
    #expect(call.closedWith != nil || client.session.fault != nil)
    #expect(!call.hasEnded)
  }

  @Test("no more streams must be opened than both sides allow, and none after GOAWAY")
  func room() {
    let client = ClientConversation(settings: HTTP2Settings(concurrentStreams: 2))
    #expect(client.session.mayOpen)
    _ = client.call()
    _ = client.call()
    #expect(!client.session.mayOpen)
    let other = ClientConversation()
    other.receive(Frames.frame(4, 0, 0, [0, 3, 0, 0, 0, 1]))
    let call = other.call()
    #expect(!other.session.mayOpen)
    _ = other.output()
    other.receive(Frames.head(1, Self.ok))
    #expect(call.hasEnded)
    #expect(other.session.mayOpen)
    other.receive(Frames.frame(7, 0, 0, [0, 0, 0, 1, 0, 0, 0, 0]))
    #expect(!other.session.isOpen)
    #expect(other.call().id == 0)
  }

  @Test("streams that GOAWAY passes over must be refused; the others go on")
  func goAway() {
    let client = ClientConversation()
    let first = client.call()
    let second = client.call()
    _ = client.output()
    client.receive(Frames.frame(7, 0, 0, [0, 0, 0, 1, 0, 0, 0, 0]))
    #expect(first.closedWith == nil)
    #expect(second.closedWith == HTTP2ErrorCode.refusedStream.rawValue)
    client.receive(Frames.head(1, Self.ok))
    #expect(first.hasEnded)
    _ = client.output()
    #expect(client.session.isOver)
  }

  @Test("an answer against the rules must end its stream with its reason, and no other")
  func flaws() {
    let client = ClientConversation(settings: HTTP2Settings(head: HeadLimits(headBytes: 100)))
    let calls = (0..<4).map { _ in client.call() }
    _ = client.output()
    client.receive(Frames.head(1, [(":status", "200"), ("x", String(repeating: "v", count: 100))]))
    client.receive(Frames.head(3, [(":status", "200"), ("connection", "close")]))
    client.receive(Frames.head(5, [("x", "y")]))
    client.receive(Frames.head(7, Self.ok))
    _ = client.output()
    #expect(calls[0].flaw == .malformed(.headTooLarge))
    #expect(calls[1].flaw != nil)
    #expect(calls[2].flaw != nil)
    #expect(calls.map { $0.closedWith != nil } == [true, true, true, true])
    #expect(calls.map(\.hasEnded) == [false, false, false, true])
    #expect(client.session.isOpen)
  }

  @Test(
    "what is not HTTP/2, or breaks its rules, must end the connection with a reason",
    arguments: [
      Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), Frames.data(1, "x"),
      Frames.frame(4, 0, 0, []) + Frames.frame(0, 0, 0, [1]), Frames.frame(4, 0, 0, [1]),
    ])
  func fault(_ bytes: [UInt8]) {
    let client = ClientConversation(isBegun: false)
    let call = client.call()
    _ = client.output()
    client.receive(bytes)
    #expect(frames(client.output()).contains("7 0"))
    #expect(client.session.fault != nil)
    #expect(client.session.isOver)
    client.session.closeStreams()
    #expect(call.closedWith != nil)
    #expect(!call.hasEnded)
  }

  @Test("a pushed response must not be taken")
  func push() {
    let client = ClientConversation()
    _ = client.call()
    _ = client.output()
    client.receive(Frames.frame(4, 1, 0, []))
    client.receive(Frames.frame(5, 4, 1, [0, 0, 0, 2] + Frames.section(Frames.get)))
    _ = client.output()
    #expect(client.session.fault != nil)
  }
}
