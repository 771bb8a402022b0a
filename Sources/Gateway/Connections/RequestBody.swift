import Bytes
import HTTPWire
import Reactor

/// The body of the request that a connection is busy with, as it comes in.
///
/// What lies behind the head in the connection's own buffer is handed out first, in place; what follows is read into a
/// buffer of the body's own, so that the head stays valid until the exchange has ended.
final class RequestBody {
  /// Why a body did not come whole.
  enum Failure: Error {
    /// The client closed the connection, or reset it.
    case disconnected
    case timedOut
    case malformed(WireError)
  }

  private var decoder: BodyDecoder
  private let socket: Socket
  private let first: ByteBuffer
  private let state: WorkerState
  private var relay: ByteBuffer?
  private var owesContinue: Bool
  /// What has been taken of the body beforehand, to be handed out first.
  private var held: ByteBuffer?
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
    if let relay { state.upstream.buffers.give(relay) }
    if let held { state.upstream.buffers.give(held) }
  }

  /// Whether it has been handed out to its end.
  var isDone: Bool { decoder.isDone && held?.isEmpty ?? true }
  var trailers: ByteBuffer? { decoder.trailers }

  /// The next piece that has already come; empty where more has to be read, nil at the end. Valid until the next call.
  func pieceAtHand() throws(Failure) -> UnsafeRawBufferPointer? {
    if let held, !held.isEmpty {
      let piece = held.readable
      held.readIndex = held.writeIndex
      return piece
    }
    let source = relay ?? first
    switch decoder.next(in: source) {
    case .data(let range): return source[range]
    case .needsMore: return UnsafeRawBufferPointer(start: nil, count: 0)
    case .end: return nil
    case .failed(let error): throw .malformed(error)
    }
  }

  /// The next piece, or nil at the end. Valid until the next call.
  func next() async throws(Failure) -> UnsafeRawBufferPointer? {
    while true {
      guard let piece = try pieceAtHand() else { return nil }
      if !piece.isEmpty { return piece }
      try await fill()
    }
  }

  /// Ends whoever waits for more with `.disconnected`, now and from now on; the socket can still be used.
  func interrupt() {
    isInterrupted = true
    socket.interruptReading()
  }

  /// Appends the whole body to `buffer`.
  /// - Throws: `.malformed(.contentTooLarge)` when it is larger than `limit` bytes.
  func collect(into buffer: ByteBuffer, limit: Int) async throws(Failure) {
    let start = buffer.writeIndex
    while let piece = try await next() {
      guard piece.count <= limit - (buffer.writeIndex - start) else { throw .malformed(.contentTooLarge) }
      buffer.write(piece)
    }
  }

  /// Takes the body's first bytes beforehand: `limit` and one more, or as many as there are. They are handed out all the
  /// same.
  func hold(_ limit: Int) async throws(Failure) {
    guard held == nil else { return }
    let buffer = limit < BufferPool.smallSize ? state.upstream.buffers.takeSmall() : state.upstream.buffers.takeLarge()
    while buffer.count <= limit {
      guard let piece = try await next() else { break }
      buffer.write(piece)
    }
    held = buffer
  }

  /// What was held, up to `limit` bytes, and whether the body goes on behind it. Valid until the next piece is asked for.
  func heldBeginning(_ limit: Int) -> (bytes: UnsafeRawBufferPointer, isLonger: Bool) {
    guard let held else { return (UnsafeRawBufferPointer(start: nil, count: 0), false) }
    return (UnsafeRawBufferPointer(rebasing: held.readable.prefix(limit)), held.count > limit)
  }

  /// Puts what was read behind the body's end back where the next request is looked for.
  func returnRest() {
    guard let relay, !relay.isEmpty else { return }
    first.write(relay.readable)
    relay.clear()
  }

  private func fill() async throws(Failure) {
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
      guard try await socket.read(into: buffer, until: deadline) > 0 else { throw Failure.disconnected }
    } catch let failure as Failure {
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
