import Bytes
import HTTPWire
import Reactor

/// What has come of a request's body over HTTP/2. The client may send as much as its windows allow; they are opened again as
/// bytes are handed out and done with, so no more than a window of it lies here.
struct HTTP2Body {
  /// What has come and was not handed out.
  var arrived: ByteBuffer?
  /// What is being looked at by whoever asked last: it must not move while more arrives.
  var handedOut: ByteBuffer?
  /// Whether all of it has come.
  var isWhole = false
  /// Whether anybody reads it.
  var isWanted = false
  /// Whether the client waits for a 100.
  var owesContinue = false
  var trailers: ByteBuffer?
  /// What has been taken of it beforehand; its bytes count as consumed.
  var held: ByteBuffer?
  var failure: RequestBodyFailure?
  /// Bytes that have come so far.
  var count: UInt64 = 0
  /// Who waits for more.
  var reader: Wait?

  /// Another request's body; the one before it has been dropped. Who has waited may wait again.
  mutating func begin(isWhole: Bool, isWanted: Bool, owesContinue: Bool) {
    self.isWhole = isWhole
    self.isWanted = isWanted
    self.owesContinue = owesContinue
    if trailers != nil { trailers = nil }
    if failure != nil { failure = nil }
    count = 0
  }

  /// Lets go of everything.
  /// - Returns: bytes that were not consumed.
  mutating func drop(to buffers: BufferPool) -> Int {
    // Most requests have none.
    if arrived == nil, handedOut == nil, held == nil { return 0 }
    let count = (arrived?.count ?? 0) &+ (handedOut?.count ?? 0)
    if let arrived = arrived.take() { buffers.give(arrived) }
    if let handedOut = handedOut.take() { buffers.give(handedOut) }
    if let held = held.take() { buffers.give(held) }
    return count
  }
}

extension HTTP2Exchange: RequestBody {
  var hasEnded: Bool {
    incoming.isWhole && incoming.failure == nil && incoming.arrived?.isEmpty ?? true
  }

  var trailers: ByteBuffer? { incoming.trailers }

  func arrivedPiece() throws(RequestBodyFailure) -> UnsafeRawBufferPointer? {
    if let done = incoming.handedOut, !done.isEmpty {
      carrier.consume(self, done.count)
      done.clear()
    }
    let limit = state.bodyLimits.contentBytes
    if case .length(let count) = bench.request.framing, count > limit { throw .malformed(.contentTooLarge) }
    if incoming.count > limit { throw .malformed(.contentTooLarge) }
    guard let arrived = incoming.arrived, !arrived.isEmpty else {
      if let failure = incoming.failure { throw failure }
      if incoming.isWhole { return nil }
      if isClosed { throw .disconnected }
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    incoming.arrived = incoming.handedOut
    incoming.handedOut = arrived
    return arrived.readable
  }

  func fill() async throws(RequestBodyFailure) {
    if incoming.failure != nil || isClosed { throw incoming.failure ?? .disconnected }
    if incoming.owesContinue {
      incoming.owesContinue = false
      session?.sendInterim(self, status: 100, fields: UnsafeRawBufferPointer(start: nil, count: 0))
      carrier.flushSoon()
    }
    switch await wait(until: state.reactor.now.advanced(milliseconds: state.deadlines.requestBody)) {
    case .ready: return
    case .timedOut: throw .timedOut
    case .interrupted: throw incoming.failure ?? .disconnected
    }
  }

  /// The client can still be answered.
  func stopReading() {
    incoming.failure = .disconnected
    incoming.reader?.resume(.interrupted)
  }

  func returnRest() {}

  var held: ByteBuffer? {
    get { incoming.held }
    set { incoming.held = newValue }
  }

  var buffers: BufferPool { state.upstream.buffers }

  var arrivedCount: Int { incoming.arrived?.count ?? 0 }
}
