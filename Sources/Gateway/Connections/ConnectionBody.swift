import Bytes
import HTTPWire
import Reactor

/// The body of the request that an HTTP/1 connection is busy with.
///
/// What lies behind the head in the connection's own buffer is handed out first, in place; what follows is read into a
/// buffer of the body's own, so that the head stays valid until the exchange has ended.
final class ConnectionBody: RequestBody {
  private var decoder: BodyDecoder
  private let socket: Socket
  private let first: ByteBuffer
  private let state: WorkerState
  private var relay: ByteBuffer?
  private var owesContinue: Bool
  var held: ByteBuffer?
  private var isInterrupted = false

  /// - Parameter first: the buffer that the head was read into; its readable bytes stand behind the head.
  init(_ head: RequestHead, behind first: ByteBuffer, from socket: Socket, on state: WorkerState) {
    decoder = BodyDecoder(head.framing, limits: state.bodyLimits)
    owesContinue = head.expectsContinue
    self.first = first
    self.socket = socket
    self.state = state
  }

  deinit {
    if let relay { buffers.give(relay) }
    if let held { buffers.give(held) }
  }

  var hasEnded: Bool { decoder.isDone }
  var trailers: ByteBuffer? { decoder.trailers }
  var buffers: BufferPool { state.upstream.buffers }
  var arrivedCount: Int { (relay ?? first).count }

  func arrivedPiece() throws(RequestBodyFailure) -> UnsafeRawBufferPointer? {
    let source = relay ?? first
    switch decoder.next(in: source) {
    case .data(let range): return source[range]
    case .needsMore: return UnsafeRawBufferPointer(start: nil, count: 0)
    case .end: return nil
    case .failed(let error): throw .malformed(error)
    }
  }

  func stopReading() {
    isInterrupted = true
    socket.interruptReading()
  }

  func returnRest() {
    guard let relay, !relay.isEmpty else { return }
    first.write(relay.readable)
    relay.clear()
  }

  func fill() async throws(RequestBodyFailure) {
    if isInterrupted { throw .disconnected }
    let deadline = state.reactor.now.advanced(milliseconds: state.deadlines.requestBody)
    do {
      if owesContinue {
        owesContinue = false
        let interim = state.upstream.buffers.takeSmall()
        defer { state.upstream.buffers.give(interim) }
        interim.write("HTTP/1.1 100 Continue\r\n\r\n")
        try await socket.write(interim, until: deadline)
      }
      let buffer = room()
      guard try await socket.read(into: buffer, until: deadline) > 0 else { throw RequestBodyFailure.disconnected }
    } catch let failure as RequestBodyFailure {
      throw failure
    } catch let error as SocketError {
      throw error == .timedOut ? .timedOut : .disconnected
    } catch {
      throw .disconnected
    }
  }

  private func room() -> ByteBuffer {
    guard let relay else {
      let fresh = state.upstream.buffers.takeLarge()
      fresh.write(first.readable)
      first.readIndex = first.writeIndex
      relay = fresh
      return fresh
    }
    if relay.isEmpty { relay.clear() } else { relay.compact() }
    relay.reserve(4096)
    return relay
  }
}
