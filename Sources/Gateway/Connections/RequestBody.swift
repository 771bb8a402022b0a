import Bytes
import HTTPWire

/// The body of a request, as it comes in.
protocol RequestBody: AnyObject {
  /// Whether it has been handed out to its end.
  var isDone: Bool { get }
  /// The lines that came behind it; nil where there are none.
  var trailers: ByteBuffer? { get }
  /// Bytes that have come, framing and all.
  var countAtHand: Int { get }

  /// The next piece that has already come; empty where more has to be waited for, nil at the end. Valid until the next call.
  func pieceAtHand() throws(RequestBodyFailure) -> UnsafeRawBufferPointer?
  /// Waits until more has come, after `pieceAtHand` had nothing.
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
}
