import Bytes
import FuzzerDriver
import HTTPSemantics
import HTTPWire

@_cdecl("FuzzHTTP2Client_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// Our side of a connection with an origin that sends arbitrary bytes, in pieces: what becomes of its answers is in order and
/// within limits, and what we say is whole frames.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var bytes = UnsafeRawBufferPointer(start: start, count: count)[...]
  guard let orders = bytes.popFirst(), let session = HTTP2ClientSession(settings: Call.settings) else { return 0 }
  let out = ByteBuffer()
  // Behind the preface there is nothing but frames.
  session.write(into: out, limit: 1)
  require(out.readable.starts(with: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)), "no preface")
  checkFrames(UnsafeRawBufferPointer(rebasing: out.readable.dropFirst(24)))
  var calls: [Call] = []
  func open(_ following: HTTP2ClientSession.Following) {
    guard session.mayOpen else { return }
    let call = Call(following, isHead: orders & 1 != 0)
    guard
      session.open(
        call, with: call.text.readable, isSecure: false, acceptsTrailers: orders & 2 != 0, following: following) != nil
    else { return }
    calls.append(call)
    require(session.streamCount <= Call.settings.concurrentStreams, "more calls than may be open")
  }
  if orders & 4 != 0 { receive(session, [0, 0, 0, 4, 0, 0, 0, 0, 0]) }
  open(.body)
  open(.pieces)
  while session.fault == nil, let size = bytes.first {
    let piece = bytes.prefix(1 + Int(size))
    bytes = bytes.dropFirst(piece.count)
    session.receive(UnsafeRawBufferPointer(rebasing: piece))
    if session.takesTunnels == true { open(.tunnel) }
    if orders & 8 != 0, let call = calls.first(where: { !$0.isClosed }) { session.reset(call, .cancel) }
    var waiting = 0
    for call in calls where !call.isClosed {
      waiting += call.waiting
      require(call.waiting <= Call.settings.streamWindow, "more of an answer than its window")
      if let error = call.error { session.refuse(call, error) }
      if orders & 16 != 0 {
        session.consume(call, call.waiting)
        call.waiting = 0
      }
      call.send(orders & 32 != 0)
      session.resume(call)
    }
    require(waiting <= Call.settings.streamWindow * Call.settings.concurrentStreams, "more than all windows")
    out.clear()
    session.write(into: out, limit: orders & 64 != 0 ? 100 : 32_768)
    checkFrames(out.readable)
    if session.isOver { break }
  }
  session.closeStreams()
  require(!session.hasStreams && calls.allSatisfy { $0.isClosed && $0.closings == 1 }, "a call without its end")
  return 0
}

private func receive(_ session: HTTP2ClientSession, _ bytes: [UInt8]) {
  bytes.withUnsafeBytes { session.receive($0) }
}

private func checkFrames(_ bytes: UnsafeRawBufferPointer) {
  var rest = bytes[...]
  while !rest.isEmpty {
    require(rest.count >= 9, "a frame without a head")
    let length = rest.prefix(3).reduce(0) { $0 << 8 | Int($1) }
    require(rest.count >= 9 + length, "a frame that is cut off")
    rest = rest.dropFirst(9 + length)
  }
}

private final class Call: HTTP2ClientStream {
  static let settings = HTTP2Settings(
    concurrentStreams: 4, streamWindow: 4096, connectionWindow: 65_535,
    head: HeadLimits(targetBytes: 256, headBytes: 1024, fieldCount: 16))

  /// Where the request lies.
  let text = ByteBuffer()
  private let method: HTTPMethod
  /// Bytes of the answer that were not consumed.
  var waiting = 0
  /// What HTTP/1's parser says against a head.
  private(set) var error: WireError?
  private(set) var closings = 0
  private var isFinal = false
  private var isWhole = false
  private let piece: [UInt8] = Array("a piece".utf8)

  init(_ following: HTTP2ClientSession.Following, isHead: Bool) {
    switch following {
    case .body:
      method = isHead ? .head : .get
      text.write(isHead ? "HEAD /p?q HTTP/1.1\r\n" : "GET /p?q HTTP/1.1\r\n")
      text.write("Host: a.example\r\nCookie: a=1; b=2\r\nX-LONG: a\r\nConnection: x\r\n\r\n")
    case .pieces:
      method = .post
      text.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n\r\n")
    case .tunnel:
      method = .get
      text.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
    }
    super.init()
  }

  /// Gives something of the body, if there is one, or its end.
  func send(_ isLast: Bool) {
    guard method == .post, lent.isEmpty, !isEnding else { return }
    if isLast { return end() }
    piece.withUnsafeBytes { lend($0) }
  }

  override func didReceive(head: UnsafeRawBufferPointer) {
    require(!isWhole && !isFinal && closings == 0, "a head out of order")
    require(head.count <= 1024 + 2, "a head beyond its limits")
    let buffer = ByteBuffer()
    buffer.write(head)
    let answer = ResponseHead(buffer: buffer)
    var parser = ResponseHeadParser()
    switch parser.parse(buffer: buffer, into: answer, answering: method, limits: Self.settings.head) {
    case .complete(let count):
      require(count == head.count, "two heads in one: \(head.text)")
      isFinal = answer.status >= 200
    case .incomplete: fatalError("a head without an end: \(head.text)")
    case .failed(let error): self.error = error
    }
  }

  override func didReceive(_ bytes: UnsafeRawBufferPointer) {
    require((isFinal || error != nil) && !isWhole && closings == 0, "a body out of order")
    waiting += bytes.count
  }

  override func didReceiveEnd(trailers: ByteBuffer?) {
    require((isFinal || error != nil) && !isWhole && closings == 0, "an end out of order")
    require(trailers.map { $0.count <= BodyLimits.standard.trailerBytes } ?? true, "trailers beyond their limits")
    isWhole = true
  }

  override func didClose(_ code: UInt32) { closings += 1 }
}
