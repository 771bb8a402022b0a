import Bytes
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// A request body on its way from the client to the origin, while the answer may already be coming back: a task of its
/// own beside the one that reads the answer.
///
///     sending --body's end--> finished
///        |----origin takes no more----> discarding --body's end--> finished
///        |----client fails------------> finished, with `clientFailure`; the origin's answer is interrupted
final class Upload: WorkerActivity {
  private let body: any RequestBody
  private let call: OriginCall
  /// Whether the body is written in chunks.
  private let isChunked: Bool
  private let state: WorkerState
  private let recorder: ExchangeRecorder?
  private var isDiscarding = false
  private let ending: Wait

  private(set) var isFinished = false
  /// Why the client's part ended early.
  private(set) var clientFailure: RequestBodyFailure?
  /// When bytes last moved.
  private(set) var lastProgress: MonotonicTime

  init(
    _ body: any RequestBody, to call: OriginCall, framing: BodyFraming, on state: WorkerState,
    recorder: ExchangeRecorder?
  ) {
    self.body = body
    self.call = call
    isChunked = framing == .chunked && call.takesChunks
    self.state = state
    self.recorder = recorder
    ending = Wait(on: state.reactor)
    lastProgress = state.reactor.now
  }

  /// Sends the body to its end.
  func run(on worker: isolated Worker) async {
    let out = state.upstream.buffers.takeSmall()
    defer { state.upstream.buffers.give(out) }
    do {
      while let piece = try await body.next() {
        lastProgress = state.reactor.now
        if let recorder { recorder.requestBody.append(piece) }
        if !isDiscarding { await send(piece, out) }
      }
      if !isDiscarding { await end(out) }
    } catch {
      clientFailure = error
      call.interrupt()
    }
    isFinished = true
    ending.resume()
  }

  private func send(_ piece: UnsafeRawBufferPointer, _ out: ByteBuffer) async {
    if isChunked {
      ChunkEncoding.begin(count: piece.count, into: out)
      await flush(out, then: piece)
      ChunkEncoding.end(into: out)
    } else {
      await flush(out, then: piece)
    }
  }

  private func end(_ out: ByteBuffer) async {
    if isChunked {
      ChunkEncoding.finish(trailers: body.trailers, into: out)
      await flush(out, then: UnsafeRawBufferPointer(start: nil, count: 0))
    } else if case .stream(let stream) = call {
      stream.endRequest(trailers: body.trailers)
    }
  }

  /// An origin that takes no more may still have answered: whoever reads the answer finds out.
  private func flush(_ out: ByteBuffer, then piece: UnsafeRawBufferPointer) async {
    do {
      let deadline = state.reactor.now.advanced(milliseconds: state.deadlines.betweenBytes)
      try await call.write(out, then: piece, until: deadline)
    } catch {
      out.clear()
      isDiscarding = true
    }
  }

  /// The answer is complete: what the client still sends of its body has no reader any more. It is read and dropped, so
  /// that the connection can go on, but not for long.
  /// - Returns: whether the body came to its end.
  func discardRest() async -> Bool {
    isDiscarding = true
    if !isFinished {
      let patience = min(2000, state.deadlines.requestBody)
      _ = await state.reactor.wait(ending, until: state.reactor.now.advanced(milliseconds: patience))
    }
    if await stop() { return false }
    return clientFailure == nil
  }

  /// Ends the upload, wherever it is. Afterwards nobody else uses the client's socket or the exchange's buffers.
  /// - Returns: whether there was something to end.
  @discardableResult func stop() async -> Bool {
    guard !isFinished else { return false }
    body.stopReading()
    call.interrupt()
    while !isFinished { _ = await state.reactor.wait(ending, until: .never) }
    return true
  }
}
