import Bytes
import CacheRules
import Compression
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// The integration of an HTTP_PROXY method, and an HTTP origin of a distribution: the request goes to the origin and the answer to the client as they come,
/// both ways at once, whatever their size.
extension ExchangeDriver {
  /// - Parameter endpoint: the origin; `bench.upstream` holds the request line and the fields for it.
  /// - Throws: `GatewayFailure` while nothing of an answer has been sent to the client.
  func relay(to endpoint: Endpoint, _ terms: RelayTerms, on worker: Worker) async throws(GatewayFailure)
    -> Outcome
  {
    bench.notes.call(state.reactor.now)
    let deadline = state.reactor.now.advanced(milliseconds: terms.timeoutMilliseconds)
    if terms.needsBody {
      // A mapping has seen the body, so it is whole already.
      writeWholeBody(bench.exchange.integrationBody)
      if let recorder, let plan = terms.plan { note(callTo: endpoint, plan, recorder) }
    } else {
      writeFraming(of: bench.request)
      if let recorder, let plan = terms.plan { note(callTo: endpoint, plan, recorder) }
      if let requestBody, !takeAtHand(requestBody) {
        return try await stream(requestBody, to: endpoint, terms, until: deadline, on: worker)
      }
    }
    let upstream =
      if bench.request.upgrade != nil, WebSocketHandshake.key(of: bench.request) != nil {
        try await askForWebSocket(at: endpoint, until: deadline)
      } else {
        try await sendWhole(to: endpoint, until: deadline)
      }
    return try await relayAnswer(from: upstream, terms, upload: nil, until: deadline, on: worker)
  }

  /// Sends the request's body while the answer may already be coming back.
  private func stream(
    _ body: any RequestBody, to endpoint: Endpoint, _ terms: RelayTerms, until deadline: MonotonicTime,
    on worker: Worker
  ) async throws(GatewayFailure) -> Outcome {
    let upstream = try await sendHead(to: endpoint, until: deadline)
    let upload = Upload(body, to: upstream, framing: bench.request.framing, on: state, recorder: recorder)
    worker.startHere(upload)
    do {
      try await receiveHead(from: upstream, during: upload, terms, until: deadline)
      let outcome = try await relayAnswer(from: upstream, terms, upload: upload, until: deadline, on: worker)
      return await settle(upload, outcome)
    } catch {
      upstream.close()
      // Where the client's part failed, the origin's ended because of it.
      let failure = upload.clientFailure.map { GatewayFailure($0) } ?? error
      if upload.isFinished { throw failure }
      // The client is still sending. It is answered now; what it sends is dropped for a while, so that it can read that.
      return await settle(upload, await respond(to: failure))
    }
  }

  // MARK: Request

  /// Ends the head for the origin with the fields that say where its body ends.
  private func writeFraming(of request: RequestHead) {
    let out = bench.upstream
    if !bench.inserted.isEmpty { out.write(bench.inserted.readable) }
    switch request.framing {
    case .none, .untilClose:
      // RFC 9110 § 8.6: a method that usually has a body says so when it has none.
      if request.upgrade == nil, bench.exchange.integrationMethod.expectsBody { out.write("Content-Length: 0\r\n") }
    case .length(let count):
      out.write("Content-Length: ")
      out.write(decimal: Int(clamping: count))
      out.write("\r\n")
    case .chunked: out.write("Transfer-Encoding: chunked\r\n")
    }
    if let upgrade = request.upgrade {
      out.write("Connection: upgrade\r\nUpgrade: ")
      out.write(request.value(of: upgrade))
      out.write("\r\n")
    }
    out.write("\r\n")
  }

  /// Puts a body that came whole with its head behind the head for the origin.
  /// - Returns: false where there is more to come, or more than fits a buffer: then it streams.
  private func takeAtHand(_ body: any RequestBody) -> Bool {
    guard case .length(let count) = bench.request.framing, count <= UInt64(body.countAtHand),
      count <= UInt64(BufferPool.smallSize)
    else { return false }
    while let piece = try? body.pieceAtHand(), !piece.isEmpty {
      bench.upstream.write(piece)
      if let recorder { recorder.requestBody.append(piece) }
    }
    return body.isDone
  }

  private func sendHead(
    to endpoint: Endpoint, until deadline: MonotonicTime
  ) async throws(GatewayFailure) -> OriginCall {
    do {
      let origin = origin(at: endpoint)
      if origin.speaksHTTP2,
        let stream = try await origin.openStream(
          with: bench.upstream, acceptsTrailers: bench.request.acceptsTrailers, until: deadline)
      {
        return .stream(stream)
      }
      return .connection(try await origin.open(with: bench.upstream, until: deadline))
    } catch {
      throw GatewayFailure(error)
    }
  }

  // MARK: Answer

