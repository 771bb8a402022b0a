import Bytes
import HTTPWire
import Pipeline
import Reactor

/// The client's side of an exchange over HTTP/1: head, framing and body go out as they stand in `bench.output`.
extension ClientConnection: ExchangeClient {
  var connection: ClientConnection { self }
  var redirectsToHTTPS: Bool { terms.redirectsToHTTPS }
  var transportSecurity: [UInt8]? { terms.transportSecurity }
  var isHungUp: Bool { socket.isHungUp }
  var companion: (any Interruptible)? {
    get { socket.companion }
    set { socket.companion = newValue }
  }

  func facts(of request: RequestHead) -> RequestFacts {
    facts(httpVersion: request.minorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1")
  }

  func requestBody(on bench: Workbench) -> any RequestBody {
    ConnectionBody(bench.request, behind: bench.input, from: socket, on: state)
  }

  func framingWithoutLength(for request: RequestHead) -> ClientResponse.Framing {
    request.minorVersion > 0 ? .chunked : .close
  }

  func writeInterim(_ status: Int, on bench: Workbench) {
    let out = bench.output
    out.clear()
    StatusLine.write(status, into: out)
    out.write(bench.fields.readable)
    out.write("\r\n")
  }

  func writeHead(_ response: ClientResponse, on bench: Workbench) {
    isEnding = !response.keepsAlive
    bench.output.clear()
    response.writeHead(fields: bench.fields.readable, for: bench.request, state: state, into: bench.output)
  }

  func writeSwitch(to upgrade: UnsafeRawBufferPointer, on bench: Workbench) {
    bench.output.clear()
    ClientResponse.writeSwitch(to: upgrade, fields: bench.fields.readable, into: bench.output)
  }

  /// HTTP/1 has room for them in chunked bodies only.
  func endBody(with trailers: ByteBuffer) {}

  func finishWriting(_ out: ByteBuffer) throws(SocketError) -> Bool {
    // What is written here is a whole response, and behind the last one comes the end at once.
    if isEnding { socket.endFollows() }
    return try socket.finishWriting(out)
  }

  func write(_ out: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) {
    try await socket.write(out, until: deadline)
  }

  func write(
    _ out: ByteBuffer, then bytes: UnsafeRawBufferPointer, until deadline: MonotonicTime
  ) async throws(SocketError) {
    try await socket.write(out, then: bytes, until: deadline)
  }

  func sendNow(_ out: ByteBuffer, thenFile file: Int32, _ range: Range<Int>) throws(SocketError) -> Int? {
    try socket.sendNow(out, thenFile: file, range)
  }

  func send(
    _ out: ByteBuffer, thenFile file: Int32, _ range: Range<Int>, patience: Int
  ) async throws(SocketError) {
    try await socket.send(out, thenFile: file, range, patience: patience)
  }

  var tunnelEnd: any TunnelEnd { socket }
}
