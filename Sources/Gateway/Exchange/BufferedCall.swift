import Bytes
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor
import Upstream

/// The integration of an HTTP method: request and answer are whole, since templates see all of them.
extension ExchangeDriver {
  /// Calls the origin. `bench.upstream` holds the request line and the fields for it; afterwards the answer's head is in
  /// `bench.response` and its body in `bench.answer`.
  /// - Returns: the call, which keeps the answer's head until it is released.
  func call(_ endpoint: Endpoint, _ plan: MethodPlan) async throws(GatewayFailure) -> OriginCall {
    writeWholeBody(bench.exchange.integrationBody)
    bench.notes.call(state.reactor.now)
    if let recorder { note(callTo: endpoint, plan, recorder) }
    let deadline = state.reactor.now.advanced(milliseconds: plan.timeoutMilliseconds)
    let upstream = try await sendWhole(to: endpoint, until: deadline)
    do {
      let method = bench.exchange.integrationMethod
      while bench.response.status < 200 {
        if bench.response.status == 101 { throw UpstreamFailure(.malformed(.malformedStatusLine)) }
        try await upstream.receiveHead(into: bench.response, answering: method, until: deadline)
      }
      if let recorder { recorder.noteAnswer(bench.response, isReused: upstream.isReused, at: clock) }
      bench.answer.clear()
      // Most answers come whole with their head, and need no `async` call.
      var next = try upstream.bodyAtHand()
      while var piece = next {
        if piece.isEmpty {
          guard let more = try await upstream.readBody(until: deadline) else { break }
          piece = more
        }
        guard piece.count <= snapshot.limits.bufferedBodySize - bench.answer.count else {
          throw GatewayFailure.malformedResponse("the answer is larger than bufferedBodySize")
        }
        bench.answer.write(piece)
        next = try upstream.bodyAtHand()
      }
      if let coding = bench.response.contentCoding { try await decodeAnswer(coding) }
      bench.notes.answer(bench.response.status, state.reactor.now)
      return upstream
    } catch let failure as UpstreamFailure {
      upstream.close()
      throw GatewayFailure(failure)
    } catch let failure as GatewayFailure {
      upstream.close()
      throw failure
    } catch {
      upstream.close()
      throw .networkError("\(error)")
    }
  }

  /// Ends the head for the origin and puts a body behind it that is whole.
  func writeWholeBody(_ body: ByteBuffer) {
    let out = bench.upstream
    if !bench.inserted.isEmpty { out.write(bench.inserted.readable) }
    // RFC 9110 § 8.6: a method that usually has a body says so when it has none.
    if !body.isEmpty || bench.exchange.integrationMethod.expectsBody {
      out.write("Content-Length: ")
      out.write(decimal: body.count)
      out.write("\r\n")
    }
    out.write("\r\n")
    out.write(body.readable)
  }

  /// Sends what is in `bench.upstream`, head and body, and receives the head of the answer.
  func sendWhole(
    to endpoint: Endpoint, until deadline: MonotonicTime
  ) async throws(GatewayFailure) -> OriginCall {
    let method = bench.exchange.integrationMethod
    do {
      let origin = origin(at: endpoint)
      if origin.speaksHTTP2,
        let stream = try await origin.sendStream(
          bench.upstream, answering: method, into: bench.response, isReplayable: method.isIdempotent,
          acceptsTrailers: bench.request.acceptsTrailers, until: deadline)
      {
        return .stream(stream)
      }
      return .connection(
        try await origin.send(
          bench.upstream, answering: method, into: bench.response, isReplayable: method.isIdempotent, until: deadline))
    } catch {
      throw GatewayFailure(error)
    }
  }

  /// Where an endpoint's connections are.
  func origin(at endpoint: Endpoint) -> Origin {
    if state.server.hasStandIn, let standIn = state.server.standIn { return state.upstream.origin(at: standIn) }
    if let path = endpoint.unixPath { return state.upstream.origin(at: .unix(path: path)) }
    let address = OriginAddress.tcp(host: endpoint.host, port: endpoint.port)
    guard endpoint.tls != nil else { return state.upstream.origin(at: address) }
    return state.upstream.origin(at: address, tls: state.originSecurity.tls(for: endpoint))
  }
}

extension HTTPMethod {
  /// Whether requests with this method usually have a body.
  var expectsBody: Bool {
    switch self {
    case .post, .put, .patch: true
    case .get, .head, .delete, .options, .connect, .trace, .other: false
    }
  }
}