  /// Waits for the answer's head. Its time runs from the last byte of the request that moved: a large upload takes as long
  /// as it takes.
  private func receiveHead(
    from upstream: OriginCall, during upload: Upload, _ terms: RelayTerms, until deadline: MonotonicTime
  ) async throws(GatewayFailure) {
    var limit = deadline
    while true {
      do {
        try await upstream.receiveHead(into: bench.response, answering: bench.exchange.integrationMethod, until: limit)
        return
      } catch {
        let extended = upload.lastProgress.advanced(milliseconds: terms.timeoutMilliseconds)
        guard error.cause == .answerTimedOut, extended > state.reactor.now else { throw GatewayFailure(error) }
        limit = extended
      }
    }
  }

  /// Sends the answer on to the client.
  func relayAnswer(
    from upstream: OriginCall, _ terms: RelayTerms, upload: Upload?, until deadline: MonotonicTime,
    on worker: Worker
  ) async throws(GatewayFailure) -> Outcome {
    if bench.response.status < 200 { try await relayInterim(from: upstream, until: deadline) }
    let answer = bench.response
    bench.notes.answer(answer.status, state.reactor.now)
    if answer.status == 101 || upstream.isTunnel(by: answer) { return try await tunnel(through: upstream, on: worker) }

    if answer.status >= 400, hasStandIn(for: answer.status) {
      upstream.close()
      return .startsOver
    }
    let request = bench.request
    bench.fields.clear()
    if let stage = terms.stage { stage.watch(upstream, answer, to: request.method, now: now) }
    terms.writeFields(of: answer, bench.exchange, into: bench.fields)
    if bench.edge != nil { tellOfCache(answer.status, length: toldLength(of: answer)) }
    let encoder = encoder(status: answer.status, size: size(of: answer))
    defer { if let encoder { state.encoders.give(encoder) } }
    var response = response(to: request, with: answer, isCompressed: encoder != nil)
    response.hasDate = terms.passesDate(of: answer)
    response.status = shown(answer.status)
    write(response)
    let out = bench.output
    bench.notes.status = response.status
    if let recorder { return try await record(recorder, response, from: upstream, terms, upload) }
    let isWhole: Bool
    do {
      // Whatever method the origin was asked with, a HEAD's answer has no body (RFC 9110 § 9.3.2).
      isWhole =
        if request.method == .head { true } else {
          try takeBodyAtHand(of: response, from: upstream, by: encoder, into: out)
        }
    } catch {
      // Nothing of it has been sent yet, so the client can still be told.
      bench.notes.isLeft()
      upstream.close()
      throw GatewayFailure(error)
    }
    do {
      if isWhole {
        if try !client.finishWriting(out) { try await client.write(out, until: writeDeadline) }
      } else if let encoder {
        try await relayBody(by: encoder, isChunked: response.isChunked, from: upstream)
      } else {
        try await relayBody(of: response, from: upstream, into: out)
      }
    } catch let failure as UpstreamFailure where failure.cause != .interrupted {
      // The client has part of it already. It must not take the part for the whole.
      upstream.close()
      logCutOff(failure.reason)
      return .aborts
    } catch {
      upstream.close()
      return .hasEnded
    }
    if upload?.isFinished ?? true { upstream.release() } else { upstream.close() }
    return response.keepsAlive ? .keepsOpen : .closes
  }

  /// Sends interim answers (1xx) on and waits for the final one (RFC 9110 § 15.2). A 100 is ours to say, and was said.
  private func relayInterim(
    from upstream: OriginCall, until deadline: MonotonicTime
  ) async throws(GatewayFailure) {
    while bench.response.status < 200, bench.response.status != 101 {
      do {
        try await passInterim()
      } catch {
        upstream.close()
        throw .clientGone
      }
      do {
        try await upstream.receiveHead(
          into: bench.response, answering: bench.exchange.integrationMethod, until: deadline)
      } catch {
        upstream.close()
        throw GatewayFailure(error)
      }
    }
  }

  /// Sends the interim answer that is on the bench on to the client.
  func passInterim() async throws(SocketError) {
    guard bench.response.status != 100, bench.request.minorVersion > 0, recorder == nil else { return }
    bench.fields.clear()
    for field in bench.response.fields where bench.response.isEndToEnd(field) {
      bench.response.write(field, into: bench.fields)
    }
    client.writeInterim(bench.response.status, on: bench)
    try await client.write(bench.output, until: writeDeadline)
  }

  /// The client's response to an answer whose body streams. What is compressed has a length that nobody knows yet.
  private func response(
    to request: RequestHead, with answer: ResponseHead, isCompressed: Bool
  ) -> ClientResponse {
    guard isCompressed else {
      return ClientResponse(
        status: answer.status, framing: framing(of: answer, for: request), keepsAlive: keepsAlive(request, answer))
    }
    let framing = client.framingWithoutLength(for: request)
    return ClientResponse(
      status: answer.status, framing: framing, keepsAlive: framing != .close && keepsAlive(request, answer))
  }

