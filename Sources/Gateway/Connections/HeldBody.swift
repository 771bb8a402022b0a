import Bytes
import HTTPWire

/// A request's body whose beginning may be looked at before it is handed out.
final class HeldBody: RequestBody {
  private let body: any RequestBody
  private let buffers: BufferPool
  /// What has been taken of the body beforehand, to be handed out first.
  private var held: ByteBuffer?

  init(_ body: any RequestBody, _ buffers: BufferPool) {
    self.body = body
    self.buffers = buffers
  }

  deinit { if let held { buffers.give(held) } }

  /// Takes the body's first bytes beforehand: `limit` and one more, or as many as there are. They are handed out all the same.
  func hold(_ limit: Int) async throws(RequestBodyFailure) {
    guard held == nil else { return }
    let buffer = limit < BufferPool.smallSize ? buffers.takeSmall() : buffers.takeLarge()
    held = buffer
    while buffer.count <= limit {
      guard let piece = try await body.next() else { break }
      buffer.write(piece)
    }
  }

  /// What was held, up to `limit` bytes, and whether the body goes on behind it. Valid until the next piece is asked for.
  func beginning(_ limit: Int) -> (bytes: UnsafeRawBufferPointer, isLonger: Bool) {
    guard let held else { return (UnsafeRawBufferPointer(start: nil, count: 0), false) }
    return (UnsafeRawBufferPointer(rebasing: held.readable.prefix(limit)), held.count > limit)
  }

  var isDone: Bool { body.isDone && held?.isEmpty ?? true }
  var trailers: ByteBuffer? { body.trailers }
  var countAtHand: Int { (held?.count ?? 0) &+ body.countAtHand }

  func pieceAtHand() throws(RequestBodyFailure) -> UnsafeRawBufferPointer? {
    guard let held, !held.isEmpty else { return try body.pieceAtHand() }
    let piece = held.readable
    held.readIndex = held.writeIndex
    return piece
  }

  func fill() async throws(RequestBodyFailure) { try await body.fill() }
  func stopReading() { body.stopReading() }
  func returnRest() { body.returnRest() }
}
