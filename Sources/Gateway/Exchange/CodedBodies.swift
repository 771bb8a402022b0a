import Bytes
import Compression
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// Bodies in a content coding: those that must be decoded before anybody reads them, and those that are compressed while
/// they are sent (spec § 3.4).
extension ExchangeDriver {
  // MARK: Decoding

  /// Decodes the client's body, so that mappings and templates see what was meant.
  /// - Throws: 400 for what is not in the coding that it claims; 413 for what becomes too much.
  func decodeRequestBody(_ coding: ContentCoding) async throws(GatewayFailure) {
    do {
      try await decode(bench.body, coding)
    } catch {
      switch error {
      case .tooLarge: throw .tooLarge("the body becomes too large when it is decoded")
      case .malformed:
        throw GatewayFailure(.badRequestBody, reason: "the body is not in the coding \(coding.name)")
      }
    }
    bench.request.removeContentCoding()
  }

  /// Decodes the origin's answer, which was read whole.
  /// - Throws: 502.
  func decodeAnswer(_ coding: ContentCoding) async throws(GatewayFailure) {
    do {
      try await decode(bench.answer, coding)
    } catch {
      switch error {
      case .tooLarge: throw .malformedResponse("the answer is larger than bufferedBodySize when it is decoded")
      case .malformed: throw .malformedResponse("the answer is not in the coding \(coding.name)")
      }
    }
    bench.response.removeContentCoding()
  }

  private enum DecodingFailure: Error { case malformed, tooLarge }

  private func decode(_ body: ByteBuffer, _ coding: ContentCoding) async throws(DecodingFailure) {
    guard !body.isEmpty else { return }
    let limit = ExpansionLimit(bytes: snapshot.limits.bufferedBodySize)
    let source = bench.packed
    source.clear()
    source.write(body.readable)
    body.clear()
    let total = source.count
    do {
      let inflater = try Inflater(coding)
      while try !inflater.decode(source, into: body, atMost: 64 * 1024) {
        guard limit.allows(compressed: total - source.count, plain: body.count) else {
          throw DecodingFailure.tooLarge
        }
        // Others on this worker have waited for as long as 64 KiB take.
        await Task.yield()
      }
    } catch let failure as DecodingFailure {
      throw failure
    } catch {
      throw .malformed
    }
    if !limit.allows(compressed: total, plain: body.count) { throw .tooLarge }
  }

  // MARK: Compressing

  /// What compresses a response, if it is to be: its fields say so then.
  /// - Parameter size: bytes of the body; nil where they are not known.
  @inline(__always)
  func encoder(status: Int, size: Int?) -> BodyEncoder? {
    let coding = ResponseCompression.coding(bench.exchange, status: status, size: size, fields: bench.fields)
    if coding == nil, bench.edge == nil { return nil }
    return encoder(coding ?? codingAtEdge(status: status, size: size), size: size, bench.fields)
  }

  /// The same for what the API of a distribution compresses itself, before the distribution gets to see it.
  func apiEncoder(status: Int, size: Int?, fields: ByteBuffer) -> BodyEncoder? {
    encoder(
      ResponseCompression.coding(bench.exchange, status: status, size: size, fields: fields), size: size, fields)
  }

  @inline(never)
  private func encoder(_ coding: ContentCoding?, size: Int?, _ fields: ByteBuffer) -> BodyEncoder? {
    guard let coding else { return nil }
    if let recorder {
      recorder.remark("the body would be sent in the coding \(coding.name)")
      return nil
    }
    guard let encoder = state.encoders.take(coding, size: size) else { return nil }
    ResponseCompression.mark(fields, as: coding)
    return encoder
  }

  /// Sends a body that is there whole, compressed bit by bit, behind the head in `bench.output`.
  /// - Throws: `SocketError`.
  func send(
    _ body: UnsafeRawBufferPointer, by encoder: BodyEncoder, isChunked: Bool
  ) async throws(SocketError) {
    bench.packed.clear()
    var rest = body[...]
    while !rest.isEmpty {
      encoder.write(UnsafeRawBufferPointer(rebasing: rest.prefix(64 * 1024)), into: bench.packed)
      rest = rest.dropFirst(64 * 1024)
      if bench.packed.count >= 16 * 1024 {
        try await sendPacked(isChunked: isChunked)
        // A client that takes everything at once must not keep the others waiting.
        await Task.yield()
      }
    }
    encoder.finish(into: bench.packed)
    putPacked(isChunked: isChunked)
    endBody(isChunked: isChunked, trailers: nil)
    try await client.write(bench.output, until: writeDeadline)
  }

  /// Passes on an origin's body as it comes, compressed: what there is can be read by the client before we wait for more.
  /// - Throws: `UpstreamFailure` or `SocketError`.
  func relayBody(by encoder: BodyEncoder, isChunked: Bool, from upstream: OriginCall) async throws {
    bench.packed.clear()
    var holdsBack = false
    while let piece = try upstream.bodyAtHand() {
      if piece.isEmpty {
        if holdsBack {
          encoder.flush(into: bench.packed)
          holdsBack = false
        }
        try await sendPacked(isChunked: isChunked)
        // A client that is gone wants no more; one that has only finished sending does.
        if client.isHungUp { throw SocketError.reset }
        client.companion = upstream.interruptible
        defer { client.companion = nil }
        try await upstream.receiveMore()
        continue
      }
      encoder.write(piece, into: bench.packed)
      holdsBack = true
      if bench.packed.count >= 16 * 1024 { try await sendPacked(isChunked: isChunked) }
    }
    encoder.finish(into: bench.packed)
    putPacked(isChunked: isChunked)
    endBody(isChunked: isChunked, trailers: upstream.trailers)
    try await client.write(bench.output, until: writeDeadline)
  }

  /// Puts what has been compressed behind what is to be sent.
  func putPacked(isChunked: Bool) {
    guard !bench.packed.isEmpty else { return }
    bench.notes.bodyCount &+= bench.packed.count
    if isChunked {
      ChunkEncoding.write(bench.packed.readable, into: bench.output)
    } else {
      bench.output.write(bench.packed.readable)
    }
    bench.packed.clear()
  }

  private func sendPacked(isChunked: Bool) async throws(SocketError) {
    putPacked(isChunked: isChunked)
    if !bench.output.isEmpty { try await client.write(bench.output, until: writeDeadline) }
  }
}
