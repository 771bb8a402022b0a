import Bytes
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Routing
import Upstream

/// A request that is to be explained: it is carried out as every other, but what the client gets is the record of it.
///
///     X-Sluice-Explain: <admin.token>          the client's own method
///     X-Sluice-Explain: <admin.token> HEAD     counts as HEAD, whose own response could not hold a record
///
/// With any other value the field is as good as absent; in no case does it go further than here (`FieldRules`).
extension ExchangeDriver {
  @inline(__always)
  var recorder: ExchangeRecorder? { bench.exchange.recorder }
  var clock: Int64 { MonotonicTime.current.nanoseconds }

  /// The exchange goes on to a stage.
  @inline(__always)
  func enter(_ stage: StageRecord.Name) {
    if let recorder { recorder.enter(stage, at: clock) }
  }

  /// Begins to record, if whoever sent the field may ask for it.
  @inline(never)
  func beginRecord() {
    let request = bench.request
    guard let token = state.server.explaining?.token ?? snapshot.admin.token,
      let field = request.first(.xSluiceExplain),
      let grant = ExplainGrant(request.value(of: field), token: token)
    else { return }
    var facts = bench.exchange.facts
    if let port = state.server.explaining?.port { facts.sender = facts.sender.connected(to: port) }
    if grant.isForHead { request.method = .head }
    bench.exchange.begin(head: request, facts: facts)
    let isShowing = state.server.explaining?.showsSecrets ?? false
    let recorder = ExchangeRecorder(
      redaction: isShowing ? .off : Redaction(names: snapshot.secretNames), at: clock)
    recorder.isForHead = grant.isForHead
    recorder.standIn = state.server.explaining?.standIn?.name
    recorder.begin(request, facts)
    bench.exchange.recorder = recorder
  }

  @inline(never)
  func note(_ verdict: AddressVerdict, _ recorder: ExchangeRecorder) {
    recorder.enter(.route, at: clock)
    recorder.note(verdict, in: snapshot.addresses, host: bench.request.authorityBytes.text)
  }

  /// Whether the response is ready, so that the request's body is not read even when it is explained.
  func isPrepared(_ plan: MethodPlan) -> Bool {
    guard let recorder, plan.preparedResponse(for: bench.exchange) != nil else { return false }
    recorder.notePrepared()
    return true
  }

  /// What `bench.upstream` holds goes out.
  @inline(never)
  func note(callTo endpoint: Endpoint, _ plan: MethodPlan, _ recorder: ExchangeRecorder) {
    recorder.noteSent(bench.upstream.readable, plan, bench.exchange, to: endpoint)
    recorder.enter(.integration, at: clock)
    recorder.noteCall(to: endpoint, plan, at: clock)
  }

  // MARK: The answer

  /// Sends the record of a response whose fields are on the bench, in its place.
  func sendRecord(of status: Int, _ body: UnsafeRawBufferPointer) async -> Outcome {
    // It says so where the response would have been compressed.
    _ = encoder(status: status, size: body.count)
    return await sendRecord(of: writeHead(status, size: body.count), body)
  }

  /// Sends the record of a response whose head is in `bench.output`, in its place.
  /// - Parameter body: nil: it was noted while it passed.
  private func sendRecord(of response: ClientResponse, _ body: UnsafeRawBufferPointer?) async -> Outcome {
    guard let recorder else { return .hasEnded }
    let request = bench.request
    let isWithoutBody = request.method == .head || ClientResponse.isBodiless(response.status)
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    recorder.note(
      response: bench.output.readable, status: response.status, body: isWithoutBody ? nothing : body)
    recorder.end(at: clock)
    bench.exchange.recorder = nil

    let document = bench.rendered
    document.clear()
    recorder.write(into: document)
    bench.fields.clear()
    bench.fields.write("Content-Type: application/json\r\nCache-Control: no-store\r\n")
    let answer = ClientResponse(
      status: 200, framing: .length(UInt64(document.count)), keepsAlive: response.keepsAlive)
    write(answer)
    var sending = Sending(outcome: response.keepsAlive ? .keepsOpen : .closes)
    bench.notes.status = 200
    if request.method != .head || recorder.isForHead {
      sending.rest = document.readable
      bench.notes.bodyCount = document.count
    }
    return await finish(sending)
  }

  /// Takes an HTTP_PROXY's answer to its end for the record, where it would have gone to the client.
  func record(
    _ recorder: ExchangeRecorder, _ response: ClientResponse, from upstream: OriginCall, _ terms: RelayTerms,
    _ upload: Upload?
  ) async throws(GatewayFailure) -> Outcome {
    recorder.noteAnswer(bench.response, isReused: upstream.isReused, at: clock)
    let isForHead = bench.request.method == .head
    do {
      // What has come with the head decides whether the client can still be told of a failure, as when it is relayed.
      while !isForHead, let piece = try upstream.bodyAtHand(), !piece.isEmpty { recorder.answerBody.append(piece) }
    } catch {
      upstream.close()
      throw GatewayFailure(error)
    }
    do {
      let patience = state.reactor.now.advanced(milliseconds: terms.timeoutMilliseconds)
      client.companion = upstream.interruptible
      defer { client.companion = nil }
      while !isForHead, let piece = try await upstream.readBody(until: patience) {
        recorder.answerBody.append(piece)
      }
      if upload?.isFinished ?? true { upstream.release() } else { upstream.close() }
    } catch {
      upstream.close()
      if error.cause == .interrupted { return .hasEnded }
      recorder.remark(
        "the integration's body did not come to its end (\(error.reason)): the client's connection would be reset, so that "
          + "it does not take the part for the whole")
    }
    recorder.enter(.methodResponse, at: clock)
    return await sendRecord(of: response, nil)
  }

  /// Says that there would be a tunnel; there is none to be recorded. `bench.output` holds the head of the 101.
  func record(_ recorder: ExchangeRecorder, tunnelThrough upstream: OriginCall) async -> Outcome {
    recorder.noteAnswer(bench.response, isReused: upstream.isReused, at: clock)
    upstream.close()
    recorder.remark("from here on the connection would be a tunnel between client and integration")
    recorder.enter(.methodResponse, at: clock)
    return await sendRecord(of: ClientResponse(status: 101, framing: .absent, keepsAlive: false), nil)
  }
}
