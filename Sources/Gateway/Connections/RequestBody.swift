import Bytes
import HTTPWire
import Reactor

/// The body of a request, as it comes in.
protocol RequestBody: AnyObject {
  /// Whether what arrives has been handed out to its end.
  var hasEnded: Bool { get }
  /// The lines that came behind it; nil where there are none.
  var trailers: ByteBuffer? { get }
  /// Bytes that have come and were not handed out, framing and all.
  var arrivedCount: Int { get }
  /// What has been taken of the body beforehand, to be handed out first. It goes back to `buffers` with the body.
  var held: ByteBuffer? { get set }
  var buffers: BufferPool { get }

  /// The next piece that has arrived; empty where more has to be waited for, nil at the end. Valid until the next call.
  func arrivedPiece() throws(RequestBodyFailure) -> UnsafeRawBufferPointer?
  /// Waits until more has come, after `arrivedPiece` had nothing.
  func fill() async throws(RequestBodyFailure)
  /// Ends whoever waits for more with `.disconnected`, now and from now on; the client can still be answered.
  func stopReading()
  /// Puts what was read behind the body's end back where the next request is looked for.
  func returnRest()
}

/// Why a body did not come whole.
enum RequestBodyFailure: Error {
  /// The client closed the connection or reset it, or only its request.
  case disconnected
  case timedOut
  case malformed(WireError)
}

extension RequestBody {
  /// Whether it has been handed out to its end.
  var isDone: Bool { hasEnded && held?.isEmpty ?? true }
  /// Bytes that can be had without waiting, framing and all.
  var countAtHand: Int { arrivedCount &+ (held?.count ?? 0) }

  /// The next piece that has already come; empty where more has to be waited for, nil at the end. Valid until the next call.
  func pieceAtHand() throws(RequestBodyFailure) -> UnsafeRawBufferPointer? {
    guard let held, !held.isEmpty else { return try arrivedPiece() }
    let piece = held.readable
    held.readIndex = held.writeIndex
    return piece
  }

  /// The next piece, or nil at the end. Valid until the next call.
  func next() async throws(RequestBodyFailure) -> UnsafeRawBufferPointer? {
    while true {
      guard let piece = try pieceAtHand() else { return nil }
      if !piece.isEmpty { return piece }
      try await fill()
    }
  }

  /// Appends the whole body to `buffer`.
  /// - Throws: `.malformed(.contentTooLarge)` when it is larger than `limit` bytes.
  func collect(into buffer: ByteBuffer, limit: Int) async throws(RequestBodyFailure) {
    let start = buffer.writeIndex
    while let piece = try await next() {
      guard piece.count <= limit - (buffer.writeIndex - start) else { throw .malformed(.contentTooLarge) }
      buffer.write(piece)
    }
  }

  /// Takes the body's first bytes beforehand: `limit` and one more, or as many as there are. They are handed out all the
  /// same. Who has taken some may take more.
  func hold(_ limit: Int) async throws(RequestBodyFailure) {
    let buffer = held ?? (limit < BufferPool.smallSize ? buffers.takeSmall() : buffers.takeLarge())
    held = buffer
    while buffer.count <= limit {
      guard let piece = try arrivedPiece() else { return }
      if piece.isEmpty { try await fill() } else { buffer.write(piece) }
    }
  }

  /// What was held, up to `limit` bytes, and whether the body goes on behind it. Valid until the next piece is asked for.
  func heldBeginning(_ limit: Int) -> (bytes: UnsafeRawBufferPointer, isLonger: Bool) {
    guard let held else { return (UnsafeRawBufferPointer(start: nil, count: 0), false) }
    return (UnsafeRawBufferPointer(rebasing: held.readable.prefix(limit)), held.count > limit)
  }
}