  /// Bytes of the answer's body; nil where nothing says so.
  private func size(of answer: ResponseHead) -> Int? {
    switch answer.framing {
    case .none: 0
    case .length(let count): Int(clamping: count)
    case .chunked, .untilClose: nil
    }
  }

  /// Bytes of the body, or of the one that the answer to a HEAD does not have.
  private func toldLength(of answer: ResponseHead) -> Int? {
    answer.first(.contentLength).flatMap { DecimalNumber.parse(answer.value(of: $0)) }
  }

  private func framing(of answer: ResponseHead, for request: RequestHead) -> ClientResponse.Framing {
    if ClientResponse.isBodiless(answer.status) { return .absent }
    switch answer.framing {
    case .none:
      // A HEAD's answer says how long the body would be, if the origin said so.
      guard request.method == .head else { return .length(0) }
      guard let length = answer.first(.contentLength), let count = UInt64(answer.value(of: length).text) else {
        return .absent
      }
      return .length(count)
    case .length(let count): return .length(count)
    case .chunked, .untilClose: return client.framingWithoutLength(for: request)
    }
  }

  private func keepsAlive(_ request: RequestHead, _ answer: ResponseHead) -> Bool {
    guard request.keepsAlive, !state.isDraining else { return false }
    // An HTTP/1.0 client finds the end of a body without a length by the connection's end.
    if request.minorVersion == 0, answer.framing == .chunked || answer.framing == .untilClose { return false }
    return true
  }

  /// Puts what has come of the body behind the head: most answers come whole, and need no `async` call.
  /// - Returns: whether the body is whole.
  private func takeBodyAtHand(
    of response: ClientResponse, from upstream: OriginCall, by encoder: BodyEncoder?, into out: ByteBuffer
  ) throws(UpstreamFailure) -> Bool {
    if encoder != nil { bench.packed.clear() }
    while let piece = try upstream.bodyAtHand() {
      if piece.isEmpty {
        encoder?.flush(into: bench.packed)
        putPacked(isChunked: response.isChunked)
        return false
      }
      if let encoder {
        encoder.write(piece, into: bench.packed)
        continue
      }
      bench.notes.bodyCount &+= piece.count
      if response.isChunked { ChunkEncoding.write(piece, into: out) } else { out.write(piece) }
    }
    if let encoder {
      encoder.finish(into: bench.packed)
      putPacked(isChunked: response.isChunked)
    }
    endBody(isChunked: response.isChunked, trailers: upstream.trailers)
    return true
  }

  /// Passes on the body as it comes.
  /// - Throws: `UpstreamFailure` or `SocketError`.
  private func relayBody(
    of response: ClientResponse, from upstream: OriginCall, into out: ByteBuffer
  ) async throws {
    let isChunked = response.isChunked
    // An HTTP/2 client's is not in `out`.
    var owesHead = true
    while let piece = try upstream.bodyAtHand() {
      if piece.isEmpty {
        // Nothing more at hand: what there is goes out before we wait.
        if owesHead || !out.isEmpty { try await client.write(out, until: writeDeadline) }
        owesHead = false
        // A client that is gone wants no more; one that has only finished sending does.
        if client.isHungUp { throw SocketError.reset }
        client.companion = upstream.interruptible
        defer { client.companion = nil }
        try await upstream.receiveMore()
        continue
      }
      if isChunked { ChunkEncoding.begin(count: piece.count, into: out) }
      if piece.count <= 8192, out.writable.count >= piece.count &+ 16 {
        out.write(piece)
      } else {
        try await client.write(out, then: piece, until: writeDeadline)
      }
      bench.notes.bodyCount &+= piece.count
      if isChunked { ChunkEncoding.end(into: out) }
    }
    endBody(isChunked: isChunked, trailers: upstream.trailers)
    if !out.isEmpty { try await client.write(out, until: writeDeadline) }
  }

  /// Says where a body ends whose length was not announced.
  func endBody(isChunked: Bool, trailers: ByteBuffer?) {
    if isChunked {
      ChunkEncoding.finish(trailers: trailers, into: bench.output)
    } else if let trailers {
      client.endBody(with: trailers)
    }
  }

  // MARK: Ends

  /// The answer is complete, or will never come: ends the upload that may still be going on.
  private func settle(_ upload: Upload, _ outcome: Outcome) async -> Outcome {
    switch outcome {
    case .keepsOpen, .closes: return await upload.discardRest() ? outcome : .closes
    case .startsOver:
      _ = await upload.discardRest()
      return outcome
    case .aborts, .hasEnded:
      await upload.stop()
      return outcome
    }
  }
}
